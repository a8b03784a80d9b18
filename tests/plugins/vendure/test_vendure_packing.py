"""Which pieces go into which fulfillment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.api import PackedItem, Parcel, Shipment
from connector_vendure.packing import Box, pack, waiting
from connector_vendure.wire_records import (
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderLine,
    ShippingLine,
    ShippingMethod,
    Variant,
    VariantFields,
)


def order(
    *pieces: int, packed: tuple[int, ...] = (), numbers: tuple[str, ...] = (), digital: int = -1
) -> Order:
    """An order of so many pieces of the variants 1, 2 …; `packed` of each are in a fulfillment already."""
    lines: list[OrderLine | None] = [
        OrderLine(
            id=f"L{place}",
            quantity=quantity,
            product_variant=Variant(
                id=str(place), sku=f"SKU-{place}", custom_fields=VariantFields(digital=place == digital)
            ),
            fulfillment_lines=[FulfillmentLine(quantity=packed[place - 1])] if packed else [],
        )
        for place, quantity in enumerate(pieces, start=1)
    ]
    made: list[Fulfillment | None] = [
        Fulfillment(id=number, state="Shipped", tracking_code=number) for number in numbers
    ]
    method = ShippingLine(ShippingMethod(code="dhl", name="DHL Paket"))
    return Order(id="1", state="PaymentSettled", lines=lines, fulfillments=made, shipping_lines=[method])


def parcel(number: str, *contents: tuple[str, int], **changes: Any) -> Parcel:
    """A parcel; its contents name products by the shop's id, or by their SKU."""
    items = tuple(
        PackedItem(sku=name, quantity=Decimal(pieces))
        if name.startswith("SKU")
        else PackedItem(product_id=name, sku="?", quantity=Decimal(pieces))
        for name, pieces in contents
    )
    return Parcel(id=number, tracking_number=number, contents=items, **changes)


def whole(*parcels: Parcel) -> Shipment:
    return Shipment(order_id="1", parcels=parcels, is_complete=True)


def part(*parcels: Parcel) -> Shipment:
    return Shipment(order_id="1", parcels=parcels)


def dealt(order: Order, shipment: Shipment) -> list[tuple[str, dict[str, int]]]:
    return [(box.number, dict(box.pieces)) for box in pack(order, shipment).boxes]


@pytest.mark.parametrize(
    ("shipment", "boxes"),
    [
        # the target tells what is in them
        (part(parcel("A", ("1", 1))), [("A", {"L1": 1})]),
        (part(parcel("A", ("SKU-2", 2))), [("A", {"L2": 2})]),
        (part(parcel("A", ("1", 9))), [("A", {"L1": 3})]),  # more than was ordered
        (whole(parcel("A", ("1", 3)), parcel("B", ("2", 2))), [("A", {"L1": 3}), ("B", {"L2": 2})]),
        (whole(parcel("A", ("1", 1)), parcel("B", ("2", 1))), [("A", {"L1": 1}), ("B", {"L2": 2, "L1": 2})]),
        # nobody does: every number finds a piece, and the last parcel takes the rest
        (whole(parcel("A")), [("A", {"L1": 3, "L2": 2})]),
        (whole(parcel("A"), parcel("B")), [("A", {"L1": 1}), ("B", {"L1": 2, "L2": 2})]),
        (part(parcel("A"), parcel("B")), [("A", {"L1": 1}), ("B", {"L1": 1})]),
        # one of them does: it gets its own
        (whole(parcel("A"), parcel("B", ("1", 3))), [("A", {"L2": 1}), ("B", {"L1": 3, "L2": 1})]),
        # what it names is none of the order's
        (whole(parcel("A", ("77", 1))), [("A", {"L1": 3, "L2": 2})]),
        # without a number
        (part(parcel("")), []),
        (part(parcel("", ("1", 1))), []),
        (whole(parcel("")), [("", {"L1": 3, "L2": 2})]),
        (whole(parcel("A", ("1", 3)), parcel("")), [("A", {"L1": 3}), ("", {"L2": 2})]),
        (whole(), [("", {"L1": 3, "L2": 2})]),
        # one number twice
        (whole(parcel("A"), parcel("a "), parcel("A")), [("A", {"L1": 3, "L2": 2})]),
    ],
)
def test_S1_pieces_are_dealt_out_to_the_parcels(
    shipment: Shipment, boxes: list[tuple[str, dict[str, int]]]
) -> None:
    assert dealt(order(3, 2), shipment) == boxes


@pytest.mark.parametrize(
    ("pieces", "shipment", "boxes", "homeless"),
    [
        ((1,), whole(parcel("A"), parcel("B"), parcel("C")), [("A, B, C", {"L1": 1})], ()),
        ((2,), part(parcel("A"), parcel("B")), [("A, B", {"L1": 1})], ()),  # the last piece stays
        ((1,), part(parcel("A")), [], ("A",)),
        ((1,), part(parcel("A", ("1", 1))), [("A", {"L1": 1})], ()),  # the target says so
        ((0,), whole(parcel("A"), parcel("B")), [], ("A", "B")),
        ((0,), whole(), [], ()),
    ],
)
def test_S1_numbers_for_which_no_piece_is_left(
    pieces: tuple[int, ...],
    shipment: Shipment,
    boxes: list[tuple[str, dict[str, int]]],
    homeless: tuple[str, ...],
) -> None:
    assert dealt(order(*pieces), shipment) == boxes
    assert pack(order(*pieces), shipment).homeless == homeless


@pytest.mark.parametrize("number", ["A", " a", "0034 12", "003412", "0035"])
def test_S1_S5_a_number_that_is_there_is_not_stored_again(number: str) -> None:
    there = order(3, packed=(1,), numbers=("A", "0034 12, 0035"))
    assert dealt(there, part(parcel(number))) == []
    assert dealt(there, whole(parcel(number))) == [("", {"L1": 2})]


def test_S5_what_is_packed_already_is_not_packed_again() -> None:
    assert dealt(order(3, 2, packed=(3, 1)), whole(parcel("A"))) == [("A", {"L2": 1})]
    assert dealt(order(3, 2, packed=(3, 2)), whole()) == []


def test_one_product_in_two_lines_is_taken_from_both() -> None:
    both = order(2, 2)
    assert both.lines is not None
    for line in both.lines:
        assert line is not None
        line.product_variant = Variant(id="7", sku="SEVEN")
    assert dealt(both, part(parcel("A", ("7", 3)))) == [("A", {"L1": 2, "L2": 1})]


def test_A6_digital_goods_leave_with_the_last_parcel() -> None:
    parcels = (parcel("A"), parcel("B"))
    assert dealt(order(1, 2, digital=1), whole(*parcels)) == [("A", {"L2": 1}), ("B", {"L2": 1, "L1": 1})]


@pytest.mark.parametrize(
    ("fields", "method"),
    [
        ({"product": " DHL Express ", "carrier": "DHL"}, "DHL Express"),
        ({"carrier": "DHL"}, "DHL"),
        ({}, "DHL Paket"),  # what the customer chose
    ],
)
def test_S3_the_parcel_says_how_it_travels(fields: dict[str, str], method: str) -> None:
    (box,) = pack(order(1), whole(parcel("A", **fields))).boxes
    assert box == Box("A", method, {"L1": 1})


def test_S3_vendure_needs_a_way_of_shipping_even_where_nobody_knows_it() -> None:
    bare = order(1)
    bare.shipping_lines = []
    assert [box.method for box in pack(bare, whole(parcel("A"))).boxes] == ["-"]


@pytest.mark.parametrize(
    ("shipment", "found"),
    [
        (part(parcel("A")), ["1"]),
        (part(parcel("C")), ["2"]),
        (part(parcel("D")), []),
        (part(parcel("")), []),
        (whole(), ["1", "2", "4"]),  # everything was sent
    ],
)
def test_S5_fulfillments_that_were_made_and_not_shipped_are_completed(
    shipment: Shipment, found: list[str]
) -> None:
    made = [("1", "Pending", "A"), ("2", "Pending", "B, C"), ("3", "Shipped", "A"), ("4", "Pending", None)]
    cut_off = order(1)
    cut_off.fulfillments = [Fulfillment(id=key, state=state, tracking_code=code) for key, state, code in made]
    cut_off.fulfillments += [None, Fulfillment(id="5", state="Cancelled", tracking_code="A")]
    assert [each.id for each in waiting(cut_off, shipment)] == found


def test_what_was_in_a_cancelled_fulfillment_is_packed_again() -> None:
    again = order(3)
    assert again.lines is not None
    assert again.lines[0] is not None
    cancelled = Fulfillment(id="1", state="Cancelled")
    again.lines[0].fulfillment_lines = [FulfillmentLine(quantity=2, fulfillment=cancelled)]
    assert dealt(again, whole(parcel("A"))) == [("A", {"L1": 3})]
