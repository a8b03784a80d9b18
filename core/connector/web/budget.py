"""How much of the time the page may take, where runs go on in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Generic, TypeVar

from connector.clock import Clock

T = TypeVar("T")

SHARE: Final = 0.025
"""Of all time: what the page may take from runs; what the server itself needs comes on top."""

AT_ONCE_S: Final = 0.3
"""Time that was not used adds up to so much, so that people never notice."""

MOST_WAITING: Final = 20
_EACH_S: Final = 0.001
_SENT_AWAY_AFTER_S: Final = 5.0


class Busy(Exception):
    """So many requests wait that there is no place for another one."""


class Budget:
    """Lets requests wait when the page has used more than its share of the time, so that no run becomes slow."""

    def __init__(self, clock: Clock, share: float = SHARE) -> None:
        self._clock = clock
        self._share = share
        self._debt = 0.0
        self._seen = clock.monotonic()
        self._waiting = 0
        self._one_by_one = asyncio.Lock()

    async def turn(self) -> None:
        """Waits until there is time for one more request; raises Busy where too many wait already.

        Whoever is sent away waits before that, too: else they would be back at once.
        """
        if self._waiting >= MOST_WAITING:
            await self._clock.sleep(_SENT_AWAY_AFTER_S)
            raise Busy
        self._waiting += 1
        try:
            async with self._one_by_one:
                self._pay_back()
                wait = (self._debt - AT_ONCE_S) / self._share
                self._debt += _EACH_S
                if wait > 0:
                    await self._clock.sleep(wait)
        finally:
            self._waiting -= 1

    def charge(self) -> None:
        """Counts a request that need not wait."""
        self._debt += _EACH_S

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Counts the time of what happens within, which must not wait for anything."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self._debt += self._clock.monotonic() - began

    async def counted(self, work: Coroutine[Any, Any, T]) -> T:
        """Counts the time that some work takes in this process, and not that in which it waits for others."""
        return await _Counted(work, self)

    def _pay_back(self) -> None:
        now = self._clock.monotonic()
        self._debt = max(0.0, self._debt - (now - self._seen) * self._share)
        self._seen = now


class _Counted(Generic[T]):
    """Awaits a coroutine step by step, each of which goes from one wait to the next one."""

    def __init__(self, work: Coroutine[Any, Any, T], budget: Budget) -> None:
        self._work = work
        self._budget = budget

    def __await__(self) -> Generator[Any, Any, T]:
        step = partial(self._work.send, None)
        while True:
            try:
                with self._budget.spending():
                    waits_for = step()
            except StopIteration as done:
                result: T = done.value
                return result
            try:
                step = partial(self._work.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001  (the work hears of it, whatever it is)
                step = partial(self._work.throw, error)
