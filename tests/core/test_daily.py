"""What hardly ever changes is read once a day, whoever asks, and once more where something is missing in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import pytest

from connector.api import Context, Daily
from connector.remembering import ShortMemory
from connector.testing import FakeClock

T = TypeVar("T")


class Way(msgspec.Struct, frozen=True):
    """A way to ship, as a service names it."""

    carrier: int
    codes: tuple[str, ...] = ()


class Service:
    """A service with carriers, of which people add some; a new `run` remembers what the last one did."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.memory = ShortMemory()
        self.carriers: dict[int, Way] | None = {1: Way(100, ("a", "b"))}
        self.reads = 0

    async def read(self) -> dict[int, Way] | None:
        self.reads += 1
        return None if self.carriers is None else dict(self.carriers)

    def run(self, use: Callable[[Daily[Any]], Awaitable[T]], hours: float = 1) -> T:
        async def inside() -> T:
            await self.clock.sleep(hours * 3600)
            context = Context(client="acme", now=self.clock.now, memory=self.memory)
            return await use(Daily(context, "carriers", dict[int, Way], self.read))

        return asyncio.run(inside())

    def find(self, number: int, hours: float = 1) -> Way | None:
        return self.run(lambda carriers: carriers.find(lambda known: known.get(number)), hours)


async def twice_at_once(carriers: Daily[Any]) -> list[Any]:
    return list(await asyncio.gather(carriers.get(), carriers.get()))


async def two_that_are_missing(carriers: Daily[Any]) -> list[Any]:
    return [await carriers.find(lambda known: known.get(8)), await carriers.find(lambda known: known.get(9))]


async def after_a_refusal(carriers: Daily[Any]) -> tuple[bool, Any]:
    await carriers.get()
    return carriers.forget(), await carriers.get()


def test_a_run_reads_once_however_many_ask() -> None:
    service = Service()
    assert service.run(twice_at_once) == [service.carriers, service.carriers]
    assert service.reads == 1


def test_the_runs_of_a_day_read_once_and_get_the_same() -> None:
    service = Service()
    assert [service.find(1) for _ in range(24)] == [Way(100, ("a", "b"))] * 24
    assert service.reads == 1
    service.find(1)  # a day after the first
    assert service.reads == 2


def test_what_is_missing_is_looked_for_in_the_service_once_a_run_before_anybody_is_told() -> None:
    service = Service()
    service.find(1)
    assert service.run(two_that_are_missing) == [None, None]
    assert service.reads == 2
    service.carriers = {9: Way(900)}
    assert service.run(two_that_are_missing) == [None, Way(900)]
    assert service.reads == 3


def test_what_a_run_has_read_itself_is_not_read_again_for_what_is_missing() -> None:
    service = Service()
    assert service.run(two_that_are_missing) == [None, None]
    assert service.reads == 1


def test_what_the_service_did_not_take_is_read_again_once() -> None:
    service = Service()
    assert service.run(after_a_refusal) == (False, service.carriers)  # it is of this run
    service.carriers = {1: Way(101)}
    assert service.run(after_a_refusal) == (True, {1: Way(101)})
    assert service.reads == 2


@pytest.mark.parametrize(
    "remembered",
    [
        "carriers",  # not what this release writes
        {"at": "yesterday", "value": {}},
        {"at": "2026-03-02T12:30:00", "value": {}},  # no time zone
        {"at": "2026-03-02T12:30:00+00:00"},
        {"at": "2026-03-02T12:30:00+00:00", "value": {"1": {"name": "DHL"}}},  # of another release
        {"at": "2026-03-02T13:30:00+00:00", "value": {}},  # from the future: a clock was put back
    ],
)
def test_what_can_not_be_used_is_read_anew(remembered: Any) -> None:
    service = Service()
    service.memory.put("carriers", remembered)
    assert service.find(1) == Way(100, ("a", "b"))
    assert service.find(1) is not None
    assert service.reads == 1


def test_nothing_is_not_remembered() -> None:
    service = Service()
    service.carriers = None
    assert service.run(twice_at_once) == [None, None]
    assert service.run(twice_at_once) == [None, None]
    assert (service.reads, service.memory.get("carriers")) == (2, None)
