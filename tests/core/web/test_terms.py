"""Where the page may be offered, and to whom."""

from __future__ import annotations

import pytest

from connector.errors import ConfigurationError
from connector.secret import Secret
from connector.settings import WebSettings
from connector.web import Address, Terms, address_of, terms_of


@pytest.mark.parametrize(
    ("text", "host", "is_loopback"),
    [
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("127.8.8.8:8080", "127.8.8.8", True),  # the whole net is this machine
        ("[::1]:8080", "::1", True),
        ("localhost:8080", "localhost", True),
        (" localhost:8080\n", "localhost", True),
        ("0.0.0.0:8080", "0.0.0.0", False),
        ("[::]:8080", "::", False),
        ("[::ffff:127.0.0.1]:8080", "::ffff:127.0.0.1", False),  # on the safe side
        ("192.0.2.7:8080", "192.0.2.7", False),
        ("connector.example.com:8080", "connector.example.com", False),
        ("localhost.example.com:8080", "localhost.example.com", False),
    ],
)
def test_an_address_is_this_machine_alone_or_not(text: str, host: str, is_loopback: bool) -> None:
    assert address_of(text) == Address(host, 8080)
    assert address_of(text).is_loopback is is_loopback


@pytest.mark.parametrize(
    "text", ["", "8080", ":8080", "localhost", "::1:8080", "a b:1", "x:65536", "x:-1", "http://x:1"]
)
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"write HOST:PORT, such as 127\.0\.0\.1:8080"):
        address_of(text)


@pytest.mark.parametrize(
    ("host", "settings", "is_refused"),
    [
        ("127.0.0.1", WebSettings(), False),
        ("0.0.0.0", WebSettings(), True),
        ("0.0.0.0", WebSettings(token=Secret("x")), False),
        ("127.0.0.1", WebSettings(hosts="connector.example.com"), True),  # a proxy lets others in
        ("127.0.0.1", WebSettings(hosts="connector.example.com", token=Secret("x")), False),
    ],
)
def test_nobody_is_let_in_from_elsewhere_without_a_token(
    host: str, settings: WebSettings, is_refused: bool
) -> None:
    if is_refused:
        with pytest.raises(ConfigurationError, match=r"set web\.token") as caught:
            terms_of(Address(host, 8080), settings, allow_changes=False)
        assert "\n" not in str(caught.value)
    else:
        assert terms_of(Address(host, 8080), settings, allow_changes=False).token == settings.token


LOCAL = terms_of(Address("127.0.0.1", 8080), WebSettings(), allow_changes=False)
PROXIED = terms_of(
    Address("127.0.0.1", 8080),
    WebSettings(token=Secret("x"), hosts="One.example.com, two.example.com"),
    allow_changes=False,
)
OPEN = terms_of(Address("0.0.0.0", 8080), WebSettings(token=Secret("x")), allow_changes=False)


@pytest.mark.parametrize(
    ("terms", "header", "is_allowed"),
    [
        (LOCAL, "localhost:8080", True),
        (LOCAL, "localhost", True),
        (LOCAL, "LOCALHOST:8080", True),
        (LOCAL, "127.0.0.1:8080", True),
        (LOCAL, "[::1]:8080", True),
        (LOCAL, "evil.example.com:8080", False),  # a foreign name that points to this machine
        (LOCAL, "localhost.example.com", False),
        (LOCAL, "localhost.", True),
        (LOCAL, "", False),
        (LOCAL, ":8080", False),
        (PROXIED, "one.example.com", True),
        (PROXIED, "two.example.com:443", True),
        (PROXIED, "three.example.com", False),
        (OPEN, "anything.example.com", True),  # the token protects it
    ],
)
def test_a_browser_may_ask_by_names_that_nobody_else_can_take(
    terms: Terms, header: str, is_allowed: bool
) -> None:
    assert terms.allows_host(header) is is_allowed
