"""What the warehouse can sell, against the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connector.api import Page, StockLevel, UnusableAnswer
from connector.testing.clock import NOON, FakeClock
from connector_wemalo.stock import from_date, read_level
from tests.plugins.bench import Bench, pages_of
from tests.plugins.wemalo.between import answering

STOCK = "GET /product/availableStock/"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    for number in (1, 2, 3):
        bench.warehouse.add_product(externalId=str(number), sku=f"S{number}")
    return bench


def levels(bench: Bench, since: datetime | None = None) -> Page[StockLevel]:
    (page,) = bench.target(lambda target: pages_of(target.stock_levels(since)))
    return page


def quantities(bench: Bench, since: datetime | None = None) -> dict[str, int]:
    return {level.product_id: level.quantity for level in levels(bench, since).records}


def test_K1_every_product_with_stock_is_reported_and_no_other(bench: Bench) -> None:
    bench.warehouse.set_stock("1", 5)
    bench.warehouse.set_stock("2", 7)
    assert levels(bench).records == (
        StockLevel(product_id="1", sku="S1", quantity=5),
        StockLevel(product_id="2", sku="S2", quantity=7),
    )


def test_K1_second_choice_does_not_count(bench: Bench) -> None:
    bench.warehouse.set_stock("1", 5)
    bench.warehouse.set_second_choice("1", 100)
    bench.warehouse.set_second_choice("2", 100)
    assert quantities(bench) == {"1": 5, "2": 0}


def test_K4_reserved_and_blocked_pieces_do_not_count_and_nothing_is_negative(bench: Bench) -> None:
    for number in ("1", "2"):
        bench.warehouse.set_stock(number, 5)
    bench.warehouse.block("1", 2)
    bench.warehouse.block("2", 9)
    assert quantities(bench) == {"1": 3, "2": 0}


def test_K1_only_what_changed_since_the_begun_hour_is_reported(bench: Bench) -> None:
    bench.warehouse.set_stock("1", 5)
    bench.clock = FakeClock(NOON + timedelta(hours=2))
    bench.warehouse.set_stock("2", 7)
    assert quantities(bench, NOON + timedelta(hours=2, minutes=59)) == {"2": 7}
    assert quantities(bench, NOON + timedelta(minutes=59)) == {"1": 5, "2": 7}


@pytest.mark.parametrize("texts_only", [False, True])
def test_numbers_and_booleans_may_come_as_texts(bench: Bench, texts_only: bool) -> None:
    bench.sandbox.wemalo.habits.texts_only = texts_only
    bench.warehouse.set_stock("1", 5)
    bench.warehouse.set_second_choice("1", 100)
    assert quantities(bench) == {"1": 5}


def test_a_warehouse_without_stock_is_no_error(bench: Bench) -> None:
    assert levels(bench) == Page()


def test_a_warehouse_that_says_404_has_no_changes(bench: Bench) -> None:
    bench.around = answering("GET *", {"Success": False, "status": 404, "message": "Nothing found"})
    assert levels(bench) == Page()


def test_R4_one_malformed_product_costs_only_itself(bench: Bench) -> None:
    bench.warehouse.set_stock("1", 5)
    bench.warehouse.set_stock("2", 7)
    bench.sandbox.wemalo.faults.add(STOCK, "wrong_type", path="articles.0.attributes.0.quantity")
    page = levels(bench)
    assert [level.product_id for level in page.records] == ["2"]
    assert [(broken.record_id, broken.number) for broken in page.unreadable] == [("1", "S1")]


def test_R4_an_answer_without_products_is_no_empty_warehouse(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add(STOCK, "missing_field", path="articles", times=None)
    with pytest.raises(UnusableAnswer, match=r"field \$\.articles is missing"):
        levels(bench)


@pytest.mark.parametrize("kind", ["reset", "html", "truncated", "empty", "cut_off", "503", "419", "419_body"])
def test_R3_reading_stock_outlasts_a_passing_fault(bench: Bench, kind: str) -> None:
    bench.warehouse.set_stock("1", 5)
    bench.sandbox.wemalo.faults.add(STOCK, kind)
    assert quantities(bench) == {"1": 5}


# -- single products ------------------------------------------------------------------------------


def quality(quantity: object, is_default: object = True) -> dict[str, object]:
    return {"quantity": quantity, "isDefault": is_default}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("1", "S1", 5)),
        ({"externalId": None}, ("", "S1", 5)),  # known by the SKU alone
        ({"externalId": 17}, ("17", "S1", 5)),
        ({"sku": None}, ("1", "", 5)),
        ({"attributes": []}, ("1", "S1", 0)),
        ({"attributes": [quality(3, False)]}, ("1", "S1", 0)),  # B-stock only
        ({"attributes": [quality(3), quality(4), quality(9, False)]}, ("1", "S1", 7)),
        ({"attributes": [quality("3", "true"), quality("9", "false")]}, ("1", "S1", 3)),
        ({"attributes": [quality("3.0", 1), quality(9, "0")]}, ("1", "S1", 3)),
        ({"attributes": [quality(-3)]}, ("1", "S1", 0)),
        ({"attributes": [quality(-3), quality(5)]}, ("1", "S1", 2)),
        ({"attributes": [quality(3), quality(None, False)]}, ("1", "S1", 3)),  # what does not count
        ({"virtualQuantity": 99}, ("1", "S1", 5)),  # sets live in the shop alone (A5)
    ],
)
def test_K1_K4_what_can_be_sold_is_read(fields: dict[str, Any], expected: tuple[str, str, int]) -> None:
    level = read_level(row(fields))
    assert isinstance(level, StockLevel)
    assert (level.product_id, level.sku, level.quantity) == expected


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"attributes": None}, "attributes"),
        ({"attributes": [None]}, "attributes"),
        ({"attributes": [quality(None)]}, "quantity"),  # no reason to sell it out
        ({"attributes": [quality("many")]}, "quantity"),
        ({"attributes": [quality(1.5)]}, "Expected whole pieces"),
        ({"attributes": [quality("1e999999999")]}, "Expected a usual number"),
        ({"attributes": [quality("NaN")]}, "Expected a usual number"),
        ({"attributes": [quality(5, None)]}, "isDefault"),  # nor this
        ({"attributes": [quality(5, "maybe")]}, "isDefault"),
        ({"externalId": "", "sku": ""}, "externalId"),
        ({"sku": {}}, "sku"),
    ],
)
def test_R4_stock_that_can_t_be_read_is_not_taken_for_zero(fields: dict[str, Any], reason: str) -> None:
    level = read_level(row(fields))
    assert not isinstance(level, StockLevel)
    assert reason in level.reason


def row(fields: dict[str, Any]) -> msgspec.Raw:
    own = {"externalId": "1", "sku": "S1", "attributes": [quality(5)]}
    return msgspec.Raw(msgspec.json.encode({**own, **fields}))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, "0101197000"),
        (datetime(1999, 12, 31, 22, 59, 59, tzinfo=UTC), "3112199923"),  # the documentation's example
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "0303202600"),  # the next day in Germany
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "0107202614"),  # summer time
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2903202603"),  # there is no 2 o'clock on this day
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "2510202601"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2510202601"),  # the first 2 o'clock
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2510202601"),  # the second one
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2510202603"),
    ],
)
def test_K1_a_moment_is_the_german_hour_in_which_it_lies(since: datetime | None, expected: str) -> None:
    assert from_date(since) == expected
