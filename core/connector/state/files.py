"""Files that are whole at every moment: replaced in one step, never written in place (SPEC R5)."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from connector.errors import StateError

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def make_directory(path: Path) -> None:
    """Creates a directory that only its owner may look into; one that exists stays as it is."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise failure("can't be created", path, error) from error


def read(path: Path) -> bytes | None:
    """Returns the content of a file, None where there is no such file; raises StateError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failure("can't be read", path, error) from error


def stamp(path: Path) -> str:
    """Returns a text that changes when the file is replaced, empty where there is none; raises StateError."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise failure("can't be looked at", path, error) from error
    return f"{seen.st_ino}-{seen.st_mtime_ns}-{seen.st_size}"


def replace(path: Path, content: Iterable[bytes]) -> None:
    """Puts a new content, in pieces, in the place of a file, readable by its owner only; raises StateError.

    Whatever happens, a kill or a power cut included, the file holds the old content or the new one.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(content)
                file.flush()
                os.fsync(handle)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_directory(path.parent)
    except OSError as error:
        raise failure("can't be written; what it held is kept", path, error) from error


def sweep(path: Path) -> None:
    """Removes what killed processes left behind of `replace`; call it only while nobody else writes the file.

    Raises StateError.
    """
    for stale in path.parent.glob(f"{path.name}.*.tmp"):
        delete(stale)


def put_aside(path: Path, now: datetime) -> Path:
    """Renames a damaged file, overwriting nothing, and returns where it is now; raises StateError."""
    stamp = f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"
    target = path.with_name(stamp)
    count = 1
    while target.exists():
        count += 1
        target = path.with_name(f"{stamp}-{count}")
    try:
        path.rename(target)
        _sync_directory(path.parent)
    except OSError as error:
        raise failure("is damaged and can't be renamed", path, error) from error
    return target


def put_aside_before(path: Path, moment: datetime) -> list[Path]:
    """Returns where the damaged files are that were put aside before a moment."""
    start = f"{path.name}.damaged-"
    found = path.parent.glob(f"{start}*")
    return sorted(each for each in found if each.name.removeprefix(start) < f"{moment:%Y%m%dT%H%M%SZ}")


def delete(path: Path) -> None:
    """Deletes a file; raises StateError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise failure("can't be removed", path, error) from error


def failure(what: str, path: Path, error: OSError) -> StateError:
    """Returns the error to raise: the file, the reason and the way out in one line."""
    return StateError(f"{path} {what}: {error.strerror or error}. {_way_out(path, error.errno)}")


def _way_out(path: Path, number: int | None) -> str:
    if number in _FULL:
        return "Free space on that disk, then run again"
    if number in _FORBIDDEN:
        return f"Let the user who runs connector read and write {path.parent}, then run again"
    return "Check the setting state_dir and that disk, then run again"


def _sync_directory(path: Path) -> None:
    """Makes a rename last through a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
