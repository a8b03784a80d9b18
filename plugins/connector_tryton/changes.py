"""Changing an order that the warehouse has not begun to work on (SPEC O6, O7).

A shipment that waits is taken back to a draft first. Tryton does that only while nobody has begun, so this is the
claim: from then on nobody can pick it. Then one write brings receiver, details and lines to those of the order, all of
them or none, and the shipment is handed to the warehouse again. Whatever goes wrong in between, the order is whole, the
former one or the present one, and the least that is lost is time: it is handed back, or waits as a draft for the next
attempt.

Tryton's moves can't carry the ids of the shop's lines, so all of them are replaced; what people in the warehouse added
to an order goes with them.
"""

from __future__ import annotations

from connector.api import (
    Address,
    CallRefused,
    ConnectorError,
    Order,
    OrderStatus,
    OutcomeUnknown,
    RecordRefused,
)
from connector_tryton.notes import change_note
from connector_tryton.order_mapping import (
    CANCELLED,
    DRAFT,
    is_unfinished,
    shipment,
    warehouse_order,
)
from connector_tryton.orders import content_of, hand_over, note_of, shipments_of
from connector_tryton.recipients import address_of, forget_former, recipient_of
from connector_tryton.service import TAKE_BACK, WRITE_SHIPMENT
from connector_tryton.session import Session
from connector_tryton.wire import Label, ShipmentRow, WrittenShipment


async def change_order(session: Session, order: Order) -> None:
    """Brings a shipment to what the order says now.

    Raises RecordRefused with `order_in_process` where people have begun to work on it.
    """
    content = await content_of(session, order)
    address = await address_of(session, order.receiver or Address())
    row = await _only_one(session, order.id)
    recipient = await recipient_of(session, order, address)
    text = await note_of(session, content)
    await _take_back(session, order.id, row)
    body = shipment(content, session.places, recipient, session.shop, row.outgoing_moves)
    session.released.update(move.product for move in row.outgoing_moves)
    try:
        await session.rest.write(WRITE_SHIPMENT, row.id, Label, body)
        await change_note(session, row.id, text)
        await forget_former(session, recipient)
    except ConnectorError:
        await _hand_back(session, row.id)
        raise
    await hand_over(session, row.id)


async def _only_one(session: Session, order_id: str) -> ShipmentRow:
    """Reads the one shipment of an order that can still be changed."""
    rows = await shipments_of(session, order_id)
    found = warehouse_order(rows)
    if found is None or found.status is not OrderStatus.WAITING:
        raise RecordRefused("order_in_process", status=found.status_name if found else CANCELLED)
    return next(row for row in rows if not is_unfinished(row) and row.state != CANCELLED)


async def _take_back(session: Session, order_id: str, row: ShipmentRow) -> None:
    """Claims a shipment by making it a draft, unless an earlier attempt has left it as one."""
    if row.state == DRAFT:
        return
    try:
        await session.rest.write(TAKE_BACK, row.id, WrittenShipment, {})
    except CallRefused:
        latest = await _only_one(session, order_id)  # raises where people have begun
        if latest.state != DRAFT:
            raise
    except OutcomeUnknown:
        await _hand_back(session, row.id)
        raise


async def _hand_back(session: Session, shipment_id: int) -> None:
    """Hands a shipment back after a change that failed; where that fails, too, it waits for the next attempt."""
    try:
        await hand_over(session, shipment_id)
    except ConnectorError:
        return
