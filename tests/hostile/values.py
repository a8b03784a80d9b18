"""JSON that nobody expects, as bytes: much of it no decoder for Python can make, and some of it is no JSON."""

from __future__ import annotations

import json

from hypothesis import strategies as st

DEEPEST = 100_000


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


NASTY = (
    b"null",
    b"true",
    b"0",
    b"-1",
    b"-0.0",
    b"2147483648",  # beyond 32 bits
    b"18446744073709551616",  # beyond 64 bits
    b"9" * 4000,  # Python makes a number of it
    b"9" * 5000,  # and of this one no more
    b'"' + b"9" * 5000 + b'"',
    b"1e999999999",  # writing it out takes for ever
    b"-1e400",
    b"1e-999999999",
    b'"1e999999999"',
    b'"NaN"',
    b'"-Infinity"',
    b"NaN",  # no JSON
    b"0.1.2",
    b'"\xff\xfe"',  # no UTF-8
    b'"M\xfcller"',  # Latin-1
    b'"\\ud83d"',  # half a character: no JSON to msgspec
    b'"\\u0000"',
    b'"a\\r\\nX-Evil: 1"',
    b'"\\u001b[2J"',  # clears a terminal
    b'"../../etc/passwd?x=1#y%2f"',
    b'"\xc2\xb2"',  # a digit to some, but no number
    b'"\xef\xbc\x91\xef\xbc\x92"',  # full-width digits
    b'"\xd9\xa3"',  # an Arabic three
    b'"0001-01-01T00:00:00"',
    b'"9999-12-31T23:59:59.9999999"',
    b'"@format {env[HOME]}"',
    b'""',
    b'" "',
    b"{}",
    b"[]",
    b"[null]",
    b"[[]]",
    b'{"": {}}',
    *(
        nested(depth) for depth in (200, 400, 600, 800, 900, 985)
    ),  # somewhere decoding works, and printing no more
    nested(DEEPEST),
)
"""One of each kind that has broken a program before."""

STATUSES = (201, 204, 302, 400, 401, 403, 404, 408, 409, 418, 419, 429, 500, 503, 599)

KEYS = (
    "Data",
    "Paging",
    "TotalPages",
    "ErrorCode",
    "ErrorMessage",
    "status",
    "Success",
    "message",
    "errors",
    "Id",
)
"""Names that mean something to one of the plugins."""


def plain_texts() -> st.SearchStrategy[bytes]:
    return st.text(max_size=20).map(lambda text: json.dumps(text).encode())


def numbers() -> st.SearchStrategy[bytes]:
    whole = st.integers(-(10**25), 10**25).map(lambda number: str(number).encode())
    return whole | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: repr(number).encode())


def hostile_json() -> st.SearchStrategy[bytes]:
    """Any shape: one of `NASTY`, a number, a text, or lists and objects of all these."""
    leaves = st.sampled_from(NASTY[:-1]) | numbers() | plain_texts()
    names = st.sampled_from(KEYS) | st.text(max_size=5)
    return st.sampled_from(NASTY) | st.recursive(
        leaves,
        lambda inside: (
            st.lists(inside, max_size=3).map(listed)
            | st.dictionaries(names, inside, max_size=3).map(as_object)
        ),
        max_leaves=6,
    )


def listed(values: list[bytes]) -> bytes:
    return b"[" + b",".join(values) + b"]"


def as_object(values: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(json.dumps(name).encode() + b":" + value for name, value in values.items()) + b"}"
