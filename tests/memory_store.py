"""A store of states in memory, for tests that make thousands of runs: a disk would take most of their time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import msgspec

from connector.errors import ClientHeld
from connector.state import Snapshot, StateStore, Turn
from connector.state.hold import Hold, Loaded, StreamChanges, Streams


class MemoryStore(StateStore):
    """Implements the port as the embedded store does, for one process."""

    def __init__(self) -> None:
        self._states: dict[str, bytes] = {}
        self._epochs: dict[str, int] = {}
        self._held: set[str] = set()

    async def read(self, client: str, only: Collection[str] | None = None) -> Snapshot:
        return Snapshot(client, self.streams(client))

    async def holder(self, client: str) -> str | None:
        return "this test" if client in self._held else None

    async def clients(self) -> tuple[str, ...]:
        return tuple(sorted(self._states))

    async def migrate(self) -> str:
        return "nothing to do"

    async def close(self) -> None:
        self._held.clear()

    async def _hold(self, client: str, turn: Turn | None) -> Hold:
        if client in self._held:
            raise ClientHeld(f"client `{client}` is being run by this test")
        self._held.add(client)
        self._epochs[client] = self._epochs.get(client, 0) + 1
        return _Held(self, client, self._epochs[client])

    def streams(self, client: str) -> Streams:
        """Returns what the last checkpoint left; it went through JSON, as in a file."""
        return msgspec.json.decode(self._states.get(client, b"{}"), type=Streams)

    def keep(self, client: str, streams: Streams) -> None:
        """Keeps a checkpoint."""
        self._states[client] = msgspec.json.encode(streams)

    def release(self, client: str) -> None:
        self._held.discard(client)


class _Held(Hold):
    def __init__(self, store: MemoryStore, client: str, epoch: int) -> None:
        self._store = store
        self._client = client
        self.epoch = epoch

    async def load(self) -> Loaded:
        return Loaded(streams=self._store.streams(self._client))

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        streams = self._store.streams(self._client)
        for name, change in changes.items():
            entries = streams.setdefault(name, {})
            entries.update(change.put)
            for key in change.deleted:
                entries.pop(key, None)
        self._store.keep(self._client, streams)

    def check(self) -> None:
        pass

    async def renew(self) -> None:
        pass

    async def release(self, *, done: bool = True) -> None:
        self._store.release(self._client)

    def when_lost(self, end: Callable[[], object]) -> None:
        pass
