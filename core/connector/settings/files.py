"""Reads one settings file, and refuses what must not stand in one.

Every function returns mistakes, one line each, instead of raising at the first one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec

from connector.settings.layers import CASTS, OWN_KEYS, Path, Table

_OTHERS: Final = 0o077


class Document(msgspec.Struct, frozen=True):
    """What a file holds. Where there are `mistakes`, `data` is not to be used."""

    data: Table
    mistakes: tuple[str, ...] = ()


def read_file(path: FilePath) -> Document:
    """Reads a TOML file; one that does not exist is empty."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Document({})
    except OSError as error:
        return Document({}, (f"{path}: can't be read: {error.strerror}",))
    except UnicodeDecodeError:
        return Document({}, (f"{path}: can't be read: save it as UTF-8 text",))
    except tomllib.TOMLDecodeError as error:
        return Document({}, (f"{path}: this is not valid TOML: {error}",))
    return Document(data, tuple(f"{mistake} ({path})" for mistake in forbidden(data)))


def read_secrets_file(path: FilePath) -> Document:
    """Reads a TOML file that only its owner may be able to read (SPEC C4)."""
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        return Document({})
    except OSError as error:
        return Document({}, (f"{path}: can't be read: {error.strerror}",))
    if mode & _OTHERS:
        return Document({}, (f"{path}: others can read it (mode {mode:o}); run `chmod 600 {path}`",))
    return read_file(path)


def forbidden(data: Table, path: Path = ()) -> Iterator[str]:
    """Finds what TOML allows and settings don't: dynaconf's own keys and casts, lists, keys doubled by letter case."""
    spelt: dict[str, str] = {}
    for key, value in data.items():
        here = (*path, key)
        name = ".".join(here)
        if key.lower().startswith(OWN_KEYS):
            yield f"{name}: not a setting; tables are always merged and no other file is read"
        elif key.lower() in spelt:
            yield f"{name}: the same key as `{spelt[key.lower()]}` but for its capital letters; keep one of them"
        else:
            yield from _forbidden_value(value, here)
        spelt.setdefault(key.lower(), key)


def _forbidden_value(value: Any, path: Path) -> Iterator[str]:
    name = ".".join(path)
    if isinstance(value, dict):
        yield from forbidden(value, path)
    elif isinstance(value, list):
        yield f"{name}: expected a table or a single value, got a list"
    elif isinstance(value, str) and (word := value.partition(" ")[0]) in CASTS:
        yield f"{name}: a value in a file must not begin with `{word}`; set it as an environment variable instead"
