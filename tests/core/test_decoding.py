"""JSON that a service may send: what can be read is read, all else is one kind of error (SPEC R4)."""

from __future__ import annotations

import msgspec
import pytest

from connector.decoding import MOST_VALUES, decode_json


class Article(msgspec.Struct):
    name: str
    rest: msgspec.Raw = msgspec.Raw(b"null")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Input data was truncated"),
        (b"<html>", "JSON is malformed"),
        (b'{"name": 1}', r"Expected `str`, got `int` - at `\$.name`"),
        (b'{"name": "M\xfcller"}', "A text in it is not UTF-8"),  # Latin-1
        (b'{"rest": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "It is nested too deeply"),
        (b'{"name": "\\ud83d', "Input data was truncated"),  # half a character, and cut off
        (b"[" + b"0," * MOST_VALUES + b"0]", "It holds more than 4000000 values"),
        (b'{"name": ' + b"9" * 5000 + b"}", "Expected `str`, got `int`|Number out of range"),
    ],
)
def test_R4_what_can_not_be_read_is_one_kind_of_error(body: bytes, message: str) -> None:
    with pytest.raises(msgspec.DecodeError, match=message):
        decode_json(body, Article)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"caf\ud83d", "caf\ufffd"),  # an emoji that was cut in two
        (rb"\ude00 x", "\ufffd x"),
        (rb"\uD83D\uD83D\uDE00", "\ufffd😀"),  # half of one, and a whole one
        (rb"\ud800\ud800", "\ufffd\ufffd"),
        (rb"\\ud800 \ud800", r"\ud800 " + "\ufffd"),  # a backslash that is one, and half a character
        (rb"\"\u00fc\ud800\n", '"ü\ufffd\n'),
    ],
)
def test_R4_half_a_character_costs_no_more_than_itself(written: bytes, read: str) -> None:
    assert decode_json(b'{"name": "' + written + b'"}', Article).name == read


def test_a_part_that_is_kept_as_it_came_can_be_read_later() -> None:
    article = decode_json(rb'{"name": "\ud800", "rest": {"name": "Tasse"}}', Article)
    assert decode_json(article.rest, Article).name == "Tasse"


def test_numbers_that_come_as_texts_are_read_where_that_is_wanted() -> None:
    assert decode_json(b'"12"', int, strict=False) == 12
    with pytest.raises(msgspec.ValidationError, match="Expected `int`, got `str`"):
        decode_json(b'"12"', int)
