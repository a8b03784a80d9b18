"""The shop's carriers: read once a day, and again where that can help (SPEC S3)."""

from __future__ import annotations

import pytest

from connector_sandbox.billbee.shop import PROVIDERS, ShippingProvider
from tests.core.flows.test_orders import order, product
from tests.core.flows.test_shipments import tracking
from tests.world import World

READ = "GET /shipment/shippingproviders"


def shipped(world: World, profile: str = "DHL Paket", *parcels: str) -> int:
    """Returns an order that was brought to the warehouse, sent by it in such parcels, and reported to the shop."""
    found = order(world, (product(world, len(world.shop.written()) + 1), 2))
    world.run("products", "orders")
    (position,) = world.warehouse.order(str(found)).positions
    for number in parcels:
        world.warehouse.ship(
            str(found), {position.external_id: 1}, carrier_product=profile, tracking_number=number
        )
    if not parcels:
        world.warehouse.ship(str(found), carrier_product=profile)
    world.run("shipments")
    return found


def carrier(world: World, order_id: int) -> int | None:
    """Returns the shipping product that stands at the order's only parcel."""
    (shipment,) = world.shop.order(order_id)["ShippingIds"]
    number: int | None = shipment["ShippingProviderProductId"]
    return number


def calls_of_shipping(world: World, profile: str = "DHL Paket") -> int:
    """Ships one order more, and counts how often that read the carriers."""
    world.clear_audit()
    shipped(world, profile)
    return world.calls(READ)


def test_S3_the_carriers_are_read_by_the_first_run_of_a_day_that_ships(world: World) -> None:
    counted = []
    for _ in range(4):
        counted.append(calls_of_shipping(world))
        world.later(8)
    assert counted == [1, 0, 0, 1]


def test_S3_a_run_that_ships_nothing_reads_no_carriers(world: World) -> None:
    world.run()
    assert world.calls(READ) == 0


def test_S3_a_carrier_that_was_added_in_the_shop_counts_at_once(world: World) -> None:
    shipped(world)
    world.shop.providers = (*PROVIDERS, ShippingProvider(7, "GLS", ((77, "GLS Business"),)))
    world.clear_audit()
    assert carrier(world, shipped(world, "GLS Business")) == 77
    assert world.calls(READ) == 1
    assert calls_of_shipping(world, "GLS Business") == 0


def test_S3_a_name_that_the_shop_has_not_set_up_is_looked_for_once_a_run(world: World) -> None:
    shipped(world)
    world.clear_audit()
    assert len(tracking(world, shipped(world, "Parcel", "0034", "0035"))) == 2
    assert world.calls(READ) == 1


@pytest.mark.parametrize(
    ("products", "number"),
    [
        (((78, "DHL Paket"),), 78),  # deleted and made anew
        (((79, "Express"),), None),  # deleted: the tracking number alone is sent
    ],
)
def test_S3_a_carrier_that_the_shop_has_no_more_is_looked_up_again_and_the_number_arrives(
    world: World, products: tuple[tuple[int, str], ...], number: int | None
) -> None:
    shipped(world)
    world.shop.providers = (ShippingProvider(7, "DHL", products),)
    world.clear_audit()
    found = shipped(world)
    assert (carrier(world, found), world.calls(READ)) == (number, 1)
    assert world.calls("POST /orders/{id}/shipment") == 2
    assert world.run().problems == []


def test_S3_a_refusal_that_has_another_cause_is_told_as_it_is(world: World) -> None:
    shipped(world)
    world.clear_audit()
    world.sandbox.billbee.faults.add("POST /orders/{id}/shipment", "400")
    found = shipped(world)
    assert (tracking(world, found), world.calls(READ)) == ([], 1)
    assert world.calls("POST /orders/{id}/shipment") == 1
    assert [line.code for line in world.run("products").problems] == ["refused"]


def test_carriers_of_another_account_are_not_used(world: World) -> None:
    shipped(world)
    world.clear_audit()
    box = world.sandbox
    box.username = "another@example.com"
    box.billbee.open_account(box.username, box.api_password, box.api_key, box.shop)
    shipped(world)
    assert world.calls(READ) == 1


def test_losing_the_state_costs_one_call(world: World) -> None:
    shipped(world)
    world.lose_state()
    assert calls_of_shipping(world) == 1
