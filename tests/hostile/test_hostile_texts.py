"""Texts and bytes of any kind: reading them, and keeping secrets out of them, never fails."""

from __future__ import annotations

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.api import Answer, decode_json
from connector.http.wording import LONGEST, words_in
from connector.masking import masked
from tests.core.test_masking import ENCODINGS, SECRETS
from tests.hostile.values import hostile_json

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Halves of characters among them."""

BODIES = st.binary() | hostile_json() | ANY_TEXT.map(lambda text: json.dumps(text).encode())


@given(body=BODIES)
def test_R4_bytes_are_read_or_are_one_kind_of_error(body: bytes) -> None:
    for kind in (object, list[msgspec.Raw], dict[str, int]):
        with suppress(msgspec.DecodeError):
            decode_json(body, kind)


@given(text=ANY_TEXT)
def test_R4_a_text_is_read_as_it_was_written_but_for_halves_of_characters(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert decode_json(json.dumps(text).encode(), str) == whole


@given(body=BODIES, page=st.booleans())
def test_R4_the_words_of_any_answer_are_one_short_line(body: bytes, page: bool) -> None:
    words = words_in(Answer(400, {}, b"<html><title>" * page + body), SECRETS)
    assert len(words) <= LONGEST + len("an HTML page titled ''")
    assert words.isprintable()


@given(text=ANY_TEXT, secrets=st.lists(st.text(min_size=4) | st.sampled_from(SECRETS), max_size=3))
def test_C4_no_text_and_no_secret_makes_masking_fail(text: str, secrets: list[str]) -> None:
    for secret in secrets:
        assert secret not in masked(text + secret + text, secrets).replace("***", "")


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(before=st.text(), secret=st.text("".join(map(chr, range(33, 127))), min_size=12), after=st.text())
def test_C4_a_secret_of_any_letters_is_masked_between_any_texts(
    encoding: str, before: str, secret: str, after: str
) -> None:
    encoded = ENCODINGS[encoding](secret)
    assert encoded not in masked(f"{before} {encoded} {after}", (secret,))
