"""The next page is fetched while this one is being handled."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connector.errors import TransientError
from connector.flows.ahead import ahead
from connector.testing.clock import FakeClock

OUT_OF_ORDER = TransientError("out of order")


class Shelf:
    """Three pages, each of which takes ten seconds to fetch; notes what was fetched, and whether it was closed."""

    def __init__(self, clock: FakeClock, *, breaks_at: int = 0, error: Exception = OUT_OF_ORDER) -> None:
        self._clock = clock
        self._breaks_at = breaks_at
        self._error = error
        self.fetched: list[int] = []
        self.is_closed = False

    async def pages(self) -> AsyncIterator[int]:
        try:
            for page in (1, 2, 3):
                await self._clock.sleep(10)
                if page == self._breaks_at:
                    raise self._error
                self.fetched.append(page)
                yield page
        finally:
            self.is_closed = True


async def taken(clock: FakeClock, shelf: Shelf, *, seconds: float, most: int = 3) -> list[int]:
    """Takes pages, each of which keeps us busy for so many seconds."""
    found: list[int] = []
    async with ahead(shelf.pages()) as pages:
        async for page in pages:
            found.append(page)
            await clock.sleep(seconds)
            if len(found) == most:
                break
    return found


@pytest.mark.parametrize(
    ("handling_s", "all_s"),
    [
        (0, 30),  # fetching alone
        (10, 40),  # the first page is waited for, then both go on side by side
        (20, 70),  # whoever takes longer is waited for
    ],
)
def test_a_page_is_fetched_while_the_one_before_is_handled(handling_s: float, all_s: float) -> None:
    clock = FakeClock()
    assert asyncio.run(taken(clock, Shelf(clock), seconds=handling_s)) == [1, 2, 3]
    assert clock.monotonic() == all_s


def test_no_more_than_one_page_is_fetched_ahead() -> None:
    clock = FakeClock()
    shelf = Shelf(clock)
    asyncio.run(taken(clock, shelf, seconds=1000, most=1))
    assert shelf.fetched == [1, 2]


def test_what_the_reading_raises_is_raised_when_the_pages_before_it_were_handled() -> None:
    clock = FakeClock()
    handled: list[int] = []

    async def take() -> None:
        async with ahead(Shelf(clock, breaks_at=3).pages()) as pages:
            async for page in pages:
                await clock.sleep(100)
                handled.append(page)

    with pytest.raises(TransientError, match="out of order"):
        asyncio.run(take())
    assert handled == [1, 2]


def test_reading_is_given_up_and_closed_with_the_block() -> None:
    clock = FakeClock()
    shelf = Shelf(clock)
    assert asyncio.run(taken(clock, shelf, seconds=0, most=1)) == [1]
    assert shelf.is_closed


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (OUT_OF_ORDER, "INFO", "reading ahead was given up"),
        (KeyError("a bug"), "ERROR", "reading ahead ended with a bug"),
    ],
)
def test_an_error_of_a_page_that_nobody_took_is_written_down(
    error: Exception, level: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock()
    with caplog.at_level("INFO"):
        assert asyncio.run(taken(clock, Shelf(clock, breaks_at=2, error=error), seconds=100, most=1)) == [1]
    assert [(record.levelname, record.message) for record in caplog.records] == [(level, message)]
