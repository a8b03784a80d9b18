"""Values and keys as they stand in a TOML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: Any) -> str:
    """Returns a text, number, switch or table of such as it stands behind the equals sign; a table on one line."""
    if isinstance(value, Mapping):
        entries = ", ".join(f"{toml_key(key)} = {toml_value(entry)}" for key, entry in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, str | bool | int | float):
        # JSON writes all of these as TOML does, but for one character that it leaves as it is
        return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
    raise TypeError(f"a {type(value).__name__} can't stand in a settings file")


def toml_key(key: str) -> str:
    """Returns a key as it stands before the equals sign, or in a table's head."""
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)
