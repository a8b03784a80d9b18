"""Time, as it is passed to everything that waits or writes a date; the end of a wait; the wish to end a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from connector.errors import Interrupted

T = TypeVar("T")

SHORT_PAUSE_S: Final = 1.1


class Clock(Protocol):
    """Where time comes from, so that an hour passes in a test at once."""

    def now(self) -> datetime:
        """Returns the time of day, with time zone UTC."""
        ...

    def monotonic(self) -> float:
        """Returns seconds that never jump, for measuring spans."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine is suspended, where the system has such a clock: a lease does, too."""


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(_BOOT_CLOCK)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Stop:
    """The wish that everything under way comes to an end soon (SPEC R5)."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def requested(self) -> bool:
        return self._event.is_set()

    def request(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        """Waits until the wish is there."""
        await self._event.wait()

    async def pause(self, clock: Clock, seconds: float) -> None:
        """Waits on `clock`; raises Interrupted when the wish is there or comes meanwhile.

        A short wait, as for a place in a service's limit, is let through: so the record under way is finished.
        """
        if seconds <= SHORT_PAUSE_S:
            await clock.sleep(seconds)
            return
        sleeping = asyncio.ensure_future(clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
        if self.requested:
            raise Interrupted("the run was asked to end")


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """Returns what the work returns; cancels it and raises TimeoutError when it takes longer than that."""
    if isinstance(clock, SystemClock):  # the loop's own timer costs less than two tasks
        async with asyncio.timeout(seconds):
            return await work
    working = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((working, timer), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
    finally:
        for task in (timer, working):
            task.cancel()
        await asyncio.gather(timer, working, return_exceptions=True)
    raise TimeoutError(f"it took longer than {seconds:.0f} s")
