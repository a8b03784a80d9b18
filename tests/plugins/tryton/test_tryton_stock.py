"""What can be sold, against the fake."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import OrderLine, Page, Parcel, StockLevel, UnusableAnswer
from connector_tryton.target import TrytonTarget
from tests.plugins.tryton.bench import ORDER, PRODUCT, Bench, pages_of
from tests.plugins.tryton.between import answering

PARCEL = Parcel(id="", tracking_number="0034")


def read(bench: Bench, since: datetime | None = None) -> list[Any]:
    pages = bench.target(lambda target: pages_of(target.stock_levels(since)))
    return [found for page in pages for found in (*page.records, *page.unreadable)]


def sellable(bench: Bench) -> int | None:
    levels = {level.product_id: level.quantity for level in read(bench)}
    return levels.get(PRODUCT.id)


def test_K1_a_quantity_names_the_product_by_the_shops_id_and_by_its_sku(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 12)
    assert read(bench) == [StockLevel(product_id="4711", sku="MUG-1", quantity=12)]


def test_K1_a_product_that_was_never_there_is_not_reported(bench: Bench) -> None:
    assert read(bench) == []


def test_K1_a_product_that_is_sold_out_is(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 2)
    bench.create()
    bench.fake.ship("8001", PARCEL)
    assert sellable(bench) == 0


def later(bench: Bench) -> datetime:
    """A moment after all that was done so far."""
    asyncio.run(bench.clock.sleep(60))
    return bench.clock.now()


def test_K1_only_what_moved_since_then_is_read_again(bench: Bench) -> None:
    bench.warehouse.add_product(msgspec.structs.replace(PRODUCT, id="4712", sku="MUG-2"))
    for product_id in ("4711", "4712"):
        bench.warehouse.set_stock(product_id, 12)
    since = later(bench)
    assert read(bench, since) == []
    bench.create()
    assert read(bench, since) == [StockLevel(product_id="4711", sku="MUG-1", quantity=10)]


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5))])
def test_K1_the_moment_is_the_same_in_any_time_zone(bench: Bench, zone: timezone) -> None:
    since = later(bench).astimezone(zone)
    bench.warehouse.set_stock("4711", 12)
    assert len(read(bench, since)) == 1


@pytest.mark.parametrize("act", ["pick", "ship"])
def test_K1_a_move_that_is_made_later_is_a_change(bench: Bench, act: str) -> None:
    bench.warehouse.set_stock("4711", 12)
    bench.create()
    since = later(bench)
    getattr(bench.fake, act)("8001")
    assert [level.quantity for level in read(bench, since)] == [10]


def test_K1_a_product_that_a_change_took_out_of_an_order_can_be_sold_again(bench: Bench) -> None:
    bench.warehouse.add_product(msgspec.structs.replace(PRODUCT, id="4712", sku="MUG-2"))
    for product_id in ("4711", "4712"):
        bench.warehouse.set_stock(product_id, 12)
    bench.create()
    since = later(bench)
    line = OrderLine(id="32", product_id="4712", quantity=Decimal(1))
    changed = msgspec.structs.replace(ORDER, lines=(line,))

    async def run(target: TrytonTarget) -> list[Page[StockLevel]]:
        await target.change_order(changed, ("31",), (line,))
        return await pages_of(target.stock_levels(since))

    levels = [level for page in bench.target(run) for level in page.records]
    assert {level.product_id: level.quantity for level in levels} == {"4711": 12, "4712": 11}


def test_K1_many_products_that_moved_are_asked_for_in_parts(bench: Bench) -> None:
    since = later(bench)
    ids = [str(number) for number in range(1, 121)]
    for number in ids:
        bench.warehouse.add_product(msgspec.structs.replace(PRODUCT, id=number, sku=f"S{number}", ean=""))
        bench.warehouse.set_stock(number, 1)
    pages = bench.target(lambda target: pages_of(target.stock_levels(since)), page_size=1000)
    assert [len(page.records) for page in pages] == [100, 20]


@pytest.mark.parametrize("act", [None, "assign", "pick", "pack", "ship"])
def test_K4_pieces_of_an_order_can_not_be_sold_however_far_it_is(bench: Bench, act: str | None) -> None:
    bench.warehouse.set_stock("4711", 12)
    bench.create()
    if act:
        getattr(bench.fake, act)("8001")
    assert sellable(bench) == 10


def test_K4_pieces_of_a_cancelled_order_can_be_sold_again(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 12)
    bench.create()
    bench.target(lambda target: target.cancel_order("8001"))
    assert sellable(bench) == 12


def test_K4_blocked_pieces_can_not_be_sold(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 12)
    bench.warehouse.add_unsellable("4711", 7)
    assert sellable(bench) == 12


def test_K4_pieces_that_move_within_the_storage_zone_can_be_sold(bench: Bench) -> None:
    shelf = bench.fake.records.add("stock.location", name="Shelf", code="SHELF", parent=2)
    bench.warehouse.set_stock("4711", 12)
    bench.fake.records.add(
        "stock.move",
        company=1,
        product=bench.fake.product("MUG-1")["id"],
        quantity=5,
        internal_quantity=5,
        from_location=2,
        to_location=shelf,
    )
    assert sellable(bench) == 12


@pytest.mark.parametrize(("there", "quantity"), [(1, 0), (-3, 0), (2.9999999, 1), (3.5, 1)])
def test_K4_a_quantity_is_whole_and_never_below_0(bench: Bench, there: float, quantity: int) -> None:
    bench.create()  # of two pieces
    bench.fake.stock_in("MUG-1", there)
    assert sellable(bench) == quantity


def test_K1_products_of_another_shop_are_left_out_and_those_of_people_go_by_their_sku(bench: Bench) -> None:
    bench.fake.add_product("THEIRS", (None, "1@other"))
    bench.fake.add_product("FLYER")
    for sku in ("THEIRS", "FLYER"):
        bench.fake.stock_in(sku, 3)
    assert read(bench) == [StockLevel(product_id="", sku="FLYER", quantity=3)]


def test_K1_an_inactive_product_is_reported(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 5)
    bench.put(msgspec.structs.replace(PRODUCT, is_active=False))
    assert sellable(bench) == 5


def test_K1_of_two_products_with_the_same_key_the_copy_is_told_of(bench: Bench) -> None:
    bench.fake.add_product("MUG-1 COPY", (None, "4711@acme"))
    for sku, quantity in (("MUG-1", 5), ("MUG-1 COPY", 3)):
        bench.fake.stock_in(sku, quantity)
    level, copy = read(bench)
    assert (level.quantity, copy.number) == (5, "MUG-1 COPY")
    assert "carry the key of the shop's product 4711" in copy.reason


def test_K1_a_list_of_several_pages_is_read_to_its_end(bench: Bench) -> None:
    for number in range(7):
        bench.warehouse.add_product(
            msgspec.structs.replace(PRODUCT, id=str(number), sku=f"S{number}", ean="")
        )
        bench.warehouse.set_stock(str(number), number)
    assert [(level.product_id, level.quantity) for level in read(bench)] == [(str(n), n) for n in range(7)]


@pytest.mark.parametrize("quantity", ["many", None, 1e300])
def test_R4_a_quantity_that_can_not_be_read_costs_only_itself(bench: Bench, quantity: object) -> None:
    good = {"id": 1, "code": "S1", "active": 1, "quantity": 3.0, "identifiers": []}
    bench.around = answering("GET product.product", [{**good, "id": 2, "quantity": quantity}, good])
    level, broken = read(bench)
    assert (broken.record_id, broken.number, level.quantity) == ("2", "S1", 3)
    assert "$.quantity" in broken.reason


def test_R4_a_demand_that_can_not_be_read_is_not_taken_for_none(bench: Bench) -> None:
    bench.around = answering("GET stock.move", [{"id": 1, "product": 1, "internal_quantity": None}])
    with pytest.raises(UnusableAnswer, match=r"GET /rest/model/stock\.move: .*internal_quantity"):
        read(bench)
