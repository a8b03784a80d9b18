"""Billbee's source against the sandbox: marking orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from connector.api import (
    CallRefused,
    Order,
    Source,
    TransientError,
    UnusableAnswer,
)
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.changes import By
from tests.plugins.bench import Bench, orders_of

RECEIVED, FAILED = "order_received_by_wemalo", "order_failed_by_wemalo"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def received(order: Order) -> Callable[[Source], Any]:
    return lambda source: source.order_received(order)


def held(order: Order) -> Callable[[Source], Any]:
    return lambda source: source.order_held(order)


def offered(bench: Bench, **changes: Any) -> list[str]:
    return [order.id for order in bench.source(orders_of, **changes)]


@pytest.fixture
def order(bench: Bench) -> Order:
    bench.shop.add_order([], Tags=["wemalo", "VIP"])
    (found,) = bench.source(orders_of)
    return found  # type: ignore[no-any-return]


def tags(bench: Bench, order: Order) -> list[str]:
    found: list[str] = bench.shop.order(int(order.id))["Tags"]
    return found


def test_O2_a_received_order_gets_its_tag_and_keeps_the_others(bench: Bench, order: Order) -> None:
    bench.shop.add_tags(int(order.id), ["added meanwhile"])
    bench.source(received(order))
    assert tags(bench, order) == ["wemalo", "VIP", "added meanwhile", RECEIVED]
    assert offered(bench) == []


def test_O2_the_state_stays_unless_one_is_configured(bench: Bench, order: Order) -> None:
    bench.source(received(order))
    assert bench.shop.order(int(order.id))["State"] == 3


def test_O2_the_configured_state_is_set_after_the_tag(bench: Bench, order: Order) -> None:
    bench.source(received(order), received_state_id=16)
    assert bench.shop.order(int(order.id))["State"] == 16
    names = [entry.name for entry in bench.sandbox.billbee.audit.writes()]
    assert names == ["POST /orders/{id}/tags", "PUT /orders/{id}/orderstate"]


def test_O2_without_the_state_the_order_is_still_not_offered_again(bench: Bench, order: Order) -> None:
    bench.sandbox.billbee.faults.add("PUT /orders/{id}/orderstate", "500", times=None)
    with pytest.raises(TransientError, match=r"PUT /orders/\{id\}/orderstate"):
        bench.source(received(order), received_state_id=16)
    assert offered(bench) == []


def test_O2_marking_twice_changes_nothing(bench: Bench, order: Order) -> None:
    bench.source(received(order))
    bench.source(received(order))
    assert tags(bench, order) == ["wemalo", "VIP", RECEIVED]


def test_O5_a_held_order_gets_its_tag_once(bench: Bench, order: Order) -> None:
    bench.source(held(order))
    (again,) = bench.source(orders_of)
    bench.source(held(again))
    assert tags(bench, order) == ["wemalo", "VIP", FAILED]
    assert len(bench.sent("POST /orders/{id}/tags")) == 1


def test_O5_the_failed_tag_can_be_switched_off(bench: Bench, order: Order) -> None:
    bench.source(held(order), failed_tag=False)
    assert tags(bench, order) == ["wemalo", "VIP"]


@pytest.fixture
def held_before(bench: Bench, order: Order) -> Order:
    bench.source(held(order))
    (again,) = bench.source(orders_of)
    return again  # type: ignore[no-any-return]


def test_O5_the_failed_tag_goes_when_the_order_went_through(bench: Bench, held_before: Order) -> None:
    bench.source(received(held_before))
    assert tags(bench, held_before) == ["wemalo", "VIP", RECEIVED]
    assert bench.sent("PUT /orders/{id}/tags") == [{"Tags": ["wemalo", "VIP", RECEIVED]}]  # one call for both


def test_O5_a_tag_set_since_the_order_was_read_survives_the_removal(bench: Bench, held_before: Order) -> None:
    bench.shop.add_tags(int(held_before.id), ["added meanwhile"])
    bench.source(received(held_before))
    assert tags(bench, held_before) == ["wemalo", "VIP", "added meanwhile", RECEIVED]


class BusyShop(Shop):
    """A shop in which somebody sets tags just after the API did."""

    def set_tags(self, order_id: int, tags: Iterable[str], by: By = "person") -> None:
        super().set_tags(order_id, tags, by)
        if by == "api":
            super().set_tags(order_id, ["wemalo", "theirs"])


def test_O5_a_tag_that_got_lost_during_the_removal_is_put_back() -> None:
    bench = Bench(BusyShop)
    bench.shop.add_order([], Tags=["wemalo", "VIP", FAILED])
    (order,) = bench.source(orders_of)
    bench.source(received(order))
    assert sorted(tags(bench, order)) == sorted(["wemalo", "theirs", "VIP", RECEIVED])


@pytest.mark.parametrize("takes_effect", [True, False])
def test_O5_a_removal_that_nobody_knows_the_outcome_of_is_looked_at(
    bench: Bench, held_before: Order, takes_effect: bool
) -> None:
    bench.sandbox.billbee.faults.add("PUT /orders/{id}/tags", "reset", takes_effect=takes_effect)
    bench.source(received(held_before))
    assert tags(bench, held_before) == ["wemalo", "VIP", RECEIVED]
    assert len(bench.sent("PUT /orders/{id}/tags")) == (1 if takes_effect else 2)


def test_O5_somebody_who_removed_the_failed_tag_already_is_not_overruled(
    bench: Bench, held_before: Order
) -> None:
    bench.shop.remove_tags(int(held_before.id), [FAILED])
    bench.source(received(held_before))
    assert bench.sent("PUT /orders/{id}/tags") == []
    assert tags(bench, held_before) == ["wemalo", "VIP", RECEIVED]


@pytest.mark.parametrize("kind", ["wrong_type", "missing_field"])
def test_R4_tags_that_can_not_be_read_are_not_replaced(bench: Bench, held_before: Order, kind: str) -> None:
    bench.sandbox.billbee.faults.add("GET /orders/{id}", kind, path="Data.Tags", times=None)
    with pytest.raises(UnusableAnswer, match=r"GET /orders/\{id\}: order \d+: .*\$\.Tags"):
        bench.source(received(held_before))
    assert tags(bench, held_before) == ["wemalo", "VIP", FAILED]


def test_an_archived_order_refuses_its_tag(bench: Bench, order: Order) -> None:
    bench.shop.archive_order(int(order.id))
    with pytest.raises(CallRefused, match=r"billbee refused POST /orders/\{id\}/tags"):
        bench.source(received(order))


# -- changes and cancellations --------------------------------------------------------------------


def test_O7_a_refused_change_is_marked_in_one_call(bench: Bench, order: Order) -> None:
    bench.source(lambda source: source.order_change_refused(order))
    assert bench.sent("POST /orders/{id}/tags") == [{"Tags": [RECEIVED, "order_change_refused_by_wemalo"]}]
    assert offered(bench) == []


def test_O7_a_refused_change_takes_the_failed_tag_away(bench: Bench, held_before: Order) -> None:
    bench.source(lambda source: source.order_change_refused(held_before))
    assert tags(bench, held_before) == ["wemalo", "VIP", RECEIVED, "order_change_refused_by_wemalo"]


def test_X1_a_cancelled_order_gets_its_tag(bench: Bench, order: Order) -> None:
    bench.source(lambda source: source.order_cancelled(order.id))
    assert tags(bench, order) == ["wemalo", "VIP", "order_cancelled_received_by_wemalo"]


def test_X2_a_refused_cancellation_gets_its_tag(bench: Bench, order: Order) -> None:
    bench.source(lambda source: source.order_cancel_refused(order.id))
    assert tags(bench, order) == ["wemalo", "VIP", "order_cancel_refused_by_wemalo"]


@pytest.mark.parametrize("takes_effect", [True, False])
def test_X1_a_tag_whose_outcome_nobody_knows_is_simply_added_again(
    bench: Bench, order: Order, takes_effect: bool
) -> None:
    bench.sandbox.billbee.faults.add("POST /orders/{id}/tags", "reset", takes_effect=takes_effect)
    bench.source(lambda source: source.order_cancelled(order.id))
    assert tags(bench, order) == ["wemalo", "VIP", "order_cancelled_received_by_wemalo"]


def test_R2_no_limit_is_broken(bench: Bench) -> None:
    for _ in range(10):
        bench.shop.add_order([], Tags=["wemalo", FAILED])

    async def all_received(source: Source) -> None:
        for order in await orders_of(source):
            await source.order_received(order)

    bench.source(all_received)
    assert bench.sandbox.billbee.violations == 0
