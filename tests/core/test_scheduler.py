"""The hourly loop: who is due when, and how it ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from connector.clock import Stop
from connector.scheduler import FIRST_RUNS_WITHIN_S, Scheduler, first_due, next_due, spread, turn, watched
from connector.testing.clock import FakeClock

CLIENTS = [f"client-{number}" for number in range(200)]


def test_clients_are_spread_over_the_interval_by_their_names() -> None:
    tenths = Counter(int(spread(client) * 10) for client in CLIENTS)
    assert len(tenths) == 10
    assert max(tenths.values()) < 40


def test_every_client_runs_soon_after_the_start_but_not_all_at_once() -> None:
    dues = [first_due(client, 3600, 0) for client in CLIENTS]
    assert max(dues) <= FIRST_RUNS_WITHIN_S
    assert len(set(dues)) == len(CLIENTS)


@pytest.mark.parametrize("now", [0.0, 1.5, 3599.9, 1_772_452_800.0])
def test_the_next_slot_lies_ahead_and_at_most_an_interval_away(now: float) -> None:
    for client in CLIENTS:
        assert now < next_due(client, 3600, now) <= now + 3600


def test_slots_stay_where_they_are_from_day_to_day() -> None:
    first = next_due("acme", 3600, 1_000_000)
    assert next_due("acme", 3600, first) == first + 3600


class Day:
    """Runs a scheduler on a fake clock; notes when each client ran and how many ran at once."""

    def __init__(self, intervals: dict[str, float]) -> None:
        self.clock = FakeClock()
        self.stop = Stop()
        self.intervals = intervals
        self.started: list[tuple[str, float]] = []
        self.due_elsewhere: list[str] | None = None
        self.watched: Counter[str] = Counter()
        self.running: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()

    def serve(self, hours: float, work: Callable[[str], Awaitable[None]]) -> None:
        async def run(client: str) -> None:
            self.started.append((client, self.clock.monotonic()))
            self.running[client] += 1
            self.most_at_once[client] = max(self.most_at_once[client], self.running[client])
            try:
                await work(client)
            finally:
                self.running[client] -= 1

        async def watch(client: str) -> None:
            self.watched[client] += 1

        async def due() -> list[str]:
            return self.due_elsewhere or []

        async def end() -> None:
            await self.clock.sleep(hours * 3600)
            self.stop.request()

        async def both() -> None:
            elsewhere = None if self.due_elsewhere is None else due
            scheduler = Scheduler(
                lambda: self.intervals, run, self.clock, self.stop, watch, due_elsewhere=elsewhere
            )
            await asyncio.gather(scheduler.serve(), end())

        asyncio.run(both())

    def times(self, client: str) -> list[float]:
        return [at for name, at in self.started if name == client]


async def nothing(client: str) -> None:
    pass


def test_the_loop_says_that_it_is_alive_at_each_turn_and_no_more_when_it_ended() -> None:
    clock, stop, beats = FakeClock(), Stop(), list[float]()

    async def end() -> None:
        await clock.sleep(10)
        stop.request()
        await clock.sleep(60)

    async def serve() -> None:
        def alive() -> None:
            beats.append(clock.monotonic())

        scheduler = Scheduler(dict, nothing, clock, stop, nothing, alive, look_every_s=3)
        await asyncio.gather(scheduler.serve(), end())

    asyncio.run(serve())
    assert beats == [0, 3, 6, 9]


def test_a_loop_that_fails_says_nothing_any_more() -> None:
    def broken() -> dict[str, float]:
        raise RuntimeError("a bug")

    def alive() -> None:
        pytest.fail("it is not alive")

    with pytest.raises(RuntimeError, match="a bug"):
        asyncio.run(Scheduler(broken, nothing, FakeClock(), Stop(), nothing, alive).serve())


def test_C3_each_client_runs_at_its_own_interval() -> None:
    day = Day({"hourly": 3600, "quarterly": 900})
    day.serve(8, nothing)
    assert 8 <= len(day.times("hourly")) <= 9
    assert 32 <= len(day.times("quarterly")) <= 33


def test_C3_a_run_that_takes_longer_than_the_interval_is_not_started_twice() -> None:
    day = Day({"slow": 900})

    async def slowly(client: str) -> None:
        await day.clock.sleep(2000)

    day.serve(4, slowly)
    assert day.most_at_once["slow"] == 1
    assert len(day.times("slow")) >= 4


def test_a_client_is_looked_after_at_each_slot_that_comes_while_its_run_is_under_way() -> None:
    day = Day({"slow": 900, "quick": 900})

    async def work(client: str) -> None:
        await day.clock.sleep(4000 if client == "slow" else 1)

    day.serve(1, work)
    assert day.watched.keys() == {"slow"}
    assert 3 <= day.watched["slow"] <= 4


def test_R1_a_run_that_fails_touches_neither_the_others_nor_its_own_next_run() -> None:
    day = Day({"bad": 3600, "good": 3600})

    async def fail(client: str) -> None:
        if client == "bad":
            raise RuntimeError("a bug")

    day.serve(3, fail)
    assert len(day.times("bad")) >= 3
    assert len(day.times("good")) >= 3


def test_whoever_runs_a_client_for_a_shared_schedule_is_told_of_each_slot_that_comes_meanwhile() -> None:
    clock, told = FakeClock(), list[float]()

    async def tell(client: str) -> None:
        told.append(clock.now().timestamp())
        if len(told) == 1:
            raise ZeroDivisionError

    async def run(hours: float) -> str:
        await clock.sleep(3600 * hours)
        return "done"

    first = next_due("acme", 3600, clock.now().timestamp())
    asyncio.run(watched(run(2.99), "acme", 3600, clock, tell))
    assert told == pytest.approx([first + 3600 * n for n in range(len(told))])
    assert len(told) in {2, 3}
    asyncio.run(clock.sleep(3600 * 5))
    assert len(told) in {2, 3}  # nobody is told of anything once the run has ended


def test_the_end_of_a_run_waits_for_whoever_is_being_told() -> None:
    clock, done = FakeClock(), list[str]()

    async def tell(client: str) -> None:
        await clock.sleep(1800)
        done.append(client)

    async def run() -> None:
        await clock.sleep(next_due("acme", 3600, clock.now().timestamp()) - clock.now().timestamp() + 1)
        raise KeyError("lost")

    with pytest.raises(KeyError, match="lost"):
        asyncio.run(watched(run(), "acme", 3600, clock, tell))
    assert done == ["acme"]


def test_clients_come_and_go_without_a_restart() -> None:
    day = Day({"first": 3600})

    async def swap(client: str) -> None:
        day.intervals = {"second": 3600}

    day.serve(4, swap)
    assert len(day.times("first")) == 1
    assert len(day.times("second")) >= 3


def test_clients_that_are_due_by_a_shared_schedule_are_run_once_at_a_time() -> None:
    day = Day({"acme": 3600, "beta": 60})  # whose own slots are nobody's any more
    day.due_elsewhere = ["acme"]

    async def slowly(client: str) -> None:
        await day.clock.sleep(25)

    day.serve(1 / 60, slowly)
    assert day.times("acme") == [0, 30]  # each look finds it due, and it is running at those between
    assert day.most_at_once["acme"] == 1
    assert day.times("beta") == []


def test_a_run_that_can_not_begin_is_not_tried_again_before_the_next_look_at_a_shared_schedule() -> None:
    day = Day({"acme": 3600})
    day.due_elsewhere = ["acme"]
    day.serve(1 / 60, nothing)
    assert day.times("acme") == [0, 10, 20, 30, 40, 50]


def test_a_turn_has_the_slots_of_the_loop() -> None:
    asked = turn("acme", 3600)
    assert next_due("acme", 3600, 1_000_000) % 3600 == pytest.approx(asked.offset_s)
    assert asked.first_s == first_due("acme", 3600, 0)


def test_R5_the_stop_lets_runs_under_way_end_and_cancels_those_that_take_too_long() -> None:
    ended: list[str] = []
    day = Day({"acme": 3600})

    async def hang(client: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(client)

    day.serve(1, hang)
    assert ended == ["acme"]
