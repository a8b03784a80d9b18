import asyncio

import pytest

from connector.errors import CallRefused, ConfigurationError
from connector.http import check_base_url
from tests.core.http.world import REPEATABLE_WRITE, Products, World


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.com",
        "https://shop.example.com:8443/api/v1/",
        "http://localhost:8000/api",
        "http://LOCALHOST",
        "http://127.0.0.1:1234",
        "http://127.8.9.10",
        "http://[::1]:80/",
    ],
)
def test_a_base_url_may_be_https_or_this_computer(url: str) -> None:
    check_base_url(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://shop.example.com", "must start with https://"),
        ("http://localhost.example.com", "must start with https://"),
        ("http://128.0.0.1", "must start with https://"),
        (
            "http://127.1",
            "must start with https://",
        ),  # some readers take it for this computer, others ask for it
        ("ftp://shop.example.com", "must start with https://"),
        ("shop.example.com/api", "names no host"),
        ("https://", "names no host"),
        ("", "names no host"),
        ("https://erika:hunter2@shop.example.com", "must not hold a user or a password"),
        ("http://127.0.0.1@shop.example.com", "must not hold a user or a password"),
        ("https://erika:hunter2", "is not a web address"),  # the @ and the host were forgotten
        ("https://shop.example.com/?key=hunter2", "without [?] and #"),
        ("https://shop.example.com/#x", "without [?] and #"),
        ("http://127.0.0.1\\.example.com", "blanks, line breaks or backslashes"),
        ("https://shop.exa\nmple.com", "blanks, line breaks or backslashes"),
        ("https://[::1", "is not a web address"),
    ],
)
def test_a_base_url_to_which_no_credentials_may_go_is_refused(url: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        check_base_url(url)
    assert "hunter2" not in str(caught.value)


def test_a_client_refuses_such_a_base_url_before_anything_is_sent() -> None:
    with pytest.raises(
        ConfigurationError, match=r"base_url http://shop[.]example[.]com… must start with https://"
    ):
        World(base_url="http://shop.example.com").client()


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        (4711, "4711"),
        ("a b", "a%20b"),
        ("../products", "..%2Fproducts"),
        ("7?x=1", "7%3Fx%3D1"),
        ("7#x", "7%23x"),
        ("%2f", "%252f"),
        ("a/b;c@d:e", "a%2Fb%3Bc%40d%3Ae"),
        ("1\r\nX-Evil: 1", "1%0D%0AX-Evil%3A%201"),
        ("\x00", "%00"),
        ("Größe", "Gr%C3%B6%C3%9Fe"),
        ("...", "..."),  # three dots are a name like any other
        ("{id}", "%7Bid%7D"),
    ],
)
def test_a_value_in_a_path_stays_one_segment(value: str | int, segment: str) -> None:
    world = World()
    asyncio.run(world.call(REPEATABLE_WRITE, Products, path={"id": value}))
    assert world.seen[0].path == f"/api/v1/orders/{segment}/tags"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_lead_the_call_elsewhere_is_never_sent(value: str) -> None:
    world = World()
    with pytest.raises(CallRefused, match=r"not sent: id is '.*', which can't be a part of an address"):
        asyncio.run(world.call(REPEATABLE_WRITE, Products, path={"id": value}))
    assert world.seen == []


def test_a_value_that_makes_the_address_too_long_is_never_sent() -> None:
    world = World()
    with pytest.raises(CallRefused, match="not sent: the address is too long"):
        asyncio.run(world.call(REPEATABLE_WRITE, Products, path={"id": "x" * 70_000}))
    assert world.seen == []
