"""Orders to Tryton, against the fake."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from connector.api import (
    CallRefused,
    ConfigurationError,
    OrderLine,
    OrderStatus,
    OutcomeUnknown,
    RecordRefused,
    TransientError,
    WarehouseOrder,
)
from tests.plugins.tryton.bench import ORDER, PRODUCT, RECEIVER, Bench
from tests.plugins.tryton.between import cut_off

FULL = msgspec.structs.replace(
    RECEIVER,
    company="Grünzeug & Söhne GmbH",
    name_addition="Hinterhaus",
    addition="3. Etage",
    state="Sachsen",
    phone="+49 351 5550123",
)


def test_O8_an_order_arrives_whole(bench: Bench) -> None:
    bench.create(receiver=FULL, picking_info="🎁 für Zoë\nbitte")
    order = bench.order_shown()
    assert (order.id, order.number, order.currency) == ("8001", "2026-1001", "EUR")
    assert order.receiver == msgspec.structs.replace(FULL, street="Musterstraße 12", house_number="")
    (line,) = order.lines
    assert (line.product_id, line.quantity, line.total) == ("4711", Decimal(2), Decimal("19.98"))
    assert (order.shipping_profile, order.picking_info) == ("DHL Paket", "🎁 für Zoë\nbitte")


def test_O8_a_shipment_says_when_it_is_due(bench: Bench) -> None:
    bench.create()
    bench.create(id="8002", created_at=None)  # then from now on
    days = [each["planned_date"] for each in bench.fake.records.all("stock.shipment.out")]
    assert [(day["month"], day["day"]) for day in days] == [(3, 1), (3, 2)]


def test_O8_a_state_that_tryton_does_not_know_stands_behind_the_city(bench: Bench) -> None:
    bench.create(receiver=msgspec.structs.replace(RECEIVER, state="Bayern"))
    receiver = bench.order_shown().receiver
    assert receiver is not None
    assert (receiver.city, receiver.state) == ("Musterstadt, Bayern", "")


@pytest.mark.parametrize("state", ["Sachsen", "sachsen", "SN", "DE-SN"])
def test_O8_a_state_is_known_by_its_name_and_its_code(bench: Bench, state: str) -> None:
    bench.create(receiver=msgspec.structs.replace(RECEIVER, state=state))
    receiver = bench.order_shown().receiver
    assert receiver is not None
    assert receiver.state == "Sachsen"


@pytest.mark.parametrize(
    ("quantity", "total", "price"),
    [
        ("2", "19.98", "9.9900"),
        ("3", "10", "3.3333"),  # four decimals, as Tryton keeps them
        ("1", None, "0.0000"),
    ],
)
def test_O8_a_price_is_that_of_one_piece(bench: Bench, quantity: str, total: str | None, price: str) -> None:
    amount = Decimal(total) if total else None
    bench.create(lines=(OrderLine(id="1", product_id="4711", quantity=Decimal(quantity), total=amount),))
    move = bench.fake.records.all("stock.move")[0]
    assert (move["quantity"], move["unit_price"]["decimal"]) == (int(quantity), price)


@pytest.mark.parametrize("name", ["DPD Classic", "dpd classic", "DPD - DPD Classic", "DPD"])
def test_O8_a_shipping_profile_is_a_carrier_by_its_product_or_by_its_own_name(
    bench: Bench, name: str
) -> None:
    bench.create(shipping_profile=name)
    assert (bench.order_shown().shipping_profile, bench.order_shown().picking_info) == ("DPD Classic", "")


def test_O8_a_shipping_profile_that_is_no_carrier_is_left_to_people(bench: Bench) -> None:
    bench.create(shipping_profile="Express", picking_info="Geschenk")
    order = bench.order_shown()
    assert order.shipping_profile == ""
    assert order.picking_info == "Versandart / shipping: Express\nGeschenk"


def test_O8_a_name_that_two_carriers_have_says_nothing(bench: Bench) -> None:
    bench.fake.add_carrier("DHL Warenpost", "DHL")
    bench.create(shipping_profile="DHL")
    assert bench.order_shown().shipping_profile == ""


def test_O8_the_carrier_of_the_settings_stands_in(bench: Bench) -> None:
    order = msgspec.structs.replace(ORDER, shipping_profile="Express")
    bench.target(lambda target: target.create_order(order), carrier="DPD Classic")
    assert bench.order_shown().shipping_profile == "DPD Classic"


def test_a_carrier_of_the_settings_that_is_not_there_stops_the_client(bench: Bench) -> None:
    order = msgspec.structs.replace(ORDER, shipping_profile="Express")
    with pytest.raises(
        ConfigurationError, match="no carrier UPS, or more than one; there are: DHL Paket, DPD"
    ):
        bench.target(lambda target: target.create_order(order), carrier="UPS")


def test_O3_an_order_that_the_warehouse_does_not_have_is_none(bench: Bench) -> None:
    bench.create(id="18001")  # whose key ends like the other's
    assert bench.find() is None


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("draft", OrderStatus.WAITING),  # people have taken it back, or a change was cut off
        ("waiting", OrderStatus.WAITING),
        ("assigned", OrderStatus.IN_PROCESS),
        ("picked", OrderStatus.IN_PROCESS),
        ("packed", OrderStatus.IN_PROCESS),
        ("shipped", OrderStatus.SHIPPED),
        ("done", OrderStatus.SHIPPED),
        ("cancelled", OrderStatus.CANCELLED),
        ("of a later version", OrderStatus.IN_PROCESS),
    ],
)
def test_O3_an_order_is_found_with_its_status(bench: Bench, state: str, status: OrderStatus) -> None:
    bench.create()
    bench.fake.shipment("8001")["state"] = state
    assert bench.find() == WarehouseOrder(id="1", status=status, status_name=state)


def test_O3_an_order_that_people_have_split_is_in_process(bench: Bench) -> None:
    bench.create()
    bench.fake.split("8001", 1)
    assert bench.find() == WarehouseOrder(id="1", status=OrderStatus.IN_PROCESS, status_name="waiting")
    bench.fake.shipments("8001")[1]["state"] = "cancelled"
    assert bench.find() == WarehouseOrder(id="1", status=OrderStatus.WAITING, status_name="waiting")


def test_O3_an_order_is_found_after_people_have_joined_its_party_with_another(bench: Bench) -> None:
    bench.create()
    bench.create(id="8002", number="2026-1002")
    for shipment in bench.fake.records.all("stock.shipment.out"):
        shipment["customer"] = bench.fake.shipment("8001")["customer"]
    assert [found.id for found in (bench.find("8001"), bench.find("8002")) if found] == ["1", "2"]


def test_O3_two_shops_with_the_same_ids_do_not_meet(bench: Bench) -> None:
    bench.create()
    assert bench.target(lambda target: target.find_order("8001"), shop="other") is None


@pytest.mark.parametrize("writes", [1, 2, 3, 4, 5])
def test_O3_an_order_is_there_once_wherever_its_creation_is_cut_off(bench: Bench, writes: int) -> None:
    bench.around = cut_off(writes)
    with pytest.raises(TransientError):
        bench.create(picking_info="Geschenk")
    bench.around = lambda app: app
    if bench.find() is None:
        bench.create(picking_info="Geschenk")
    assert bench.order_shown().picking_info == "Geschenk"
    assert bench.find() == WarehouseOrder(id="1", status=OrderStatus.WAITING, status_name="waiting")
    assert len(bench.fake.records.all("stock.shipment.out")) == 1
    assert [each["code"] for each in bench.fake.records.all("party.party")].count("8001@acme") == 1
    assert len(bench.fake.records.all("party.address")) == 1


def test_O3_what_was_left_behind_becomes_the_order_as_it_is_now(bench: Bench) -> None:
    bench.around = cut_off(3)  # party, address and shipment
    with pytest.raises(OutcomeUnknown):
        bench.create()
    bench.around = lambda app: app
    bench.warehouse.add_product(msgspec.structs.replace(PRODUCT, id="4712", sku="MUG-2"))
    line = OrderLine(id="32", product_id="4712", quantity=Decimal(5), total=Decimal(5))
    receiver = msgspec.structs.replace(RECEIVER, name="Max Mustermann")
    bench.create(lines=(line,), receiver=receiver, number="2026-1001-B")
    order = bench.order_shown()
    assert [(each.product_id, each.quantity) for each in order.lines] == [("4712", Decimal(5))]
    assert (order.number, order.receiver and order.receiver.name) == ("2026-1001-B", "Max Mustermann")
    assert bench.fake.records.all("party.party")[-1]["name"] == "Max Mustermann"


def test_O3_of_two_drafts_that_were_left_behind_one_becomes_the_order(bench: Bench) -> None:
    bench.around = cut_off(3)
    with pytest.raises(OutcomeUnknown):
        bench.create()
    (draft,) = bench.fake.shipments("8001")
    bench.fake.records.add("stock.shipment.out", **{**draft, "reference": None})
    bench.around = lambda app: app
    bench.create()
    assert [each["state"] for each in bench.fake.records.all("stock.shipment.out")] == [
        "waiting",
        "cancelled",
    ]
    assert bench.find() == WarehouseOrder(id="1", status=OrderStatus.WAITING, status_name="waiting")


def test_O5_a_product_that_the_warehouse_does_not_have_is_named(bench: Bench) -> None:
    line = OrderLine(id="31", product_id="1", sku="X-1", name="Teller", quantity=Decimal(1))
    with pytest.raises(RecordRefused) as refused:
        bench.create(lines=(line,))
    assert refused.value.code == "order_product_unknown"
    assert refused.value.params == {"line": "31", "name": "Teller", "sku": "X-1"}
    assert bench.fake.writes() == []


def test_O5_an_inactive_product_is_shipped(bench: Bench) -> None:
    bench.put(msgspec.structs.replace(PRODUCT, is_active=False))
    bench.create()
    assert bench.find() is not None


@pytest.mark.parametrize(
    ("currency", "country", "words"),
    [("CHF", "DE", "no currency CHF"), ("EUR", "CH", "no country with the code CH")],
)
def test_O5_what_tryton_does_not_know_holds_the_order_before_anything_is_written(
    bench: Bench, currency: str, country: str, words: str
) -> None:
    with pytest.raises(RecordRefused, match=words):
        bench.create(currency=currency, receiver=msgspec.structs.replace(RECEIVER, country_code=country))
    assert bench.fake.writes() == []


def test_an_order_without_a_currency_is_in_that_of_the_company(bench: Bench) -> None:
    bench.create(currency="")
    assert bench.order_shown().currency == "EUR"


def test_O5_a_refused_order_goes_through_once_it_is_not_refused_any_more(bench: Bench) -> None:
    bench.fake.rules.refuses.add("8001")
    with pytest.raises(CallRefused, match="A rule of this company forbids that"):
        bench.create()
    assert bench.find() is None
    bench.fake.rules.refuses.clear()
    bench.create()
    assert bench.order_shown().id == "8001"


def test_R1_a_company_or_warehouse_has_to_be_named_where_there_are_several(bench: Bench) -> None:
    bench.fake.records.add("stock.location", name="Zweites", code="WH2", type="warehouse")
    with pytest.raises(
        ConfigurationError, match="setting warehouse has to say which one is meant; there are: Ware"
    ):
        bench.find()
    assert bench.target(lambda target: target.find_order("1"), warehouse="WH") is None
    with pytest.raises(ConfigurationError, match="there is no company Muster; there are: Lager GmbH"):
        bench.target(lambda target: target.find_order("1"), company="Muster")


def test_people_pick_from_the_picking_zone_where_there_is_one(bench: Bench) -> None:
    zone = bench.fake.records.add("stock.location", name="Picking", code="PICK", parent=2)
    bench.fake.records.get("stock.location", 1)["picking_location"] = zone
    bench.create()
    assert bench.fake.shipment("8001")["warehouse_storage"] == zone


def test_O3_an_order_that_is_there_already_is_not_made_again(bench: Bench) -> None:
    bench.create()
    before = bench.fake.writes()
    bench.create()
    assert bench.fake.writes() == before
