"""What an engine of workers is given to do, and how much of it at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine is for: `due` names the clients to run now, `run` runs one, `tidy` is called now and then.

    None of them raises for what goes wrong with a client.
    """

    due: Callable[[], Awaitable[list[str]]]
    run: Callable[[str], Awaitable[None]]
    tidy: Callable[[], Awaitable[None]]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much a worker takes on: `places` clients at a time, and a look for more every `look_s` seconds.

    `poll_s` is how often it asks the queue while it has a free place, `grace_s` how long runs may take to end after
    the stop. A process that was not heard of for `stalled_s` is out of the queue's books.
    """

    places: int = 50
    look_s: int = 10
    poll_s: float = 2.0
    grace_s: float = 4.0
    stalled_s: float = 300.0

    @property
    def control_poll_s(self) -> float:
        """How often the queue is asked for looks and the like: half a look is soon enough."""
        return max(self.poll_s, self.look_s / 2)
