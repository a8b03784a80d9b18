"""Bookings of the queue of handovers, put together into shipments."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import Page, Shipment
from connector_wemalo.shipments import shipments_of


def booking(number: int = 1, **fields: Any) -> dict[str, Any]:
    own = {
        "historyId": number,
        "packageId": 1214,
        "orderStatusId": 350,
        "goodsOrderId": 90001,
        "orderNumberCustomer": "DE-77",
        "externalGoodsOrderId": "77",
        "trackingNumber": "A",
    }
    return {**own, **fields}


def sorted_out(*rows: object) -> Page[Shipment]:
    return shipments_of(msgspec.Raw(msgspec.json.encode(row)) for row in rows)


@pytest.mark.parametrize(
    ("status", "is_complete"),
    [(500, True), ("500", True), (" 500 ", True), (350, False), ("5000", False), (True, False)],
)
def test_S1_an_order_is_complete_when_one_booking_says_so(status: object, is_complete: bool) -> None:
    (shipment,) = sorted_out(booking(1), booking(2, orderStatusId=status)).records
    assert shipment.is_complete is is_complete


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((1, "A"), (1, "A"), [("1", "A")]),  # two lines in one package
        ((1, "A"), ("1", "A"), [("1", "A")]),  # its id once as a number, once as a text
        ((1, "A"), (2, "B"), [("1", "A"), ("2", "B")]),
        ((1, "A"), (2, "A"), [("1", "A"), ("2", "A")]),  # two packages with one label
        ((1, "A"), (1, "B"), [("1", "A"), ("1", "B")]),  # neither number gets lost
        ((1, None), (1, "A"), [("1", "A")]),  # the number came later
        ((1, ""), (2, ""), [("1", ""), ("2", "")]),  # S4
        ((None, "A"), (None, "A"), [("", "A")]),
        ((None, "A"), (None, "B"), [("", "A"), ("", "B")]),
        ((None, ""), (None, ""), [("", "")]),
    ],
)
def test_S1_each_package_is_one_parcel(
    first: tuple[Any, Any], second: tuple[Any, Any], expected: list[tuple[str, str]]
) -> None:
    rows = [
        booking(number, packageId=package, trackingNumber=tracking)
        for number, (package, tracking) in enumerate((first, second))
    ]
    (shipment,) = sorted_out(*rows).records
    assert [(parcel.id, parcel.tracking_number) for parcel in shipment.parcels] == expected


@pytest.mark.parametrize("external_id", [None, "", "  "])
def test_S6_a_booking_without_the_shops_order_id_is_not_ours(external_id: object) -> None:
    broken = booking(2, externalGoodsOrderId=external_id, trackingNumber={})
    assert sorted_out(booking(1, externalGoodsOrderId=external_id), broken) == Page()


@pytest.mark.parametrize(
    ("row", "record_id", "number", "reason"),
    [
        (booking(2, trackingNumber={}), "2", "DE-77", "trackingNumber"),
        (booking(2, packageId=[]), "2", "DE-77", "packageId"),
        (booking(2, historyId=None), "", "DE-77", "historyId"),  # it could never be acknowledged
        (booking(2, orderStatusId=None), "2", "DE-77", "orderStatusId"),  # is this the last parcel?
        (booking(2, externalGoodsOrderId={}), "2", "DE-77", "externalGoodsOrderId"),
        (booking(2, orderNumberCustomer={}), "2", "77", "orderNumberCustomer"),
        ("a text", "", "", "Expected `object`"),
        (None, "", "", "Expected `object`"),
    ],
)
def test_R4_a_booking_that_can_t_be_read_is_told_by_its_id(
    row: object, record_id: str, number: str, reason: str
) -> None:
    (broken,) = sorted_out(row).unreadable
    assert (broken.record_id, broken.number) == (record_id, number)
    assert reason in broken.reason


@pytest.mark.parametrize(
    "broken",
    [
        booking(2, trackingNumber={}),
        booking(2, trackingNumber={}, externalGoodsOrderId={}),  # known by the warehouse's own id
        booking(2, trackingNumber={}, goodsOrderId={}),
        booking(2, trackingNumber={}, externalGoodsOrderId=77),
    ],
)
def test_S5_an_order_with_a_broken_booking_is_neither_complete_nor_acknowledged(broken: object) -> None:
    other = booking(3, externalGoodsOrderId="78", goodsOrderId=90002, orderStatusId=500)
    page = sorted_out(booking(1, orderStatusId=500), broken, other)
    touched, untouched = page.records
    assert ([parcel.tracking_number for parcel in touched.parcels], touched.is_complete) == (["A"], False)
    assert touched.receipts == ()
    assert (untouched.order_id, untouched.is_complete, untouched.receipts) == ("78", True, ("3",))


def test_S5_a_broken_booking_that_belongs_to_nobody_knows_whom_costs_only_itself() -> None:
    page = sorted_out(booking(1, orderStatusId=500), "a text")
    assert [shipment.is_complete for shipment in page.records] == [True]
