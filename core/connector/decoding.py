"""Reads JSON that nobody vouches for."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")

MOST_VALUES: Final = 4_000_000
"""Values in one answer. Beyond that, a few bytes each (`0,0,0,…`) take forty times their length in memory."""

_MOST_ESCAPES: Final = 1_000_000
"""Backslashes in an answer; to look at more takes seconds, in which nothing else goes on."""

# The first two alternatives are whole: a pair of halves, and any other escape, so that no `\\ud800` is taken for half.
_ESCAPES: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u]|\\u(?P<half>[dD][89a-fA-F][0-9a-fA-F]{2})",
    re.DOTALL,
)


def decode_json(body: bytes | msgspec.Raw, kind: type[T], *, strict: bool = True) -> T:
    r"""Decodes JSON as `kind`; raises msgspec.DecodeError, and nothing else, where it can't be read.

    msgspec by itself lets two faults of an answer through as Python has them: a text that is not UTF-8, and lists in
    lists until the stack is full. Half a character (`\ud83d`, of an emoji that a service cut in two) is read as the
    sign for an unknown one, since it would cost the whole answer. Not `strict` also reads numbers that come as texts.
    """
    if isinstance(body, bytes) and len(body) > MOST_VALUES and body.count(b",") >= MOST_VALUES:
        raise msgspec.DecodeError(f"It holds more than {MOST_VALUES} values")
    try:
        return _decoded(body, kind, strict)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = _without_halves(bytes(body))
        if whole == bytes(body):
            raise
        return _decoded(whole, kind, strict)


def _decoded(body: bytes | msgspec.Raw, kind: type[T], strict: bool) -> T:
    try:
        return msgspec.json.decode(body, type=kind, strict=strict)  # noqa: TID251  (here it is made safe)
    except UnicodeDecodeError:
        raise msgspec.DecodeError("A text in it is not UTF-8") from None
    except RecursionError:
        raise msgspec.DecodeError("It is nested too deeply") from None


def _without_halves(body: bytes) -> bytes:
    if body.count(b"\\") > _MOST_ESCAPES:
        return body
    return _ESCAPES.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)
