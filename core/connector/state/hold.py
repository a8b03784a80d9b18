"""The right to run one client, and what goes through it between a store and memory. Part of the port (`port`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

Streams = dict[str, dict[str, Any]]


class StreamChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What changed in one stream since the last checkpoint: entries to set, and keys that are gone."""

    put: Mapping[str, Any]
    deleted: frozenset[str]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a store read for one client; `recovered_from` names the damaged state that was put aside, if any."""

    streams: Streams
    recovered_from: str | None = None


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """A client as it looks without its state: `stamp` and `holder` are those of the store, `fault` says why none is."""

    stamp: str | None = None
    holder: str | None = None
    fault: str = ""


class Hold(ABC):
    """The right to run one client now, and the way its changes reach the store.

    `epoch` grows with each acquisition of the client; a store whose holders can lose a client without noticing
    (a lease that ran out) writes only while the epoch is still the newest one.
    """

    epoch: int

    @abstractmethod
    async def load(self) -> Loaded:
        """Reads the client's streams; raises StateError."""

    @abstractmethod
    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        """Writes all changes or none; raises StateError, or ClientHeld where the client is no longer ours."""

    @abstractmethod
    def check(self) -> None:
        """Raises ClientHeld where the client is no longer ours. Costs no I/O: it is called before each call."""

    @abstractmethod
    async def renew(self) -> None:
        """Keeps the right for a further while; raises ClientHeld where it is lost."""

    @abstractmethod
    async def release(self, *, done: bool = True) -> None:
        """Gives the right back. A second time does nothing.

        `done` says whether the run came to its end; where it did not, a shared schedule has it made again at once.
        """

    @abstractmethod
    def when_lost(self, end: Callable[[], object]) -> None:
        """Says how to end the run at once when the right is lost; never called where nobody can take it away."""


class Rehearsal(Hold):
    """No right at all: what is written through it goes nowhere."""

    epoch = 0

    async def load(self) -> Loaded:
        return Loaded(streams={})

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        pass

    def check(self) -> None:
        pass

    async def renew(self) -> None:
        pass

    async def release(self, *, done: bool = True) -> None:
        pass

    def when_lost(self, end: Callable[[], object]) -> None:
        pass
