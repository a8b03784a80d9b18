"""Orders that are offered, and orders as they stand now."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import Address, Order, OrderLine, Product
from connector.testing.clock import NOON
from connector_vendure.mapping import Offer, read_order
from tests.plugins.vendure.bench import NO_FIELDS, Bench, all_of, unreadable_of

RECEIVER = Address(
    name="Erika Mustermann",
    company="Muster GmbH",
    street="Hauptstraße 5",
    addition="Hinterhaus",
    zip="10115",
    city="Berlin",
    state="Berlin",
    country_code="DE",
    phone="+49 30 1234567",
    email="erika@example.com",
)
MARKED, UNMARKED = Offer(("PaymentSettled", "PartiallyShipped"), True), Offer(("PaymentSettled",), False)


def line(product: str, pieces: int = 2, **changes: Any) -> OrderLine:
    own = {"id": "?", "product_id": product, "quantity": Decimal(pieces), "total": Decimal("12.90") * pieces}
    return OrderLine(**{**own, "tax": Decimal("2.06") * pieces, **changes})


def order(product: str, pieces: int = 2, **changes: Any) -> Order:
    own = {"id": "", "number": "A-1", "currency": "EUR", "total": Decimal("30.70"), "receiver": RECEIVER}
    return Order(**{**own, "lines": (line(product, pieces),), **changes})


def offered(bench: Bench, **changes: Any) -> list[Order]:
    return bench.use(lambda source: all_of(source.orders()), **changes)


def raw(**fields: Any) -> msgspec.Raw:
    usual = {"id": "1", "code": "A-1", "state": "PaymentSettled", "type": "Regular", "lines": []}
    return msgspec.Raw(msgspec.json.encode({**usual, **fields}))


# -- what is sent ---------------------------------------------------------------------------------


def test_O8_an_order_comes_with_all_that_a_warehouse_needs(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug, shipping_profile="DHL Paket"))
    assert offered(bench) == [
        Order(
            id=key,
            number="A-1",
            created_at=NOON,
            currency="EUR",
            total=Decimal("30.70"),
            receiver=RECEIVER,
            lines=(line(mug, id=f"{key}01", sku="MUG", name="Becher"),),
            shipping_profile="DHL Paket",
        )
    ]


@pytest.mark.parametrize(
    ("precision", "total"),
    [(2, "30.70"), (0, "3070"), (3, "3.070"), (None, "30.70"), (-1, "30.70"), (99, "30.70")],
)
def test_O8_money_is_counted_as_the_shop_counts_it(precision: int | None, total: str) -> None:
    read = read_order(raw(totalWithTax=3070), MARKED, precision)
    assert isinstance(read, Order)
    assert read.total == Decimal(total)


@pytest.mark.parametrize(
    ("address", "customer", "name"),
    [
        ({"fullName": " Erika M "}, {"firstName": "Max"}, "Erika M"),
        ({"fullName": None}, {"firstName": "Max", "lastName": "M"}, "Max M"),  # the customer's own address
        ({"company": "Muster GmbH"}, {"firstName": "Max", "lastName": "M"}, ""),  # a company needs no person
        ({}, None, ""),
    ],
)
def test_O8_the_receiver_is_who_the_address_names(address: Any, customer: Any, name: str) -> None:
    read = read_order(raw(shippingAddress=address, customer=customer), MARKED, 2)
    assert isinstance(read, Order)
    assert read.receiver is not None
    assert read.receiver.name == name


def test_O5_an_order_without_address_has_no_receiver() -> None:
    read = read_order(raw(shippingAddress=None), MARKED, 2)
    assert isinstance(read, Order)
    assert read.receiver is None


def test_O4_a_digital_line_says_so(bench: Bench) -> None:
    key = bench.vendure.add_product(Product(id="", sku="E-BOOK", is_digital=True))
    bench.vendure.add_order(order(key))
    assert [each.is_digital for each in offered(bench)[0].lines] == [True]
    assert [each.is_digital for each in offered(bench, digital_field="")[0].lines] == [False]


@pytest.mark.parametrize(
    ("dates", "created_at"),
    [
        ("2026-03-02T12:00:00.000Z", NOON),
        ("2026-03-02T13:00:00+01:00", NOON),
        (None, None),
        ("soon", None),
        (17, None),
    ],
)
def test_R4_a_date_that_makes_no_sense_costs_nothing(dates: Any, created_at: datetime | None) -> None:
    read = read_order(raw(orderPlacedAt=dates), MARKED, 2)
    assert isinstance(read, Order)
    assert read.created_at == created_at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": None}, "$.id"),
        ({"state": None}, "$.state"),
        ({"type": None}, "$.type"),
        ({"lines": None}, "$.lines"),  # a lost list is no order that has nothing to ship
        ({"lines": [None]}, "$.lines[0]"),
        ({"lines": [{"id": "1"}]}, "$.lines[0].quantity"),
        ({"lines": [{"quantity": 1}]}, "$.lines[0].id"),
        ({"lines": [{"id": "1", "quantity": 1, "fulfillmentLines": [{}]}]}, "fulfillmentLines[0].quantity"),
        ({"lines": [{"id": "1", "quantity": "two"}]}, "$.lines[0].quantity"),
        ({"totalWithTax": "much"}, "$.totalWithTax"),
    ],
)
def test_R4_an_order_that_makes_no_sense_is_named(fields: dict[str, Any], field: str) -> None:
    read = read_order(raw(**fields), MARKED, 2)
    assert not isinstance(read, Order)
    assert read is not None
    assert (read.number, field in read.reason) == ("A-1", True)


def test_R4_a_broken_order_costs_only_itself(bench: Bench, mug: str) -> None:
    keys = [bench.vendure.add_order(order(mug, number=number)) for number in ("A-1", "A-2", "A-3")]
    bench.faults.add("ListOrders", "wrong_type", path="data.page.items.1.lines", times=None)
    assert [each.id for each in offered(bench)] == [keys[0], keys[2]]
    (broken,) = bench.use(lambda source: unreadable_of(source.orders()))
    assert broken[:2] == (keys[1], "A-2")


# -- which orders are offered ---------------------------------------------------------------------


def test_O1_only_paid_orders_that_the_warehouse_does_not_have_are_offered(bench: Bench, mug: str) -> None:
    bench.vendure.add_unoffered_orders(order(mug, number=""))
    received, cancelled = (bench.vendure.add_order(order(mug, number=each)) for each in ("A-2", "A-3"))
    bench.use(lambda source: source.order_received(Order(id=received)))
    bench.vendure.cancel_order(cancelled)
    wanted = bench.vendure.add_order(order(mug))
    assert [each.id for each in offered(bench)] == [wanted]


@pytest.mark.parametrize(
    ("fields", "marked", "unmarked"),
    [
        ({}, True, True),
        ({"state": "PartiallyShipped"}, True, False),  # the second is not in its order_states here
        ({"state": "Shipped"}, False, False),
        ({"type": "Seller"}, True, True),
        ({"type": "Aggregate"}, False, False),  # its parts are orders by themselves
        ({"customFields": {"exported": "2026-03-02T12:00:00Z"}}, False, False),
        ({"customFields": {"exported": ""}}, True, True),
        ({"customFields": {"exported": {}}}, False, False),  # whatever it is, it is set
        ({"fulfillments": [{"state": "Pending"}]}, True, False),  # who packed it, nobody can tell
        ({"fulfillments": [{"state": "Cancelled"}, None]}, True, True),
    ],
)
def test_O1_what_the_filter_lets_through_is_looked_at_again(
    fields: dict[str, Any], marked: bool, unmarked: bool
) -> None:
    assert (read_order(raw(**fields), MARKED, 2) is not None) == marked
    assert (read_order(raw(**fields), UNMARKED, 2) is not None) == unmarked


def test_O1_the_shop_filters_before_it_answers(bench: Bench) -> None:
    offered(bench)
    offered(bench, exported_field="", order_states="Paid")
    states, other = (call["options"]["filter"] for call in bench.sent("ListOrders"))
    assert states == {
        "state": {"in": ["PaymentSettled", "PartiallyShipped"]},
        "type": {"notEq": "Aggregate"},
        "wmsExportedAt": {"isNull": True},
    }
    assert other == {"state": {"in": ["Paid"]}, "type": {"notEq": "Aggregate"}}


def test_O1_without_a_mark_an_order_stays_offered_until_a_part_of_it_was_packed(
    bench: Bench, mug: str
) -> None:
    key = bench.vendure.add_order(order(mug))
    bench.use(lambda source: source.order_received(Order(id=key)), **NO_FIELDS)
    assert [each.id for each in offered(bench, **NO_FIELDS)] == [key]
    assert bench.sent("MarkOrder") == []
    bench.vendure.pack_by_hand(key, pieces=1)
    assert offered(bench, **NO_FIELDS) == []


def test_only_what_a_person_has_not_packed_yet_is_sent(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug, 3))
    bench.vendure.pack_by_hand(key, pieces=1)
    (left,) = offered(bench)[0].lines
    assert (left.quantity, left.total, left.tax) == (Decimal(2), Decimal("25.80"), Decimal("4.12"))


def test_an_order_that_a_person_packed_whole_has_nothing_left_to_send(bench: Bench, mug: str) -> None:
    key = bench.vendure.add_order(order(mug, 2))
    bench.vendure.pack_by_hand(key, pieces=2)
    assert [each.quantity for each in offered(bench)[0].lines] == [0]
