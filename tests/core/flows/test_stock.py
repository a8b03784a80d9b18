"""Stock from the warehouse to the shop, over both services' real wire formats (SPEC K1 to K4)."""

from __future__ import annotations

import asyncio

import pytest

from connector.flows.stock import confirm_zeroes, guarded
from connector.records import StockLevel
from connector.state import TinyStore
from connector_billbee.stock import BATCH_SIZE
from connector_sandbox.billbee.stockroom import Location
from tests.core.flows.test_orders import order, product
from tests.world import World, problem


def stocked(world: World, count: int = 1, quantity: int = 5) -> list[int]:
    """Returns products that both sides have, with this stock in the warehouse, already told to the shop."""
    products = [product(world, place) for place in range(1, count + 1)]
    world.run("products")
    for each in products:
        world.warehouse.set_stock(str(each), quantity)
    world.run("stock")
    return products


def test_K1_the_shop_gets_as_many_quantities_with_one_call_as_it_takes(world: World) -> None:
    stocked(world, 3 * BATCH_SIZE)
    sent = world.sandbox.billbee.audit.calls("POST /products/updatestockmultiple")
    assert [len(call.body) for call in sent] == [BATCH_SIZE] * 3


def test_K1_the_available_quantity_is_set_in_the_shop(world: World) -> None:
    cup, plate = stocked(world, 2)
    assert [world.shop.stock(each) for each in (cup, plate)] == [5, 5]
    world.warehouse.set_stock(str(cup), 12)
    assert world.run("stock").flows["stock"].sent == 1
    assert [world.shop.stock(each) for each in (cup, plate)] == [12, 5]


def test_K1_the_storage_location_is_a_setting(world: World) -> None:
    world.shop.stockroom.locations = (Location(0, "Standard", is_default=True), Location(7, "Wemalo"))
    cup = product(world, 1)
    world.run("products")
    world.warehouse.set_stock(str(cup), 5)
    world.run("stock", storage_location_id=7)
    assert (world.shop.stock(cup, 7), world.shop.stock(cup, 0)) == (5, 0)


def test_K1_only_first_choice_counts(world: World) -> None:
    (cup,) = stocked(world)
    world.warehouse.set_second_choice(str(cup), 90)
    world.run("stock")
    assert world.shop.stock(cup) == 5


def test_K1_a_product_that_the_warehouse_never_reported_is_never_touched(world: World) -> None:
    other = world.shop.add_product(SKU="OTHER", EAN="", Title="Not in the warehouse", stock=33)
    stocked(world)
    world.run()
    assert world.shop.written(other) == []


def test_K2_nothing_is_sent_for_a_quantity_that_the_shop_was_already_given(world: World) -> None:
    stocked(world, 3)
    world.clear_audit()
    world.run("stock")
    assert world.writes() == []


def test_K2_without_the_state_only_what_differs_is_sent(world: World) -> None:
    cup, _ = stocked(world, 2)
    world.lose_state()
    world.warehouse.set_stock(str(cup), 6)
    world.clear_audit()
    assert world.run("stock").flows["stock"].sent == 1


def test_K2_a_refused_row_is_reported_and_tried_again_without_keeping_back_the_others(world: World) -> None:
    cup, plate = stocked(world, 2)
    removed = dict(world.shop.product(cup))
    world.shop.remove_product(cup)
    for each in (cup, plate):
        world.warehouse.set_stock(str(each), 9)
    assert problem(world.run("stock"), "stock_refused").record_id == str(cup)
    assert world.shop.stock(plate) == 9
    assert removed["SKU"] in problem(world.run("stock"), "stock_refused").reason


@pytest.mark.parametrize("kind", ["500", "reset", "hang", "html", "truncated"])
def test_K2_quantities_that_could_not_be_set_are_set_in_the_next_run(world: World, kind: str) -> None:
    (cup,) = stocked(world)
    world.warehouse.set_stock(str(cup), 9)
    world.sandbox.billbee.faults.add("POST /products/updatestockmultiple", kind, times=None)
    assert not world.run("stock").completed
    world.sandbox.billbee.faults.clear()
    world.later(hours=10)
    world.run("stock")
    assert world.shop.stock(cup) == 9


def test_K3_many_zeroes_at_once_are_held_back_until_somebody_confirms_them(world: World) -> None:
    products = stocked(world, 40)
    for each in products[:15]:
        world.warehouse.set_stock(str(each), 0)
    world.warehouse.set_stock(str(products[20]), 7)
    guard = problem(world.run("stock"), "stock_zero_guard")
    assert "15" in guard.reason
    assert "connector stock confirm" in guard.hint
    assert (world.shop.stock(products[0]), world.shop.stock(products[20])) == (5, 7)
    confirm(world)
    assert world.run("stock").problems == []
    assert [world.shop.stock(each) for each in products[:15]] == [0] * 15


def test_K3_a_confirmation_counts_once(world: World) -> None:
    products = stocked(world, 40)
    for each in products[:15]:
        world.warehouse.set_stock(str(each), 0)
    world.run("stock")
    confirm(world)
    world.run("stock")
    for each in products[15:30]:
        world.warehouse.set_stock(str(each), 0)
    assert problem(world.run("stock"), "stock_zero_guard").flow == "stock"
    assert world.shop.stock(products[15]) == 5


def test_K3_products_that_the_warehouse_never_reported_do_not_count(world: World) -> None:
    for place in range(100, 300):
        world.shop.add_product(SKU=f"SHOP-{place}", Title="Only in the shop", stock=0)
    products = stocked(world, 30)
    for each in products:
        world.warehouse.set_stock(str(each), 0)
    assert "30" in problem(world.run("stock"), "stock_zero_guard").reason


def test_K3_a_confirmation_is_for_the_zeroes_that_it_was_given_for(world: World) -> None:
    products = stocked(world, 60)
    for each in products[:15]:
        world.warehouse.set_stock(str(each), 0)
    world.run("stock")
    confirm(world)
    for each in products[15:]:
        world.warehouse.set_stock(str(each), 0)
    assert "45" in problem(world.run("stock"), "stock_zero_guard").reason
    assert [world.shop.stock(each) for each in (products[0], products[20])] == [0, 5]


def test_K2_a_quantity_that_could_not_be_read_is_read_again_later(world: World) -> None:
    (cup,) = stocked(world)
    world.warehouse.set_stock(str(cup), 9)
    world.sandbox.wemalo.faults.add(
        "GET /product/availableStock/", "wrong_type", times=None, path="articles.*.attributes"
    )
    assert problem(world.run("stock"), "stock_unreadable").flow == "stock"
    world.sandbox.wemalo.faults.clear()
    world.later(hours=9)
    world.run("stock")
    assert world.shop.stock(cup) == 9


def test_K3_a_first_look_at_an_empty_warehouse_does_not_sell_the_shop_out(world: World) -> None:
    products = [product(world, place, stock=8) for place in range(1, 31)]
    world.run("products")
    for each in products:
        world.warehouse.set_stock(str(each), 0)
    assert problem(world.run("stock"), "stock_zero_guard").flow == "stock"
    assert {world.shop.stock(each) for each in products} == {8}


@pytest.mark.parametrize(
    ("zeroes", "positive", "share", "held"),
    [
        (10, 0, 0.2, 0),  # ten are few, whatever the share
        (11, 0, 0.2, 11),
        (11, 44, 0.2, 0),  # exactly 20 %
        (11, 43, 0.2, 11),
        (100, 0, 1.0, 0),  # switched off
        (11, 0, 0.0, 11),
    ],
)
def test_K3_the_share_and_the_number_decide(zeroes: int, positive: int, share: float, held: int) -> None:
    given = {str(number): 5 for number in range(zeroes + positive)}
    due = {str(number): StockLevel(product_id=str(number), quantity=0) for number in range(zeroes)}
    assert len(guarded(due, given, share)) == held


def test_K4_reserved_and_blocked_pieces_do_not_count_and_nothing_is_negative(world: World) -> None:
    (cup,) = stocked(world, 1, quantity=5)
    order(world, (cup, 2))
    world.run()
    assert world.shop.stock(cup) == 3
    world.warehouse.block(str(cup), 4)
    world.run()
    assert world.shop.stock(cup) == 0


@pytest.mark.parametrize(("setting", "stock"), [(False, 5), (True, 3)])
def test_K4_billbees_own_subtraction_is_a_setting(world: World, setting: bool, stock: int) -> None:
    cup = product(world, 1)
    world.run("products")
    world.shop.add_order([(cup, 2)], Tags=[])  # an open order that never reaches the warehouse
    world.warehouse.set_stock(str(cup), 5)
    world.run("stock", auto_subtract_reserved=setting)
    assert world.shop.stock(cup) == stock


def confirm(world: World) -> None:
    async def confirmed() -> None:
        async with await TinyStore(world.state_dir, world.clock).acquire("acme") as state:
            assert confirm_zeroes(state) == 15
            await state.save()

    asyncio.run(confirmed())
