"""What left the warehouse: shipments that the shop was not told of yet, and how that is remembered.

Tryton has no queue from which a handover could be taken. So what the shop was told stands at the shipment, behind its
reference (`connector_tryton.keys.Told`): people see it, a search leaves such shipments out, and nobody else has to
remember anything. A shipment of an order of which more is to come is marked as partly reported: it is looked at again
until the rest was sent or cancelled, because only then the order is complete.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connector.api import Page, Parcel, Shipment, Unreadable, UnusableAnswer, decode_json
from connector_tryton.keys import Reference, Told, literally, reference_of, write_reference
from connector_tryton.order_mapping import CANCELLED
from connector_tryton.orders import matching
from connector_tryton.packing import SENT, parcels_of
from connector_tryton.reading import name_of
from connector_tryton.rest import Domain
from connector_tryton.service import MARK_SHIPMENT, NAME, SHIPMENTS
from connector_tryton.session import Session
from connector_tryton.wire import Coded, Label, ReferenceRow, SentLabel, SentRow


class Found(msgspec.Struct, frozen=True):
    """A shipment of the shop, what its reference says, and its parcels."""

    row: SentRow
    reference: Reference
    parcels: Sequence[Parcel]


async def untold_shipments(session: Session) -> Page[Shipment]:
    """Puts together, for each order, what the shop was not told yet (SPEC S1).

    An order with a shipment that can't be read is neither complete nor acknowledged: that one may hold the number of
    one more parcel.
    """
    orders: dict[str, list[Found]] = {}
    broken: dict[str, list[Unreadable]] = {}
    async for rows in session.rest.pages(SHIPMENTS, SentRow, _untold(session.shop)):
        for raw in rows:
            try:
                found = await _found(session, raw)
            except msgspec.DecodeError as error:
                order_id, unreadable = _unreadable(raw, str(error), session.shop)
                broken.setdefault(order_id, []).append(unreadable)
                continue
            if found is not None and found.reference.told is not Told.ALL:
                orders.setdefault(found.reference.order_id, []).append(found)
    told = (_shipment(order_id, found, is_whole=order_id not in broken) for order_id, found in orders.items())
    return Page(
        records=tuple(shipment for shipment in told if shipment is not None),
        unreadable=tuple(unreadable for some in broken.values() for unreadable in some),
    )


async def mark_told(session: Session, shipment: Shipment) -> None:
    """Marks shipments as told of (SPEC S5); one that is not there any more does no harm."""
    ids = [int(receipt) for receipt in shipment.receipts]
    rows = await session.rest.search(SHIPMENTS, ReferenceRow, [["id", "in", ids]]) if ids else []
    for row in rows:
        found = reference_of(row.reference, row.customer.code, session.shop)
        told = Reference(
            order_id=shipment.order_id,
            number=(found.number if found else "") or shipment.order_number,
            told=Told.ALL if shipment.is_complete else Told.PARTLY,
        )
        body = {"reference": write_reference(told, session.shop)}
        await session.rest.write(MARK_SHIPMENT, row.id, Label, body)


async def parcels(session: Session, order_id: str) -> list[Parcel]:
    """Reads the parcels of an order, those not handed over yet among them."""
    domain = [matching(order_id, session.shop), ["state", "!=", CANCELLED]]
    read: list[Parcel] = []
    async for rows in session.rest.pages(SHIPMENTS, SentRow, domain):
        for raw in rows:
            try:
                found = await _found(session, raw)
            except msgspec.DecodeError as error:
                raise UnusableAnswer(f"{NAME} {SHIPMENTS}: {error}") from None
            if found is not None and found.reference.order_id == order_id:
                read += found.parcels
    return read


def _untold(shop: str) -> Domain:
    """Searches for the shop's shipments of which it was not told all, those that are still in the house among them."""
    key = literally(f"@{shop}")
    return [
        ["OR", ["reference", "like", f"%{key}%"], ["customer.code", "like", f"%{key}"]],
        ["reference", "not like", f"%{literally(Told.ALL)}"],
        ["state", "!=", CANCELLED],
    ]


async def _found(session: Session, raw: msgspec.Raw) -> Found | None:
    """Reads a shipment, None where it is none of this shop's; raises DecodeError where it can't be read."""
    row = decode_json(raw, SentRow, strict=False)
    reference = reference_of(row.reference, row.customer.code, session.shop)
    if reference is None:
        return None
    carriers = await session.directory.carriers(row.carrier.id) if row.carrier else ()
    return Found(row, reference, parcels_of(row, carriers, session.shop))


def _shipment(order_id: str, found: Sequence[Found], *, is_whole: bool) -> Shipment | None:
    """Returns what is to be told of an order now, None where that is nothing.

    Nothing is new where all that was sent was told of, and more is still to come.
    """
    sent = [each for each in found if each.row.state in SENT]
    new = [each for each in sent if each.reference.told is Told.NOTHING]
    is_complete = is_whole and bool(sent) and len(sent) == len(found)
    if not new and not is_complete:
        return None
    receipts = sent if is_complete else new
    return Shipment(
        order_id=order_id,
        order_number=next(filter(None, (each.reference.number for each in found)), ""),
        parcels=tuple(parcel for each in new for parcel in each.parcels),
        is_complete=is_complete,
        receipts=tuple(str(each.row.id) for each in receipts) if is_whole else (),
    )


def _unreadable(raw: msgspec.Raw, reason: str, shop: str) -> tuple[str, Unreadable]:
    """Names a shipment that can't be read, and the order that it belongs to as far as that can be told."""
    try:
        label = decode_json(raw, SentLabel)
        customer = msgspec.convert(label.customer, Coded)
    except (msgspec.DecodeError, msgspec.ValidationError):
        label, customer = SentLabel(), Coded(None)
    reference = reference_of(name_of(label.reference), customer.code, shop)
    order_id = reference.order_id if reference else ""
    number = (reference.number if reference else "") or order_id or name_of(label.number)
    return order_id, Unreadable(record_id=name_of(label.id), number=number, reason=reason)
