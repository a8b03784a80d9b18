from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.calls import Answer, Endpoint
from connector.errors import OutcomeUnknown, UnusableAnswer
from connector.http.answers import Call, Wanted, decoded, retry_after
from connector.http.retry import Fault
from connector.http.wording import words_in
from connector.testing.clock import NOON
from tests.core.http.world import READ, WRITE, Products, service


def answer(body: bytes = b"", **headers: str) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def message_of(body: bytes, wanted: Any = Products, endpoint: Endpoint = READ) -> str:
    fault = decoded(answer(body), Wanted(wanted), Call(service(), endpoint))
    assert isinstance(fault, Fault)
    assert isinstance(fault.error, UnusableAnswer | OutcomeUnknown)
    return str(fault.error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("1.5", 1.5),
        (" 3 ", 3),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 13:01:00 +0100", 60),
        ("Mon, 02 Mar 2026 12:01:00 -0000", 60),  # the RFC's way to say "no zone"
        ("Monday, 02-Mar-26 12:01:00 GMT", 60),  # RFC 850
        ("Mon, 02 Mar 2026 11:00:00 GMT", None),  # over already
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("soon", None),
        ("Mon, 99 Mar 2026 12:01:00 GMT", None),
        ("", None),
    ],
)
def test_R2_every_form_of_retry_after_is_read(value: str, seconds: float | None) -> None:
    assert retry_after(answer(retry_after=value), NOON) == seconds


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><title>\n Down &amp; out </title>", "an HTML page titled 'Down & out'"),
        (b"  <html><body>no title", "an HTML page titled ''"),
        (b"", "an empty answer"),
        (b"  ", "an empty answer"),
        (b'{"Data": [1, 2', "14 bytes that are not JSON or are cut off (Input data was truncated)"),
        (b"Too many!", "9 bytes that are not JSON or are cut off (JSON is malformed: invalid character"),
        (b'{"Data": []} x', "14 bytes that are not JSON or are cut off (JSON is malformed: trailing"),
        (b"\xff\xfe", "2 bytes that are not JSON"),
        (b'{"x":' * 100_000, "500000 bytes that are not JSON or are cut off (It is nested too deeply)"),
    ],
)
def test_R4_an_answer_that_is_no_json_is_named_for_what_it_is(body: bytes, problem: str) -> None:
    assert message_of(body).startswith(f"shop GET /products: expected a JSON object, got {problem}")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"Data": 1}', "field $.Data: expected array, got int"),
        (b'{"Data": ["x"]}', "field $.Data[0]: expected int, got str"),
        (b'{"Data": null}', "field $.Data: expected array, got null"),
        (b"{}", "field $: object missing required field Data"),
        (b"[]", "field $: expected object, got array"),
    ],
)
def test_R4_a_wrong_type_is_named_with_its_field_and_never_with_its_value(body: bytes, problem: str) -> None:
    assert message_of(body) == f"shop GET /products: {problem}"


def test_R4_a_list_is_said_to_be_expected_where_one_is() -> None:
    assert "expected a JSON array, got an empty answer" in message_of(b"", list[int])


def test_R4_an_unreadable_answer_to_a_write_says_that_it_was_answered() -> None:
    message = (
        "shop POST /orders was answered with 200, but unreadably (field $.Data: expected array, got int)"
    )
    assert message_of(b'{"Data": 1}', endpoint=WRITE).startswith(message)


@pytest.mark.parametrize(
    ("body", "wanted", "value"),
    [
        (
            b'{"Data": ["5", 6.0]}',
            Products,
            Products([5, 6]),
        ),  # numbers come as texts, and whole ones with a dot
        (b'\xef\xbb\xbf{"Data": []}', Products, Products([])),  # a byte order mark
        (b"[0.10]", list[Decimal], [Decimal("0.10")]),
        (b"\xff\x00", bytes, b"\xff\x00"),
        (b"", bytes, b""),
        (b"", type(None), None),
        (b"OK", type(None), None),
    ],
)
def test_a_body_is_read_as_what_the_plugin_wants(body: bytes, wanted: Any, value: object) -> None:
    assert decoded(answer(body), Wanted(wanted), Call(service(), READ)) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'["7", 8]', [7, 8]),
        (b'["7", "eight"]', [msgspec.Raw(b'"7"'), msgspec.Raw(b'"eight"')]),
        (b'["7", "\xff"]', [msgspec.Raw(b'"7"'), msgspec.Raw(b'"\xff"')]),  # not UTF-8
    ],
)
def test_what_can_not_be_decoded_as_wanted_is_decoded_as_something_else(body: bytes, value: object) -> None:
    wanted: Wanted[Any] = Wanted(list[int], otherwise=list[msgspec.Raw])
    assert decoded(answer(body), wanted, Call(service(), READ)) == value


def test_what_can_not_be_decoded_in_either_way_is_unreadable() -> None:
    wanted: Wanted[Any] = Wanted(list[int], otherwise=list[str])
    fault = decoded(answer(b"{}"), wanted, Call(service(), READ))
    assert isinstance(fault, Fault)
    assert "field $: expected array, got object" in str(fault.error)


def test_a_plugin_may_want_the_headers_too() -> None:
    whole = answer(b"{}", session="s-1")
    assert decoded(whole, Wanted(Answer), Call(service(), READ)) is whole


LISTED = "no reason given, in JSON with the fields Data, Paging"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"ErrorMessage": "Order is archived", "ErrorCode": 3}', "Order is archived"),
        (b'{"ErrorMessage": null, "ErrorDescription": "BadId"}', "BadId"),
        (b'{"Success": false, "msg": "no such product"}', "no such product"),
        (b'{"error": {"code": 7, "message": "inner"}}', "inner"),
        (b'{"errors": ["one", {"detail": "two"}, "three", "four"]}', "one; two; three"),
        (b'{"title": "Bad Request", "status": 400}', "Bad Request"),  # RFC 9457
        (b'"just a text"', "just a text"),
        (b'{"code": 7}', '{"code": 7}'),
        (b"quota\r\n exceeded\x00!", "quota exceeded !"),
        (b"<html><title>404</title><p>secret page</p>", "an HTML page titled '404'"),
        (b"x" * 500, "x" * 199 + "…"),
        (
            b'{"error": {"error": {"error": {"error": "deep"}}}}',
            '{"error": {"error": {"error": {"error": "deep"}}}}',
        ),
        (b"", "no reason given"),
        (b'{"Data": [' + b'{"name": "Erika"},' * 20 + b'{}], "Paging": {}}', LISTED),  # may be customers
        (b"[" + b'{"name": "Erika"},' * 20 + b"{}]", "no reason given"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_service(body: bytes, words: str) -> None:
    assert words_in(answer(body), ()) == words
