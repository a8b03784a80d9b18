"""What lets a record that does not go through be tried anew in the next run.

Most are tried in each run anyway; what is remembered keeps a few back, so that the services aren't asked in vain.
"""

from __future__ import annotations

from enum import Enum

from connector.flows.memory import knows_product, resend_product
from connector.flows.pace import read_products_next
from connector.flows.shipments import PUT_OFF
from connector.problems import Problem
from connector.state import ClientState, Snapshot
from connector.texts import REPORTED_ONCE


class Retry(Enum):
    """What becomes of a record; the value says it to an operator."""

    RESEND_PRODUCT = "the next run sends the product again, whether it has changed or not"
    OFFER_SHIPMENT = "the next run offers the shipment to the shop again"
    EACH_RUN = "nothing has to be done for that: it is tried again in each run"
    CONFIRM_STOCK = "these zeroes wait until somebody confirms them"
    MERCHANT_ACTS = "no run offers it again by itself, so somebody has to act"


def decide_retry(state: Snapshot, problem: Problem) -> Retry:
    """Decides from what is remembered whether something keeps the record of a problem from being tried."""
    if problem.flow == "products" and problem.record_id and knows_product(state, problem.record_id):
        return Retry.RESEND_PRODUCT
    if problem.flow == "shipments" and problem.record_id in state.stream(PUT_OFF):
        return Retry.OFFER_SHIPMENT
    if problem.code == "stock_zero_guard":
        return Retry.CONFIRM_STOCK
    return Retry.MERCHANT_ACTS if problem.code in REPORTED_ONCE else Retry.EACH_RUN


def let_retry(state: ClientState, problem: Problem) -> Retry:
    """Forgets what keeps the record of a problem back, and says what becomes of it; the caller saves."""
    retry = decide_retry(state, problem)
    if problem.flow == "products":
        read_products_next(state)
    if retry is Retry.RESEND_PRODUCT:
        resend_product(state, problem.record_id)
    elif retry is Retry.OFFER_SHIPMENT:
        state.delete(PUT_OFF, problem.record_id)
    return retry
