"""Billbee's orders as records, and which of them are offered."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import Address, Order, OrderLine, Unreadable
from connector_billbee.mapping import Offer, read_order
from connector_billbee.tags import OrderTags

OFFER = Offer(3, OrderTags("wemalo"))

ITEM = {
    "BillbeeId": 31,
    "Product": {
        "BillbeeId": 100000060427001,
        "SKU": "CF-1",
        "Title": "Kaffee",
        "Type": 1,
        "IsDigital": False,
    },
    "Quantity": 2.0,
    "TotalPrice": 19.98,
    "TaxAmount": 1.31,
    "IsCoupon": False,
}
ADDRESS = {
    "FirstName": "Erika",
    "LastName": "Musterfrau",
    "Company": "Beispiel GmbH",
    "NameAddition": "Postnummer 12345678",
    "Street": "Packstation",
    "HouseNumber": "145",
    "Line2": "Hinterhaus",
    "Zip": "01067",
    "City": "Dresden",
    "State": "Sachsen",
    "CountryISO2": "de",
    "Phone": "+49 351 000000",
    "Email": "erika.musterfrau@example.com",
}
FULL = {
    "BillBeeOrderId": 300000180937001,
    "Id": "B-77",
    "OrderNumber": "2026-1001",
    "State": 3,
    "Tags": ["wemalo", "VIP"],
    "CreatedAt": "2026-03-01T10:30:00.1234567",
    "Currency": "EUR",
    "TotalCost": 19.98,
    "ShippingCost": 4.9,
    "ShippingAddress": ADDRESS,
    "OrderItems": [ITEM],
    "ShippingProfileName": "DHL Paket",
    "SellerComment": "Bitte als Geschenk verpacken",
    "CustomerNumber": "K-5",
    "InvoiceAddress": None,
    "History": [],
}


def read(**changes: Any) -> Order | Unreadable | None:
    return read_order(raw({**FULL, **changes}), OFFER)


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def order(**changes: Any) -> Order:
    found = read(**changes)
    assert isinstance(found, Order)
    return found


def line(**changes: Any) -> OrderLine:
    return order(OrderItems=[{**ITEM, **changes}]).lines[0]


def test_O8_everything_that_is_sent_is_read() -> None:
    assert order() == Order(
        id="300000180937001",
        number="2026-1001",
        created_at=order().created_at,
        tags=("wemalo", "VIP"),
        currency="EUR",
        total=Decimal("24.88"),
        receiver=Address(
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
        ),
        lines=(
            OrderLine(
                id="31",
                product_id="100000060427001",
                sku="CF-1",
                name="Kaffee",
                quantity=Decimal(2),
                total=Decimal("19.98"),
                tax=Decimal("1.31"),
            ),
        ),
        shipping_profile="DHL Paket",
        picking_info="Bitte als Geschenk verpacken",
        customer_number="K-5",
    )


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({}, True),
        ({"Tags": [" WEMALO "]}, True),  # case and blanks don't count
        ({"Tags": ["wemalo", "order_failed_by_wemalo"]}, True),  # held ones are tried again
        ({"Tags": ["wemalo", "Order_Received_By_Wemalo"]}, False),
        ({"Tags": ["wemalo2"]}, False),  # the filter of the service is not trusted
        ({"Tags": []}, False),
        ({"Tags": None}, False),
        ({"Tags": [None, "wemalo"]}, True),
        ({"State": 4}, False),
        ({"State": "3"}, True),
        # credit orders
        ({"IsCancelationFor": "B-76"}, False),
        ({"IsCancelationFor": ""}, True),
        ({"BillBeeParentOrderId": 5, "TotalCost": -19.98, "ShippingCost": 0}, False),
        ({"BillBeeParentOrderId": 5, "TotalCost": -19.98, "ShippingCost": -4.9}, False),
        ({"BillBeeParentOrderId": 5}, True),  # a part of an order that was split is shipped
        ({"BillBeeParentOrderId": 0, "TotalCost": -1, "ShippingCost": 0}, True),
        ({"BillBeeParentOrderId": 5, "TotalCost": None}, True),
        # archived ones refuse every change
        ({"ArchivedAt": "2026-03-01T10:00:00"}, False),
        ({"ArchivedAt": "2026-03-01T10:00:00", "RestoredAt": "2026-03-02T10:00:00"}, True),
        ({"ArchivedAt": "2026-03-03T10:00:00", "RestoredAt": "2026-03-02T10:00:00"}, False),
        ({"ArchivedAt": "0001-01-01T00:00:00"}, True),  # Billbee's "never"
        # what is wrong with an order that is not offered is of no interest
        ({"State": 4, "OrderItems": "none"}, False),
        ({"Tags": ["wemalo", "order_received_by_wemalo"], "ShippingAddress": 5}, False),
    ],
)
def test_O1_only_paid_tagged_unreceived_orders_are_offered(changes: dict[str, Any], offered: bool) -> None:
    assert isinstance(read(**changes), Order) is offered


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, "2026-1001"),
        ({"OrderNumber": 1001}, "1001"),
        ({"OrderNumber": ""}, "B-77"),  # the marketplace's id
        ({"OrderNumber": None, "Id": None}, "300000180937001"),
    ],
)
def test_O8_the_number_is_the_one_that_the_merchant_knows(changes: dict[str, Any], number: str) -> None:
    assert order(**changes).number == number


@pytest.mark.parametrize(
    ("total_cost", "shipping_cost", "total"),
    [
        (19.98, 4.9, Decimal("24.88")),
        (0.1, 0.2, Decimal("0.3")),  # exact, not binary
        ("19.98", None, Decimal("19.98")),
        (None, 4.9, None),
        (0, 0, Decimal(0)),
    ],
)
def test_O8_the_total_includes_shipping(
    total_cost: object, shipping_cost: object, total: Decimal | None
) -> None:
    assert order(TotalCost=total_cost, ShippingCost=shipping_cost).total == total


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        ({"IsCoupon": True}, "is_coupon", True),
        ({"IsCoupon": None}, "is_coupon", False),
        ({"Product": {"BillbeeId": 1, "Type": 2}}, "is_set", True),
        ({"Product": {"BillbeeId": 1, "IsDigital": True}}, "is_digital", True),
        ({"Product": None}, "product_id", ""),  # a line that is linked to no article
        ({"Product": {"BillbeeId": 0, "SKU": "CF-1"}}, "product_id", ""),
        ({"Quantity": 0.5}, "quantity", Decimal("0.5")),
        ({"Quantity": "3"}, "quantity", Decimal(3)),
        ({"TotalPrice": None}, "total", None),
    ],
)
def test_O4_lines_say_what_they_are(changes: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(line(**changes), field) == expected


@pytest.mark.parametrize(
    ("address", "name", "country"),
    [
        ({"FirstName": "Erika"}, "Erika", ""),  # missing fields are empty
        ({"LastName": " Mustermann ", "CountryISO2": " at "}, "Mustermann", "AT"),
        ({"FirstName": None, "LastName": None, "Country": "Deutschland"}, "", ""),  # no country is guessed
        ({"FirstName": "E" * 1000}, "E" * 1000, ""),  # nothing is cut
    ],
)
def test_addresses_are_read_as_they_are(address: dict[str, Any], name: str, country: str) -> None:
    receiver = order(ShippingAddress=address).receiver
    assert receiver is not None
    assert (receiver.name, receiver.country_code) == (name, country)


def test_an_order_without_shipping_address_has_no_receiver() -> None:
    assert order(ShippingAddress=None).receiver is None


def test_an_order_may_have_no_lines() -> None:
    assert order(OrderItems=[]).lines == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"State": None}, r"\$\.State"),
        ({"State": "paid"}, r"\$\.State"),
        ({"Tags": "wemalo"}, r"\$\.Tags"),
        ({"BillBeeOrderId": None}, r"\$\.BillBeeOrderId"),
        ({"ShippingAddress": "Musterstraße 1"}, r"\$\.ShippingAddress"),
        ({"ShippingAddress": {**ADDRESS, "City": ["Dresden"]}}, r"\$\.ShippingAddress\.City"),
        ({"TotalCost": "a lot"}, r"\$\.TotalCost"),
        ({"TotalCost": "NaN"}, r"\$\.TotalCost"),
        # an order without lines counts as done, so one whose lines got lost must not
        ({"OrderItems": None}, r"\$\.OrderItems"),
        ({"OrderItems": [None]}, r"OrderItems\[0\]"),
        ({"OrderItems": [ITEM, {**ITEM, "BillbeeId": None}]}, r"OrderItems\[1\]\.BillbeeId"),
        ({"OrderItems": [{**ITEM, "Quantity": None}]}, r"OrderItems\[0\]\.Quantity"),
        ({"OrderItems": [{**ITEM, "Quantity": "1e999999999"}]}, r"OrderItems\[0\]\.Quantity"),
        ({"OrderItems": [{**ITEM, "Quantity": "Infinity"}]}, r"OrderItems\[0\]\.Quantity"),
        ({"OrderItems": [{**ITEM, "Product": "CF-1"}]}, r"OrderItems\[.*\]\.Product"),
    ],
)
def test_R4_a_malformed_order_says_which_field_is_wrong(changes: dict[str, Any], reason: str) -> None:
    found = read(**changes)
    assert isinstance(found, Unreadable)
    assert found.number == "2026-1001"
    assert re.search(reason, found.reason)


def test_R4_an_order_whose_tags_got_lost_is_not_taken_for_one_that_nobody_offers() -> None:
    found = read_order(raw({name: value for name, value in FULL.items() if name != "Tags"}), OFFER)
    assert isinstance(found, Unreadable)
    assert "$.Tags" in found.reason


@pytest.mark.parametrize("value", [None, 5, "order", [], {"OrderNumber": {"x": 1}}])
def test_R4_what_is_no_order_at_all_is_reported_without_id(value: object) -> None:
    found = read_order(raw(value), OFFER)
    assert isinstance(found, Unreadable)
    assert (found.record_id, found.number) == ("", "")
