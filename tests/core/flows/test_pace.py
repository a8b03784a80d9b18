"""The catalogue may be read less often than orders (`products_every_minutes`)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from connector.flows.pace import due_at
from connector.flows.retry import let_retry
from connector.problems import Problem
from connector.report import RunReport, lines, to_json
from connector.state import Snapshot
from connector.testing.clock import NOON
from connector_sandbox.seed import ean13
from tests.world import World, problem

EVERY_4_HOURS = 240


def catalogue(world: World) -> int:
    """Puts a product into the shop, and reads the catalogue for the first time."""
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    world.run(products_every_minutes=EVERY_4_HOURS)
    world.clear_audit()
    return piece


def hour(world: World, *only: str) -> list[str]:
    """Makes the next run an hour later; returns the flows that ran."""
    world.later(hours=59 / 60)
    return list(world.run(*only, products_every_minutes=EVERY_4_HOURS).flows)


def test_runs_in_between_leave_the_products_out(world: World) -> None:
    catalogue(world)
    ran = ["products" in hour(world) for _ in range(9)]
    assert ran == [False, False, False, True, False, False, False, True, False]
    assert world.calls("GET /products") == 2


def test_a_run_says_that_it_left_the_products_out(world: World) -> None:
    catalogue(world)
    report = world.run(products_every_minutes=EVERY_4_HOURS)
    assert report.completed
    assert report.not_due == {"products": NOON + timedelta(hours=4, minutes=1)}
    pass_ = RunReport(clients=[report])
    assert "  products       not due before 2026-03-02 16:01 UTC" in lines(pass_)
    assert b'"not_due":{"products":"2026-03-02T16:01:00Z"}' in to_json(pass_)
    assert b"not_due" not in to_json(RunReport(clients=[world.run()]))


def test_orders_go_across_while_the_products_are_left_out(world: World) -> None:
    piece = catalogue(world)
    order = world.shop.add_order([(piece, 1)])
    assert "products" not in hour(world)
    assert world.received(order)


def test_a_set_that_is_new_in_the_catalogue_is_shipped_as_its_products(world: World) -> None:
    piece = catalogue(world)
    box = world.shop.add_product(SKU="BOX", EAN=ean13(9), Title="Box", parts={piece: 3})
    order = world.shop.add_order([(box, 2)])
    assert "products" not in hour(world)
    (position,) = world.warehouse.order(str(order)).positions
    assert (position.external_id, position.quantity) == (str(piece), 6)


def test_O5_an_order_of_a_new_product_brings_the_catalogue_into_the_next_run(world: World) -> None:
    catalogue(world)
    plate = world.shop.add_product(SKU="SKU-2", EAN=ean13(2), Title="Plate")
    order = world.shop.add_order([(plate, 1)])
    assert "products" not in hour(world)
    assert not world.received(order)
    assert "products" in hour(world)
    assert world.received(order)


def test_O5_an_order_of_a_product_that_is_refused_brings_it_only_once(world: World) -> None:
    catalogue(world)
    plate = world.shop.add_product(SKU="SKU-2", Title="No EAN")
    world.shop.add_order([(plate, 1)])
    assert ["products" in hour(world) for _ in range(4)] == [False, True, False, False]


def test_the_products_run_whenever_they_are_asked_for_by_name(world: World) -> None:
    catalogue(world)
    assert hour(world, "products") == ["products"]


def test_a_reading_that_failed_is_made_again_in_the_next_run(world: World) -> None:
    catalogue(world)
    world.later(hours=4)
    world.sandbox.billbee.faults.add("GET /products", "html", times=2)
    assert not world.run(products_every_minutes=EVERY_4_HOURS).completed
    assert "products" in hour(world)


def test_A1_problems_of_products_stay_open_while_nobody_looks(world: World) -> None:
    world.shop.add_product(SKU="SKU-2", Title="No EAN")
    catalogue(world)
    report = world.run(products_every_minutes=EVERY_4_HOURS)
    assert problem(report, "product_ean_missing").count == 1


def test_to_retry_a_product_is_to_read_the_catalogue(world: World) -> None:
    async def retry() -> None:
        async with await world.shared().store.acquire("acme") as state:
            let_retry(state, known)
            await state.save()

    known = Problem(id="1", code="refused", flow="products", record_id="7", first_seen=NOON, last_seen=NOON)
    catalogue(world)
    asyncio.run(retry())
    assert "products" in hour(world)


@pytest.mark.parametrize(
    ("every", "minutes", "is_due"),
    [
        (None, 1, True),  # each run
        (240, 180, False),
        (240, 239, True),  # runs are never exactly an interval apart
        (240, 240, True),
        (60, 59, True),
        (60, 10, False),  # a run by hand in between
        (90, 60, True),  # rounded to whole runs
        (100, 60, False),
        (1, 60, True),
    ],
)
def test_products_are_due_in_the_run_that_is_nearest(every: int | None, minutes: int, is_due: bool) -> None:
    kept = Snapshot("acme", {"meta": {"products_done": NOON.isoformat()}})
    gap = None if every is None else timedelta(minutes=every)
    due = due_at(kept, gap, timedelta(hours=1), NOON + timedelta(minutes=minutes))
    assert (due is None) is is_due


def test_products_are_due_when_nobody_knows_when_they_were_read() -> None:
    assert due_at(Snapshot("acme", {}), timedelta(days=1), timedelta(hours=1), NOON) is None
