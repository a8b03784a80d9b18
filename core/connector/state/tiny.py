"""The embedded store: one TinyDB file per client. The only module that knows TinyDB.

TinyDB rewrites a table at each change, so each stream is one document (measured: 0.5 ms instead of 100 ms for a page
of 250 changes among 200,000 records), and the file is written when a checkpoint ends, not with each change.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document

from connector.clock import Clock
from connector.errors import StateError
from connector.state import files, layout
from connector.state.hold import Hold, Loaded, StreamChanges
from connector.state.lock import ClientLock, holder
from connector.state.port import Snapshot, StateStore, checked_name, is_client_name
from connector.state.schedule import Turn

log = logging.getLogger("connector.state")

_SUFFIX = ".json"


class TinyStore(StateStore):
    """States as files `<client>.json` in one directory, each with `<client>.lock` beside it.

    `clock` gives the time the note in the lock file and the name of a damaged file put aside.
    """

    def __init__(self, state_dir: Path, clock: Clock) -> None:
        self._dir = state_dir
        self._clock = clock
        self._holds: set[_FileHold] = set()

    async def read(self, client: str, only: Collection[str] | None = None) -> Snapshot:
        """Reads what the last checkpoint left, whoever runs the client now; raises StateError and changes nothing."""
        path = self._path(checked_name(client))
        try:
            return Snapshot(client, layout.streams(_read_tables(path, only)), only)
        except layout.Damaged as error:
            raise StateError(
                f"{path} is damaged ({error}); the next run of client `{client}` puts it aside and starts afresh"
            ) from error

    async def forget_damaged(self, client: str, before: datetime) -> None:
        for damaged in files.put_aside_before(self._path(checked_name(client)), before):
            files.delete(damaged)
            log.info("%s is deleted: customers' data is not kept any longer", damaged)

    async def stamp(self, client: str) -> str:
        """Looks at the file: each checkpoint puts another one in its place."""
        return files.stamp(self._path(checked_name(client)))

    async def holder(self, client: str) -> str | None:
        """Looks at the lock file, without taking the client from anybody; raises StateError."""
        return holder(self._lock_path(checked_name(client)), self._clock.now())

    async def clients(self) -> tuple[str, ...]:
        """Returns the names of the clients that have a file, sorted; none where there is no directory yet."""
        return tuple(sorted(p.stem for p in self._dir.glob(f"*{_SUFFIX}") if is_client_name(p.stem)))

    async def migrate(self) -> str:
        """Does nothing: a file is brought to this release when it is read."""
        return f"the files in {self._dir} need no preparation"

    async def close(self) -> None:
        """Gives back every client that is still held."""
        for hold in tuple(self._holds):
            await hold.release()

    async def _hold(self, client: str, turn: Turn | None) -> Hold:
        files.make_directory(self._dir)
        lock = await ClientLock.take(client, self._lock_path(client), self._clock)
        hold = _FileHold(self._path(client), lock, self._clock.now, on_release=self._holds.discard)
        self._holds.add(hold)
        return hold

    def _path(self, client: str) -> Path:
        return self._dir / f"{client}{_SUFFIX}"

    def _lock_path(self, client: str) -> Path:
        return self._dir / f"{client}.lock"


class _FileHold(Hold):
    """A client whose lock we have, and its file as TinyDB holds it."""

    def __init__(
        self,
        path: Path,
        lock: ClientLock,
        now: Callable[[], datetime],
        on_release: Callable[[_FileHold], None],
    ) -> None:
        self.epoch = lock.epoch
        self._path = path
        self._lock = lock
        self._now = now
        self._on_release = on_release
        self._storage = _FileStorage(path, layout.empty())

    async def load(self) -> Loaded:
        """Reads the file; one that is damaged is put aside under another name, and the client starts afresh."""
        files.sweep(self._path)
        recovered_from = None
        try:
            tables = _read_tables(self._path)
        except layout.Damaged as error:
            tables = layout.empty()
            recovered_from = str(files.put_aside(self._path, self._now()))
            fields = {"file": str(self._path), "reason": str(error), "kept_as": recovered_from}
            log.warning("state was damaged, starting afresh", extra=fields)
        self._storage = _FileStorage(self._path, tables)
        return Loaded(streams=layout.streams(tables), recovered_from=recovered_from)

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        self._lock.renew()
        with TinyDB(storage=lambda: self._storage) as database:
            known = database.tables()
            for name, change in changes.items():
                if name in known:
                    database.table(name).update(_applying(change), doc_ids=[layout.DOCUMENT])
                else:
                    database.table(name).insert(Document(change.put, doc_id=layout.DOCUMENT))
        self._storage.flush()

    def check(self) -> None:
        self._lock.check()

    async def renew(self) -> None:
        self._lock.renew()

    async def release(self, *, done: bool = True) -> None:
        self._lock.release()
        self._storage = _FileStorage(self._path, layout.empty())
        self._on_release(self)

    def when_lost(self, end: Callable[[], object]) -> None:
        """Nobody takes a lock away from a process that lives."""


class _FileStorage(Storage):
    """Keeps the tables in memory, and writes the file when `flush` is called."""

    def __init__(self, path: Path, tables: layout.Tables) -> None:
        self._path = path
        self._tables = tables

    def read(self) -> layout.Tables:
        return self._tables

    def write(self, data: layout.Tables) -> None:
        self._tables = data

    def flush(self) -> None:
        """Replaces the file; raises StateError, and the file then holds what it held."""
        files.replace(self._path, layout.pieces(self._tables))


def _applying(change: StreamChanges) -> Callable[[Any], None]:
    def apply(document: dict[str, Any]) -> None:
        document.update(change.put)
        for key in change.deleted:
            document.pop(key, None)

    return apply


def _read_tables(path: Path, only: Collection[str] | None = None) -> layout.Tables:
    """Reads a file, empty where there is none yet; raises Damaged, or StateError where it must not be touched."""
    content = files.read(path)
    try:
        return layout.empty() if content is None else layout.decode(content, only)
    except layout.TooNew as error:
        raise StateError(
            f"{path} was written by a newer release ({error}, this one knows {layout.VERSION}); nothing was changed. "
            "Upgrade connector, or move the file away to start afresh"
        ) from error
