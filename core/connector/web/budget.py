"""How much of the time the page may take, where runs go on in the same process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from connector.clock import Clock

SHARE: Final = 0.03
"""Of all time: what the page may take from runs; what the server itself needs comes on top."""

_AT_ONCE_S: Final = 0.25
_EACH_S: Final = 0.001
_MOST_WAIT_S: Final = 10.0


class Busy(Exception):
    """So many requests wait that another one would have to wait for too long."""


class Budget:
    """Lets requests wait when the page has used more than its share of the time, so that no run becomes slow.

    Time that is not used adds up to a quarter of a second, so that people never notice.
    """

    def __init__(self, clock: Clock, share: float = SHARE) -> None:
        self._clock = clock
        self._share = share
        self._debt = 0.0
        self._seen = clock.monotonic()

    async def turn(self) -> None:
        """Waits until there is time for one more request; raises Busy where that would take too long."""
        self._pay_back()
        wait = (self._debt - _AT_ONCE_S) / self._share
        if wait > _MOST_WAIT_S:
            raise Busy
        self._debt += _EACH_S
        if wait > 0:
            await self._clock.sleep(wait)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Counts the time of what happens within, which must not wait for anything."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            self._debt += self._clock.monotonic() - began

    def _pay_back(self) -> None:
        now = self._clock.monotonic()
        self._debt = max(0.0, self._debt - (now - self._seen) * self._share)
        self._seen = now
