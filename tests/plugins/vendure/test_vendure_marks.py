"""The custom fields through which an order tells how far it is."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import CallRefused, Order, Product, ShopOrder
from connector_vendure.source import VendureSource
from tests.plugins.vendure.bench import NO_FIELDS, Bench, all_of
from tests.plugins.vendure.test_vendure_orders import order

EXPORTED_ALONE: dict[str, Any] = {"status_field": ""}
STATUS_ALONE: dict[str, Any] = {"exported_field": ""}


@pytest.fixture
def key(bench: Bench) -> str:
    return bench.vendure.add_order(order(bench.vendure.add_product(Product(id="", sku="MUG"))))


def mark(bench: Bench, key: str, *methods: str, **changes: Any) -> None:
    """Calls these methods for the order, each time with the order as it is then."""

    async def each(source: VendureSource) -> None:
        for method in methods:
            found = await source.find_order(key)
            assert found is not None
            await getattr(source, method)(found.order)

    bench.use(each, **changes)


def settle(bench: Bench, key: str, method: str, **changes: Any) -> None:
    bench.use(lambda source: getattr(source, method)(key), **changes)


def fields(bench: Bench, key: str) -> tuple[str | None, str | None]:
    found = bench.vendure.shop.orders[key]["customFields"]
    return found["wmsExportedAt"], found["wmsStatus"]


def test_O2_a_received_order_tells_when_it_was_received(bench: Bench, key: str) -> None:
    mark(bench, key, "order_received")
    assert fields(bench, key) == ("2026-03-02T12:00:00.000Z", None)


def test_O5_a_held_order_is_marked_once(bench: Bench, key: str) -> None:
    mark(bench, key, "order_held", "order_held", "order_held")
    assert fields(bench, key) == (None, "held")
    assert len(bench.sent("MarkOrder")) == 1


def test_O5_a_held_order_that_goes_through_is_received_and_held_no_more_in_one_call(
    bench: Bench, key: str
) -> None:
    mark(bench, key, "order_held", "order_received")
    assert fields(bench, key) == ("2026-03-02T12:00:00.000Z", None)
    assert bench.sent("MarkOrder")[1:] == [
        {
            "input": {
                "id": key,
                "customFields": {"wmsStatus": None, "wmsExportedAt": "2026-03-02T12:00:00.000Z"},
            }
        }
    ]


def test_O7_a_change_that_was_refused_is_marked_with_the_order_in_one_call(bench: Bench, key: str) -> None:
    mark(bench, key, "order_held", "order_change_refused")
    assert fields(bench, key) == ("2026-03-02T12:00:00.000Z", "change_refused")
    assert len(bench.sent("MarkOrder")) == 2


def test_O7_the_next_change_that_goes_through_takes_that_away(bench: Bench, key: str) -> None:
    mark(bench, key, "order_change_refused")
    bench.vendure.shop.orders[key]["customFields"]["wmsExportedAt"] = None
    mark(bench, key, "order_received")
    assert fields(bench, key)[1] is None


def test_O2_what_somebody_else_wrote_stays(bench: Bench, key: str) -> None:
    bench.vendure.shop.orders[key]["customFields"]["wmsStatus"] = "call before delivery"
    mark(bench, key, "order_received")
    assert fields(bench, key)[1] == "call before delivery"


def test_a_mark_that_the_shop_refuses_is_told(bench: Bench, key: str) -> None:
    bench.vendure.refuse(key)
    with pytest.raises(CallRefused, match=r"MarkOrder with 400: .*takes no change"):
        mark(bench, key, "order_received")


def test_R3_a_mark_whose_answer_is_lost_is_set_again(bench: Bench, key: str) -> None:
    bench.faults.add("MarkOrder", "reset", takes_effect=True)
    mark(bench, key, "order_received")
    assert len(bench.sent("MarkOrder")) == 2
    assert bench.vendure.order(key).is_received


# -- shops that have fewer fields -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "changes", "left"),
    [
        ("order_received", EXPORTED_ALONE, ("2026-03-02T12:00:00.000Z", None)),
        ("order_held", EXPORTED_ALONE, (None, None)),
        ("order_change_refused", EXPORTED_ALONE, ("2026-03-02T12:00:00.000Z", None)),
        ("order_received", STATUS_ALONE, (None, None)),
        ("order_held", STATUS_ALONE, (None, "held")),
        ("order_change_refused", STATUS_ALONE, (None, "change_refused")),
        ("order_received", NO_FIELDS, (None, None)),
        ("order_held", NO_FIELDS, (None, None)),
        ("order_change_refused", NO_FIELDS, (None, None)),
    ],
)
def test_what_a_shop_has_no_field_for_is_not_written(
    bench: Bench, key: str, method: str, changes: dict[str, str], left: tuple[str | None, str | None]
) -> None:
    mark(bench, key, method, **changes)
    assert fields(bench, key) == left
    assert len(bench.sent("MarkOrder")) == (left != (None, None))


def test_an_order_that_is_offered_in_each_run_is_written_to_once(bench: Bench, key: str) -> None:
    mark(bench, key, *["order_change_refused"] * 3, **STATUS_ALONE)
    assert len(bench.sent("MarkOrder")) == 1


# -- cancellations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "status"), [("order_cancelled", "cancelled"), ("order_cancel_refused", "cancel_refused")]
)
def test_X1_X2_a_cancellation_that_was_dealt_with_is_marked(
    bench: Bench, key: str, method: str, status: str
) -> None:
    mark(bench, key, "order_received")
    settle(bench, key, method)
    assert fields(bench, key) == ("2026-03-02T12:00:00.000Z", status)


@pytest.mark.parametrize("method", ["order_cancelled", "order_cancel_refused"])
def test_X1_X2_without_a_field_for_it_the_order_loses_the_mark_of_a_received_one(
    bench: Bench, key: str, method: str
) -> None:
    mark(bench, key, "order_received", **EXPORTED_ALONE)
    settle(bench, key, method, **EXPORTED_ALONE)
    settle(bench, key, method, **EXPORTED_ALONE)  # written again, it would count as changed for ever
    assert fields(bench, key) == (None, None)
    assert len(bench.sent("MarkOrder")) == 2


def test_X1_without_any_field_nothing_is_written(bench: Bench, key: str) -> None:
    settle(bench, key, "order_cancelled", **NO_FIELDS)
    assert bench.operations == []


def shown(bench: Bench, key: str) -> ShopOrder:
    found = bench.use(lambda source: source.find_order(key))
    assert found is not None
    return found


def test_an_order_tells_what_was_written_about_it(bench: Bench, key: str) -> None:
    mark(bench, key, "order_held")
    assert (shown(bench, key).is_held, shown(bench, key).order.tags) == (True, ("held",))
    (offered,) = bench.use(lambda source: all_of(source.orders()))
    assert isinstance(offered, Order)
    assert offered.tags == ("held",)
