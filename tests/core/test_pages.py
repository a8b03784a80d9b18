"""Pages that are made of rows as a service delivered them (SPEC R4)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import Page, Product, StockLevel, Unreadable


def level_of(row: dict[str, Any]) -> StockLevel:
    return StockLevel(product_id=row["id"], quantity=int(row["pieces"]))


def test_R4_a_row_that_can_not_be_read_costs_only_itself() -> None:
    rows = [{"id": "a", "pieces": "1"}, {"id": "b", "pieces": "two"}, {"id": "c", "pieces": "3"}]
    page = Page.of(rows, level_of, key=lambda row: row["id"])
    assert [level.product_id for level in page.records] == ["a", "c"]
    (broken,) = page.unreadable
    assert (broken.record_id, broken.reason) == ("b", "invalid literal for int() with base 10: 'two'")


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (lambda row: msgspec.convert(row, Product), "Object missing required field `id`"),
        (lambda row: row["lines"], "'lines'"),
        (lambda _: Product(id=str(1 // 0)), "integer division or modulo by zero"),
        (lambda _: next_to_nothing(), "ValueError"),  # an error without words is told by its name
    ],
)
def test_R4_whatever_is_wrong_with_a_row_is_said(read: Any, reason: str) -> None:
    assert Page.of([{}], read, key=lambda _: "7").unreadable == (Unreadable(record_id="7", reason=reason),)


def next_to_nothing() -> Product:
    raise ValueError


def test_a_bug_is_no_broken_row() -> None:
    with pytest.raises(AttributeError):
        Page.of([None], lambda row: row.id, key=lambda _: "7")  # type: ignore[attr-defined]
