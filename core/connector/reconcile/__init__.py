"""Compares both sides of one client: orders, shipments and stock; repairs what is safe where that is asked for."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Final

from connector.contracts import can
from connector.errors import RecordRefused, TransientError
from connector.flows.verdict import onlooker
from connector.ledgers import PROBLEMS
from connector.problems import Problem, read_problems
from connector.reconcile.findings import Difference, Findings, Kind, Reconciliation
from connector.reconcile.orders import Comparing, compare_offered, compare_received
from connector.reconcile.stock import compare_stock
from connector.settings import ClientSettings, FlowSwitches
from connector.sides import Opener, Shared
from connector.state import ClientState

__all__ = ["DAYS", "Difference", "Kind", "Reconciliation", "reconcile"]

DAYS: Final = 30
"""How far back received orders are looked at, unless another number is asked for."""


async def reconcile(
    settings: ClientSettings, shared: Shared, *, fix: bool = False, days: int = DAYS
) -> Reconciliation:
    """Compares both sides, one flow's part after the other; with `fix` the client is held meanwhile.

    Raises ClientHeld (only with `fix`), StateError, AuthenticationError and ConfigurationError. Any other failure is
    part of the result. Costs a call or two for each order that changed within `days`.
    """
    take = shared.store.acquire if fix else shared.store.rehearse
    async with await take(settings.name) as state, AsyncExitStack() as opened:
        opener = Opener(settings, shared, opened, may_call=state.check, read_only=not fix)
        source, target = await opener.source(), await opener.target()
        run = onlooker(settings, shared.steps, source, target, state, shared.clock.now)
        comparing = Comparing(run, Findings(settings.name, settings.language), _open_problems(state), fix)
        try:
            await _compare(comparing, settings.flows, shared.clock.now() - timedelta(days=days))
        finally:
            await state.save()
        return comparing.found.result()


async def _compare(comparing: Comparing, flows: FlowSwitches, since: datetime) -> None:
    source, target = comparing.run.source, comparing.run.target
    can_orders = can(source, "received_orders") and can(target, "find_order")
    can_parcels = can_orders and can(source, "order_shipped") and can(target, "parcels")
    can_stock = can(source, "stock_levels") and can(target, "stock_levels")
    orders = _goes(comparing, "orders", flows.orders, can_orders)
    parcels = _goes(comparing, "shipments", flows.shipments, can_parcels)
    stock = _goes(comparing, "stock", flows.stock, can_stock)
    if orders or parcels:
        received = compare_received(comparing, since, orders=orders, parcels=parcels)
        await _part(comparing, "orders", received)
    if orders:
        await _part(comparing, "orders", compare_offered(comparing))
    if stock:
        await _part(comparing, "stock", compare_stock(comparing))


def _goes(comparing: Comparing, flow: str, is_on: bool, is_possible: bool) -> bool:
    """Tells whether a flow's part is compared, and notes why it is not."""
    if not is_on:
        comparing.found.left_out("flow_off", flow)
    elif not is_possible:
        comparing.found.left_out("not_possible", flow)
    return is_on and is_possible


async def _part(comparing: Comparing, flow: str, part: Awaitable[None]) -> None:
    """Compares one part; what stops it leaves the others to try, since they may depend on another service."""
    try:
        await part
    except (TransientError, RecordRefused) as error:
        comparing.found.failed("failed", error, flow=flow)


def _open_problems(state: ClientState) -> tuple[Problem, ...]:
    return tuple(problem for problem in read_problems(state.stream(PROBLEMS).items()) if problem.is_open)
