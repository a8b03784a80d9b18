"""Cancelled orders that the warehouse has to be told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connector.api import Order, Withdrawal
from connector.testing.clock import NOON
from connector_vendure.withdrawals import read_withdrawal
from tests.plugins.vendure.bench import NO_FIELDS, Bench, all_of, unreadable_of
from tests.plugins.vendure.test_vendure_orders import order

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
EXPORTED_ALONE: dict[str, Any] = {"status_field": ""}


def withdrawn(bench: Bench, since: datetime | None = None, **changes: Any) -> list[Withdrawal]:
    return bench.use(lambda source: all_of(source.withdrawn_orders(since)), **changes)


def ids(bench: Bench, since: datetime | None = None, **changes: Any) -> list[str]:
    return [each.order_id for each in withdrawn(bench, since, **changes)]


def cancelled(bench: Bench, mug: str, *, is_received: bool = True) -> str:
    key = bench.vendure.add_order(order(mug))
    if is_received:
        bench.use(lambda source: source.order_received(Order(id=key)))
    bench.vendure.cancel_order(key)
    return key


@pytest.mark.parametrize("since", [None, LONG_AGO, LATER])
def test_X1_a_received_order_that_is_cancelled_is_told_of_whenever_that_was(
    bench: Bench, mug: str, since: datetime | None
) -> None:
    key = cancelled(bench, mug)
    bench.vendure.add_order(order(mug, number="A-2"))
    assert withdrawn(bench, since) == [Withdrawal(order_id=key, number="A-1")]


def test_X1_one_without_the_mark_is_told_of_where_it_changed_lately(bench: Bench, mug: str) -> None:
    key = cancelled(bench, mug, is_received=False)
    assert withdrawn(bench, LONG_AGO) == [Withdrawal(order_id=key, number="A-1", is_marked=False)]
    assert ids(bench, LATER) == []
    assert ids(bench, None) == []


@pytest.mark.parametrize("method", ["order_cancelled", "order_cancel_refused"])
@pytest.mark.parametrize("since", [None, LONG_AGO])
def test_X1_X2_what_was_dealt_with_is_not_told_of_again(
    bench: Bench, mug: str, method: str, since: datetime | None
) -> None:
    key = cancelled(bench, mug)
    bench.use(lambda source: getattr(source, method)(key))
    assert ids(bench, since) == []


def test_X1_without_a_field_for_it_only_the_last_hours_hold_what_was_dealt_with(
    bench: Bench, mug: str
) -> None:
    key = cancelled(bench, mug)
    assert ids(bench, None, **EXPORTED_ALONE) == [key]
    bench.use(lambda source: source.order_cancelled(key), **EXPORTED_ALONE)
    assert ids(bench, None, **EXPORTED_ALONE) == []
    assert [each.is_marked for each in withdrawn(bench, LONG_AGO, **EXPORTED_ALONE)] == [False]
    assert ids(bench, LATER, **EXPORTED_ALONE) == []


def test_X1_without_any_field_those_that_changed_are_told_of_and_no_others(bench: Bench, mug: str) -> None:
    key = cancelled(bench, mug, is_received=False)
    assert ids(bench, LONG_AGO, **NO_FIELDS) == [key]
    bench.vendure.calls.clear()
    assert ids(bench, None, **NO_FIELDS) == []
    assert bench.operations == []


def test_X1_what_somebody_else_wrote_settles_nothing(bench: Bench, mug: str) -> None:
    key = cancelled(bench, mug)
    bench.vendure.shop.orders[key]["customFields"]["wmsStatus"] = "customer called"
    assert ids(bench) == [key]


def test_X1_an_order_of_several_sellers_is_not_told_of(bench: Bench, mug: str) -> None:
    key = cancelled(bench, mug)
    bench.vendure.shop.orders[key]["type"] = "Aggregate"
    assert ids(bench, LONG_AGO) == []


def test_R4_a_broken_one_costs_only_itself(bench: Bench, mug: str) -> None:
    keys = [cancelled(bench, mug) for _ in range(3)]
    bench.faults.add("ListWithdrawnOrders", "wrong_type", path="data.page.items.1.state", times=None)
    assert ids(bench) == [keys[0], keys[2]]
    (broken,) = bench.use(lambda source: unreadable_of(source.withdrawn_orders(None)))
    assert broken[:2] == (keys[1], "A-1")


@pytest.mark.parametrize("field", ["id", "state"])
def test_R4_one_that_does_not_say_enough_is_no_other_order(bench: Bench, mug: str, field: str) -> None:
    cancelled(bench, mug)
    path = f"data.page.items.0.{field}"
    bench.faults.add("ListWithdrawnOrders", "missing_field", path=path, times=None)
    ((_, _, reason),) = bench.use(lambda source: unreadable_of(source.withdrawn_orders(None)))
    assert f"$.{field}" in reason


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, True),
        ({"customFields": {"exported": None, "status": "held"}}, True),
        ({"customFields": {"exported": None, "status": "cancelled"}}, False),
        ({"customFields": {"exported": None, "status": "cancel_refused"}}, False),
        ({"state": "PaymentSettled"}, False),
        ({"type": "Aggregate"}, False),
    ],
)
def test_X1_what_the_filter_lets_through_is_looked_at_again(fields: dict[str, Any], is_told: bool) -> None:
    row = {"id": "1", "code": "A-1", "state": "Cancelled", "type": "Regular", **fields}
    assert (read_withdrawal(msgspec.Raw(msgspec.json.encode(row))) is not None) == is_told
