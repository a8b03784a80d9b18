"""Orders as Wemalo's JSON and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import (
    Address,
    Order,
    OrderLine,
    OrderStatus,
    RecordRefused,
    WarehouseOrder,
)
from connector_wemalo import wire
from connector_wemalo.mapping import (
    PICKING_INFO_LIMIT,
    TEXT_LIMIT,
    accepted,
    goods_order,
    profile_ids,
    warehouse_order,
)

RECEIVER = Address(
    name="Erika Musterfrau",
    company="Beispiel GmbH",
    name_addition="Postnummer 12345678",
    street="Packstation",
    house_number="145",
    addition="Hinterhaus",
    zip="01067",
    city="Dresden",
    state="Sachsen",
    country_code="DE",
    phone="+49 351 000000",
    email="erika.musterfrau@example.com",
)
ORDER = Order(
    id="300000180937001",
    number="2026-1001",
    currency="EUR",
    total=Decimal("24.88"),
    receiver=RECEIVER,
    lines=(
        OrderLine(
            id="31",
            product_id="100000060427001",
            quantity=Decimal(2),
            total=Decimal("19.98"),
            tax=Decimal("1.31"),
        ),
    ),
    shipping_profile="DHL Paket",
    picking_info="Bitte als Geschenk verpacken",
    customer_number="K-5",
)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def sent(value: object) -> Any:
    """Returns what the service gets to see."""
    return msgspec.json.decode(_encode(value))


def changed(record: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(record, **changes)


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def test_O8_an_order_is_sent_with_all_it_has() -> None:
    assert sent(goods_order(ORDER)) == {
        "meta": {
            "externalId": "300000180937001",
            "orderNumber": "2026-1001",
            "currency": "EUR",
            "total": 24.88,
            "dispatcherProfile": "DHL Paket",
            "pickingInfo": "Bitte als Geschenk verpacken",
            "receiver": [
                {
                    "name1": "Erika Musterfrau",
                    "name2": "Beispiel GmbH",
                    "name3": "Postnummer 12345678",
                    "street": "Packstation",
                    "streetNumber": "145",
                    "addressAddition": "Hinterhaus",
                    "countryCode2Letter": "DE",
                    "zip": "01067",
                    "city": "Dresden",
                    "stateProvinceCountry": "Sachsen",
                    "phoneNumber": "+49 351 000000",
                    "email": "erika.musterfrau@example.com",
                    "customerNumber": "K-5",
                }
            ],
        },
        "positions": [
            {
                "externalId": "100000060427001",
                "quantity": 2,
                "externalPositionIdentifier": "31",
                "total": 1998,
                "tax": 131,
            }
        ],
    }


def test_O8_what_an_order_does_not_have_is_left_out() -> None:
    receiver = Address(
        name="Max Mustermann", street="Musterstraße 1", zip="12345", city="Musterstadt", country_code="DE"
    )
    lines = (OrderLine(id="1", product_id="2", quantity=Decimal(1)),)
    assert sent(goods_order(Order(id="9", receiver=receiver, lines=lines))) == {
        "meta": {
            "externalId": "9",
            "receiver": [
                {
                    "name1": "Max Mustermann",
                    "street": "Musterstraße 1",
                    "countryCode2Letter": "DE",
                    "zip": "12345",
                    "city": "Musterstadt",
                }
            ],
        },
        "positions": [{"externalId": "2", "quantity": 1, "externalPositionIdentifier": "1"}],
    }


@pytest.mark.parametrize(
    ("person", "company", "addition", "names"),
    [
        (
            "Erika Musterfrau",
            "Beispiel GmbH",
            "c/o Muster",
            ["Erika Musterfrau", "Beispiel GmbH", "c/o Muster"],
        ),
        ("Erika Musterfrau", "", "c/o Muster", ["Erika Musterfrau", "c/o Muster", None]),  # no gap
        ("", "Beispiel GmbH", "", ["Beispiel GmbH", None, None]),
        ("", "Beispiel GmbH", "Einkauf", ["Beispiel GmbH", "Einkauf", None]),
    ],
)
def test_O8_names_move_up_where_one_is_missing(
    person: str, company: str, addition: str, names: list[str | None]
) -> None:
    receiver = changed(RECEIVER, name=person, company=company, name_addition=addition)
    found = sent(goods_order(changed(ORDER, receiver=receiver)))["meta"]["receiver"][0]
    assert [found.get(name) for name in ("name1", "name2", "name3")] == names


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("19.98", 1998),
        ("0", 0),
        ("0.005", 1),  # half a cent counts
        ("10.074999", 1007),
        ("1234567.89", 123456789),
        ("-5.00", -500),
        (None, None),
    ],
)
def test_O8_positions_are_priced_in_whole_cents(amount: str | None, cents: int | None) -> None:
    line = changed(ORDER.lines[0], total=None if amount is None else Decimal(amount))
    assert sent(goods_order(changed(ORDER, lines=(line,))))["positions"][0].get("total") == cents


@pytest.mark.parametrize(("quantity", "expected"), [("2", 2), ("2.0", 2), ("1E+3", 1000)])
def test_O8_quantities_are_whole_numbers(quantity: str, expected: int) -> None:
    line = changed(ORDER.lines[0], quantity=Decimal(quantity))
    assert sent(goods_order(changed(ORDER, lines=(line,))))["positions"][0]["quantity"] == expected


def test_O5_a_fraction_is_never_rounded() -> None:
    line = changed(ORDER.lines[0], quantity=Decimal("1.5"))
    with pytest.raises(ValueError, match="line 31 has a fraction of a piece"):
        goods_order(changed(ORDER, lines=(line,)))


@pytest.mark.parametrize(
    ("order", "field", "length", "limit"),
    [
        (changed(ORDER, number="1" * 256), "number", 256, TEXT_LIMIT),
        (changed(ORDER, shipping_profile="D" * 1000), "shipping_profile", 1000, TEXT_LIMIT),
        (changed(ORDER, picking_info="P" * 2001), "picking_info", 2001, PICKING_INFO_LIMIT),
        (changed(ORDER, customer_number="K" * 256), "customer_number", 256, TEXT_LIMIT),
        (changed(ORDER, receiver=changed(RECEIVER, name="E" * 256)), "name", 256, TEXT_LIMIT),
        (changed(ORDER, receiver=changed(RECEIVER, company="☕" * 256)), "company", 256, TEXT_LIMIT),
        (changed(ORDER, receiver=changed(RECEIVER, country_code="DEU")), "country_code", 3, 2),
    ],
)
def test_O8_what_does_not_fit_is_refused_and_never_cut(
    order: Order, field: str, length: int, limit: int
) -> None:
    with pytest.raises(RecordRefused, match="field_too_long") as refused:
        goods_order(order)
    assert refused.value.params == {"field": field, "length": str(length), "limit": str(limit)}


def test_O8_what_just_fits_is_sent_whole() -> None:
    receiver = changed(RECEIVER, name="☕" * 255, street="S" * 255)
    meta = sent(goods_order(changed(ORDER, receiver=receiver, picking_info="P" * 2000)))["meta"]
    assert (len(meta["receiver"][0]["name1"]), len(meta["pickingInfo"])) == (255, 2000)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"statusName": "PARTIAL"}, OrderStatus.WAITING),
        ({"statusName": "OPEN"}, OrderStatus.WAITING),
        ({"statusName": "INPROCESS"}, OrderStatus.IN_PROCESS),
        ({"statusName": "INPICKING"}, OrderStatus.IN_PROCESS),
        ({"statusName": "READYFORSHIPMENT"}, OrderStatus.IN_PROCESS),
        ({"statusName": "PACKED"}, OrderStatus.IN_PROCESS),
        ({"statusName": "BLOCKEDPACKED"}, OrderStatus.IN_PROCESS),
        ({"statusName": "SHIPPED"}, OrderStatus.SHIPPED),
        ({"statusName": "CANCELLED"}, OrderStatus.CANCELLED),
        ({"statusName": " open "}, OrderStatus.WAITING),
        ({"statusName": "ASTONISHING"}, OrderStatus.IN_PROCESS),  # an unknown word is never taken for waiting
    ],
)
def test_O6_O7_only_what_nobody_has_touched_counts_as_waiting(
    fields: dict[str, Any], status: OrderStatus
) -> None:
    found = warehouse_order(msgspec.convert(fields, wire.GoodsOrderStatus))
    assert found is not None
    assert found.status is status


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reasonPartiallyReserved": "ADDRESS", "blockReason": ""}, "ADDRESS"),
        ({"reasonPartiallyReserved": "", "blockReason": "DOCUMENTS"}, "DOCUMENTS"),
        ({"reasonPartiallyReserved": None}, ""),
    ],
)
def test_an_order_in_the_warehouse_says_why_it_waits(fields: dict[str, Any], reason: str) -> None:
    answer = msgspec.convert({"id": 90001, "statusName": "PARTIAL", **fields}, wire.GoodsOrderStatus)
    assert warehouse_order(answer) == WarehouseOrder(
        id="90001", status=OrderStatus.WAITING, status_name="PARTIAL", reason=reason
    )


def test_R4_an_answer_without_a_status_is_not_guessed_at() -> None:
    assert warehouse_order(wire.GoodsOrderStatus(id=5)) is None


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"Success": True, "id": 5}, True),
        ({"Success": "true"}, True),
        ({"id": "5"}, True),
        ({}, False),  # an answer that says nothing
        ({"Success": None, "id": None}, False),
    ],
)
def test_O3_an_order_counts_as_taken_only_where_the_answer_says_so(
    fields: dict[str, Any], taken: bool
) -> None:
    assert accepted(msgspec.convert(fields, wire.GoodsOrderAdded)) is taken


def test_profile_ids_are_listed_once_and_sorted() -> None:
    answer = msgspec.convert(
        {
            "dispatcher": [
                {"name": "DHL", "profiles": [{"matchId": "DHL Paket"}, {"matchId": ""}, None]},
                {"name": "DPD", "profiles": [{"matchId": "DPD"}, {"matchId": "DHL Paket"}]},
                {"name": "GLS", "profiles": None},
                None,
            ]
        },
        wire.Profiles,
    )
    assert profile_ids(answer) == ["DHL Paket", "DPD"]
