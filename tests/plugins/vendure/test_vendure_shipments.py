"""Parcels, written by Vendure's source."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.api import (
    CallRefused,
    PackedItem,
    Parcel,
    Product,
    RecordRefused,
    Shipment,
)
from tests.plugins.vendure.bench import Bench
from tests.plugins.vendure.test_vendure_orders import order

ADD, SHIP, READ = "AddFulfillment", "ShipFulfillment", "FindOrder"


@pytest.fixture
def key(bench: Bench, mug: str) -> str:
    return bench.vendure.add_order(order(mug, 3))


def shipment(key: str, *numbers: str, **changes: Any) -> Shipment:
    parcels = tuple(Parcel(id=f"p{place}", tracking_number=number) for place, number in enumerate(numbers))
    return Shipment(
        **{"order_id": key, "order_number": "A-1", "parcels": parcels, "is_complete": True, **changes}
    )


def part(key: str, *numbers: str) -> Shipment:
    return shipment(key, *numbers, is_complete=False)


def ship(bench: Bench, *shipments: Shipment, **changes: Any) -> None:
    async def each(source: Any) -> None:
        for one in shipments:
            await source.order_shipped(one)

    bench.use(each, **changes)


def stands(bench: Bench, key: str) -> tuple[str, list[str]]:
    """Returns the state of an order and its tracking numbers."""
    found = bench.vendure.order(key)
    return found.state_name, list(found.tracking_numbers)


# -- numbers, then the state ----------------------------------------------------------------------


def test_S1_S2_all_numbers_are_stored_before_the_state_changes(bench: Bench, key: str) -> None:
    ship(bench, shipment(key, "0034", "0035"))
    assert stands(bench, key) == ("Shipped", ["0034", "0035"])
    assert bench.operations == [READ, ADD, ADD, READ, SHIP, SHIP]


def test_S1_a_partial_delivery_leaves_the_order_open(bench: Bench, key: str) -> None:
    ship(bench, part(key, "0034"))
    assert stands(bench, key) == ("PartiallyShipped", ["0034"])
    ship(bench, shipment(key, "0034", "0035"))
    assert stands(bench, key) == ("Shipped", ["0034", "0035"])


def test_S1_the_same_shipment_again_writes_nothing(bench: Bench, key: str) -> None:
    ship(bench, shipment(key, "0034"), shipment(key, "0034"))
    assert bench.operations == [READ, ADD, READ, SHIP, READ]


def test_S4_a_parcel_without_number_still_ships_the_order(bench: Bench, key: str) -> None:
    ship(bench, shipment(key, ""), shipment(key, ""))
    assert stands(bench, key) == ("Shipped", [])
    assert len(bench.sent(ADD)) == 1


def test_S1_what_the_target_says_is_in_a_parcel_is_what_the_customer_reads(bench: Bench, mug: str) -> None:
    tee = bench.vendure.add_product(Product(id="", sku="TEE"))
    bench.vendure.shop.stock_of(tee)["stockOnHand"] = 5
    both = order(mug)
    key = bench.vendure.add_order(order(mug, lines=(*both.lines, *order(tee, 1).lines)))
    contents = (PackedItem(sku="TEE", quantity=Decimal(1)),)
    parcel = Parcel(id="1", tracking_number="0034", carrier="DHL", contents=contents)
    ship(bench, shipment(key, parcels=(parcel,), is_complete=False))
    (sent,) = bench.sent(ADD)
    assert sent["input"]["lines"] == [{"orderLineId": f"{key}02", "quantity": 1}]
    assert sent["input"]["handler"]["arguments"] == [
        {"name": "method", "value": "DHL"},
        {"name": "trackingCode", "value": "0034"},
    ]


def test_a_handler_of_the_shop_can_be_chosen(bench: Bench, key: str) -> None:
    with pytest.raises(RecordRefused, match="INVALID_FULFILLMENT_HANDLER_ERROR"):
        ship(bench, shipment(key, "0034"), fulfillment_handler="own-handler")
    assert bench.sent(ADD)[0]["input"]["handler"]["code"] == "own-handler"


def test_what_a_person_packed_is_shipped_with_the_rest(bench: Bench, key: str) -> None:
    bench.vendure.pack_by_hand(key, pieces=1)
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Shipped", ["0034"])
    assert bench.sent(ADD)[0]["input"]["lines"] == [{"orderLineId": f"{key}01", "quantity": 2}]


# -- orders that take nothing ---------------------------------------------------------------------


@pytest.mark.parametrize("key", ["4711", "A-1", ""])
def test_S6_an_unknown_order_is_refused_by_its_number(bench: Bench, key: str) -> None:
    with pytest.raises(RecordRefused, match=r"shipment_order_unknown \(order=A-1\)"):
        ship(bench, shipment(key, "0034"))


def test_S6_an_order_is_named_by_its_id_where_the_number_is_not_known(bench: Bench) -> None:
    with pytest.raises(RecordRefused, match=r"\(order=4711\)"):
        ship(bench, shipment("4711", order_number=""))


def test_S6_a_cancelled_order_is_refused_before_anything_is_written(bench: Bench, key: str) -> None:
    bench.vendure.cancel_order(key)
    for one in (shipment(key, "0034"), shipment(key, "")):
        with pytest.raises(RecordRefused, match=r"shipment_order_cancelled \(order=A-1\)"):
            ship(bench, one)
    assert set(bench.operations) == {READ}


def test_S5_an_order_that_was_cancelled_after_it_had_everything_is_no_news(bench: Bench, key: str) -> None:
    ship(bench, shipment(key, "0034"))
    bench.vendure.cancel_order(key)
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Cancelled", ["0034"])


@pytest.mark.parametrize("operation", [ADD, SHIP])
def test_a_write_that_is_refused_is_passed_on(bench: Bench, key: str, operation: str) -> None:
    if operation == SHIP:
        bench.vendure.pack_by_hand(key, pieces=3, code="0034")
    bench.vendure.refuse(key)
    with pytest.raises(CallRefused, match=f"vendure refused POST /admin-api {operation} with 400"):
        ship(bench, shipment(key, "0034"))


def test_S1_a_number_for_which_no_piece_is_left_is_told_and_the_order_stays(bench: Bench, key: str) -> None:
    bench.vendure.pack_by_hand(key, pieces=3)
    with pytest.raises(
        RecordRefused, match="0034 has none: all pieces are in other fulfillments; cancel one"
    ):
        ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("PaymentSettled", [])


def test_S1_the_only_piece_waits_for_the_parcel_that_completes_the_order(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug, 1))
    with pytest.raises(RecordRefused, match="0034 has none: the last piece is kept"):
        ship(bench, part(key, "0034"))
    ship(bench, shipment(key, "0034", "0035"))
    assert stands(bench, key) == ("Shipped", ["0034", "0035"])


# -- stock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_hand", "left"),
    [
        (100, 97),
        (3, 0),
        (2, 2),  # the warehouse's figure came before its parcel, which is off in it already
        (0, 0),
    ],
)
def test_a_shop_that_believes_to_have_too_few_takes_the_parcel_all_the_same(
    bench: Bench, mug: str, key: str, on_hand: int, left: int
) -> None:
    bench.vendure.shop.stock_of(mug)["stockOnHand"] = on_hand
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Shipped", ["0034"])
    assert bench.vendure.shop.stock_of(mug) == {
        "stockLocationId": "1",
        "stockOnHand": left,
        "stockAllocated": 0,
    }


def test_pieces_that_can_not_be_added_are_told(bench: Bench, mug: str, key: str) -> None:
    bench.vendure.shop.stock_of(mug)["stockOnHand"] = 0
    bench.vendure.refuse(mug)
    with pytest.raises(CallRefused, match="SetStock with 400"):
        ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("PaymentSettled", [])
