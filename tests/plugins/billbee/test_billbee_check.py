"""What `connector check` says about a Billbee account."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import Finding, Secret
from connector_sandbox.billbee.stockroom import Location
from tests.plugins.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


def check(bench: Bench, **changes: Any) -> list[Finding]:
    return list(bench.source(lambda source: source.check(), **changes))


def failed(bench: Bench, **changes: Any) -> Finding:
    (found,) = [finding for finding in check(bench, **changes) if not finding.ok]
    return found


def test_everything_right_is_said_to_be_right(bench: Bench) -> None:
    bench.shop.add_order([])
    found = check(bench, received_state_id=16)
    assert all(finding.ok for finding in found)
    assert [finding.what for finding in found] == [
        "username, api_password and api_key are accepted by Billbee",
        "order_state_id 3 is 'Bezahlt' in Billbee",
        "received_state_id 16 is 'Im Fulfillment' in Billbee",
        "storage_location_id 0 is the standard location",
        "orders_tag: there are orders with the tag `wemalo`",
    ]


def test_S3_the_shipping_products_of_all_providers_are_named(bench: Bench) -> None:
    products = bench.source(lambda source: source.shipping_products())
    assert products == ["DHL Paket", "DHL Warenpost", "DPD Classic"]


def test_wrong_credentials_are_one_finding(bench: Bench) -> None:
    (found,) = check(bench, api_password=Secret("the login password"))
    assert not found.ok
    assert found.what == "username, api_password and api_key"
    assert "the API password is not the login password" in found.advice


def test_a_service_out_of_reach_is_one_finding(bench: Bench) -> None:
    bench.sandbox.billbee.faults.add("*", "html", times=None)
    (found,) = check(bench)
    assert not found.ok
    assert "base_url https://billbee.example.com/api/v1" in found.what


@pytest.mark.parametrize(
    ("changes", "what", "advice"),
    [
        ({"order_state_id": 99}, "order_state_id 99", "Billbee does not have it, only 1 (Bestellt), 2"),
        ({"received_state_id": 77}, "received_state_id 77", "3 (Bezahlt)"),
        ({"storage_location_id": 5}, "storage_location_id 5", "0 (Standard), 7 (Lager Nord)"),
    ],
)
def test_a_setting_that_billbee_does_not_know_lists_what_it_knows(
    bench: Bench, changes: dict[str, Any], what: str, advice: str
) -> None:
    bench.shop.add_order([])
    bench.shop.locations = (Location(0, "Standard", is_default=True), Location(7, "Lager Nord"))
    found = failed(bench, **changes)
    assert found.what == what
    assert advice in found.advice


def test_a_tag_that_no_order_carries_is_a_warning(bench: Bench) -> None:
    found = failed(bench)
    assert (found.what, found.level) == ("orders_tag `wemalo`", "warning")
    assert "no order carries the tag `wemalo` yet" in found.advice


def test_a_check_writes_nothing(bench: Bench) -> None:
    check(bench)
    assert bench.sandbox.billbee.audit.writes() == []
