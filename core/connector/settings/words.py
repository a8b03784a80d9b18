"""Types, values and names in the words that a merchant or an operator reads. No value ever appears in them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect

from connector.secret import MASK, Secret
from connector.settings.layers import EnvText

_KINDS: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((bool,), "true or false"),
    ((str,), "text"),
    ((int,), "a whole number"),
    ((float,), "a number"),
    ((dict,), "a table"),
    ((list, tuple), "a list"),
    ((datetime, date, time), "a date"),
)
_TEXTS: Final = (inspect.StrType, inspect.LiteralType, inspect.EnumType, inspect.CustomType)
_NUMBERS: Final = (inspect.IntType, inspect.FloatType)
_LISTED: Final = 10


def type_in_words(annotation: Any) -> str:
    """Says what a setting must be, such as "a whole number of at least 1"."""
    return _type_in_words(inspect.type_info(annotation))


def is_secret(annotation: Any) -> bool:
    """Tells whether values of this type must not be shown."""
    return any(isinstance(part, inspect.CustomType) and part.cls is Secret for part in _parts(annotation))


def mismatch(annotation: Any, value: Any) -> str:
    """Says what was expected and what kind of thing is there."""
    expected = type_in_words(annotation)
    seen = _as_typed(value)
    if seen == "" and isinstance(seen, str):
        return f"expected {expected}, got an empty text"
    kind = next((words for types, words in _KINDS if isinstance(seen, types)), "something else")
    parts = _parts(annotation)
    if isinstance(seen, str) and any(isinstance(part, _TEXTS) for part in parts):
        return f"expected {expected}, got another text"
    is_number = isinstance(seen, int | float) and not isinstance(seen, bool)
    if is_number and any(isinstance(part, _NUMBERS) for part in parts):
        return f"expected {expected}, got another number"
    hint = ": put it in quotes" if _would_do_as_text(seen, parts) else ""
    return f"expected {expected}, got {kind}{hint}"


def closest(name: str, names: Iterable[str]) -> str:
    """Returns the one of `names` that may have been meant, empty where none is close."""
    return next(iter(difflib.get_close_matches(name.lower(), names, n=1)), "")


def suggestion(name: str, names: Iterable[str]) -> str:
    """Returns `, did you mean …?` where one of `names` is close, else nothing."""
    close = closest(name, names)
    return f", did you mean `{close}`?" if close else ""


def alternatives(name: str, names: Iterable[str]) -> str:
    """Returns the suggestion and the names that there are, of many only the first."""
    ordered = sorted(names)
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    listed = ", ".join(ordered[:_LISTED]) + more
    close = suggestion(name, ordered)
    return f"{close} Known: {listed or 'none'}" if close else f"; known: {listed or 'none'}"


def shown(value: Any) -> str:
    """Shows a value as it would stand in a file, a secret as three stars."""
    if value is None:
        return "not set"
    return msgspec.json.encode(value, enc_hook=_plain).decode().replace(f'"{MASK}"', MASK)


def _plain(value: Any) -> str:
    return MASK if isinstance(value, Secret) else str(value)


def _parts(annotation: Any) -> tuple[inspect.Type, ...]:
    info = inspect.type_info(annotation)
    if isinstance(info, inspect.Metadata):
        info = info.type
    return tuple(info.types) if isinstance(info, inspect.UnionType) else (info,)


def _as_typed(value: Any) -> Any:
    """Takes the text of a variable for the number that it spells, so that its kind can be told."""
    if not isinstance(value, EnvText):
        return value
    try:
        return msgspec.convert(str(value), int | float, strict=False)
    except msgspec.ValidationError:
        return str(value)


def _would_do_as_text(value: Any, parts: tuple[inspect.Type, ...]) -> bool:
    wants_text = any(isinstance(part, _TEXTS) for part in parts)
    return wants_text and isinstance(value, bool | int | float | date | time)


def _type_in_words(info: inspect.Type) -> str:
    match info:
        case inspect.Metadata():
            return str((info.extra_json_schema or {}).get("title") or _type_in_words(info.type))
        case inspect.IntType():
            return "a whole number" + _limits(info)
        case inspect.FloatType():
            return "a number" + _limits(info)
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text" + _form(info)
        case inspect.LiteralType():
            return _one_of(info.values)
        case inspect.EnumType():
            return _one_of(member.value for member in info.cls)
        case inspect.DictType(value_type=inspect.AnyType()):
            return "a table"
        case inspect.DictType():
            return f"a table of names, each with {_type_in_words(info.value_type)}"
        case inspect.UnionType():
            return " or ".join(_type_in_words(t) for t in info.types if not isinstance(t, inspect.NoneType))
        case inspect.CustomType():
            return {Secret: "a secret text", Path: "a path"}.get(info.cls, info.cls.__name__)
        case _:
            return "a table"


def _limits(info: inspect.IntType | inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge} to {info.le}"
    words = (("of at least", info.ge), ("above", info.gt), ("of at most", info.le), ("below", info.lt))
    limits = [f" {word} {limit}" for word, limit in words if limit is not None]
    return " and".join(limits)


def _form(info: inspect.StrType) -> str:
    if info.min_length == 1 and info.max_length is None and info.pattern is None:
        return " that is not empty"
    words = (
        ("of at least {} characters", info.min_length),
        ("of at most {} characters", info.max_length),
        ("of the form `{}`", info.pattern),
    )
    return " and".join(" " + word.format(limit) for word, limit in words if limit is not None)


def _one_of(values: Iterable[Any]) -> str:
    *most, last = (f"`{value.value if isinstance(value, Enum) else value}`" for value in values)
    return f"{', '.join(most)} or {last}" if most else last
