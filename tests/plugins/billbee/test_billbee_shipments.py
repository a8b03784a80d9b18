"""Tracking numbers and the state "shipped", written by Billbee's source."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import (
    CallRefused,
    OutcomeUnknown,
    Parcel,
    RecordRefused,
    Shipment,
    TransientError,
    UnusableAnswer,
)
from connector_billbee.shipments import missing_parcels
from connector_billbee.wire import OrderShipment, OrderShipments
from connector_sandbox.billbee.shop import PROVIDERS, ShippingProvider
from tests.plugins.bench import Bench

DHL, DHL_PACKET = PROVIDERS[0].id, PROVIDERS[0].products[0][0]
ADD = "POST /orders/{id}/shipment"
STATE = "PUT /orders/{id}/orderstate"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def order(bench: Bench) -> int:
    return bench.shop.add_order([], OrderNumber="A-1", State=16)


def shipment(order: int | str, *numbers: str, **changes: Any) -> Shipment:
    parcels = tuple(Parcel(id=f"p{place}", tracking_number=number) for place, number in enumerate(numbers))
    own = {"order_id": str(order), "order_number": "A-1", "parcels": parcels, "is_complete": True}
    return Shipment(**{**own, **changes})


def ship(bench: Bench, *shipments: Shipment) -> None:
    async def each(source: Any) -> None:
        for one in shipments:
            await source.order_shipped(one)

    bench.source(each)


def numbers(bench: Bench, order: int) -> list[str]:
    return [each["ShippingId"] for each in bench.shop.order(order)["ShippingIds"]]


def state(bench: Bench, order: int) -> int:
    found: int = bench.shop.order(order)["State"]
    return found


# -- numbers, then the state ----------------------------------------------------------------------


def test_S1_S2_the_numbers_are_stored_before_the_state_changes(bench: Bench, order: int) -> None:
    ship(bench, shipment(order, "0034", "0035"))
    assert [entry.name for entry in bench.sandbox.billbee.audit.writes()] == [ADD, ADD, STATE]
    assert (numbers(bench, order), state(bench, order)) == (["0034", "0035"], 4)


def test_S1_a_partial_delivery_leaves_the_state(bench: Bench, order: int) -> None:
    ship(bench, shipment(order, "0034", is_complete=False))
    assert (numbers(bench, order), state(bench, order)) == (["0034"], 16)
    ship(bench, shipment(order, "0035"))
    assert (numbers(bench, order), state(bench, order)) == (["0034", "0035"], 4)


def test_S1_the_same_shipment_again_writes_nothing(bench: Bench, order: int) -> None:
    ship(bench, shipment(order, "0034"), shipment(order, "0034"))
    assert len(bench.sandbox.billbee.audit.writes()) == 2


@pytest.mark.parametrize(
    ("number", "added"),
    [("0034 12", 0), ("003412", 0), ("jjd1", 0), ("JJD1", 0), ("00341", 1), ("", 0), ("  ", 0)],
)
def test_S1_a_number_that_somebody_typed_in_is_known(number: str, added: int) -> None:
    there = OrderShipments(
        shipping_ids=[OrderShipment("00 34 12"), None, OrderShipment(None), OrderShipment(" JJD1")]
    )
    assert len(missing_parcels([Parcel(id="1", tracking_number=number)], there)) == added


def test_S1_a_number_that_comes_with_two_parcels_is_added_once_in_the_order_of_the_parcels() -> None:
    parcels = [Parcel(id=str(place), tracking_number=each) for place, each in enumerate(["B", "A", "B", ""])]
    assert [parcel.id for parcel in missing_parcels(parcels, OrderShipments(shipping_ids=None))] == ["0", "1"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, 4),  # ordered: paid later, as with invoices
        (2, 4),  # confirmed
        (3, 4),  # paid
        (4, 4),  # shipped: not once more, the marketplaces would be told twice
        (5, 5),  # complaint
        (6, 6),  # deleted
        (7, 7),  # closed
        (8, 8),  # cancelled
        (9, 9),  # archived
        (11, 4),  # dunning: the goods left all the same
        (13, 4),  # packed
        (14, 4),  # offered
        (15, 4),  # payment reminder
        (16, 4),  # in fulfilment
    ],
)
def test_S1_the_state_is_set_where_the_order_was_still_to_be_shipped(
    bench: Bench, before: int, after: int
) -> None:
    order = bench.shop.add_order([], State=before)
    ship(bench, shipment(order, "0034"))
    assert (state(bench, order), numbers(bench, order)) == (after, ["0034"])
    assert len(bench.sent(STATE)) == (before != after)


def test_S4_a_parcel_without_number_still_sets_the_state(bench: Bench, order: int) -> None:
    ship(bench, shipment(order, ""))
    assert (numbers(bench, order), state(bench, order)) == ([], 4)
    assert bench.calls.counts == {"billbee GET /orders/{id}": 1, "billbee PUT /orders/{id}/orderstate": 1}


# -- the carrier ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "ids"),
    [
        ("DHL Paket", (DHL, DHL_PACKET)),
        (" DHL Paket ", (DHL, DHL_PACKET)),
        ("dhl paket", (None, None)),  # exactly
        ("DHL", (None, None)),
        ("", (None, None)),
    ],
)
def test_S3_a_shipping_product_of_that_name_is_sent_along(
    bench: Bench, order: int, product: str, ids: tuple[int | None, int | None]
) -> None:
    ship(bench, shipment(order, parcels=(Parcel(id="1", tracking_number="0034", product=product),)))
    (sent,) = bench.sent(ADD)
    assert (sent.get("ShippingProviderId"), sent.get("ShippingProviderProductId")) == ids


def test_S3_the_shipping_products_are_read_once_and_only_where_they_are_needed(
    bench: Bench, order: int
) -> None:
    other = bench.shop.add_order([])
    ship(bench, shipment(order, "0034"), shipment(order, "0034"))
    assert bench.sandbox.billbee.audit.count("GET /shipment/*") == 0
    parcels = tuple(Parcel(id=each, tracking_number=each, product="DPD Classic") for each in "ab")
    ship(bench, shipment(other, parcels=parcels), shipment(order, parcels=parcels))
    assert bench.sandbox.billbee.audit.count("GET /shipment/*") == 1


def test_S3_of_two_products_with_one_name_the_first_is_taken(bench: Bench, order: int) -> None:
    bench.shop.providers = (
        ShippingProvider(1, "one", ((11, "Paket"),)),
        ShippingProvider(2, "two", ((22, "Paket"),)),
    )
    ship(bench, shipment(order, parcels=(Parcel(id="1", tracking_number="0034", product="Paket"),)))
    assert bench.sent(ADD)[0]["ShippingProviderProductId"] == 11


def test_R4_a_malformed_provider_costs_only_its_own_name(bench: Bench, order: int) -> None:
    bench.sandbox.billbee.faults.add("GET /shipment/shippingproviders", "wrong_type", path="0.id")
    dhl = Parcel(id="1", tracking_number="0034", product="DHL Paket")
    dpd = Parcel(id="2", tracking_number="0035", product="DPD Classic")
    ship(bench, shipment(order, parcels=(dhl, dpd)))
    assert [sent.get("ShippingProviderId") for sent in bench.sent(ADD)] == [None, PROVIDERS[1].id]


# -- orders that take nothing ---------------------------------------------------------------------


@pytest.mark.parametrize("order_id", ["4711", "ORDER-7", "", "0", "."])
def test_S6_an_unknown_order_is_refused_by_its_number(bench: Bench, order_id: str) -> None:
    with pytest.raises(RecordRefused, match=r"shipment_order_unknown \(order=A-1\)"):
        ship(bench, shipment(order_id, "0034"))


def test_S6_an_archived_order_is_refused_before_anything_is_written(bench: Bench, order: int) -> None:
    bench.shop.archive_order(order)
    with pytest.raises(RecordRefused, match=r"shipment_order_archived \(order=A-1\)"):
        ship(bench, shipment(order, "0034"))
    assert bench.sandbox.billbee.audit.writes() == []


def test_S6_an_order_is_named_by_its_id_where_the_number_is_not_known(bench: Bench) -> None:
    with pytest.raises(RecordRefused, match=r"\(order=4711\)"):
        ship(bench, shipment(4711, order_number=""))


def test_a_write_that_is_refused_is_passed_on(bench: Bench, order: int) -> None:
    bench.sandbox.billbee.faults.add(ADD, "400")
    with pytest.raises(CallRefused, match=r"billbee refused POST /orders/\{id\}/shipment with 400"):
        ship(bench, shipment(order, "0034"))
    assert state(bench, order) == 16


# -- exactly once ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "takes_effect"),
    [
        ("reset", True),
        ("reset", False),
        ("hang", True),
        ("500", True),
        ("500", False),
        ("html", False),
        ("html", True),
    ],
)
def test_S5_a_number_whose_outcome_nobody_knows_is_looked_up_and_never_added_twice(
    bench: Bench, order: int, kind: str, takes_effect: bool
) -> None:
    bench.sandbox.billbee.faults.add(ADD, kind, takes_effect=takes_effect)
    ship(bench, shipment(order, "0034", "0035"))
    assert (numbers(bench, order), state(bench, order)) == (["0034", "0035"], 4)


def test_S5_a_fault_that_stays_is_left_to_the_next_run_and_the_state_with_it(
    bench: Bench, order: int
) -> None:
    bench.sandbox.billbee.faults.add(ADD, "500", times=None)
    with pytest.raises(OutcomeUnknown, match="nobody knows whether it took effect"):
        ship(bench, shipment(order, "0034"))
    assert (state(bench, order), len(bench.sent(ADD))) == (16, 2)


def test_S5_what_took_effect_at_the_last_try_counts(bench: Bench, order: int) -> None:
    bench.sandbox.billbee.faults.add(ADD, "reset", takes_effect=False)
    bench.sandbox.billbee.faults.add(ADD, "reset", takes_effect=True)
    ship(bench, shipment(order, "0034"))
    assert (numbers(bench, order), state(bench, order)) == (["0034"], 4)


@pytest.mark.parametrize("after", range(4))  # the look, the first number, the second, the state
@pytest.mark.parametrize("takes_effect", [True, False])
def test_S5_wherever_a_run_is_killed_the_next_one_completes_it(
    bench: Bench, order: int, after: int, takes_effect: bool
) -> None:
    one = shipment(order, "0034", "0035")
    bench.sandbox.billbee.faults.add("*", "reset", after=after, takes_effect=takes_effect)
    bench.sandbox.billbee.faults.add("*", "401", times=None, after=after)
    with pytest.raises(Exception, match="billbee"):
        ship(bench, one)
    bench.sandbox.billbee.faults.clear()
    ship(bench, one)
    assert (numbers(bench, order), state(bench, order)) == (["0034", "0035"], 4)


@pytest.mark.parametrize("kind", ["500", "html"])
def test_S5_a_state_that_was_not_set_is_not_taken_for_set(bench: Bench, order: int, kind: str) -> None:
    bench.sandbox.billbee.faults.add(STATE, kind, times=None, takes_effect=False)
    with pytest.raises(TransientError, match=r"PUT /orders/\{id\}/orderstate"):
        ship(bench, shipment(order, "0034"))


@pytest.mark.parametrize(
    ("kind", "path", "field"),
    [
        ("missing_field", "Data.ShippingIds", "ShippingIds"),  # a lost list is no empty list
        ("wrong_type", "Data.ShippingIds", "ShippingIds"),
        ("wrong_type", "Data.ShippingIds.0.ShippingId", "ShippingId"),
        ("missing_field", "Data.State", "State"),
    ],
)
def test_R4_an_order_that_can_not_be_read_gets_no_number(
    bench: Bench, order: int, kind: str, path: str, field: str
) -> None:
    bench.shop.add_shipment(order, "0034")
    bench.sandbox.billbee.faults.add("GET /orders/{id}", kind, path=path, times=None)
    with pytest.raises(UnusableAnswer, match=rf"GET /orders/\{{id\}}: order {order}: .*\$\.{field}"):
        ship(bench, shipment(order, "0034"))
    assert bench.sent(ADD) == []


def test_R4_an_answer_without_its_order_is_no_unknown_order(bench: Bench, order: int) -> None:
    bench.sandbox.billbee.faults.add("GET /orders/{id}", "missing_field", path="Data", times=None)
    with pytest.raises(UnusableAnswer, match=r"GET /orders/\{id\}: field \$\.Data is missing"):
        ship(bench, shipment(order, "0034"))


def test_an_order_whose_list_is_null_has_no_shipments(bench: Bench, order: int) -> None:
    decoded = msgspec.json.decode(b'{"ShippingIds": null}', type=OrderShipments)
    assert len(missing_parcels([Parcel(id="1", tracking_number="0034")], decoded)) == 1


def test_R2_no_limit_is_broken(bench: Bench) -> None:
    orders = [bench.shop.add_order([]) for _ in range(10)]
    bench.sandbox.billbee.faults.add(ADD, "reset", times=5, takes_effect=True)
    ship(bench, *(shipment(order, "0034", "0035") for order in orders))
    assert bench.sandbox.billbee.violations == 0
