"""The page takes a small part of the time where runs go on beside it, however often it is asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from connector.testing.clock import FakeClock
from connector.web.budget import AT_ONCE_S, MOST_WAITING, SHARE, Budget, Busy


class BusyClock(FakeClock):
    """A clock that also moves while somebody works."""

    def work(self, seconds: float) -> None:
        self._elapsed += seconds


def part_used(askers: int, costs_s: float, seconds: float) -> float:
    """Returns the part of the time that the page used, asked by so many without a pause."""
    clock = BusyClock()
    budget = Budget(clock)
    used = 0.0

    async def ask() -> None:
        nonlocal used
        while clock.monotonic() < seconds:
            with suppress(Busy):
                await budget.turn()
                with budget.spending():
                    clock.work(costs_s)
                used += costs_s

    async def all_of_them() -> None:
        await asyncio.gather(*(ask() for _ in range(askers)))

    asyncio.run(all_of_them())
    return used / clock.monotonic()


@pytest.mark.parametrize("askers", [1, 4, 50])
@pytest.mark.parametrize("costs_s", [0.001, 0.02, 0.2])
def test_whoever_asks_without_a_pause_gets_no_more_than_the_share(askers: int, costs_s: float) -> None:
    seconds = 120
    assert part_used(askers, costs_s, seconds) <= SHARE + (AT_ONCE_S + 2 * costs_s) / seconds


def test_whoever_is_sent_away_is_not_back_at_once() -> None:
    clock = BusyClock()
    budget = Budget(clock)
    times: list[float] = []

    async def ask() -> None:
        try:
            await budget.turn()
        except Busy:
            times.append(clock.monotonic())

    async def all_of_them() -> None:
        with budget.spending():
            clock.work(1)
        await asyncio.gather(*(ask() for _ in range(MOST_WAITING + 5)))

    asyncio.run(all_of_them())
    assert [at - 1 for at in times] == [pytest.approx(5)] * 5


def test_people_never_wait() -> None:
    clock = BusyClock()
    budget = Budget(clock)

    async def look_every_five_seconds() -> None:
        for _ in range(100):
            before = clock.monotonic()
            await budget.turn()
            assert clock.monotonic() == before
            with budget.spending():
                clock.work(0.02)
            await clock.sleep(5)

    asyncio.run(look_every_five_seconds())


def test_waiting_for_others_is_not_counted_and_work_between_waits_is() -> None:
    clock = BusyClock()
    budget = Budget(clock, share=1e-6)  # what is paid back meanwhile does not count

    async def work() -> str:
        clock.work(1)
        await clock.sleep(600)
        clock.work(1)
        with suppress(ValueError):
            await fail_after_a_wait()
        return "done"

    async def fail_after_a_wait() -> None:
        await clock.sleep(600)
        clock.work(1)
        raise ValueError

    async def wait_for_turn() -> float:
        assert await budget.counted(work()) == "done"
        began = clock.monotonic()
        await budget.turn()
        return clock.monotonic() - began

    assert asyncio.run(wait_for_turn()) == pytest.approx((3 - AT_ONCE_S) / 1e-6, rel=0.01)


def test_work_that_is_counted_can_fail_and_be_cancelled() -> None:
    budget = Budget(FakeClock())

    async def fail() -> None:
        raise KeyError("lost")

    async def run() -> bool:
        with pytest.raises(KeyError, match="lost"):
            await budget.counted(fail())
        waiting = asyncio.create_task(budget.counted(asyncio.Event().wait()))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return waiting.cancelled()

    assert asyncio.run(run())
