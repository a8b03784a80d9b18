"""What a state file holds: JSON that TinyDB reads as tables, one table per stream with one document in each.

    {"_format": {"1": {"version": 1}}, "products": {"1": {"4711": "5d41402a", …}}, …}

Pure functions; nothing here touches a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

Tables = dict[str, dict[str, dict[str, Any]]]

VERSION: Final = 1
DOCUMENT: Final = 1
"""The number of the one document of each table."""

MIGRATIONS: Final[Mapping[int, Callable[[Tables], Tables]]] = {}
"""Version number → what turns the tables of that version into those of the next one."""

_PIECE: Final = 10_000
"""Entries that are encoded together, about a megabyte."""

_FORMAT: Final = "_format"
_KEY: Final = str(DOCUMENT)


class Damaged(Exception):
    """The bytes are no state file: cut off, not JSON, or of another shape."""


class TooNew(Exception):
    """The file was written by a newer release."""


class _Version(msgspec.Struct):
    version: int


class _Head(msgspec.Struct):
    format: dict[str, _Version] = msgspec.field(name=_FORMAT)


_decode_head: Final = msgspec.json.Decoder(_Head).decode
_decode_tables: Final = msgspec.json.Decoder(Tables).decode
_decode_table: Final = msgspec.json.Decoder(dict[str, dict[str, Any]]).decode
_decode_versions: Final = msgspec.json.Decoder(dict[str, _Version]).decode
_decode_raw: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def empty() -> Tables:
    """Returns the tables of a client of which nothing is remembered yet."""
    return {_FORMAT: {_KEY: {"version": VERSION}}}


def pieces(tables: Tables) -> Iterator[bytes]:
    """Yields the content of a state file in pieces, since a large one as a whole would be as large in memory again."""
    for place, (name, table) in enumerate(tables.items()):
        yield b"%s%s:" % (b"," if place else b"{", msgspec.json.encode(name))
        for number, (key, document) in enumerate(table.items()):
            yield b"%s%s:{" % (b"," if number else b"{", msgspec.json.encode(key))
            yield from _entries(document)
            yield b"}"
        yield b"}" if table else b"{}"
    yield b"}" if tables else b"{}"


def _entries(document: Mapping[str, Any]) -> Iterator[bytes]:
    """Yields what stands between the braces of an object."""
    entries, separator = iter(document.items()), b""
    while some := dict(islice(entries, _PIECE)):
        yield separator + msgspec.json.encode(some)[1:-1]
        separator = b","


def decode(content: bytes, only: Collection[str] | None = None) -> Tables:
    """Returns the tables of a state file in the present version, or those of them that are named; skips the others.

    Raises Damaged or TooNew.
    """
    try:
        if only and (some := _decode_some(content, only)) is not None:
            version, tables = VERSION, some
        else:
            version = _decode_head(content).format[_KEY].version
            if version > VERSION:
                raise TooNew(f"version {version}")
            tables = _decode_tables(content)
    except (ValueError, KeyError, RecursionError) as error:
        raise Damaged(str(error)) from error
    if version < 1 or any(table.keys() != {_KEY} for table in tables.values()):
        raise Damaged("not the tables of a state")
    return migrated(tables, version)


def _decode_some(content: bytes, only: Collection[str]) -> Tables | None:
    """Reads the named tables in one go; None where the file is not of the present version."""
    raw = _decode_raw(content)
    if _decode_versions(raw[_FORMAT])[_KEY].version != VERSION:
        return None
    return {name: _decode_table(raw[name]) for name in only if name in raw}


def migrated(tables: Tables, version: int) -> Tables:
    """Brings tables of an older version to the present one, step by step."""
    for step in range(version, VERSION):
        tables = MIGRATIONS[step](tables)
    return {**tables, **empty()}


def streams(tables: Tables) -> dict[str, dict[str, Any]]:
    """Returns the entries of each stream, as copies that can be changed."""
    return {name: dict(table[_KEY]) for name, table in tables.items() if name != _FORMAT}
