"""Single orders and products, and the received orders, as they stand in Billbee now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from connector.api import Product, ShopOrder, TransientError, Unreadable, UnusableAnswer
from connector.testing.clock import NOON
from connector_billbee.mapping import Offer
from connector_billbee.shop_orders import read_shop_order
from connector_billbee.tags import OrderTags
from tests.plugins.bench import Bench, pages_of

RECEIVED, FAILED = "order_received_by_wemalo", "order_failed_by_wemalo"
OFFER = Offer(3, OrderTags("wemalo"))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def find_order(bench: Bench, number: str) -> ShopOrder | None:
    return bench.source(lambda source: source.find_order(number))


def find_product(bench: Bench, number: str) -> Product | None:
    return bench.source(lambda source: source.find_product(number))


def read(**fields: Any) -> ShopOrder:
    order = {
        "BillBeeOrderId": 7,
        "OrderNumber": "A-7",
        "State": 3,
        "Tags": ["wemalo"],
        "OrderItems": [],
        **fields,
    }
    found = read_shop_order(msgspec.Raw(msgspec.json.encode(order)), OFFER)
    assert isinstance(found, ShopOrder)
    return found


# -- orders ---------------------------------------------------------------------------------------


def test_an_order_is_found_by_its_number_and_by_its_id(bench: Bench) -> None:
    order = bench.shop.add_order([], OrderNumber="2026/1001")
    for number in ("2026/1001", str(order)):
        found = find_order(bench, number)
        assert found is not None
        assert (found.order.id, found.order.number) == (str(order), "2026/1001")


def test_of_several_orders_with_one_number_the_newest_is_found(bench: Bench) -> None:
    bench.shop.add_order([], OrderNumber="1001")
    newest = bench.shop.add_order([], OrderNumber="1001")
    found = find_order(bench, "1001")
    assert found is not None
    assert found.order.id == str(newest)


@pytest.mark.parametrize("number", ["4711", "A-1", "", ".", "..", "a b?c#d", "300000180937001"])
def test_an_order_that_does_not_exist_is_none(bench: Bench, number: str) -> None:
    assert find_order(bench, number) is None


@pytest.mark.parametrize(
    ("fields", "set_flags"),
    [
        ({}, {"is_offered"}),
        ({"Tags": ["WEMALO"]}, {"is_offered"}),
        ({"Tags": []}, set()),
        ({"State": 1}, set()),
        ({"Tags": ["wemalo", RECEIVED]}, {"is_received"}),
        ({"Tags": ["wemalo", FAILED]}, {"is_offered", "is_held"}),
        ({"State": 8}, {"is_cancelled"}),
        ({"State": 6}, {"is_cancelled"}),
        ({"State": 4}, {"is_shipped"}),
        ({"State": 7}, {"is_shipped"}),  # closed
        (
            {"State": 5, "ShippedAt": "2026-03-01T10:00:00"},
            {"is_shipped"},
        ),  # a complaint follows the shipment
        ({"State": 5, "ShippedAt": "0001-01-01T00:00:00"}, set()),
        ({"ArchivedAt": "2026-03-01T10:00:00"}, {"is_archived"}),
        ({"State": 9}, {"is_archived"}),
    ],
)
def test_the_flags_follow_state_and_tags(fields: dict[str, Any], set_flags: set[str]) -> None:
    found = read(**fields)
    flags = {name for name in ShopOrder.__struct_fields__ if name.startswith("is_")}
    assert {name for name in flags if getattr(found, name)} == set_flags


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (1, "Bestellt"),
        (2, "Bestätigt"),
        (3, "Bezahlt"),
        (4, "Versendet"),
        (5, "Reklamation"),
        (6, "Gelöscht"),
        (7, "Abgeschlossen"),
        (8, "Storniert"),
        (9, "Archiviert"),
        (11, "Mahnung 1"),
        (12, "Mahnung 2"),
        (13, "Gepackt"),
        (14, "Angeboten"),
        (15, "Zahlungserinnerung"),
        (16, "Im Fulfillment"),
        (17, "17"),  # not known yet
    ],
)
def test_a_state_has_the_name_that_the_merchant_reads(state: int, name: str) -> None:
    assert read(State=state).state_name == name


@pytest.mark.parametrize(
    ("shipments", "numbers"),
    [
        ([{"ShippingId": "0034"}, {"ShippingId": " 0035 ", "ShipmentType": 0}], ("0034", "0035")),
        ([{"ShippingId": 34}], ("34",)),
        ([{"ShippingId": None}, None, {"ShippingId": ""}], ()),
        ([{"ShippingId": "R-1", "ShipmentType": 1}], ()),  # a label for a return
        ("none", ()),  # unreadable, and no reason to hide the order
        (None, ()),
    ],
)
def test_tracking_numbers_are_those_of_what_was_sent(shipments: Any, numbers: tuple[str, ...]) -> None:
    assert read(ShippingIds=shipments).tracking_numbers == numbers


@pytest.mark.parametrize(
    "fields",
    [
        {"ShippingAddress": None},
        {"ShippingAddress": []},
        {"OrderItems": None},
        {"OrderItems": [{"BillbeeId": 0}]},
        {"OrderItems": [{"BillbeeId": 1, "Quantity": "many"}]},
        {"SellerComment": {}},
    ],
)
def test_an_order_that_could_not_be_sent_is_still_shown(fields: dict[str, Any]) -> None:
    found = read(**fields)
    assert (found.order.id, found.order.number, found.order.tags) == ("7", "A-7", ("wemalo",))
    assert found.is_offered


def test_an_order_without_number_is_named_by_what_there_is() -> None:
    assert read(OrderNumber=None, Id="ext-7", OrderItems=None).order.number == "ext-7"
    assert read(OrderNumber=None, OrderItems=None).order.number == "7"


@pytest.mark.parametrize("field", ["State", "Tags", "BillBeeOrderId"])
def test_R4_an_order_whose_state_can_not_be_read_names_the_field(bench: Bench, field: str) -> None:
    bench.shop.add_order([], OrderNumber="A-1")
    bench.sandbox.billbee.faults.add(
        "GET /orders/findbyextref/*", "wrong_type", path=f"Data.{field}", times=None
    )
    with pytest.raises(UnusableAnswer, match=rf"findbyextref/\{{extRef\}}: order A-1: .*\$\.{field}"):
        find_order(bench, "A-1")


def test_R3_an_outage_is_not_taken_for_an_order_that_does_not_exist(bench: Bench) -> None:
    bench.sandbox.billbee.faults.add("GET /orders/*", "500", times=None)
    with pytest.raises(TransientError, match="was answered with 500"):
        find_order(bench, "A-1")


# -- received orders ------------------------------------------------------------------------------


def test_received_orders_come_whatever_their_state(bench: Bench) -> None:
    wanted = [bench.shop.add_order([], Tags=[RECEIVED], State=state) for state in (3, 4, 8)]
    bench.shop.add_order([], Tags=["wemalo"])
    old = bench.shop.add_order([], Tags=[RECEIVED])
    bench.shop.orders[old]["LastModifiedAt"] = "2020-01-01T10:00:00"
    (page,) = bench.source(lambda source: pages_of(source.received_orders(NOON - timedelta(days=7))))
    assert [found.order.id for found in page.records] == [str(each) for each in wanted]
    (call,) = bench.sandbox.billbee.audit.entries
    assert dict(call.query)["modifiedAtMin"] == "2026-02-23T12:00:00Z"


def test_received_orders_are_filtered_on_our_side_as_well(bench: Bench) -> None:
    bench.shop.add_order([], Tags=[RECEIVED])
    bench.sandbox.billbee.faults.add("GET /orders", "missing_field", path="Data.0.Tags")
    assert (
        bench.source(lambda source: pages_of(source.received_orders(NOON - timedelta(days=7))))[0].records
        == ()
    )


def test_R4_a_malformed_received_order_costs_only_itself(bench: Bench) -> None:
    bench.shop.add_order([], Tags=[RECEIVED], OrderNumber="A-1")
    good = bench.shop.add_order([], Tags=[RECEIVED])
    bench.sandbox.billbee.faults.add("GET /orders", "wrong_type", path="Data.0.State")
    (page,) = bench.source(lambda source: pages_of(source.received_orders(NOON - timedelta(days=7))))
    assert [found.order.id for found in page.records] == [str(good)]
    assert [(type(broken), broken.number) for broken in page.unreadable] == [(Unreadable, "A-1")]


# -- products -------------------------------------------------------------------------------------


def test_a_product_is_found_by_its_id_and_by_its_sku(bench: Bench) -> None:
    product = bench.shop.add_product(SKU="CF/1 a", Title="Kaffee")
    for number in (str(product), "CF/1 a"):
        found = find_product(bench, number)
        assert found is not None
        assert (found.id, found.sku) == (str(product), "CF/1 a")


def test_a_product_whose_sku_looks_like_an_id_is_found(bench: Bench) -> None:
    product = bench.shop.add_product(SKU="4711")
    found = find_product(bench, "4711")
    assert found is not None
    assert found.id == str(product)


@pytest.mark.parametrize("number", ["4711", "A-1", "", ".", ".."])
def test_a_product_that_does_not_exist_is_none(bench: Bench, number: str) -> None:
    assert find_product(bench, number) is None


def test_R4_a_malformed_product_names_the_field(bench: Bench) -> None:
    bench.shop.add_product(SKU="A")
    bench.sandbox.billbee.faults.add("GET /products/{id}", "wrong_type", path="Data.Title", times=None)
    with pytest.raises(UnusableAnswer, match=r"GET /products/\{id\}: product A: .*\$\.Title"):
        find_product(bench, "A")
