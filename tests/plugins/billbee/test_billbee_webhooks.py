"""Billbee's webhooks: what they prove, which flows they concern, and how they are registered."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import Any

import pytest

from connector.api import Secret, WebhookCall
from connector_billbee.source import BillbeeSource
from tests.plugins.bench import Bench

SECRET = Secret("0123456789abcdef0123456789abcdef")
URL = "https://connector.example.com/hooks/acme/source"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def call(body: bytes, secret: Secret = SECRET, prefix: str = "sha256=", **headers: str) -> WebhookCall:
    signature = hmac.new(secret.reveal().encode(), body, sha256).hexdigest().upper()
    return WebhookCall(headers={"ms-signature": prefix + signature, **headers}, body=body)


def told(*actions: Any) -> bytes:
    notifications = [{"Action": action, "Order": {"Id": 4711}} for action in actions]
    return json.dumps({"Id": "1", "Attempt": 1, "Notifications": notifications}).encode()


@pytest.mark.parametrize(
    ("body", "flows"),
    [
        (told("order.created"), {"orders", "cancellations"}),
        (told("Order.Updated"), {"orders", "cancellations"}),
        (told("product.updated"), {"products", "orders"}),
        (told("order.created", "product.updated"), {"products", "orders", "cancellations"}),
        (told("something.new"), {"orders", "cancellations"}),  # what nobody has heard of is looked at
        (told(), {"orders", "cancellations"}),
        (told(7), {"orders", "cancellations"}),
        (b"not json", {"orders", "cancellations"}),
        (b"", {"orders", "cancellations"}),
        (b"[" * 100_000, {"orders", "cancellations"}),
    ],
)
def test_a_call_with_the_right_signature_says_which_flows_it_concerns(body: bytes, flows: set[str]) -> None:
    assert BillbeeSource.webhook_flows(call(body), SECRET) == flows


@pytest.mark.parametrize(
    "given",
    [
        WebhookCall(headers={}, body=told("order.created")),
        WebhookCall(headers={"ms-signature": ""}, body=told("order.created")),
        WebhookCall(headers={"ms-signature": "sha256=ä"}, body=told("order.created")),
        call(told("order.created"), Secret("another secret")),
        WebhookCall(
            headers=call(told("order.created")).headers, body=told("order.updated")
        ),  # changed on its way
    ],
)
def test_a_call_without_the_right_signature_says_nothing(given: WebhookCall) -> None:
    assert BillbeeSource.webhook_flows(given, SECRET) is None


def test_one_webhook_is_registered_for_orders_and_products(bench: Bench) -> None:
    names = bench.source(lambda source: source.register_webhooks(URL, SECRET))
    assert names == ["order.created", "order.updated", "product.updated"]
    (hook,) = bench.shop.webhooks.values()
    assert (hook["WebHookUri"], hook["Secret"]) == (f"{URL}?noecho", SECRET.reveal())
    assert hook["Filters"] == names


def test_registering_again_replaces_ours_and_leaves_those_of_others(bench: Bench) -> None:
    other = {"Id": "other", "WebHookUri": "https://other.example.com", "Secret": "x" * 32, "Filters": []}
    bench.shop.webhooks["other"] = other
    for _ in range(2):
        bench.source(lambda source: source.register_webhooks(URL, SECRET))
    assert len(bench.shop.webhooks) == 2
    bench.source(lambda source: source.remove_webhooks(URL))
    assert list(bench.shop.webhooks.values()) == [other]


def test_removing_what_is_not_there_does_no_harm(bench: Bench) -> None:
    assert bench.source(lambda source: source.remove_webhooks(URL)) == []
