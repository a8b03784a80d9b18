"""The page takes a small part of the time where runs go on beside it, however often it is asked."""

from __future__ import annotations

import asyncio

import pytest

from connector.testing.clock import FakeClock
from connector.web.budget import Budget, Busy

SHARE = 0.03


class BusyClock(FakeClock):
    """A clock that also moves while somebody works."""

    def work(self, seconds: float) -> None:
        self._elapsed += seconds


def part_used(askers: int, costs_s: float, seconds: float = 60) -> float:
    """Returns the part of the time that the page used, asked by so many without a pause."""
    clock = BusyClock()
    budget = Budget(clock, SHARE)
    used = 0.0

    async def ask() -> None:
        nonlocal used
        while clock.monotonic() < seconds:
            try:
                await budget.turn()
            except Busy:
                await clock.sleep(1)
                continue
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
    one_each_on_top = askers * costs_s / 60
    assert part_used(askers, costs_s) <= SHARE * 1.15 + one_each_on_top


def test_people_never_wait() -> None:
    clock = BusyClock()
    budget = Budget(clock, SHARE)

    async def look_every_five_seconds() -> None:
        for _ in range(100):
            before = clock.monotonic()
            await budget.turn()
            assert clock.monotonic() == before
            with budget.spending():
                clock.work(0.02)
            await clock.sleep(5)

    asyncio.run(look_every_five_seconds())


def test_who_would_have_to_wait_for_too_long_is_sent_away() -> None:
    clock = BusyClock()
    budget = Budget(clock, SHARE)
    with budget.spending():
        clock.work(60)
    with pytest.raises(Busy):
        asyncio.run(budget.turn())
