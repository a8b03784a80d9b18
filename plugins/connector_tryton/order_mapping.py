"""Orders turned into Tryton's JSON and back. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from connector.api import Address, Order, OrderLine, OrderStatus, WarehouseOrder
from connector_tryton.directory import Places
from connector_tryton.keys import Reference, write_reference
from connector_tryton.reading import day, exact, line, or_none
from connector_tryton.wire import AddressRow, Body, MoveRow, PartyRow, ProductRow, ShipmentRow

DRAFT: Final = "draft"
WAITING: Final = "waiting"
ASSIGNED: Final = "assigned"
CANCELLED: Final = "cancelled"

_STATUSES: Final[Mapping[str, OrderStatus]] = {
    DRAFT: OrderStatus.WAITING,
    WAITING: OrderStatus.WAITING,
    "shipped": OrderStatus.SHIPPED,
    "done": OrderStatus.SHIPPED,
    CANCELLED: OrderStatus.CANCELLED,
}
_FRACTION_OF_PRICE: Final = Decimal("0.0001")
"""Tryton keeps four decimals of a price."""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets a shipment: ids of the order's party, of the address, and of the place where customers are.

    `outdated` is what the party has of a former receiver, and what replaces it.
    """

    party: int
    address: int
    customer_location: int
    outdated: Body


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What an order says, in Tryton's ids; the product of each line stands beside it.

    People are to send it from `planned` on. Tryton reserves goods for what is due by itself, and the oldest come first.
    """

    order: Order
    planned: date
    currency: int
    carrier: int | None
    lines: Sequence[tuple[OrderLine, ProductRow]]


def address_fields(receiver: Address, country: int, subdivision: int | None) -> Body:
    """Writes where a parcel goes. The name's lines and the street's are printed one below the other.

    A state that Tryton does not know stands behind the city.
    """
    names = [line(receiver.company), line(receiver.name)]
    party_name, attn = names if all(names) else ("".join(names), "")
    street = [
        line(receiver.name_addition),
        line(f"{receiver.street} {receiver.house_number}"),
        line(receiver.addition),
    ]
    city = line(receiver.city)
    if receiver.state and subdivision is None:
        city = f"{city}, {line(receiver.state)}"
    return {
        "party_name": party_name,
        "attn": or_none(attn),
        "street_unstructured": "\n".join(filter(None, street)),
        "postal_code": line(receiver.zip),
        "city": city,
        "country": country,
        "subdivision": subdivision,
    }


def contacts(receiver: Address) -> list[dict[str, str]]:
    """Writes how the carrier reaches the receiver."""
    known = (("email", line(receiver.email)), ("phone", line(receiver.phone)))
    return [{"type": kind, "value": value} for kind, value in known if value]


def fitting_address(
    party: PartyRow, address: Body, reached_by: Sequence[Mapping[str, str]]
) -> AddressRow | None:
    """Finds an address of the party that says the same."""
    for row in party.addresses:
        same_place = all(getattr(row, name) == value for name, value in address.items())
        known = {(contact.type, contact.value) for contact in row.contact_mechanisms}
        if same_place and known == {(contact["type"], contact["value"]) for contact in reached_by}:
            return row
    return None


def outdated(party: PartyRow, address: int, name: str) -> Body:
    """Writes what has to change of a party, so that it says of its receiver what the address says."""
    former = [row.id for row in party.contact_mechanisms if row.address not in {None, address}]
    return {
        **({"name": name} if party.name != name else {}),
        **({"contact_mechanisms": [["delete", former]]} if former else {}),
    }


def shipment(
    content: Content, places: Places, recipient: Recipient, shop: str, former: Sequence[MoveRow] = ()
) -> Body:
    """Writes a shipment; the moves that it had (`former`) make room for those of the order's lines."""
    order = content.order
    moves: list[object] = [["create", [_move(content, places, recipient, *each) for each in content.lines]]]
    if former:
        moves.insert(0, ["delete", [move.id for move in former]])
    return {
        "company": places.company,
        "warehouse": places.warehouse,
        "warehouse_storage": places.picking,
        "warehouse_output": places.output,
        "customer": recipient.party,
        "delivery_address": recipient.address,
        "reference": write_reference(Reference(order_id=order.id, number=order.number), shop),
        "carrier": content.carrier,
        "planned_date": day(content.planned),
        "outgoing_moves": moves,
    }


def note(order: Order, *, names_carrier: bool) -> str:
    """Writes what people in the warehouse have to know; a way of shipping that is no carrier's belongs to it."""
    profile = "" if names_carrier else line(order.shipping_profile)
    wish = f"Versandart / shipping: {profile}" if profile else ""
    return "\n".join(filter(None, (wish, order.picking_info.strip())))


def is_unfinished(row: ShipmentRow) -> bool:
    """Tells whether a shipment was never handed to the warehouse: it gets its number in that moment.

    It was left by an attempt that was cut off, or people have copied another one and are still at it.
    """
    return not row.number


def warehouse_order(rows: Iterable[ShipmentRow]) -> WarehouseOrder | None:
    """Tells how far an order is, None where nothing of it was handed to the warehouse.

    A state that is not known counts as in process, and so does an order that people have split into several shipments:
    nothing is changed then that may be in somebody's hands.
    """
    handed = [row for row in rows if not is_unfinished(row)]
    if not handed:
        return None
    live = [row for row in handed if row.state != CANCELLED] or handed[:1]
    statuses = {_STATUSES.get(row.state, OrderStatus.IN_PROCESS) for row in live}
    status = statuses.pop() if len(statuses) == 1 else OrderStatus.IN_PROCESS
    if status is OrderStatus.WAITING and len(live) > 1:
        status = OrderStatus.IN_PROCESS
    return WarehouseOrder(id=live[0].number or str(live[0].id), status=status, status_name=states_of(live))


def states_of(rows: Iterable[ShipmentRow]) -> str:
    """Lists Tryton's own words for the states of shipments."""
    return ", ".join(dict.fromkeys(row.state for row in rows))


def _move(
    content: Content, places: Places, recipient: Recipient, ordered: OrderLine, product: ProductRow
) -> dict[str, object]:
    if ordered.quantity != ordered.quantity.to_integral_value():
        raise ValueError(
            f"line {ordered.id} has a fraction of a piece, which is held before it comes here (SPEC O5)"
        )
    total = ordered.total or Decimal(0)
    price = (total / ordered.quantity).quantize(_FRACTION_OF_PRICE, ROUND_HALF_UP)
    return {
        "company": places.company,
        "product": product.id,
        "quantity": int(ordered.quantity),
        "unit": product.template.default_uom.id,
        "from_location": places.output,
        "to_location": recipient.customer_location,
        "unit_price": exact(price),
        "currency": content.currency,
    }
