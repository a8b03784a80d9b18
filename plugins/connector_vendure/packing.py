"""Which pieces of an order go into which fulfillment: pure functions (SPEC S1, S4).

A fulfillment needs at least one piece, and takes it away from all later ones. A target may not tell what is in a
parcel; then pieces are dealt out so that each tracking number finds a place, and the order is complete with the last
parcel, not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from connector.api import PackedItem, Parcel, Shipment
from connector_vendure.mapping import active, open_pieces, shipping_name, tracking_numbers
from connector_vendure.reading import flaw, text
from connector_vendure.states import SENT
from connector_vendure.wire_records import Fulfillment, Order

_NO_METHOD: Final = "-"


class OpenLine(msgspec.Struct, frozen=True):
    """A line of an order, with the pieces that are in no fulfillment yet."""

    id: str
    variant_id: str
    sku: str
    pieces: int
    is_digital: bool = False


class Box(msgspec.Struct, frozen=True):
    """A fulfillment to be made: its tracking number (empty: none), its way of shipping, pieces by line id."""

    number: str
    method: str
    pieces: Mapping[str, int]


class Packing(msgspec.Struct, frozen=True):
    """What is to be done: boxes to be made, and tracking numbers for which no piece is left."""

    boxes: tuple[Box, ...] = ()
    homeless: tuple[str, ...] = ()


def open_lines(order: Order) -> list[OpenLine]:
    """Returns the lines of which pieces are in no fulfillment yet, goods first; raises ValidationError."""
    if order.lines is None:
        raise flaw("Object missing required field", "lines")
    lines = []
    for place, line in enumerate(order.lines):
        if line is None or not text(line.id) or line.product_variant is None:
            raise flaw("Object missing required field", f"lines[{place}]")
        variant = line.product_variant
        pieces = open_pieces(line, f"lines[{place}]")
        is_digital = bool(variant.custom_fields and variant.custom_fields.digital)
        lines.append(OpenLine(text(line.id), text(variant.id), text(variant.sku), pieces, is_digital))
    return sorted((line for line in lines if line.pieces), key=lambda line: line.is_digital)


def waiting(order: Order, shipment: Shipment) -> list[Fulfillment]:
    """Returns the fulfillments that are made and not yet set to shipped, though they have left.

    An earlier attempt may have been cut off between the two calls. Once everything was sent, all of them have left.
    """
    numbers = {bare(parcel.tracking_number) for parcel in shipment.parcels} - {""}
    made = [each for each in active(order.fulfillments) if each.state not in SENT]
    return [
        each
        for each in made
        if shipment.is_complete or not numbers.isdisjoint(map(bare, tracking_numbers([each])))
    ]


def pack(order: Order, shipment: Shipment) -> Packing:
    """Deals the open pieces of an order out to the parcels that it does not have yet."""
    lines = open_lines(order)
    left = {line.id: line.pieces for line in lines}
    parcels = new_parcels(order, shipment)
    known = [_take(left, _named_pieces(parcel.contents, lines)) for parcel in parcels]
    usual = shipping_name(order.shipping_lines)
    boxes, homeless = list[Box](), list[str]()
    for parcel, named in zip(parcels, known, strict=True):
        number = parcel.tracking_number.strip()
        if pieces := named or _take(left, _one_piece(left, keep=0 if shipment.is_complete else 1)):
            boxes.append(Box(number, _method(parcel, usual), pieces))
        elif boxes:
            boxes[-1] = msgspec.structs.replace(boxes[-1], number=f"{boxes[-1].number}, {number}")
        else:
            homeless.append(number)
    if shipment.is_complete and any(left.values()):
        boxes = _with_rest(boxes, _take(left, dict(left)), shipment, usual)
    return Packing(tuple(boxes), tuple(homeless))


def new_parcels(order: Order, shipment: Shipment) -> list[Parcel]:
    """Returns the parcels whose tracking number the order does not have yet, each number once (SPEC S1, S4)."""
    there = set(map(bare, tracking_numbers(active(order.fulfillments))))
    found: dict[str, Parcel] = {}
    for parcel in shipment.parcels:
        number = bare(parcel.tracking_number)
        if number and number not in there:
            found.setdefault(number, parcel)
    return list(found.values())


def bare(number: str) -> str:
    """Returns a tracking number without the blanks and the capitals that people type or leave out."""
    return "".join(number.split()).casefold()


def _with_rest(boxes: Sequence[Box], rest: Mapping[str, int], shipment: Shipment, usual: str) -> list[Box]:
    """Puts what nobody named into the last parcel, or into one without a number where the shipment has such a one."""
    unnumbered = [parcel for parcel in shipment.parcels if not bare(parcel.tracking_number)]
    if not boxes or unnumbered:
        return [*boxes, Box("", _method(unnumbered[0], usual) if unnumbered else usual or _NO_METHOD, rest)]
    *others, last = boxes
    pieces = {key: last.pieces.get(key, 0) + rest.get(key, 0) for key in {**last.pieces, **rest}}
    return [*others, msgspec.structs.replace(last, pieces=pieces)]


def _named_pieces(contents: Iterable[PackedItem], lines: Sequence[OpenLine]) -> dict[str, int]:
    """Finds the lines that a parcel's contents belong to; one product may stand in several lines."""
    named: dict[str, int] = {}
    for item in contents:
        wanted = int(item.quantity)
        fitting = [line for line in lines if item.product_id and line.variant_id == item.product_id]
        for line in fitting or [line for line in lines if item.sku and line.sku == item.sku]:
            pieces = min(wanted, line.pieces - named.get(line.id, 0))
            named[line.id] = named.get(line.id, 0) + pieces
            wanted -= pieces
    return named


def _one_piece(left: Mapping[str, int], *, keep: int) -> dict[str, int]:
    """Picks one piece of the first line that has any, as long as `keep` others stay."""
    if sum(left.values()) <= keep:
        return {}
    return {next(line_id for line_id, pieces in left.items() if pieces): 1}


def _take(left: dict[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """Takes pieces out of what is left, as far as they are there; returns those that were."""
    taken = {line_id: min(pieces, left[line_id]) for line_id, pieces in wanted.items()}
    for line_id, pieces in taken.items():
        left[line_id] -= pieces
    return {line_id: pieces for line_id, pieces in taken.items() if pieces > 0}


def _method(parcel: Parcel, usual: str) -> str:
    """Names the way of shipping, which customers read: the parcel's own, else the one that the order has."""
    return parcel.product.strip() or parcel.carrier.strip() or usual or _NO_METHOD
