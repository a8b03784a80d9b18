"""Many runs in one event loop: one piece of work after the other, so that nothing else has to wait for all of them.

When the answers to many clients arrive at the same moment, the loop would decode and handle all of them before it looks
at anything else: at a signal, at the web page, at a request that has to be stamped as sent. So each piece waits for its
turn, and between two of them the loop looks around. A run begins when those under way keep up, for each run that
has begun holds its state in memory, and none of them ends earlier because more have begun.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

TURNS_BEFORE_A_START: Final = 8
"""While pieces of work are waiting, every eighth turn goes to a run that waits to begin: long runs keep none back."""

MOST_YOUNG: Final = 160
"""So many runs that began lately are under way at once: two calls a second each, of 3 ms, take a processor."""

YOUNG_S: Final = 60.0
"""Seconds after which a run makes room for another, whether it has ended or not: a slow service keeps nobody back."""


_COLLECTOR: Final = (700, 20, 100)
"""How much is made, by generation, before Python looks for garbage; it is (700, 10, 10) where nobody says otherwise."""


def collect_seldom() -> None:
    """Lets Python look for garbage less often in this process.

    To look through what hundreds of runs remember takes 80 ms, in which the loop stands still, and finds hardly
    anything: records, pages and states hold no circles.
    """
    gc.set_threshold(*_COLLECTOR)


class Crowd:
    """The turns of one event loop; where nobody else wants one, a turn costs nothing."""

    def __init__(self) -> None:
        self._pieces: deque[asyncio.Future[None]] = deque()
        self._starts: deque[asyncio.Future[None]] = deque()
        self._is_taken = False
        self._since_start = 0
        self._young: dict[object, asyncio.TimerHandle] = {}

    async def turn(self) -> None:
        """Waits until this piece of work may go on."""
        await self._wait_in(self._pieces)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Waits until one more run may begin, which lasts as long as the block."""
        await self._wait_in(self._starts)
        run = object()
        self._young[run] = asyncio.get_running_loop().call_later(YOUNG_S, self._make_room, run)
        try:
            yield
        finally:
            self._make_room(run)

    def _make_room(self, run: object) -> None:
        """Lets another run begin in this one's place; a second time does nothing."""
        if timer := self._young.pop(run, None):
            timer.cancel()
            self._look_soon()

    def _look_soon(self) -> None:
        if not self._is_taken:
            self._is_taken = True
            asyncio.get_running_loop().call_soon(self._next)

    async def _wait_in(self, queue: deque[asyncio.Future[None]]) -> None:
        has_room = queue is self._pieces or len(self._young) < MOST_YOUNG
        if has_room and not self._is_taken:
            self._look_soon()
            return
        called = asyncio.get_running_loop().create_future()
        queue.append(called)
        await called

    def _next(self) -> None:
        """Calls one of those that wait; the loop looks around before this is called again."""
        called = self._pop()
        self._is_taken = called is not None
        if called is not None:
            called.set_result(None)
            asyncio.get_running_loop().call_soon(self._next)

    def _pop(self) -> asyncio.Future[None] | None:
        """Takes the next that still waits: it may have been cancelled meanwhile."""
        while self._pieces or (self._starts and len(self._young) < MOST_YOUNG):
            has_room = bool(self._starts) and len(self._young) < MOST_YOUNG
            is_start = has_room and (not self._pieces or self._since_start >= TURNS_BEFORE_A_START)
            self._since_start = 0 if is_start else self._since_start + 1
            called = (self._starts if is_start else self._pieces).popleft()
            if not called.done():
                return called
        return None
