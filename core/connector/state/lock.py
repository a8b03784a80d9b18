"""One run per client on one machine: a lock that dies with the process that holds it (SPEC C3)."""

from __future__ import annotations

import fcntl
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from connector.clock import Clock
from connector.decoding import decode_json
from connector.errors import ClientHeld
from connector.state.files import failure

_LOOK_S: Final = 0.001
_MOST_WAITS: Final = 100
"""A look lasts some microseconds, longer only where its process has to wait for a processor."""


class _Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the lock file says about who holds the client; it counts for people only, the lock itself is flock's."""

    pid: int
    host: str
    since: datetime
    epoch: int


class ClientLock:
    """A client that this process holds. The file stays when the lock is given back: it carries the epoch on.

    Nobody may delete the file while it is locked: another process would lock a new one beside it. `renew` finds out.
    """

    def __init__(self, client: str, path: Path, handle: int, epoch: int) -> None:
        self.client = client
        self.epoch = epoch
        self._path = path
        self._handle: int | None = handle
        self._lost = False

    @classmethod
    async def take(cls, client: str, path: Path, clock: Clock) -> ClientLock:
        """Locks the client; raises ClientHeld saying who has it, or StateError where the file can't be written."""
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                epoch = await _locked(client, handle, clock)
            except BaseException:
                os.close(handle)
                raise
        except OSError as error:
            raise failure("can't be locked", path, error) from error
        return cls(client, path, handle, epoch)

    def check(self) -> None:
        """Raises ClientHeld after the client was given back or lost."""
        if self._handle is None or self._lost:
            why = f"the lock file {self._path} was removed" if self._lost else "it was given back"
            raise ClientHeld(f"client `{self.client}` is no longer held by this run: {why}; run it again")

    def renew(self) -> None:
        """Looks whether the file is still the one that was locked; raises ClientHeld where it is not."""
        if self._handle is not None:
            try:
                self._lost = not os.path.samestat(os.fstat(self._handle), self._path.stat())
            except FileNotFoundError:
                self._lost = True
        self.check()

    def release(self) -> None:
        """Gives the client back. A second time does nothing."""
        if self._handle is not None:
            fcntl.flock(
                self._handle, fcntl.LOCK_UN
            )  # a process forked meanwhile would keep a copy of the handle
            os.close(self._handle)
            self._handle = None


def holder(path: Path, now: datetime) -> str | None:
    """Says who has the client of a lock file and since when, None where nobody does; raises StateError."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failure("can't be read", path, error) from error
    try:
        return None if _got(handle, fcntl.LOCK_SH) else _who(_read_note(handle), now)
    finally:
        os.close(handle)


def _got(handle: int, kind: int) -> bool:
    """Locks an open file at once, shared or for us alone, where that is possible."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _got_alone(handle: int, clock: Clock) -> bool:
    """Locks an open file for us alone; a look of `holder`, which shares the lock for a moment, is waited out.

    That it was only a look shows in that we could share the lock, too.
    """
    for _ in range(_MOST_WAITS):
        if _got(handle, fcntl.LOCK_EX):
            return True
        if not _got(handle, fcntl.LOCK_SH):
            return False
        fcntl.flock(handle, fcntl.LOCK_UN)
        await clock.sleep(_LOOK_S)
    return False


async def _locked(client: str, handle: int, clock: Clock) -> int:
    """Locks an open file, writes who holds it now, and returns the new epoch."""
    if not await _got_alone(handle, clock):
        who = _who(_read_note(handle), clock.now())
        raise ClientHeld(f"client `{client}` is being run by {who}; wait until it has ended, or stop it")
    before = _read_note(handle)
    epoch = before.epoch + 1 if before else 1
    note = msgspec.json.encode(
        _Note(pid=os.getpid(), host=socket.gethostname(), since=clock.now(), epoch=epoch)
    )
    written = os.pwrite(handle, note, 0)
    os.ftruncate(handle, written)
    os.fsync(handle)
    return epoch


def _read_note(handle: int) -> _Note | None:
    """Returns what the file says; None where it was just created or can't be read."""
    try:
        return decode_json(os.pread(handle, 4096, 0), _Note)
    except msgspec.DecodeError:
        return None


def _who(note: _Note | None, now: datetime) -> str:
    if note is None:
        return "another process"
    day = "" if note.since.date() == now.date() else f"{note.since:%Y-%m-%d} "
    return f"process {note.pid} on {note.host} since {day}{note.since:%H:%M:%S} UTC"
