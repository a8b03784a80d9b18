"""Quantities, set and read."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import (
    AuthenticationError,
    ConfigurationError,
    Outcome,
    Product,
    RecordRefused,
    Secret,
    StockLevel,
    TransientError,
    UnusableAnswer,
)
from connector.remembering import ShortMemory
from connector_vendure.stock import BATCH_SIZE
from tests.plugins.vendure.bench import Bench, all_of, unreadable_of
from tests.plugins.vendure.test_vendure_orders import order

ON_HAND: dict[str, Any] = {"stock_counts": "on_hand"}


def products(bench: Bench, number: int) -> list[str]:
    return [bench.vendure.add_product(Product(id="", sku=f"S{place}")) for place in range(number)]


def level(key: str, quantity: int, sku: str = "") -> StockLevel:
    return StockLevel(product_id=key, sku=sku, quantity=quantity)


def put(bench: Bench, *levels: StockLevel, **changes: Any) -> list[Outcome]:
    return list(bench.use(lambda source: source.set_stock(levels), **changes))


def refusals(outcomes: list[Outcome]) -> dict[str, str]:
    return {
        each.record_id: each.error.params["answer"]
        for each in outcomes
        if isinstance(each.error, RecordRefused)
    }


def numbers(bench: Bench, key: str) -> tuple[int, int]:
    found = bench.vendure.shop.stock_of(key)
    return found["stockOnHand"], found["stockAllocated"]


# -- what a quantity means ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "on_hand", "sold"),
    [
        ({}, 13, 10),  # the warehouse has taken the open order's pieces off, and Vendure does so itself
        (ON_HAND, 10, 7),  # the warehouse counts what lies on the shelf
    ],
)
def test_K4_pieces_of_open_orders_are_taken_off_once(
    bench: Bench, changes: dict[str, Any], on_hand: int, sold: int
) -> None:
    (key,) = products(bench, 1)
    bench.vendure.add_order(order(key, 3))
    assert put(bench, level(key, 10), **changes) == [Outcome(record_id=key)]
    assert (numbers(bench, key), bench.vendure.stock(key)) == ((on_hand, 3), sold)


@pytest.mark.parametrize("changes", [{}, ON_HAND])
def test_K1_what_was_set_is_read_back(bench: Bench, changes: dict[str, Any]) -> None:
    (key,) = products(bench, 1)
    bench.vendure.add_order(order(key, 3))
    for quantity in (9, 4, 0):
        put(bench, level(key, quantity), **changes)
        assert bench.use(lambda source: all_of(source.stock_levels()), **changes) == [
            level(key, quantity, "S0")
        ]


def test_K4_less_than_nothing_is_told_as_not_known(bench: Bench) -> None:
    key, other = products(bench, 2)
    bench.vendure.add_order(order(key, 3))  # sold without being there
    bench.vendure.shop.variants[other]["stockLevels"] = []
    assert bench.use(lambda source: all_of(source.stock_levels())) == []


def test_K2_a_quantity_that_the_shop_has_costs_no_write(bench: Bench) -> None:
    keys = products(bench, 2)
    put(bench, *(level(key, 5) for key in keys))
    assert put(bench, level(keys[0], 5), level(keys[1], 6)) == [Outcome(record_id=key) for key in keys]
    assert [[row["id"] for row in call["input"]] for call in bench.sent("SetStock")] == [keys, [keys[1]]]
    put(bench, level(keys[0], 5))
    assert len(bench.sent("SetStock")) == 2


def test_K1_a_product_is_found_by_its_sku_where_the_id_is_not_known(bench: Bench) -> None:
    products(bench, 2)
    assert put(bench, level("", 4, "S1"), level("1", 3, "S1")) == [
        Outcome(record_id=""),
        Outcome(record_id="1"),
    ]
    assert (numbers(bench, "1"), numbers(bench, "2")) == ((3, 0), (4, 0))


# -- rows that are refused ------------------------------------------------------------------------


def test_K2_what_the_shop_does_not_have_keeps_nothing_back(bench: Bench) -> None:
    (key,) = products(bench, 1)
    outcomes = put(bench, level("77", 1, "OLD"), level(key, 4), level("no id", 2), level("", 3, "GONE"))
    assert [each.record_id for each in outcomes] == ["77", key, "no id", ""]
    assert refusals(outcomes) == dict.fromkeys(("77", "no id", ""), "the shop has no such product")
    assert numbers(bench, key) == (4, 0)


def test_K2_one_refused_row_is_found_by_halving(bench: Bench) -> None:
    keys = products(bench, 9)
    bench.vendure.refuse(keys[4])
    outcomes = put(bench, *(level(key, 7) for key in keys))
    assert refusals(outcomes) == {keys[4]: 'The ProductVariant "5" takes no change (USER_INPUT_ERROR)'}
    assert [numbers(bench, key)[0] for key in keys] == [7, 7, 7, 7, 0, 7, 7, 7, 7]


def test_K2_many_refused_rows_do_not_cost_calls_without_end(bench: Bench) -> None:
    keys = products(bench, BATCH_SIZE)
    for key in keys:
        bench.vendure.refuse(key)
    outcomes = put(bench, *(level(key, 7) for key in keys))
    assert len(refusals(outcomes)) == BATCH_SIZE
    assert len(bench.sent("SetStock")) <= 41


def test_batches_are_as_large_as_one_transaction_should_be(bench: Bench) -> None:
    keys = products(bench, BATCH_SIZE + 1)
    put(bench, *(level(key, 7) for key in keys))
    assert [len(call["input"]) for call in bench.sent("SetStock")] == [BATCH_SIZE, 1]
    assert bench.operations.count("ListStockLocations") == 1


@pytest.mark.parametrize("operation", ["ListStock", "SetStock"])
def test_R3_a_passing_fault_leaves_the_batch_to_the_next_run(bench: Bench, operation: str) -> None:
    keys = products(bench, 2)
    bench.faults.add(operation, "503", times=None)
    outcomes = put(bench, *(level(key, 7) for key in keys))
    assert all(isinstance(each.error, TransientError) for each in outcomes)


def test_R1_wrong_credentials_are_no_fault_of_a_row(bench: Bench) -> None:
    (key,) = products(bench, 1)
    bench.faults.add("SetStock", "401", times=None)
    with pytest.raises(AuthenticationError):
        put(bench, level(key, 7))


@pytest.mark.parametrize("path", ["stockLevels", "stockLevels.0.stockAllocated"])
def test_R4_a_variant_whose_stock_can_not_be_read_is_not_set(bench: Bench, path: str) -> None:
    keys = products(bench, 2)
    bench.faults.add("ListStock", "missing_field", path=f"data.page.items.0.{path}", times=None)
    outcomes = put(bench, *(level(key, 7) for key in keys))
    assert list(refusals(outcomes)) == [keys[0]]
    assert "it can't be read" in refusals(outcomes)[keys[0]]
    broken = bench.use(lambda source: unreadable_of(source.stock_levels()))
    assert [each[:2] for each in broken] == [(keys[0], "S0")]


def test_R4_a_list_that_breaks_off_raises(bench: Bench) -> None:
    products(bench, 1)
    bench.faults.add("ListStock", "html", times=None)
    with pytest.raises(UnusableAnswer, match="ListStock"):
        bench.use(lambda source: all_of(source.stock_levels()))


# -- where to -------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["2", "Nord"])
def test_K1_stock_goes_to_the_chosen_location_alone(bench: Bench, wanted: str) -> None:
    (key,) = products(bench, 1)
    bench.vendure.locations.append({"id": "2", "name": "Nord"})
    put(bench, level(key, 7), stock_location=wanted)
    rows = bench.vendure.shop.variants[key]["stockLevels"]
    assert {row["stockLocationId"]: row["stockOnHand"] for row in rows} == {"1": 0, "2": 7}


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("", "which location is meant is not said"),
        ("Süd", "Vendure has no stock location 'Süd'"),
        ("Nord", "2 locations fit 'Nord'"),
    ],
)
def test_a_location_is_never_guessed(bench: Bench, wanted: str, problem: str) -> None:
    (key,) = products(bench, 1)
    bench.vendure.locations += [{"id": "2", "name": "Nord"}, {"id": "3", "name": "Nord"}]
    with pytest.raises(
        ConfigurationError, match=rf"vendure: {problem}; set stock_location to one of: .*Nord \(3\)"
    ):
        put(bench, level(key, 7), stock_location=wanted)
    assert bench.sent("SetStock") == []


LOCATIONS = "ListStockLocations"


def test_the_locations_are_read_once_a_day(bench: Bench) -> None:
    (key,) = products(bench, 1)
    bench.memory = ShortMemory()
    for quantity in (7, 8, 9):
        put(bench, level(key, quantity))
    assert bench.operations.count(LOCATIONS) == 1
    put(bench, level(key, 7), channel_token=Secret("another channel"))
    assert bench.operations.count(LOCATIONS) == 2


def test_a_location_that_was_entered_a_minute_ago_is_found(bench: Bench) -> None:
    (key,) = products(bench, 1)
    bench.memory = ShortMemory()
    put(bench, level(key, 7))
    bench.vendure.locations.append({"id": "2", "name": "Nord"})
    put(bench, level(key, 8), stock_location="Nord")
    assert {
        row["stockLocationId"]: row["stockOnHand"] for row in bench.vendure.shop.variants[key]["stockLevels"]
    } == {
        "1": 7,
        "2": 8,
    }


@pytest.mark.parametrize("kind", ["400", "500"])  # how shops say that a location is gone
def test_quantities_for_a_location_that_is_gone_go_to_the_present_one_in_the_next_run(
    bench: Bench, kind: str
) -> None:
    (key,) = products(bench, 1)
    bench.memory = ShortMemory()
    put(bench, level(key, 7))
    bench.vendure.locations[:] = [{"id": "2", "name": "Nord"}]
    bench.faults.add("SetStock", kind, times=None)
    (refused,) = put(bench, level(key, 8))
    assert isinstance(refused.error, TransientError)
    bench.faults.clear()
    assert put(bench, level(key, 8)) == [Outcome(record_id=key)]
    assert bench.sent("SetStock")[-1]["input"][0]["stockLevels"] == [
        {"stockLocationId": "2", "stockOnHand": 8}
    ]


def test_K2_a_row_that_is_refused_for_another_reason_is_told_as_it_is(bench: Bench) -> None:
    (key,) = products(bench, 1)
    bench.memory = ShortMemory()
    put(bench, level(key, 7))
    bench.vendure.refuse(key)
    assert list(refusals(put(bench, level(key, 8)))) == [key]
    assert bench.operations.count(LOCATIONS) == 2
