"""Wemalo's webhooks: what they prove, which flows they concern, and how they are registered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.api import Secret, WebhookCall
from connector_wemalo.target import WemaloTarget
from tests.plugins.bench import Bench

TOKEN = "0123456789abcdef0123456789abcdef"
SECRET = Secret(TOKEN)
URL = "https://connector.example.com/hooks/acme/target"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def call(token: Any = TOKEN, **data: Any) -> WebhookCall:
    return WebhookCall(headers={}, body=json.dumps({"token": token, "eventData": data}).encode())


@pytest.mark.parametrize(
    ("given", "flows"),
    [
        (call(orderId=1, externalId="4711", orderNumber="A-1", statusName="SHIPPED"), {"shipments"}),
        (call(goodsOrderId=1, goodsOrderParcelId=2), {"shipments"}),
        (call(type="INCOMING_STOCK", orderId=1, externalId=""), {"stock"}),
        (call(something="new"), {"shipments", "stock"}),  # what nobody has heard of is looked at
        (call(), {"shipments", "stock"}),
        (
            WebhookCall(headers={}, body=json.dumps({"token": SECRET.reveal()}).encode()),
            {"shipments", "stock"},
        ),
    ],
)
def test_a_call_that_repeats_the_token_says_which_flows_it_concerns(
    given: WebhookCall, flows: set[str]
) -> None:
    assert WemaloTarget.webhook_flows(given, SECRET) == flows


@pytest.mark.parametrize(
    "given",
    [
        call("wrong"),
        call(""),
        call(None),
        call(["0123456789abcdef0123456789abcdef"]),
        call({}),
        WebhookCall(headers={"authorization": SECRET.reveal()}, body=b"{}"),
        WebhookCall(headers={}, body=b""),
        WebhookCall(headers={}, body=b"not json"),
        WebhookCall(headers={}, body=b"[" * 100_000),
    ],
)
def test_a_call_that_does_not_repeat_it_says_nothing(given: WebhookCall) -> None:
    assert WemaloTarget.webhook_flows(given, SECRET) is None


def test_a_webhook_is_registered_for_each_event_and_taken_away_again(bench: Bench) -> None:
    events = bench.target(lambda target: target.register_webhooks(URL, SECRET))
    assert sorted(events) == ["status_update", "stock_change", "trackingnumber_added"]
    assert {hook["payload"] for hook in bench.warehouse.webhooks.values()} == {URL}
    assert {hook["token"] for hook in bench.warehouse.webhooks.values()} == {SECRET.reveal()}
    assert sorted(bench.target(lambda target: target.remove_webhooks(URL))) == sorted(events)
    assert bench.warehouse.webhooks == {}


def test_webhooks_of_others_are_left_alone(bench: Bench) -> None:
    other = {"payload": "https://other.example.com", "token": "x", "event": "refurbishment_action"}
    bench.warehouse.webhooks["refurbishment_action"] = other
    assert bench.target(lambda target: target.remove_webhooks(URL)) == []
    assert bench.warehouse.webhooks == {"refurbishment_action": other}
