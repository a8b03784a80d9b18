"""The rules by which a goods order gets its goods, its status and its parcels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.model import NOT_IN_PROCESS, PATH, Fields, GoodsOrder, Position, Status
from connector_sandbox.wemalo.validation import complete_address

_STREET_NUMBER = re.compile(r"^(?P<street>.*\D)\s+(?P<number>\d+\s*[a-zA-Z]?(?:\s*[-/]\s*\d+\s*[a-zA-Z]?)?)$")


def reserve(order: GoodsOrder, at: float) -> None:
    """Reserve what is on the shelf for the order; inactive products and those never picked get nothing."""
    for position in order.positions:
        product = position.product
        pieces = min(position.open - position.reserved, product.pickable) if product.active else 0
        if pieces > 0:
            position.reserved += pieces
            product.reserved += pieces
            product.stock_changed_at = at


def release(position: Position, at: float) -> None:
    """Give back what a position has reserved."""
    if position.reserved:
        position.product.reserved -= position.reserved
        position.reserved = 0
        position.product.stock_changed_at = at


def settle(order: GoodsOrder, today: str) -> None:
    """PARTIAL with its reason, or OPEN, for an order that is not in process; `today` is yyyy-MM-dd."""
    if order.status not in NOT_IN_PROCESS:
        return
    order.reason = ""
    if not complete_address(order.receiver):
        order.reason = "ADDRESS"
    elif any(position.reserved < position.open for position in order.positions):
        order.reason = "ARTICLES"
    elif str(order.meta.get("expectedDeliveryDate") or "") > today:
        order.reason = "DELIVERYDATE"
    order.status = Status.PARTIAL if order.reason else Status.OPEN


def next_status(status: Status) -> Status:
    """The status that follows; raises Refusal after the last."""
    if status is Status.PARTIAL:
        return Status.INPROCESS
    if status is Status.BLOCKEDPACKED:
        return Status.PACKED
    later = PATH[PATH.index(status) + 1 :] if status in PATH else ()
    if not later:
        raise Refusal(400, f"Nothing comes after {status}", "INVALID_STATUS")
    return later[0]


def contents(order: GoodsOrder, items: Mapping[str, int] | None) -> list[tuple[Position, int]]:
    """What goes into a parcel: the named pieces (product's external id to pieces), or all that is left."""
    if items is None:
        return [(position, position.open) for position in order.positions if position.open]
    left, packed = dict(items), []
    for position in order.positions:
        pieces = min(position.open, left.get(position.product.external_id, 0))
        if pieces:
            left[position.product.external_id] -= pieces
            packed.append((position, pieces))
    if any(left.values()):
        raise Refusal(400, f"The order has no such pieces left: {left}", "INVALID")
    return packed


def with_street_number(meta: Fields) -> Fields:
    """Wemalo takes the street number out of the street where it was not sent on its own."""
    receivers = []
    for receiver in meta["receiver"]:
        match = None if receiver.get("streetNumber") else _STREET_NUMBER.match(str(receiver["street"]))
        found = {"street": match["street"], "streetNumber": match["number"]} if match else {}
        receivers.append({**receiver, **found})
    return {**meta, "receiver": receivers}
