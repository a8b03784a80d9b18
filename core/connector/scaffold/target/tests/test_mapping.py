"""The framework's records as Sampledepot's JSON: one record, and what is sent of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from connector.api import Address, Order, OrderLine, OrderStatus, Product, RecordRefused, Unreadable

from connector_sampledepot.mapping import (
    article_of,
    new_order,
    read_article,
    warehouse_order,
)
from connector_sampledepot.wire import FoundOrder

CUP = Product(id="7", sku="A-1", name="Cup", weight_g=300, length_cm=10.25)


def sent(body: object) -> Any:
    return msgspec.to_builtins(body)


def test_dimensions_go_with_a_new_article_only() -> None:
    assert sent(article_of(CUP, is_new=True))["length_mm"] == 102.5
    assert "length_mm" not in sent(article_of(CUP, is_new=False))


def test_what_has_no_field_of_its_own_joins_another_one() -> None:
    receiver = Address(name="Erika Muster", name_addition="Backyard", addition="3rd floor")
    body = sent(new_order(Order(id="1", receiver=receiver)))
    assert body["receiver"]["addition"] == "Backyard, 3rd floor"


def test_a_line_names_the_article_by_what_the_shop_calls_it() -> None:
    line = OrderLine(id="1-1", product_id="7", quantity=Decimal(2), total=Decimal("19.98"))
    (found,) = new_order(Order(id="1", lines=(line,))).lines
    assert (found.article, found.quantity, found.total) == ("7", 2, Decimal("19.98"))


def test_a_fraction_of_a_piece_is_no_less_than_a_bug() -> None:
    line = OrderLine(id="1-1", product_id="7", quantity=Decimal("2.5"))
    with pytest.raises(ValueError, match="line 1-1 has a fraction of a piece"):
        new_order(Order(id="1", lines=(line,)))


def test_what_is_too_long_is_refused_and_not_cut() -> None:
    with pytest.raises(RecordRefused, match=r"field_too_long .*name, length=201, limit=200"):
        article_of(Product(id="7", name="x" * 201), is_new=True)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("new", OrderStatus.WAITING),
        ("shipped", OrderStatus.SHIPPED),
        ("cancelled", OrderStatus.CANCELLED),
        # whatever it means, somebody may have begun
        ("in-quality-control", OrderStatus.IN_PROCESS),
    ],
)
def test_a_status_is_read(name: str, status: OrderStatus) -> None:
    assert warehouse_order(FoundOrder("1", name)).status is status


def test_an_article_that_can_not_be_read_says_which_and_why() -> None:
    row = msgspec.Raw(json.dumps({"reference": "7", "sku": "A-1", "weight_g": "heavy"}).encode())
    reason = "Expected `int | null`, got `str` - at `$.weight_g`"
    assert read_article(row) == Unreadable(record_id="7", number="A-1", reason=reason)
