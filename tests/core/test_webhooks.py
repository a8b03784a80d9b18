"""Hints: flows that run within seconds because a service called, and what they must not disturb."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from connector.clock import Stop
from connector.engine import run_client
from connector.history import calls_in_month, month_of, runs
from connector.problems import read_problems
from connector.scheduler import FIRST_RUNS_WITHIN_S, SETTLE_S, Scheduler
from connector.secret import Secret
from connector.testing.clock import FakeClock
from connector.webhooks import webhook_path, webhook_secret
from connector_sandbox.seed import ean13
from tests.world import World, problem

AFTER_START_S = FIRST_RUNS_WITHIN_S + 1


class Hour:
    """Runs a scheduler on a fake clock; `at` calls something at a moment, `runs` tells what ran when."""

    def __init__(self, interval_s: float = 3600, pause_s: float = 60) -> None:
        self.clock = FakeClock()
        self.stop = Stop()
        self.runs: list[tuple[float, frozenset[str]]] = []
        self.now_running = 0
        self.takes_s = 1.0
        self.watched = 0
        self.scheduler = Scheduler(
            lambda: {"acme": interval_s},
            lambda client: self._run(frozenset()),
            self.clock,
            self.stop,
            self._watch,
            run_flows=lambda client, flows: self._run(flows),
            hint_pause_s=pause_s,
        )

    def live(self, *at: tuple[float, Callable[[], object]], until_s: float = 3600) -> None:
        async def call(when: float, what: Callable[[], object]) -> None:
            await self.clock.sleep(when)
            what()

        async def everything() -> None:
            await asyncio.gather(
                self.scheduler.serve(),
                *(call(when, what) for when, what in at),
                call(until_s, self.stop.request),
            )

        asyncio.run(everything())

    def hint(self, *flows: str, client: str = "acme") -> Callable[[], object]:
        return lambda: self.scheduler.hint(client, flows)

    def at_once(self) -> list[tuple[float, frozenset[str]]]:
        return [(at, flows) for at, flows in self.runs if flows]

    async def _run(self, flows: frozenset[str]) -> None:
        assert self.now_running == 0
        self.runs.append((self.clock.monotonic(), flows))
        self.now_running += 1
        await self.clock.sleep(self.takes_s)
        self.now_running -= 1

    async def _watch(self, client: str) -> None:
        self.watched += 1


def test_a_hint_runs_its_flows_within_seconds() -> None:
    hour = Hour()
    hour.live((AFTER_START_S, hour.hint("orders")))
    ((at, flows),) = hour.at_once()
    assert at - AFTER_START_S == pytest.approx(SETTLE_S)
    assert flows == {"orders"}


def test_several_hints_at_once_make_one_run_of_all_their_flows() -> None:
    hour = Hour()
    hour.live(
        *((AFTER_START_S + n / 10, hour.hint(flow)) for n, flow in enumerate(("orders", "stock", "orders")))
    )
    assert [flows for _, flows in hour.at_once()] == [{"orders", "stock"}]


def test_hints_that_keep_coming_do_not_run_more_often_than_is_allowed() -> None:
    hour = Hour(pause_s=60)
    hour.live(*((AFTER_START_S + n, hour.hint("orders")) for n in range(600)), until_s=AFTER_START_S + 600)
    times = [at for at, _ in hour.at_once()]
    assert 9 <= len(times) <= 11
    assert all(later - earlier >= 60 for earlier, later in pairwise(times))


def test_C3_a_hint_waits_until_the_run_under_way_has_ended() -> None:
    hour = Hour()
    hour.takes_s = 500
    hour.live((AFTER_START_S, hour.hint("orders")))
    (whole, *_), (at, _) = hour.runs[0], hour.at_once()[0]
    assert at == pytest.approx(whole + 500)


def test_the_slot_of_a_client_is_not_lost_to_a_run_at_once() -> None:
    hour = Hour(interval_s=900)
    slots = Hour(interval_s=900)
    slots.live(until_s=3600)
    (_, second, *_) = [at for at, flows in slots.runs if not flows]
    hour.takes_s = 30
    hour.live((second - SETTLE_S - 10, hour.hint("orders")), until_s=3600)
    whole = [at for at, flows in hour.runs if not flows]
    assert whole[1] == pytest.approx(second + 20)  # as soon as the flows at once have ended
    assert hour.watched == 0


def test_a_whole_run_that_comes_first_does_what_the_hint_asked_for() -> None:
    hour = Hour(interval_s=900)
    slots = Hour(interval_s=900)
    slots.live(until_s=3600)
    (_, second, *_) = [at for at, flows in slots.runs if not flows]
    hour.live((second - 1, hour.hint("orders")))
    assert hour.at_once() == []


def test_a_hint_for_a_client_that_there_is_not_is_forgotten() -> None:
    hour = Hour()
    hour.live((AFTER_START_S, hour.hint("orders", client="acne")))
    assert hour.at_once() == []


def run_at_once(world: World, *flows: str) -> None:
    world.later(hours=1 / 60)

    async def run() -> None:
        shared = world.shared()
        await run_client(world.settings(), shared, flows, at_once=True)
        await shared.store.close()

    asyncio.run(run())


def test_a_run_at_once_is_not_taken_for_one_of_the_interval(world: World) -> None:
    """Otherwise a client whose hourly runs all fail would pass for being up to date."""
    world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    world.run()
    world.sandbox.wemalo.faults.add("GET /product/availableStock/", "500", times=None)
    for _ in range(3):
        world.later(hours=1)
        world.run()
        run_at_once(world, "orders", "products")
    assert "freshness" in open_codes(world)
    snapshot = asyncio.run(world.shared().store.read("acme"))
    assert len(runs(snapshot)) == 4


def test_a_run_at_once_closes_no_problem_of_the_run_as_a_whole(world: World) -> None:
    world.run()
    world.sandbox.wemalo.faults.add("*", "500", times=None)
    assert problem(world.run(), "service_unreachable")
    run_at_once(world, "cancellations")
    assert "service_unreachable" in open_codes(world)


def test_the_calls_of_a_run_at_once_are_counted(world: World) -> None:
    world.run()
    before = calls_of(world)
    run_at_once(world, "orders")
    assert calls_of(world) == before + 1


def open_codes(world: World) -> list[str]:
    snapshot = asyncio.run(world.shared().store.read("acme"))
    return [problem.code for problem in read_problems(snapshot.stream("problems").items()) if problem.is_open]


def calls_of(world: World) -> int:
    snapshot = asyncio.run(world.shared().store.read("acme"))
    return sum(calls_in_month(snapshot, month_of(world.clock.now())).values())


def test_each_service_has_a_secret_of_its_own() -> None:
    common = Secret("common")
    made = {
        webhook_secret(common, client, side).reveal()
        for client in ("acme", "other")
        for side in ("source", "target")
    }
    assert {len(secret) for secret in made} == {64}
    assert len(made) == 4
    assert webhook_path("acme", "source") == "/hooks/acme/source"
