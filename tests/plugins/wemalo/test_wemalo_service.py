"""What the plugin says about Wemalo: errors in good answers, limits, settings."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    LimitReached,
    Secret,
    TransientError,
    UnusableAnswer,
)
from connector_wemalo.service import ADD_ORDER, describe, pause, verdict
from connector_wemalo.settings import WemaloSettings
from tests.plugins.bench import Bench

TOKEN = Secret("not-a-token")


def settings(**changes: Any) -> WemaloSettings:
    return msgspec.convert({"token": TOKEN, **changes}, WemaloSettings, dec_hook=lambda _, value: value)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"Success": True, "status": 200}, None),
        ({"Success": "true", "status": "200"}, None),
        ({"statusName": "OPEN", "statusId": "200"}, None),  # nothing said about success
        ({}, None),
        ([1, 2], None),
        ({"status": "fine"}, None),
        ({"Success": False, "status": 404, "message": "No product"}, CallRefused),
        ({"Success": False, "status": "404"}, CallRefused),
        ({"status": 400}, CallRefused),
        ({"Success": True, "status": 404}, CallRefused),  # the status counts
        ({"Success": False}, CallRefused),
        ({"Success": "false", "status": 200}, CallRefused),
        ({"Success": 0}, CallRefused),
        ({"Success": False, "status": 419}, LimitReached),
        ({"status": "419"}, LimitReached),
        ({"Success": False, "status": 429}, LimitReached),
        ({"Success": True, "status": 419}, UnusableAnswer),  # nobody knows whether it was put off
        ({"Success": "true", "status": "429"}, UnusableAnswer),
        ({"Success": False, "status": 401}, AuthenticationError),
        ({"Success": False, "status": 403}, AuthenticationError),
        ({"Success": False, "status": 500}, TransientError),
        ({"Success": False, "status": 503}, TransientError),
    ],
)
def test_R4_the_body_decides(body: object, error: type[ConnectorError] | None) -> None:
    found = verdict(Answer(200, {}, msgspec.json.encode(body)), limit_pause_s=60)
    assert found is None if error is None else type(found) is error


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"Success": False, "status": 404, "message": " No product "}, 404, "No product"),
        ({"Success": False, "status": 400, "error": "missingParameter"}, 400, "missingParameter"),
        ({"Success": False, "quantity": "INVALID"}, 400, '{"Success":false,"quantity":"INVALID"}'),
        ({"Success": False, "message": ["x"]}, 400, '{"Success":false,"message":["x"]}'),
    ],
)
def test_a_refusal_says_the_status_and_what_the_service_said(
    body: dict[str, Any], status: int, words: str
) -> None:
    found = verdict(Answer(200, {}, msgspec.json.encode(body)), limit_pause_s=60)
    assert isinstance(found, CallRefused)
    assert (found.status, found.params["answer"]) == (status, words)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"null", b"5"])
def test_R4_what_is_no_object_is_left_to_where_it_is_read(body: bytes) -> None:
    assert verdict(Answer(200, {}, body), limit_pause_s=60) is None


def test_R4_a_web_page_with_404_points_to_the_base_url() -> None:
    found = verdict(Answer(404, {}, b"<!DOCTYPE html><html></html>"), limit_pause_s=60)
    assert isinstance(found, UnusableAnswer)
    assert "check base_url" in str(found)


def test_O3_a_web_page_with_404_does_not_mean_that_an_order_is_missing() -> None:
    with pytest.raises(UnusableAnswer, match=r"getStatus/\{externalId\}: it answered 404 with a web page"):
        Bench().target(lambda target: target.find_order("1"), base_url="https://wemalo.example/v9")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-wemalo-limit-remainingcall": "0"}, 45.0),
        ({"x-wemalo-limit-remainingcall": " -1 "}, 45.0),
        ({"x-wemalo-limit-remainingcall": "1"}, None),
        ({"x-wemalo-limit-remainingcall": "none"}, None),
        ({}, None),
    ],
)
def test_R2_the_service_is_left_alone_when_the_last_call_was_used_up(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert pause(Answer(200, headers, b""), limit_pause_s=45.0) == seconds


def test_R2_a_call_limit_in_the_body_is_waited_out() -> None:
    found = verdict(Answer(200, {}, b'{"Success": false, "status": 419}'), limit_pause_s=45.0)
    assert isinstance(found, LimitReached)
    assert found.seconds == 45.0


@pytest.mark.parametrize("token", ["abc", " abc ", "JWT abc"])
def test_C2_the_token_is_sent_as_documented_however_it_was_copied(token: str) -> None:
    header = describe(settings(token=Secret(token))).headers["Authorization"]
    assert isinstance(header, Secret)
    assert header.reveal() == "JWT abc"


def test_C4_the_token_stays_secret_in_the_description_of_the_service() -> None:
    assert TOKEN.reveal() not in repr(describe(settings()))


@pytest.mark.parametrize(("key", "value"), [("limit_pause_s", 0), ("product_group", ""), ("base_url", "")])
def test_C4_impossible_settings_are_refused(key: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=key):
        settings(**{key: value})


def test_O3_creating_an_order_is_never_repeated_blindly() -> None:
    assert not ADD_ORDER.repeatable
