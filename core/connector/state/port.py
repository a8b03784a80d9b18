"""The port that every store of state fits: TinyDB files in one process, or PostgreSQL that many processes share.

A store implements three small things: it finds the clients that have a state, loads the streams of one, and gives
out a `Hold`: the right to run one client, through which its changes are written.

In memory a stream is a plain mapping from key to JSON value. Changes are collected by stream and key and written
together, one checkpoint per batch (DESIGN decision 7), so that a database can write rows and a file is replaced once.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

from connector.errors import StateError
from connector.state.hold import Glance, Hold, Loaded, Rehearsal, StreamChanges, Streams
from connector.state.schedule import Schedule, Turn

_CLIENT_NAME: Final = re.compile(r"[a-z0-9_-]+")
_STREAM_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class Snapshot:
    """What is remembered of a client, to read only; where `only` some streams were read, there are no others."""

    def __init__(self, client: str, streams: Streams, only: Collection[str] | None = None) -> None:
        self.client = client
        self._streams = streams
        self._only = only

    def stream(self, name: str) -> Mapping[str, Any]:
        """Returns a live, read-only view of one stream; empty where nothing is remembered.

        The values are shared: replace them with `put`, never change one in place.
        """
        return MappingProxyType(self._stream(name))

    def copy(self) -> Streams:
        """Returns the streams apart from this snapshot; the values are shared."""
        return {name: dict(entries) for name, entries in self._streams.items()}

    def _stream(self, name: str) -> dict[str, Any]:
        if self._only is not None and name not in self._only:
            raise ValueError(f"the stream {name!r} was not read, only {', '.join(sorted(self._only))}")
        if name not in self._streams:
            if not _STREAM_NAME.fullmatch(name):
                raise ValueError(f"a stream can't be named {name!r}: use a-z, 0-9 and _, a letter first")
            self._streams[name] = {}
        return self._streams[name]


class ClientState(Snapshot):
    """The state of a client that we hold.

    Changes live in memory until `save`. Leaving the context gives the client back and saves nothing.
    """

    def __init__(self, client: str, hold: Hold, loaded: Loaded) -> None:
        super().__init__(client, loaded.streams)
        self.recovered_from = loaded.recovered_from
        self._hold = hold
        self._dirty: dict[str, set[str]] = {}
        self._saving = asyncio.Lock()
        self._done = True

    @property
    def epoch(self) -> int:
        """How often this client was acquired so far; a larger number is a later holder."""
        return self._hold.epoch

    def put(self, stream: str, key: str, value: Any) -> None:
        """Sets one entry; `value` is what JSON can hold, and is not changed afterwards."""
        self._stream(stream)[key] = value
        self._mark(stream, (key,))

    def put_many(self, stream: str, entries: Mapping[str, Any]) -> None:
        """Sets many entries of one stream."""
        self._stream(stream).update(entries)
        self._mark(stream, entries)

    def delete(self, stream: str, key: str) -> None:
        """Removes one entry; one that is not there does no harm."""
        if stream in self._streams and key in self._streams[stream]:
            del self._streams[stream][key]
            self._mark(stream, (key,))

    async def save(self) -> None:
        """Writes everything that changed as one checkpoint; does nothing where nothing did.

        Raises StateError, or ClientHeld where the client is no longer ours. The changes are then kept, and the
        next call writes them.
        """
        async with self._saving:
            if not self._dirty:
                return
            self.check()
            dirty, self._dirty = self._dirty, {}
            try:
                await self._hold.write({name: self._changes(name, keys) for name, keys in dirty.items()})
            except BaseException:
                for name, keys in dirty.items():
                    self._mark(name, keys)
                raise

    def check(self) -> None:
        """Raises ClientHeld where the client is no longer ours; look before each call to the outside."""
        self._hold.check()

    async def renew(self) -> None:
        """Keeps the client for a further while; raises ClientHeld where it is lost."""
        await self._hold.renew()

    def when_lost(self, end: Callable[[], object]) -> None:
        """Says how to end the run at once when somebody else may take the client; `check` then raises."""
        self._hold.when_lost(end)

    def cut_short(self) -> None:
        """Says that the run does not come to its end, so that a shared schedule has it made again at once."""
        self._done = False

    async def release(self) -> None:
        """Gives the client back without saving, and lets go of what is remembered: nobody may look at it any more.

        What still refers to this object, such as a request that Python has not cleared away yet, keeps none of it.
        """
        await self._hold.release(done=self._done)
        self._streams = _Released(self._hold.check)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()

    def _mark(self, stream: str, keys: Collection[str]) -> None:
        if keys:
            self._dirty.setdefault(stream, set()).update(keys)

    def _changes(self, stream: str, keys: set[str]) -> StreamChanges:
        entries = self._streams[stream]
        put = {key: entries[key] for key in keys if key in entries}
        return StreamChanges(put=put, deleted=frozenset(keys - put.keys()))


class _Released(dict[str, dict[str, Any]]):
    """Stands in the place of the streams of a client that was given back: whoever looks is told so."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self._check = check

    def __contains__(self, name: object) -> bool:
        self._check()
        raise RuntimeError("the client was given back; its state is no longer ours to look at")


class StateStore(ABC):
    """Where the states of all clients are kept.

    Example:
        async with await store.acquire("acme") as state:
            state.put("products", "4711", "5d41402a")
            await state.save()
    """

    schedule: Schedule | None = None
    """Who is due, where several processes share the store; None: its one process decides by itself."""

    async def acquire(self, client: str, turn: Turn | None = None) -> ClientState:
        """Takes the client, so that nobody else can run it, and reads its state (SPEC C3).

        With a `turn` the schedule asks for this run: a store with a shared schedule gives the client out only where
        it is due, and else raises NotDue.

        Raises ClientHeld where somebody else has it, StateError where the state can't be read.
        """
        hold = await self._hold(checked_name(client), turn)
        try:
            return ClientState(client, hold, await hold.load())
        except BaseException:
            await hold.release()
            raise

    async def rehearse(self, client: str) -> ClientState:
        """Returns the state to play with (SPEC R6): nothing of it is ever written, and the client is not taken."""
        snapshot = await self.read(client)
        return ClientState(client, Rehearsal(), Loaded(streams=snapshot.copy()))

    async def forget_damaged(self, client: str, before: datetime) -> None:
        """Deletes what was put aside as damaged before a moment, since customers' data may stand in it.

        Only who has taken the client calls it. A store that puts nothing aside has nothing to do.
        """
        del client, before

    @abstractmethod
    async def read(self, client: str, only: Collection[str] | None = None) -> Snapshot:
        """Reads what is remembered of a client, whoever runs it now; raises StateError and changes nothing.

        `only` names the streams that are wanted: those who look often do not pay for the others.
        """

    async def stamp(self, client: str) -> str | None:
        """Returns a text that is another one whenever what is remembered may have changed; raises StateError.

        It costs much less than to read. None: this store can't tell.
        """
        return None

    @abstractmethod
    async def holder(self, client: str) -> str | None:
        """Says who runs a client now and since when, None where nobody does; raises StateError."""

    async def glance(self, clients: Collection[str]) -> dict[str, Glance]:
        """Returns `stamp` and `holder` of many clients; what can't be said of one stands in its `fault`.

        A store that is asked over a network answers for all of them at once.
        """
        found = {}
        for client in clients:
            try:
                stamp, who = await self.stamp(client), await self.holder(client)
            except StateError as error:
                found[client] = Glance(fault=str(error))
            else:
                found[client] = Glance(stamp=stamp, holder=who)
            await asyncio.sleep(0)  # runs that are under way in this process get their turn
        return found

    async def read_many(
        self, clients: Collection[str], only: Collection[str] | None = None
    ) -> dict[str, Snapshot | StateError]:
        """Reads many clients as `read` does; what it would raise for one stands in its place."""
        found: dict[str, Snapshot | StateError] = {}
        for client in clients:
            try:
                found[client] = await self.read(client, only)
            except StateError as error:
                found[client] = error
            await asyncio.sleep(0)  # the same
        return found

    @abstractmethod
    async def clients(self) -> tuple[str, ...]:
        """Returns the names of the clients that have a state, sorted; raises StateError."""

    @abstractmethod
    async def migrate(self) -> str:
        """Makes the place ready for this release, and says in a line what was done; raises StateError."""

    @abstractmethod
    async def close(self) -> None:
        """Gives back all that is still held."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @abstractmethod
    async def _hold(self, client: str, turn: Turn | None) -> Hold:
        """Takes the right to run a client; raises ClientHeld, NotDue or StateError."""


def checked_name(client: str) -> str:
    """Returns the name; raises StateError where it could lead out of the place where states are kept."""
    if not is_client_name(client):
        raise StateError(f"{client!r} can't be the name of a client: use a-z, 0-9, _ and - only")
    return client


def sorted_out(clients: Iterable[str]) -> tuple[list[str], dict[str, StateError]]:
    """Returns the names that clients can have, and why others can't be names: they are no fault of the rest."""
    names: list[str] = []
    refused: dict[str, StateError] = {}
    for client in clients:
        try:
            names.append(checked_name(client))
        except StateError as error:
            refused[client] = error
    return names, refused


def is_client_name(client: str) -> bool:
    """Tells whether a client may have this name."""
    return _CLIENT_NAME.fullmatch(client) is not None
