"""How Tryton says no, and where it is."""

from __future__ import annotations

import pytest

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Secret,
    TransientError,
    UnusableAnswer,
)
from connector_tryton.service import describe, verdict
from connector_tryton.settings import TrytonSettings

PAGE = "<!doctype html>\n<html lang=en>\n<title>{0}</title>\n<h1>{0}</h1>\n<p>{1}</p>\n"
FORBIDDEN = "It is either read-protected or not readable by the server."


def said(status: int, body: str = "") -> ConnectorError | None:
    return verdict(Answer(status, {}, body.encode()))


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        # a rule that was broken, or a right that is missing
        (400, '{"status": 400, "message": "No.", "description": "Why."}', CallRefused, "No. Why."),
        (401, PAGE.format("Unauthorized", ""), AuthenticationError, "application key is unknown"),
        # a button that can't be pressed now; the credentials are right
        (403, PAGE.format("Forbidden", FORBIDDEN), CallRefused, "does not let the connector's user do that"),
        # never "there is none": an order that is not found would be created (SPEC O3)
        (404, PAGE.format("Not Found", ""), UnusableAnswer, "database is not there"),
        (409, "", TransientError, "somebody else is changing"),
        (500, PAGE.format("Error", "&#39;weight&#39;"), TransientError, "is a module missing"),
        (500, PAGE.format("Error", "database is locked"), TransientError, "500: database is locked"),
        (308, "", UnusableAnswer, r"Tryton 8\.2 and later"),
    ],
)
def test_what_an_answer_means(status: int, body: str, kind: type[ConnectorError], words: str) -> None:
    error = said(status, body)
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "[]"),
        (400, PAGE.format("Bad Request", "Not a JSON request")),
        (400, '{"message": 5}'),
        (403, '{"message": "forbidden"}'),  # a proxy's, so the credentials may be wrong
        (500, '{"message": "internal error"}'),
        (503, ""),
    ],
)
def test_all_else_is_left_to_the_status(status: int, body: str) -> None:
    assert said(status, body) is None


def test_the_database_is_a_part_of_the_address_and_the_key_is_a_secret() -> None:
    settings = TrytonSettings(
        base_url="https://erp.example.com/",
        database="my wms",
        application_key=Secret(" key-of-nobody\n"),
        shop="acme",
    )
    service = describe(settings)
    assert service.base_url == "https://erp.example.com/my%20wms"
    assert isinstance(service.headers["Authorization"], Secret)
    assert service.headers["Authorization"].reveal() == "Bearer key-of-nobody"
    assert "key-of-nobody" not in repr(service)
