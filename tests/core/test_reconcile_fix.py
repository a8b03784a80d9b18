"""What `reconcile` repairs, and what it leaves alone."""

from __future__ import annotations

import asyncio

import pytest

from connector.errors import ClientHeld
from connector.reconcile import reconcile
from connector.settings import FlowSwitches
from tests.core.comparing import (
    SHIPPED,
    Situation,
    cancelled_and_shipped,
    changed_in_shop,
    changed_in_warehouse,
    codes,
    compared,
    one,
    pieces,
    two_pieces,
)
from tests.core.explaining import archived, marked_by_hand, shipped_unseen, unmarked
from tests.core.flows.test_stock import stocked
from tests.world import World


def test_a_repair_sets_the_lost_mark(world: World) -> None:
    found = unmarked(world)
    assert one(compared(world, fix=True)).remedy.code == "repaired"
    assert world.received(found)
    assert compared(world).agrees


def test_a_repair_gives_the_shop_number_and_state(world: World) -> None:
    found = shipped_unseen(world)
    compared(world, fix=True, flows=FlowSwitches(stock=False))
    shop = world.shop.order(found)
    assert ([parcel["ShippingId"] for parcel in shop["ShippingIds"]], shop["State"]) == (["TRACK-1"], SHIPPED)
    world.run()
    assert len(world.shop.order(found)["ShippingIds"]) == 1
    assert compared(world).agrees


def test_a_repair_of_a_partial_delivery_leaves_the_state(world: World) -> None:
    found = two_pieces(world)
    world.warehouse.ship(str(found), {str(pieces(world)): 1}, tracking_number="TRACK-1")
    compared(world, fix=True)
    shop = world.shop.order(found)
    assert ([parcel["ShippingId"] for parcel in shop["ShippingIds"]], shop["State"]) == (["TRACK-1"], 3)


@pytest.mark.parametrize("situation", [changed_in_shop, changed_in_warehouse])
def test_a_repair_lets_the_next_run_set_the_stock(world: World, situation: Situation) -> None:
    situation(world)
    wanted = world.warehouse.products.get(str(pieces(world))).pickable
    assert one(compared(world, fix=True)).remedy.code == "repaired_in_next_run"
    world.run("stock")
    assert world.shop.stock(pieces(world)) == wanted
    assert compared(world).agrees


@pytest.mark.parametrize("situation", [marked_by_hand, archived, cancelled_and_shipped])
def test_what_is_not_safe_is_not_repaired(world: World, situation: Situation) -> None:
    situation(world)
    result = compared(world, fix=True, flows=FlowSwitches(stock=False))
    assert world.writes() == []
    assert not result.agrees


def test_a_repair_that_fails_says_why(world: World) -> None:
    unmarked(world)
    world.sandbox.billbee.faults.add("POST /orders/{id}/tags", "400", times=None)
    result = compared(world, fix=True)
    assert codes(one(result)) == ("not_marked_in_shop", "mark_lost", "repair_failed")
    assert not result.agrees


def test_a_repair_waits_for_no_run_that_is_under_way(world: World) -> None:
    async def meanwhile() -> None:
        shared = world.shared()
        async with await shared.store.acquire("acme"):
            await reconcile(world.settings(), shared, fix=True)

    with pytest.raises(ClientHeld, match="client `acme` is being run by process"):
        asyncio.run(meanwhile())


def test_zeroes_that_are_held_back_are_not_repaired(world: World) -> None:
    cups = stocked(world, 40)
    for cup in cups[:15]:
        world.warehouse.set_stock(str(cup), 0)
    world.run("stock")
    told = {codes(difference) for difference in compared(world, fix=True).differences}
    assert told == {("stock_differs", "guarded", "confirm_stock")}
    world.run("stock")
    assert {world.shop.stock(cup) for cup in cups[:15]} == {5}
