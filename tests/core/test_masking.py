"""A secret is found in every encoding in which a service may repeat it (SPEC C4)."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

import msgspec
import pytest

from connector.masking import hiding, masked, personal_in, secrets_in, without_secrets
from connector.secret import Personal, Secret

SECRETS = (
    "simple-secret-1234",
    "pä:s\"s\\w/örd+%41&???>>><x'y>",
    "key/+=%7E&\"'<&amp;>",
    "tok/en+=.%2F&\\u0041\\nx",
    "emoji😀pass-word",
    "with a blank in it",
    base64.b64encode("shop@example.com:pä>>>??".encode()).decode(),
)


def utf16(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


ENCODINGS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": json.dumps,
    "JSON, other letters as they are": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON, every letter": utf16,
    "HTML": html.escape,
    "HTML, every letter": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "HTML, every letter in hexadecimal": lambda text: "".join(f"&#x{ord(letter):X};" for letter in text),
    "an address": lambda text: quote(text, safe=""),
    "a part of an address": quote,
    "a form": quote_plus,
    "an address, every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "bytes of a program": lambda text: repr(b'"' + text.encode()).replace('"', "", 1),
    "a text of a program": lambda text: repr('"' + text).replace('"', "", 1),
    "lines": lambda text: "\r\n ".join(text[place : place + 5] for place in range(0, len(text), 5)),
    "capitals": str.upper,
}


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("inner", ENCODINGS)
@pytest.mark.parametrize("outer", ENCODINGS)
def test_C4_a_secret_is_masked_in_every_encoding_and_in_one_inside_another(inner: str, outer: str) -> None:
    for secret in SECRETS:
        if "bytes of a program" in {inner, outer} and not secret.isascii():
            continue  # \xc3\xa4 is two letters to whoever does not know that they are bytes
        shown = masked(f"not {ENCODINGS[outer](ENCODINGS[inner](secret))} here", SECRETS)
        nothing = f"not {ENCODINGS[outer](ENCODINGS[inner](''))} here"
        assert without_blanks(shown.replace("***", "", 1)) == without_blanks(nothing)


@pytest.mark.parametrize("inner", ENCODINGS)
@pytest.mark.parametrize("outer", ENCODINGS)
def test_C4_the_one_secret_in_a_text_is_found_among_those_of_all_clients(inner: str, outer: str) -> None:
    kept = [
        Secret(secret) for secret in (*SECRETS, *(f"of client {number}" for number in range(500)), "a b c")
    ]
    for secret in (*SECRETS, "a b c"):
        text = f"not {ENCODINGS[outer](ENCODINGS[inner](secret))} here"
        assert without_secrets(text) == masked(text, [each.reveal() for each in kept])


def test_C4_a_secret_that_was_made_just_now_is_found_in_the_next_line() -> None:
    assert without_secrets("the new pass-word-2 works") == "the new pass-word-2 works"
    kept = Secret("pass-word-2")
    assert without_secrets("the new pass-word-2 works") == "the new *** works"
    del kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no such key: simple-s", "no such key: ***"),  # cut off by the service
        ("no such key: simple-", "no such key: simple-"),  # too little of it to tell
        ("simple-secret-1234simple-secret-1234", "******"),
        ("simple-secret-1234 and key/+=%7E&\"'<&amp;>", "*** and ***"),
        ("a simple secret", "a simple secret"),
        ("100 %", "100 %"),
        ("%zz &nonsense; \\q \\", "%zz &nonsense; \\q \\"),
        ("", ""),
    ],
)
def test_C4_only_the_secret_is_masked(text: str, shown: str) -> None:
    assert masked(text, SECRETS) == shown


def test_C4_what_is_too_short_for_a_secret_is_left() -> None:
    assert masked("the cat sat", ("cat", "", "at s")) == "the c***at"


class Receiver(Personal):
    name: str
    country: str | None = None


class Order(msgspec.Struct):
    number: str
    receivers: tuple[Receiver, ...]


class Settings(msgspec.Struct):
    user: str
    password: Secret
    more: dict[str, Secret]


def test_the_texts_of_a_customer_are_found_in_what_is_sent() -> None:
    order = Order("1001", (Receiver("Erika Musterfrau", "DE"), Receiver("Max Mustermann")))
    assert list(personal_in([order, {"order": order.receivers[0]}, None, 7])) == [
        "Erika Musterfrau",
        "DE",
        "Max Mustermann",
        "Erika Musterfrau",
        "DE",
    ]


def test_C4_the_secrets_of_settings_are_kept_out_of_a_text() -> None:
    settings = Settings("shop", Secret("simple-secret"), {"token": Secret("token-4711")})
    assert list(secrets_in(settings)) == ["simple-secret", "token-4711"]
    assert hiding(settings)("shop, simple-secret and token-4711") == "shop, *** and ***"
