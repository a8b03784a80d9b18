"""The time of a run has an end: what is left waits for the next run, which begins there (SPEC R2, R5)."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.calls import Service
from connector.cli.run import exit_code
from connector.errors import TransientError
from connector.flows.run import FlowRun
from connector.flows.turns import TimeBudget, in_turn, one_by_one
from connector.flows.verdict import onlooker
from connector.http import Transport, asgi_transport
from connector.overview import View, status_of
from connector.report import FlowCounts, RunReport, lines
from connector.sides import Shared
from connector.testing.clock import FakeClock
from connector_sandbox.seed import ean13
from tests.world import STEPS, World, problem


class SlowWorld(World):
    """A world in which the warehouse takes its time for each call."""

    seconds_per_call = 0.0

    def shared(self) -> Shared:
        fast = super().shared()
        warehouse = self.sandbox.wemalo_app()

        def transport(service: Service) -> Transport | None:
            return (
                asgi_transport(self._slowed(warehouse))
                if service.name == "wemalo"
                else fast.transport(service)
            )

        return dataclasses.replace(fast, transport=transport)

    def _slowed(self, app: ASGIApp) -> ASGIApp:
        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await self.clock.sleep(self.seconds_per_call)
            await app(scope, receive, send)

        return slow


@pytest.fixture
def slow(tmp_path: Path) -> SlowWorld:
    return SlowWorld(tmp_path / "state")


def orders(world: World, count: int) -> list[int]:
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    return [world.shop.add_order([(piece, 1)]) for _ in range(count)]


def renamed(world: World, products: list[int], title: str) -> None:
    for product in products:
        world.shop.change_product(product, Title=title)


def known_names(world: World, products: list[int]) -> list[str]:
    return [str(world.warehouse.products.get(str(product)).fields["name"]) for product in products]


def test_a_run_whose_time_is_used_up_leaves_the_youngest_orders_to_the_next(world: World) -> None:
    placed = orders(world, 150)  # marking takes half a second each
    report = world.run(max_run_minutes=1)
    sent = report.flows["orders"].sent
    assert [world.received(order) for order in placed] == [True] * sent + [False] * (150 - sent)
    assert (report.flows["orders"].waiting, report.waiting) == (150 - sent, 150 - sent)
    assert 50 < sent < 100


def test_a_run_whose_time_is_used_up_keeps_to_it_and_lets_every_flow_have_its_turn(world: World) -> None:
    orders(world, 150)
    report = world.run(max_run_minutes=1)
    assert report.ended is not None
    assert (report.ended - report.started).total_seconds() < 60
    assert list(report.flows) == ["products", "orders", "cancellations", "shipments", "stock"]


def test_a_run_whose_time_is_used_up_is_neither_complete_nor_a_failure(world: World) -> None:
    orders(world, 150)
    report = world.run(max_run_minutes=1)
    assert (report.completed, report.failure) == (False, "")
    assert "the time of the run is used up, at least" in lines(RunReport(clients=[report]))[0]
    assert exit_code(RunReport(clients=[report]), strict=True) == 0
    line = problem(report, "time_used_up", "orders")
    assert f"mindestens {report.waiting} Datensätze (Bestellungen) warten" in line.reason


def test_the_next_runs_carry_on_until_nothing_waits_and_nothing_is_sent_twice(world: World) -> None:
    placed = orders(world, 150)
    reports = [world.run(max_run_minutes=1) for _ in range(2)]
    assert [report.completed for report in reports] == [False, True]
    assert [len(world.warehouse.orders.named(str(order))) for order in placed] == [1] * 150
    assert reports[-1].problems == []


def test_without_a_time_of_its_own_a_run_may_take_three_intervals(world: World) -> None:
    orders(world, 150)
    assert not world.run(interval_minutes=1 / 3).completed
    assert world.run().completed


def test_status_says_that_the_time_was_used_up(world: World) -> None:
    orders(world, 150)
    waiting = world.run(max_run_minutes=1).waiting
    snapshot = asyncio.run(world.shared().store.read("acme"))
    row = status_of(View("acme", world.settings(), snapshot), world.clock.now())
    assert (row.completed, row.failure, row.waiting) == (False, "", waiting)


def test_products_that_change_in_each_run_never_keep_the_later_ones_back(slow: SlowWorld) -> None:
    products = [slow.shop.add_product(SKU=f"SKU-{n}", EAN=ean13(n), Title="Cup") for n in range(1, 301)]
    slow.run("products")
    slow.seconds_per_call = 4.0
    renamed(slow, products, "First")
    first = slow.run("products", max_run_minutes=1.4)
    assert (first.flows["products"].sent, first.flows["products"].waiting) == (100, 150)
    renamed(slow, products[:100], "Second")
    slow.run("products", max_run_minutes=1.4)
    assert known_names(slow, products) == ["First"] * 200 + ["Cup"] * 100


def test_products_that_stand_before_the_turn_are_sent_behind_the_others(slow: SlowWorld) -> None:
    products = [slow.shop.add_product(SKU=f"SKU-{n}", EAN=ean13(n), Title="Cup") for n in range(1, 151)]
    slow.run("products")
    slow.seconds_per_call = 4.0
    renamed(slow, products, "First")
    slow.run("products", max_run_minutes=1.4)
    renamed(slow, products[:10], "Second")
    slow.clear_audit()
    assert slow.run("products").completed
    sent = [entry.path.rpartition("/")[2] for entry in slow.sandbox.wemalo.audit.calls("PUT *")]
    assert sent == [str(product) for product in (*products[100:], *products[:10])]


def flow(world: World, has_time: bool = True) -> FlowRun:
    """A flow over nothing but a state that is not kept."""

    async def rehearsed() -> FlowRun:
        shared = world.shared()
        state = await shared.store.rehearse("acme")
        settings = world.settings()
        return onlooker(settings, STEPS, None, None, state, shared.clock.now)  # type: ignore[arg-type]

    return dataclasses.replace(asyncio.run(rehearsed()), flow="orders", has_time=lambda: has_time)


async def took(run: FlowRun, records: list[str], failing: frozenset[str] = frozenset()) -> list[str]:
    """Goes through the records; those that are `failing` meet a fault outside."""
    taken: list[str] = []

    async def take(record: str) -> None:
        taken.append(record)
        if record in failing:
            raise TransientError(f"no answer for {record}")

    await one_by_one(run, records, str, take)
    return taken


def test_without_any_time_left_one_record_is_taken_and_each_gets_its_turn(world: World) -> None:
    run = flow(world, has_time=False)
    assert [asyncio.run(took(run, ["a", "b", "c"])) for _ in range(4)] == [["a"], ["b"], ["c"], ["a"]]


def test_a_turn_ends_when_a_run_comes_to_the_last_record(world: World) -> None:
    run = flow(world, has_time=False)
    asyncio.run(took(run, ["a", "b", "c"]))
    rested = dataclasses.replace(run, has_time=lambda: True, counts=FlowCounts())
    assert asyncio.run(took(rested, ["a", "b", "c"])) == ["b", "c", "a"]
    assert asyncio.run(took(rested, ["a", "b", "c"])) == ["a", "b", "c"]
    assert rested.counts.waiting == 0


def test_a_turn_of_a_record_that_is_gone_falls_to_the_first(world: World) -> None:
    run = flow(world, has_time=False)
    asyncio.run(took(run, ["a", "b", "c"]))
    assert in_turn(run, ["a", "c"], str) == ["a", "c"]


def test_R3_records_that_a_fault_kept_back_are_among_those_that_wait(world: World) -> None:
    run = flow(world)
    with pytest.raises(TransientError, match="no answer for b"):
        asyncio.run(took(run, ["a", "b", "c"], failing=frozenset("b")))
    assert (run.counts.read, run.counts.waiting) == (3, 1)


def test_R3_after_three_faults_in_a_row_the_rest_waits_unasked(world: World) -> None:
    run = flow(world)
    with pytest.raises(TransientError, match="no answer for d"):
        asyncio.run(took(run, list("abcdef"), failing=frozenset("bcdef")))
    assert (run.counts.read, run.counts.waiting) == (4, 5)


def test_R5_a_stop_between_two_records_counts_what_waits(world: World) -> None:
    run = flow(world)
    run.stop.request()
    with pytest.raises(TransientError, match="asked to end"):
        asyncio.run(took(run, ["a", "b"]))
    assert (run.counts.read, run.counts.waiting) == (0, 2)


@pytest.mark.parametrize(
    ("followers", "seconds", "has_time"),
    [
        (4, 59, True),  # six tenths for the first of five flows
        (4, 61, False),
        (0, 99, True),
        (0, 101, False),
    ],
)
def test_a_tenth_of_the_time_is_kept_for_each_flow_that_follows(
    followers: int, seconds: float, has_time: bool
) -> None:
    clock = FakeClock()
    budget = TimeBudget(clock, clock.monotonic(), 100)
    asyncio.run(clock.sleep(seconds))
    assert budget.until(followers)() is has_time
