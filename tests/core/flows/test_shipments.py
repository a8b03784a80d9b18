"""Shipments from the warehouse to the shop, over both services' real wire formats (SPEC S1 to S6)."""

from __future__ import annotations

from typing import Any

import pytest

from connector.settings import StepChoice
from tests.core.flows.test_orders import order, product
from tests.world import World, problem

SHIPPED = 4


def imported(world: World, *pieces: int) -> int:
    """Returns an order of the warehouse with as many pieces of products 1, 2 … as `pieces` says."""
    products = [product(world, place) for place in range(1, len(pieces) + 1)]
    world.run("products")
    for each in products:
        world.warehouse.set_stock(str(each), 100)
    found = order(world, *zip(products, pieces, strict=True))
    world.run()
    return found


def tracking(world: World, order_id: int) -> list[str]:
    return [shipment["ShippingId"] for shipment in world.shop.order(order_id)["ShippingIds"]]


def state(world: World, order_id: int) -> int:
    return int(world.shop.order(order_id)["State"])


def queue(world: World) -> int:
    """Counts the entries that the warehouse still offers."""
    return len(world.warehouse.history.unflagged("SENT"))


def test_S1_the_tracking_number_is_added_and_the_order_is_set_to_shipped(world: World) -> None:
    found = imported(world, 2)
    world.warehouse.ship(str(found), tracking_number="0034-1")
    report = world.run()
    assert (tracking(world, found), state(world, found), queue(world)) == (["0034-1"], SHIPPED, 0)
    assert (report.flows["shipments"].sent, report.problems) == (1, [])


def test_S1_several_parcels_and_partial_deliveries_the_state_only_with_the_last_one(world: World) -> None:
    found = imported(world, 2, 1)
    first, second = (str(line["Product"]["BillbeeId"]) for line in world.shop.order(found)["OrderItems"])
    world.warehouse.ship(str(found), {first: 1}, tracking_number="0034-1")
    world.run()
    assert (tracking(world, found), state(world, found)) == (["0034-1"], 3)
    world.warehouse.ship(str(found), {first: 1}, tracking_number="0034-2")
    world.warehouse.ship(str(found), {second: 1}, tracking_number="0034-3")
    world.run()
    assert (tracking(world, found), state(world, found)) == (["0034-1", "0034-2", "0034-3"], SHIPPED)


def test_S2_tracking_numbers_are_stored_before_the_state_changes(world: World) -> None:
    found = imported(world, 1)
    world.warehouse.ship(str(found))
    world.run()
    written = [change.what for change in world.shop.written(found)]
    assert written.index("shipment added") < written.index("state set")


@pytest.mark.parametrize(
    ("profile", "mapping", "product"),
    [
        ("DHL Paket", (), "DHL Paket"),  # a shipping product of exactly this name
        ("dhl paket", (), None),  # not exactly: the tracking number alone
        ("Parcel", (), None),
        ("Parcel", (StepChoice("shipping_profiles", {"Parcel": "DPD Classic"}),), "DPD Classic"),
    ],
)
def test_S3_the_shipment_carries_the_shops_shipping_product_of_the_same_name(
    world: World, profile: str, mapping: tuple[Any, ...], product: str | None
) -> None:
    found = imported(world, 1)
    world.warehouse.ship(str(found), carrier_product=profile)
    world.run(mapping=mapping)
    (shipment,) = world.shop.order(found)["ShippingIds"]
    names = {number: name for provider in world.shop.providers for number, name in provider.products}
    assert names.get(shipment["ShippingProviderProductId"]) == product


def test_S4_a_parcel_without_a_tracking_number_still_sets_the_order_to_shipped(world: World) -> None:
    found = imported(world, 1)
    world.warehouse.ship(str(found), tracking_number="")
    world.run()
    assert (tracking(world, found), state(world, found), queue(world)) == ([], SHIPPED, 0)


@pytest.mark.parametrize("takes_effect", [True, False])
@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("billbee", "GET /orders/{id}"),
        ("billbee", "POST /orders/{id}/shipment"),
        ("billbee", "PUT /orders/{id}/orderstate"),
        ("wemalo", "PUT /goodsOrder/packages/sent/:bookingId"),
    ],
)
def test_S5_nothing_is_lost_or_added_twice_whatever_is_cut_off(
    world: World, service: str, call: str, takes_effect: bool
) -> None:
    found = imported(world, 2)
    world.warehouse.ship(str(found), tracking_number="0034-1")
    faults = getattr(world.sandbox, service).faults
    faults.add(call, "reset", times=None, takes_effect=takes_effect)
    assert queue(world) > 0 or not world.run().completed
    faults.clear()
    world.run()
    assert (tracking(world, found), state(world, found), queue(world)) == (["0034-1"], SHIPPED, 0)


def test_S5_the_warehouse_is_told_only_after_the_shop_has_everything(world: World) -> None:
    found = imported(world, 1)
    world.warehouse.ship(str(found))
    world.sandbox.billbee.faults.add("PUT /orders/{id}/orderstate", "500", times=None)
    world.run()
    assert queue(world) == 1


@pytest.mark.parametrize(
    ("gone", "code"),
    [("delete_order", "shipment_order_unknown"), ("archive_order", "shipment_order_archived")],
)
def test_S6_an_order_that_the_shop_can_not_take_blocks_nobody_and_is_reported_once(
    world: World, gone: str, code: str
) -> None:
    lost = imported(world, 1)
    piece = world.shop.order(lost)["OrderItems"][0]["Product"]["BillbeeId"]
    good = order(world, (piece, 1))
    world.run()
    for found in (lost, good):
        world.warehouse.ship(str(found))
    getattr(world.shop, gone)(lost)
    assert problem(world.run(), code).record_id == str(lost)
    assert state(world, good) == SHIPPED
    world.clear_audit()
    assert [line.code for line in world.run().problems] == [code]
    assert world.calls("GET /orders/{id}") == 0


def test_S6_an_order_that_comes_back_from_the_archive_gets_its_tracking_number_within_a_day(
    world: World,
) -> None:
    found = imported(world, 1)
    world.warehouse.ship(str(found), tracking_number="0034-1")
    world.shop.archive_order(found)
    world.run()
    world.shop.orders[found]["ArchivedAt"] = None
    world.later(hours=25)
    assert world.run().problems == []
    assert (tracking(world, found), queue(world)) == (["0034-1"], 0)
