"""The schedule that several processes share: whose turn it is, who works, and how that looks from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime

import msgspec


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """When a client is to run: at slots that are `every_s` apart, `offset_s` after a multiple of it since 1970.

    `first_s` is the time from now to its first run, where nobody has run it so far.
    """

    every_s: float
    offset_s: float
    first_s: float = 0.0


class WorkerSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A process that runs clients: `running` of its `places` are taken. Times are UTC, by the database's clock.

    It was last heard of `silent_s` ago; where that is longer than a lease, it is not `alive`: killed, or cut off.
    """

    name: str
    started: datetime
    last_seen: datetime
    silent_s: float
    running: int
    places: int
    alive: bool


class LeaseSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A client as the schedule has it. Times are UTC, by the database's clock.

    `holder` runs it since `held_since`, and up to `lease_until` unless the lease is renewed; `past_end_s` are the
    seconds for which it was not, and nobody has taken the client over. `crashes` counts the holders in a row that
    vanished while they ran it; `due_at` is None for a client that nobody has scheduled. `overdue_s` are the seconds
    since it was due. Both are 0 where it is not so.
    """

    client: str
    holder: str | None
    held_since: datetime | None
    lease_until: datetime | None
    crashes: int
    due_at: datetime | None
    overdue_s: float
    past_end_s: float = 0.0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Who works, and on what."""

    workers: tuple[WorkerSeen, ...]
    leases: tuple[LeaseSeen, ...]


class Schedule(ABC):
    """Says who is due, in a store that several processes share.

    A client is due once for each of its slots. It is due at once when its run was cut short, and when its lease ends
    while it is held: then its holder was killed, stopped or cut off. One whose holders vanish again and again has to
    wait longer each time.
    """

    @abstractmethod
    async def join(self, places: int) -> None:
        """Makes this process seen as one that runs up to `places` clients at once, until the store is closed."""

    @abstractmethod
    async def due(self, turns: Mapping[str, Turn]) -> list[str]:
        """Returns those of the clients in `turns` that are due, the longest waiting first; raises StateError.

        Clients that are new are taken into the schedule.
        """

    @abstractmethod
    async def tidy(self) -> None:
        """Forgets the processes that have not been heard of for a day, or were started again; raises StateError."""

    @abstractmethod
    async def seen(self) -> Seen:
        """Returns who works and on what; raises StateError."""
