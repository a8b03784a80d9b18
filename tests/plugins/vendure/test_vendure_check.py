"""What `connector check` says about a Vendure shop."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import Finding, Secret
from tests.plugins.vendure.bench import LOGIN, NO_FIELDS, Bench


def check(bench: Bench, **changes: Any) -> list[Finding]:
    return list(bench.use(lambda source: source.check(), read_only=True, **changes))


def failed(bench: Bench, **changes: Any) -> Finding:
    (found,) = [finding for finding in check(bench, **changes) if not finding.ok]
    return found


@pytest.mark.parametrize(("changes", "way_in"), [({}, "api_key"), (LOGIN, "username and password")])
def test_everything_right_is_said_to_be_right(bench: Bench, changes: dict[str, Any], way_in: str) -> None:
    found = check(bench, **changes)
    assert all(finding.ok for finding in found)
    assert [finding.what for finding in found] == [
        f"{way_in} accepted by Vendure",
        "order_states: PaymentSettled is known to Vendure",
        "order_states: PartiallyShipped is known to Vendure",
        "exported_field `wmsExportedAt` is a custom field of Order (datetime)",
        "status_field `wmsStatus` is a custom field of Order (string)",
        "ean_field `ean` is a custom field of ProductVariant (string)",
        "weight_field `weightGrams` is a custom field of ProductVariant (int)",
        "length_field `lengthMm` is a custom field of ProductVariant (int)",
        "width_field `widthMm` is a custom field of ProductVariant (int)",
        "height_field `heightMm` is a custom field of ProductVariant (int)",
        "digital_field `isDigital` is a custom field of ProductVariant (boolean)",
        "fulfillment_handler `manual-fulfillment` is known to Vendure",
        "stock is written to the location 'Default Stock Location'",
    ]


def test_a_shop_without_custom_fields_is_told_what_that_costs(bench: Bench) -> None:
    warnings = [finding for finding in check(bench, **NO_FIELDS) if not finding.ok]
    assert [(finding.what, finding.level) for finding in warnings] == [
        ("exported_field is not set", "warning"),
        ("ean_field is not set", "warning"),
    ]
    assert "every order is looked up in the warehouse in each run" in warnings[0].advice
    assert "products go by their SKU alone" in warnings[1].advice


@pytest.mark.parametrize(
    "changes", [{"api_key": Secret("not-the-key")}, {**LOGIN, "password": Secret("wrong")}]
)
def test_R1_credentials_that_are_not_accepted_are_one_finding(bench: Bench, changes: dict[str, Any]) -> None:
    (found,) = check(bench, **changes)
    assert not found.ok
    assert "the role needs ReadCatalog, UpdateCatalog, ReadOrder, UpdateOrder" in found.advice


@pytest.mark.parametrize("kind", ["html", "503", "reset"])
def test_a_shop_out_of_reach_is_one_finding(bench: Bench, kind: str) -> None:
    bench.faults.add("*", kind, times=None)
    (found,) = check(bench)
    assert (found.ok, found.what) == (False, "Vendure at base_url https://shop.example.com")


@pytest.mark.parametrize(
    ("changes", "what", "advice"),
    [
        ({"order_states": "Paid"}, "order_states: Paid", "Vendure has no such state, only AddingItems,"),
        (
            {"ean_field": "eam"},
            "ean_field `eam`",
            "ProductVariant has no such custom field, only ean, heightMm, isDigital",
        ),
        ({"ean_field": "wmsStatus"}, "ean_field `wmsStatus`", "ProductVariant has no such custom field"),
        (
            {"exported_field": "wmsStatus"},
            "exported_field `wmsStatus`",
            "its type is string, expected datetime",
        ),
        ({"weight_field": "ean"}, "weight_field `ean`", "its type is string, expected float or int"),
        (
            {"fulfillment_handler": "own"},
            "fulfillment_handler `own`",
            "no such fulfillment handler, only manual-fulfillment",
        ),
        (
            {"stock_location": "Nord"},
            "stock_location",
            "set stock_location to one of: Default Stock Location (1)",
        ),
    ],
)
def test_a_setting_that_the_shop_does_not_know_lists_what_it_knows(
    bench: Bench, changes: dict[str, Any], what: str, advice: str
) -> None:
    found = failed(bench, **changes)
    assert found.what == what
    assert advice in found.advice


def test_a_handler_that_takes_no_number_is_told(bench: Bench) -> None:
    bench.vendure.handlers = [{"code": "digital", "args": []}]
    found = failed(bench, fulfillment_handler="digital")
    assert "it does not take the arguments `method` and `trackingCode`" in found.advice
