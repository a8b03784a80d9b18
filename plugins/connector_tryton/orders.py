"""Orders as customer shipments: looking them up, creating, cancelling; `changes.py` changes them.

Creating an order takes several calls: the party with its address, the shipment, which is a draft at first, a note, and
handing it to the warehouse, which gives it a number. Cut off in between, what is there harms nobody: nobody picks a
draft, and the next attempt looks for the party by its code and for a draft without a number, and goes on with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.api import (
    Address,
    CallRefused,
    Order,
    OutcomeUnknown,
    RecordRefused,
    UnusableAnswer,
    WarehouseOrder,
)
from connector_tryton.keys import key_of, literally, reference_of
from connector_tryton.notes import add_note, change_note
from connector_tryton.order_mapping import (
    ASSIGNED,
    CANCELLED,
    DRAFT,
    WAITING,
    Content,
    is_unfinished,
    note,
    shipment,
    states_of,
    warehouse_order,
)
from connector_tryton.products import look_up
from connector_tryton.recipients import address_of, forget_former, recipient_of
from connector_tryton.rest import Domain
from connector_tryton.service import (
    ADD_SHIPMENT,
    CANCEL_SHIPMENT,
    HAND_OVER,
    NAME,
    SHIPMENTS,
    WRITE_SHIPMENT,
)
from connector_tryton.session import Session
from connector_tryton.wire import Label, ShipmentRow, WrittenShipment

_NOT_BEGUN: Final = (DRAFT, WAITING, ASSIGNED)
"""States in which nobody has picked anything yet."""


def matching(order_id: str, shop: str) -> Domain:
    """Searches for the shipments of an order, and for some others whose keys end alike."""
    key = key_of(order_id, shop)
    return ["OR", ["reference", "like", f"%{literally(key)}%"], ["customer.code", "=", key]]


async def shipments_of(session: Session, order_id: str) -> list[ShipmentRow]:
    """Reads the shipments of an order, the oldest first; those that were never handed to the warehouse among them."""
    rows = await session.rest.search(SHIPMENTS, ShipmentRow, matching(order_id, session.shop))
    own = [row for row in rows if _order_id(row, session.shop) == order_id]
    return sorted(own, key=lambda row: row.id)


async def find_order(session: Session, order_id: str) -> WarehouseOrder | None:
    """Looks up an order that was handed to the warehouse (SPEC O3)."""
    return warehouse_order(await shipments_of(session, order_id))


async def content_of(session: Session, order: Order) -> Content:
    """Looks up what an order names; raises RecordRefused where Tryton does not have it."""
    directory = session.directory
    currency = await directory.currency(order.currency)
    if currency is None:
        raise RecordRefused(
            "refused_unclear",
            answer=f"Tryton has no currency {order.currency}; enter it there, with its rate",
        )
    known = await look_up(session, [(line.product_id, line.sku) for line in order.lines])
    found = [(line, known.find(line.product_id, line.sku.strip())) for line in order.lines]
    for line, product in found:
        if product is None:
            raise RecordRefused(
                "order_product_unknown", line=line.id, name=line.name or line.id, sku=line.sku
            )
    return Content(
        order=order,
        planned=(order.created_at or session.now()).date(),
        currency=currency,
        carrier=await directory.carrier(order.shipping_profile) or await directory.default_carrier(),
        lines=[(line, product) for line, product in found if product is not None],
    )


async def create_order(session: Session, order: Order) -> None:
    """Creates a shipment and hands it to the warehouse (SPEC O8); goes on with a draft that was left behind."""
    content = await content_of(session, order)
    address = await address_of(session, order.receiver or Address())
    found = await shipments_of(session, order.id)
    if any(not is_unfinished(row) for row in found):
        return  # an earlier attempt took effect after the caller had looked
    drafts = [row for row in found if row.state == DRAFT]
    recipient = await recipient_of(session, order, address)
    text = await note_of(session, content)
    if drafts:
        body = shipment(content, session.places, recipient, session.shop, drafts[0].outgoing_moves)
        await session.rest.write(WRITE_SHIPMENT, drafts[0].id, Label, body)
        await change_note(session, drafts[0].id, text)
        await forget_former(session, recipient)
        begun = drafts[0].id
    else:
        body = shipment(content, session.places, recipient, session.shop)
        begun = (await session.rest.create(ADD_SHIPMENT, Label, body)).id
        await add_note(session, begun, text)
    for double in drafts[1:]:
        await session.rest.write(CANCEL_SHIPMENT, double.id, WrittenShipment, {})
    await hand_over(session, begun)


async def hand_over(session: Session, shipment_id: int) -> None:
    """Hands a draft to the warehouse; raises UnusableAnswer where it stays a draft."""
    handed = await session.rest.write(HAND_OVER, shipment_id, WrittenShipment, {})
    if handed.state == DRAFT:
        raise UnusableAnswer(f"{NAME} {HAND_OVER}: the shipment {shipment_id} is still a draft after that")


async def note_of(session: Session, content: Content) -> str:
    """Writes the note of an order."""
    named = await session.directory.carrier(content.order.shipping_profile)
    return note(content.order, names_carrier=named is not None)


async def cancel_order(session: Session, order_id: str) -> None:
    """Cancels all shipments of an order, as long as nobody has picked any (SPEC X1, X2).

    Tryton itself would cancel a shipment that is packed or on its way: the parcel would go out all the same.
    """
    live = [row for row in await shipments_of(session, order_id) if row.state != CANCELLED]
    _check_not_begun(live)
    for row in live:
        try:
            await session.rest.write(CANCEL_SHIPMENT, row.id, WrittenShipment, {})
        except (CallRefused, OutcomeUnknown):
            left = [each for each in await shipments_of(session, order_id) if each.state != CANCELLED]
            _check_not_begun(left)
            if any(each.id == row.id for each in left):
                raise


def _check_not_begun(live: Sequence[ShipmentRow]) -> None:
    if begun := [row for row in live if row.state not in _NOT_BEGUN]:
        raise RecordRefused("order_cancel_refused", status=states_of(begun))


def _order_id(row: ShipmentRow, shop: str) -> str:
    reference = reference_of(row.reference, row.customer.code, shop)
    return reference.order_id if reference else ""
