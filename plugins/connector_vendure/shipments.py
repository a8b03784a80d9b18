"""Tracking numbers and the state "shipped" for an order (SPEC S1 to S6).

In Vendure a tracking number stands in a fulfillment, and a fulfillment holds pieces of the order. It takes two calls:
one makes it, the other sets it to shipped, and with the last piece the order, too. All fulfillments are made before the
first one is set to shipped (SPEC S2).
"""

from __future__ import annotations

from typing import Final

import msgspec

from connector.api import CallRefused, OutcomeUnknown, RecordRefused, Shipment, UnusableAnswer, decode_json
from connector_vendure.admin import Admin
from connector_vendure.lookup import order_row
from connector_vendure.mapping import active
from connector_vendure.packing import Box, Packing, new_parcels, open_lines, pack, waiting
from connector_vendure.reading import flaw, text
from connector_vendure.service import NAME, refused
from connector_vendure.states import CANCELLED, SENT
from connector_vendure.stock import Stockroom
from connector_vendure.wire import Result
from connector_vendure.wire_records import Order

_NOT_FOUND: Final = 404
_TOO_FEW: Final = "INSUFFICIENT_STOCK_ON_HAND_ERROR"


async def ship(admin: Admin, stockroom: Stockroom, shipment: Shipment) -> None:
    """Stores each tracking number once, then sets what has left to shipped.

    Raises RecordRefused with `shipment_order_unknown` or `shipment_order_cancelled` (SPEC S6).
    """
    try:
        order = await _store_parcels(admin, stockroom, shipment, await _read_order(admin, shipment))
        for fulfillment in waiting(order, shipment):
            await _set_to_shipped(admin, text(fulfillment.id))
    except CallRefused as error:
        if error.status == _NOT_FOUND:  # removed since it was read
            raise _refused("shipment_order_unknown", shipment) from None
        raise


async def _store_parcels(admin: Admin, stockroom: Stockroom, shipment: Shipment, order: Order) -> Order:
    """Makes a fulfillment for each new parcel; returns the order as it was read last.

    Where nobody knows whether that worked, the order is read again. What is not there then waits for the next run: the
    call may still be under way, and repeated now the parcel would be there twice (SPEC S5).
    """
    packing = _packing(order, shipment)
    if not packing.boxes:
        return order
    unknown: OutcomeUnknown | None = None
    try:
        for box in packing.boxes:
            await _add(admin, stockroom, order, box)
    except OutcomeUnknown as error:
        unknown = error
    order = await _read_order(admin, shipment)
    if unknown is not None and _packing(order, shipment).boxes:
        raise unknown
    return order


def _packing(order: Order, shipment: Shipment) -> Packing:
    """Plans the fulfillments; raises RecordRefused where a tracking number can't be stored."""
    if order.state == CANCELLED and (new_parcels(order, shipment) or not active(order.fulfillments)):
        raise _refused("shipment_order_cancelled", shipment)
    packing = pack(order, shipment)
    if packing.homeless:
        why = "the last piece is kept for the parcel that completes the order"
        if not open_lines(order):
            why = "all pieces are in other fulfillments; cancel one of them, or enter the number by hand"
        numbers = ", ".join(packing.homeless)
        raise RecordRefused(
            "refused_unclear", answer=f"Vendure stores a number with pieces, {numbers} has none: {why}"
        )
    return packing


async def _add(admin: Admin, stockroom: Stockroom, order: Order, box: Box) -> None:
    """Makes one fulfillment; where the shop believes to have too few pieces, it gets those that were sent."""
    result = await _make(admin, box)
    if result.error_code == _TOO_FEW:
        variants = {line.id: line.variant_id for line in open_lines(order)}
        pieces: dict[str, int] = {}
        for line_id, number in box.pieces.items():
            pieces[variants[line_id]] = pieces.get(variants[line_id], 0) + number
        await stockroom.make_room(pieces)
        result = await _make(admin, box)
    if result.error_code is not None:
        raise refused(result)
    if not text(result.id):
        endpoint = admin.queries.add_fulfillment.endpoint
        raise OutcomeUnknown(f"{NAME} {endpoint}: field $.data.result.id is missing")


async def _make(admin: Admin, box: Box) -> Result:
    arguments = [{"name": "method", "value": box.method}, {"name": "trackingCode", "value": box.number}]
    wanted = {
        "lines": [{"orderLineId": line_id, "quantity": pieces} for line_id, pieces in box.pieces.items()],
        "handler": {"code": admin.settings.fulfillment_handler, "arguments": arguments},
    }
    return (await admin.ask(admin.queries.add_fulfillment, input=wanted)).result


async def _set_to_shipped(admin: Admin, fulfillment_id: str) -> None:
    """Sets a fulfillment to shipped; one that is so already refuses it, and says in which state it is."""
    operation = admin.queries.ship_fulfillment
    result = (await admin.ask(operation, id=fulfillment_id)).result
    if result.error_code is not None and result.from_state not in SENT:
        raise refused(result)
    if result.error_code is None and not result.state:
        raise UnusableAnswer(f"{NAME} {operation.endpoint}: field $.data.result.state is missing")


async def _read_order(admin: Admin, shipment: Shipment) -> Order:
    """Reads an order; raises UnusableAnswer where a list is missing: a lost one must not look like none."""
    row = await order_row(admin, shipment.order_id)
    if row is None:
        raise _refused("shipment_order_unknown", shipment)
    try:
        order = decode_json(row, Order)
        if not order.state or order.fulfillments is None:
            raise flaw("Object missing required field", "fulfillments" if order.state else "state")
        open_lines(order)
    except msgspec.DecodeError as error:
        endpoint = admin.queries.find_order.endpoint
        raise UnusableAnswer(f"{NAME} {endpoint}: order {shipment.order_id}: {error}") from None
    return order


def _refused(code: str, shipment: Shipment) -> RecordRefused:
    return RecordRefused(code, order=shipment.order_number or shipment.order_id)
