"""Sampleshop's JSON as the framework's records: one line of JSON, one line of what it becomes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from connector.api import Order, Product, Unreadable

from connector_sampleshop.mapping import RECEIVED, read_order, read_product

ORDER = {"id": "o1", "status": "paid", "labels": [], "lines": []}


def row(**fields: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(fields).encode())


@pytest.mark.parametrize(
    ("fields", "product"),
    [
        # blanks at the ends of a text are nothing that a person meant
        ({"sku": " A-1 "}, Product(id="p1", sku="A-1")),
        # kilograms become grams, and half a gram a whole one
        ({"weight_kg": "1.2345"}, Product(id="p1", weight_g=1235)),
        # what the shop does not know is not made up
        ({"barcode": None, "weight_kg": None}, Product(id="p1")),
        ({"active": False}, Product(id="p1", is_active=False)),
    ],
)
def test_a_product_is_read(fields: dict[str, Any], product: Product) -> None:
    assert read_product(row(id="p1", **fields)) == product


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "p1", "weight_kg": "NaN"}, "Expected a usual number - at `$.weight_kg`"),
        ({"id": "p1", "sku": 5}, "Expected `str | null`, got `int` - at `$.sku`"),
        ({"sku": "A-1"}, "Object missing required field `id`"),
        ({"id": ""}, "Expected `str` of length >= 1 - at `$.id`"),
    ],
)
def test_a_product_that_can_not_be_read_says_why(fields: dict[str, Any], reason: str) -> None:
    found = read_product(row(**fields))
    assert isinstance(found, Unreadable)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({}, True),
        ({"status": "open"}, False),
        # the warehouse has it already
        ({"labels": ["gift", RECEIVED]}, False),
    ],
)
def test_an_order_is_offered_once_it_is_paid_and_until_it_was_received(
    fields: dict[str, Any], offered: bool
) -> None:
    found = read_order(row(**{**ORDER, **fields}), "paid")
    assert isinstance(found, Order) is offered


@pytest.mark.parametrize(
    ("shown", "hour"),
    [
        ("2026-03-01T10:00:00+01:00", 9),
        # no time zone
        ("2026-03-01T10:00:00", 10),
        # no date
        ("soon", None),
        (None, None),
    ],
)
def test_the_date_of_an_order_is_read(shown: str | None, hour: int | None) -> None:
    found = read_order(row(**ORDER, created_at=shown), "paid")
    assert isinstance(found, Order)
    assert (found.created_at and found.created_at.hour) == hour


def test_an_order_without_number_goes_by_its_id() -> None:
    found = read_order(row(**ORDER), "paid")
    assert found == Order(id="o1", number="o1")
