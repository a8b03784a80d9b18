"""Orders as they stand now, whatever their state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.api import Order, ShopOrder, UnusableAnswer
from connector.testing.clock import NOON
from connector_vendure.mapping import read_shop_order
from tests.plugins.vendure.bench import Bench, all_of
from tests.plugins.vendure.test_vendure_orders import MARKED, order, raw


def found(bench: Bench, number: str, **changes: Any) -> ShopOrder:
    shown = bench.use(lambda source: source.find_order(number), **changes)
    assert shown is not None
    return shown


@pytest.mark.parametrize("by", ["id", "number"])
def test_an_order_is_found_by_its_number_and_by_its_id(bench: Bench, mug: str, by: str) -> None:
    key = bench.vendure.add_order(order(mug))
    assert found(bench, key if by == "id" else "A-1").order.id == key
    assert len(bench.operations) == 1


def test_a_number_wins_over_another_orders_id(bench: Bench, mug: str) -> None:
    other = bench.vendure.add_order(order(mug))
    wanted = bench.vendure.add_order(order(mug, number=other))
    assert found(bench, other).order.id == wanted


def test_of_two_orders_with_one_number_the_newer_is_found(bench: Bench, mug: str) -> None:
    keys = [bench.vendure.add_order(order(mug)) for _ in range(2)]
    assert found(bench, "A-1").order.id == keys[1]


@pytest.mark.parametrize("number", ["99", "B-1", "", "9" * 19])
def test_an_order_that_is_not_there_is_not_found(bench: Bench, mug: str, number: str) -> None:
    bench.vendure.add_order(order(mug))
    assert bench.use(lambda source: source.find_order(number)) is None


def test_ids_may_be_uuids(bench: Bench) -> None:
    number = "0f9a4c1e-6d2b-4a55-8b1e-7a0e3b5c9d10"
    assert bench.use(lambda source: source.find_order(number)) is None
    assert bench.sent("FindOrder")[0]["withId"] is True


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, {"is_offered"}),
        ({"customFields": {"exported": "2026-03-02T12:00:00Z"}}, {"is_received"}),
        ({"customFields": {"exported": None, "status": "held"}}, {"is_offered", "is_held"}),
        ({"state": "Cancelled"}, {"is_cancelled"}),
        ({"state": "Shipped"}, {"is_shipped"}),
        ({"state": "Delivered"}, {"is_shipped"}),
        ({"state": "PartiallyDelivered", "lines": [{"quantity": 1}]}, set()),  # a part is still to be packed
        ({"state": "PartiallyDelivered"}, {"is_shipped"}),
        ({"state": "ArrangingPayment"}, set()),
    ],
)
def test_an_order_says_how_far_it_is(fields: dict[str, Any], says: set[str]) -> None:
    shown = read_shop_order(raw(**fields), MARKED, 2)
    assert isinstance(shown, ShopOrder)
    assert shown.state_name == fields.get("state", "PaymentSettled")
    words = {"is_offered", "is_received", "is_held", "is_cancelled", "is_shipped", "is_archived"}
    assert {word for word in words if getattr(shown, word)} == says


def test_an_order_shows_its_tracking_numbers_each_once() -> None:
    made = [
        ("Shipped", "0034"),
        ("Cancelled", "0035"),
        ("Pending", "0036, 0037"),
        ("Shipped", None),
        ("Shipped", "0034"),
    ]
    parcels = [{"id": "1", "state": state, "trackingCode": code} for state, code in made]
    shown = read_shop_order(raw(fulfillments=parcels), MARKED, 2)
    assert isinstance(shown, ShopOrder)
    assert shown.tracking_numbers == ("0034", "0036", "0037")


def test_what_was_sent_is_shown_whole(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug, 3))
    bench.use(lambda source: source.order_received(Order(id=key)))
    bench.vendure.pack_by_hand(key, pieces=1)
    assert [each.quantity for each in found(bench, key).order.lines] == [3]


def test_R4_an_order_that_can_not_be_sent_is_shown_all_the_same() -> None:
    shown = read_shop_order(raw(lines={}, state="Shipped"), MARKED, 2)
    assert isinstance(shown, ShopOrder)
    assert (shown.order, shown.is_shipped) == (Order(id="1", number="A-1"), True)


def test_R4_an_order_whose_state_can_not_be_read_is_no_missing_one(bench: Bench, mug: str) -> None:
    bench.vendure.add_order(order(mug))
    bench.faults.add("FindOrder", "wrong_type", path="data.byName.items.0.state", times=None)
    with pytest.raises(UnusableAnswer, match=r"FindOrder: A-1: .*\$\.state"):
        found(bench, "A-1")


# -- received orders ------------------------------------------------------------------------------


def received(bench: Bench, since: datetime) -> list[str]:
    shown = bench.use(lambda source: all_of(source.received_orders(since)))
    assert all(each.is_received for each in shown)
    return [each.order.id for each in shown]


def test_received_orders_are_those_that_changed_or_are_not_shipped_yet(bench: Bench, mug: str) -> None:
    """A parcel moves no time of the last change, so what is under way is always among them."""
    shipped, open_, other = (bench.vendure.add_order(order(mug, number=each)) for each in ("A", "B", "C"))
    for key in (shipped, open_):
        bench.use(lambda source, key=key: source.order_received(Order(id=key)))  # type: ignore[misc]
    bench.vendure.shop.orders[shipped]["state"] = "Shipped"
    assert received(bench, datetime(2026, 1, 1, tzinfo=UTC)) == [shipped, open_]
    assert received(bench, datetime(2026, 4, 1, tzinfo=UTC)) == [open_]
    assert other not in received(bench, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_change_within_the_second_of_the_last_look_is_not_left_out(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug))
    bench.use(lambda source: source.order_received(Order(id=key)))
    bench.vendure.shop.orders[key]["state"] = "Shipped"
    assert received(bench, NOON.replace(microsecond=700_000)) == [key]
