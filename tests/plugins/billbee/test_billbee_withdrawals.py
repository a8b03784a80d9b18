"""Orders that are taken back in Billbee, as the source offers them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.api import Page, TransientError, Withdrawal, WithdrawalKind
from connector.testing.clock import NOON
from tests.plugins.bench import Bench, pages_of

RECEIVED = "order_received_by_wemalo"
CANCELLED, REFUSED = "order_cancelled_received_by_wemalo", "order_cancel_refused_by_wemalo"
YESTERDAY = NOON - timedelta(days=1)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def pages(bench: Bench, since: datetime | None) -> list[Page[Withdrawal]]:
    return bench.source(lambda source: pages_of(source.withdrawn_orders(since)))


def withdrawn(bench: Bench, since: datetime | None = YESTERDAY) -> list[Withdrawal]:
    return [record for page in pages(bench, since) for record in page.records]


def long_ago(bench: Bench, order: int) -> None:
    """Makes an order look as if nobody had touched it for years."""
    bench.shop.orders[order]["LastModifiedAt"] = "2020-01-01T10:00:00.0000000"


# -- cancelled and deleted ------------------------------------------------------------------------


@pytest.mark.parametrize("since", [None, YESTERDAY])
@pytest.mark.parametrize(
    ("fields", "is_offered"),
    [
        ({"State": 8}, True),  # cancelled
        ({"State": 6}, True),  # deleted
        ({"State": 3}, False),  # as it was
        ({"State": 8, "Tags": [RECEIVED.upper()]}, True),  # tags compare without regard to case
        ({"State": 8, "Tags": [RECEIVED, CANCELLED]}, False),  # done
        ({"State": 8, "Tags": [RECEIVED, REFUSED]}, False),  # too late, and said so
        ({"State": 8, "Tags": [RECEIVED + "2"]}, False),  # another connection's
        (
            {"State": 8, "ArchivedAt": "2026-03-01T10:00:00"},
            True,
        ),  # can't be tagged, and would ship all the same
        ({"State": 8, "ArchivedAt": "2026-03-01T10:00:00", "RestoredAt": "2026-03-02T10:00:00"}, True),
    ],
)
def test_X1_cancelled_and_deleted_orders_that_were_received_are_offered(
    bench: Bench, fields: dict[str, Any], is_offered: bool, since: datetime | None
) -> None:
    order = bench.shop.add_order([], **{"OrderNumber": "A-1", "Tags": ["wemalo", RECEIVED], **fields})
    expected = [Withdrawal(order_id=str(order), number="A-1")] if is_offered else []
    assert withdrawn(bench, since) == expected


@pytest.mark.parametrize(
    ("tags", "marks"),
    [
        (["wemalo"], [False]),  # the warehouse may have it: setting the tag failed, or a person took it away
        (["wemalo", RECEIVED], [True]),
        (["another"], []),  # never meant for the warehouse
    ],
)
def test_X1_an_order_that_was_meant_for_the_warehouse_is_offered_without_its_tag_too(
    bench: Bench, tags: list[str], marks: list[bool]
) -> None:
    bench.shop.add_order([], State=8, Tags=tags)
    assert [record.is_marked for record in withdrawn(bench)] == marks


def test_X1_what_changed_is_one_list_without_regard_to_state_and_tag(bench: Bench) -> None:
    bench.shop.add_order([], State=8, Tags=[RECEIVED])
    withdrawn(bench)
    (call,) = bench.sandbox.billbee.audit.entries
    assert dict(call.query) == {"modifiedAtMin": "2026-03-01T12:00:00Z", "page": "1", "pageSize": "250"}


def test_X1_an_order_that_did_not_change_since_then_is_not_read(bench: Bench) -> None:
    long_ago(bench, bench.shop.add_order([], State=8, Tags=[RECEIVED]))
    assert withdrawn(bench) == []
    assert len(withdrawn(bench, since=None)) == 1


def test_X1_all_withdrawn_orders_are_asked_for_by_state_and_tag(bench: Bench) -> None:
    withdrawn(bench, since=None)
    (call,) = bench.sandbox.billbee.audit.entries
    states = [value for name, value in call.query if name == "orderStateId"]
    assert (states, dict(call.query)["tag"]) == (["6", "8"], RECEIVED)


def test_X1_an_order_on_two_pages_is_offered_once(bench: Bench) -> None:
    for _ in range(251):
        bench.shop.add_order([], State=8, Tags=[RECEIVED])
    assert len({record.order_id for record in withdrawn(bench)}) == len(withdrawn(bench)) == 251


@pytest.mark.parametrize("field", ["State", "Tags"])
def test_R4_a_malformed_order_costs_only_itself(bench: Bench, field: str) -> None:
    bench.shop.add_order([], State=8, Tags=[RECEIVED], OrderNumber="A-1")
    good = bench.shop.add_order([], State=8, Tags=[RECEIVED])
    bench.sandbox.billbee.faults.add("GET /orders", "wrong_type", path=f"Data.0.{field}")
    (page,) = pages(bench, YESTERDAY)
    assert [record.order_id for record in page.records] == [str(good)]
    assert [(broken.number, field in broken.reason) for broken in page.unreadable] == [("A-1", True)]


@pytest.mark.parametrize(("tags", "broken"), [(["another"], 0), (["wemalo"], 1), ([RECEIVED], 1)])
def test_R4_a_missing_state_matters_only_where_the_target_may_have_the_order(
    bench: Bench, tags: list[str], broken: int
) -> None:
    bench.shop.add_order([], Tags=tags)
    bench.sandbox.billbee.faults.add("GET /orders", "missing_field", path="Data.0.State")
    assert sum(len(page.unreadable) for page in pages(bench, YESTERDAY)) == broken


# -- credit orders --------------------------------------------------------------------------------


@pytest.fixture
def order(bench: Bench) -> int:
    product = bench.shop.add_product(SKU="A", Price=9.9)
    return bench.shop.add_order([(product, 1)], OrderNumber="A-1", Id="ext-1", Tags=["wemalo", RECEIVED])


def test_X3_a_credit_that_names_its_parent_is_offered_with_the_original(bench: Bench, order: int) -> None:
    credit = bench.shop.cancel_with_storno(order, refers_by="parent")
    long_ago(bench, order)
    assert withdrawn(bench) == [
        Withdrawal(
            order_id=str(order),
            number="A-1",
            kind=WithdrawalKind.CREDITED,
            credit_id=str(credit),
            credit_number="A-1-S",
        )
    ]


@pytest.mark.parametrize("refers_by", ["parent", "external_id"])
def test_X3_an_original_that_changed_as_well_needs_no_call_of_its_own(
    bench: Bench, order: int, refers_by: Any
) -> None:
    bench.shop.cancel_with_storno(order, refers_by)
    assert [(found.order_id, found.kind) for found in withdrawn(bench)] == [(str(order), "credited")]
    assert bench.calls.counts == {"billbee GET /orders": 1}


@pytest.mark.parametrize(
    ("finds_external_ids", "cancels", "found"),
    [
        (True, "ext-1", 1),
        (False, "ext-1", 0),  # it finds numbers only, and nothing is guessed
        (False, "A-1", 1),  # a shop system whose ids are its numbers
        (True, "ext-2", 0),  # an order that Billbee does not have
    ],
)
def test_X3_an_original_is_looked_up_by_its_external_id(
    bench: Bench, order: int, finds_external_ids: bool, cancels: str, found: int
) -> None:
    bench.shop.finds_external_ids = finds_external_ids
    credit = bench.shop.cancel_with_storno(order)
    bench.shop.change_order(credit, IsCancelationFor=cancels)
    long_ago(bench, order)
    assert len(withdrawn(bench)) == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, 1),
        ({"State": 4}, 1),  # shipped: the customer may send it back
        ({"Tags": ["wemalo"]}, 0),  # the warehouse never had it
        ({"Tags": [RECEIVED, CANCELLED]}, 0),  # cancelled there already
        ({"Tags": [RECEIVED, REFUSED]}, 0),  # reported already
        ({"ArchivedAt": "2026-03-01T10:00:00"}, 1),  # a report needs no tag
    ],
)
def test_X3_only_an_original_that_the_target_has_is_reported(
    bench: Bench, order: int, fields: dict[str, Any], found: int
) -> None:
    bench.shop.cancel_with_storno(order, refers_by="parent")
    bench.shop.orders[order].update(fields)
    long_ago(bench, order)
    assert len(withdrawn(bench)) == found


def test_X3_an_original_that_is_cancelled_itself_is_cancelled_and_not_reported(
    bench: Bench, order: int
) -> None:
    bench.shop.cancel_with_storno(order)
    bench.shop.cancel_order(order)
    assert [found.kind for found in withdrawn(bench)] == [WithdrawalKind.CANCELLED]


def test_X3_a_credit_order_is_never_cancelled_itself(bench: Bench, order: int) -> None:
    credit = bench.shop.cancel_with_storno(order)
    bench.shop.cancel_order(credit)
    assert [found.order_id for found in withdrawn(bench, since=None)] == []


def test_X3_a_part_of_a_split_order_is_no_credit(bench: Bench, order: int) -> None:
    bench.shop.add_order([], BillBeeParentOrderId=order, TotalCost=5.0)
    assert withdrawn(bench) == []


@pytest.mark.parametrize(
    ("fault", "path"), [("wrong_type", "Data.Tags"), ("missing_field", "Data.BillBeeOrderId"), ("html", "")]
)
def test_R4_an_original_that_can_not_be_read_costs_only_its_credit(
    bench: Bench, order: int, fault: str, path: str
) -> None:
    credit = bench.shop.cancel_with_storno(order, refers_by="parent")
    long_ago(bench, order)
    other = bench.shop.add_order([], State=8, Tags=[RECEIVED])
    bench.sandbox.billbee.faults.add("GET /orders/{id}", fault, path=path, times=None)
    found = pages(bench, YESTERDAY)
    assert [record.order_id for page in found for record in page.records] == [str(other)]
    assert [broken.record_id for page in found for broken in page.unreadable] == [str(credit)]


def test_R3_an_outage_while_an_original_is_looked_up_leaves_it_to_the_next_run(
    bench: Bench, order: int
) -> None:
    bench.shop.cancel_with_storno(order, refers_by="parent")
    long_ago(bench, order)
    bench.sandbox.billbee.faults.add("GET /orders/{id}", "500", times=None)
    with pytest.raises(TransientError, match=r"GET /orders/\{id\} was answered with 500"):
        withdrawn(bench)
