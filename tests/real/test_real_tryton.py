"""The target `tryton` against a real Tryton 8.0, with the rights that its README asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from connector.api import (
    AuthenticationError,
    Finding,
    Order,
    OrderLine,
    OrderStatus,
    OutcomeUnknown,
    PackedItem,
    Product,
    RecordRefused,
    Secret,
    TransientError,
)
from tests.real.tryton_bench import RECEIVER, Bench, BreaksDown
from tests.real.tryton_server import default_folder
from tests.real.tryton_warehouse import running_warehouse

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with running_warehouse(default_folder()) as warehouse:
        yield Bench(warehouse)


def test_a_warehouse_that_is_set_up_has_nothing_to_mend(bench: Bench) -> None:
    findings: list[Finding] = list(bench.target(lambda target: target.check()))
    assert [finding for finding in findings if not finding.ok] == []
    assert findings[0].what == "application key is accepted, company Lager GmbH"


def test_R1_a_wrong_key_is_told_as_such(bench: Bench) -> None:
    with pytest.raises(AuthenticationError, match="application key is unknown"):
        bench.target(lambda target: target.find_order("1"), application_key=Secret("of-nobody"))


def test_R4_a_wrong_database_is_not_taken_for_an_empty_one(bench: Bench) -> None:
    with pytest.raises(TransientError, match="database is not there"):
        bench.target(lambda target: target.find_order("1"), database="other")


def test_A7_a_product_arrives_whole_and_is_read_back_as_it_was(bench: Bench) -> None:
    product = bench.product()
    assert bench.put(product) == [None]
    shown = bench.staff.product(product.sku)
    assert (shown["weight"], shown["weight_uom"]["symbol"]) == (1499.0, "g")
    assert (shown["length"], shown["length_uom"]["symbol"]) == (30.5, "cm")
    found = bench.target(lambda target: target.find_product(product.id, product.sku))
    assert found == msgspec.structs.replace(product, length_cm=None, width_cm=None, height_cm=None)


def test_A3_a_change_is_taken_over_but_no_dimensions(bench: Bench) -> None:
    product = bench.product()
    bench.put(product)
    changed = msgspec.structs.replace(product, sku=f"{product.sku}-B", name="Tee", weight_g=5, length_cm=99.0)
    assert bench.put(changed, is_new=False) == [None]
    shown = bench.staff.product(changed.sku)
    assert (shown["name"], shown["weight"], shown["length"]) == ("Tee", 5.0, 30.5)


def test_A4_a_product_that_is_refused_keeps_no_other_back(bench: Bench) -> None:
    there, other = bench.product(), bench.product()
    bench.put(there)
    wrong_ean, taken = bench.product(ean="4006381333930"), bench.product(sku=there.sku)
    errors = bench.put(wrong_ean, taken, other)
    assert [getattr(error, "code", None) for error in errors] == [
        "refused_unclear",
        "product_sku_taken",
        None,
    ]


def test_R3_a_product_whose_answer_got_lost_is_there_once(bench: Bench) -> None:
    product = bench.product()
    (error,) = bench.put(product, transport=BreaksDown(1))
    assert isinstance(error, TransientError)
    assert bench.put(product) == [None]
    assert bench.staff.product(product.sku)["name"] == product.name


def test_A6_a_product_with_stock_is_deactivated_and_a_digital_one_is_no_goods(bench: Bench) -> None:
    stored, digital = bench.stored(), bench.product(is_digital=True)
    assert bench.put(msgspec.structs.replace(stored, is_active=False), digital) == [None, None]
    assert not bench.staff.product(stored.sku)["active"]
    assert bench.staff.product(digital.sku)["type"] == "service"


def test_O8_an_order_arrives_whole(bench: Bench) -> None:
    product = bench.stored()
    order = bench.waiting(product)
    shown = bench.staff.shipment(order.id)
    assert shown["delivery_address"]["full_address"].splitlines() == [
        "Grünzeug & Söhne GmbH",
        "Erika Müller-Lüdenscheidt",
        "Hinterhaus",
        "Große Straße 12a",
        "3. Etage",
        "01067 Dresden",
        "GERMANY",
    ]
    assert [each["value"] for each in shown["delivery_address"]["contact_mechanisms"]] == [
        "erika@example.com",
        "+49 351 5550123",
    ]
    (move,) = shown["outgoing_moves"]
    assert (move["product"]["code"], move["quantity"]) == (product.sku, 2.0)
    assert move["unit_price"]["decimal"] == "19.9900"
    assert (shown["state"], shown["carrier"]["rec_name"]) == ("waiting", "DHL - DHL Paket")
    assert shown["reference"] == f"{order.number} {order.id}@acme"
    assert (shown["planned_date"]["month"], shown["planned_date"]["day"]) == (11, 2)
    assert bench.staff.notes(order.id) == ["Aus dem Shop / from the shop:\nBitte als Geschenk verpacken"]


def test_O5_a_country_that_is_not_there_holds_the_order(bench: Bench) -> None:
    order = bench.order(bench.stored(), receiver=msgspec.structs.replace(RECEIVER, country_code="CH"))
    with pytest.raises(RecordRefused, match="no country with the code CH"):
        bench.target(lambda target: target.create_order(order))
    assert bench.status(order) is None


@pytest.mark.parametrize("writes", [1, 2, 3, 4, 5])
def test_O3_an_order_arrives_once_wherever_it_is_cut_off(bench: Bench, writes: int) -> None:
    product = bench.stored()
    order = bench.order(product)
    with pytest.raises(OutcomeUnknown):
        bench.target(lambda target: target.create_order(order), BreaksDown(writes))
    if bench.status(order) is None:
        bench.target(lambda target: target.create_order(order))
    (shown,) = bench.staff.shipments(order.id)
    assert (shown["state"], len(shown["outgoing_moves"])) == ("waiting", 1)
    assert len(shown["customer"]["addresses"]) == 1
    assert len(bench.staff.notes(order.id)) == 1


def changed(order: Order, product: Product) -> Order:
    """The order with another receiver, and a product more."""
    more = OrderLine(id="more", product_id=product.id, sku=product.sku, quantity=Decimal(1), total=Decimal(5))
    return msgspec.structs.replace(
        order,
        receiver=msgspec.structs.replace(RECEIVER, company="", city="Graz", country_code="AT", phone=""),
        lines=(*order.lines, more),
        picking_info="Nicht als Geschenk verpacken",
    )


def test_O6_an_order_that_waits_is_brought_up_to_date(bench: Bench) -> None:
    product, other = bench.stored(), bench.stored()
    order = changed(bench.waiting(product), other)
    bench.target(lambda target: target.change_order(order, (), order.lines[1:]))
    (shown,) = bench.staff.shipments(order.id)
    assert sorted((move["product"]["code"], move["quantity"]) for move in shown["outgoing_moves"]) == sorted(
        [(product.sku, 2.0), (other.sku, 1.0)]
    )
    assert shown["delivery_address"]["full_address"].splitlines()[0] == "Erika Müller-Lüdenscheidt"
    assert [each["value"] for each in shown["customer"]["contact_mechanisms"]] == ["erika@example.com"]
    assert (shown["state"], "GRAZ" in shown["delivery_address"]["full_address"]) == ("waiting", True)
    assert [note.splitlines()[1] for note in bench.staff.notes(order.id)] == ["Nicht als Geschenk verpacken"]


@pytest.mark.parametrize("writes", range(1, 8))
def test_O6_a_change_that_is_cut_off_is_whole_after_the_next_attempt(bench: Bench, writes: int) -> None:
    product, other = bench.stored(), bench.stored()
    order = changed(bench.waiting(product), other)
    with pytest.raises(TransientError):
        bench.target(lambda target: target.change_order(order, (), ()), BreaksDown(writes))
    assert bench.status(order) is OrderStatus.WAITING
    bench.target(lambda target: target.change_order(order, (), ()))
    (shown,) = bench.staff.shipments(order.id)
    assert (shown["state"], len(shown["outgoing_moves"])) == ("waiting", 2)
    assert (len(shown["customer"]["addresses"]), len(bench.staff.notes(order.id))) == (2, 1)


def test_O7_an_order_that_people_have_begun_with_is_not_changed(bench: Bench) -> None:
    product = bench.stored()
    order = bench.waiting(product)
    bench.staff.assign(order.id)
    with pytest.raises(RecordRefused, match=r"order_in_process \(status=assigned\)"):
        bench.target(lambda target: target.change_order(changed(order, product), (), ()))
    assert (bench.status(order), bench.staff.shipment(order.id)["state"]) == (
        OrderStatus.IN_PROCESS,
        "assigned",
    )


def test_X1_an_order_is_cancelled_until_people_pick_it(bench: Bench) -> None:
    product = bench.stored()
    waits, assigned = bench.waiting(product), bench.waiting(product)
    bench.staff.assign(assigned.id)
    for order in (waits, assigned):
        bench.cancel(order)
        assert bench.status(order) is OrderStatus.CANCELLED
    bench.cancel(waits)
    assert bench.sellable(product) == 10


def test_X2_an_order_that_was_picked_or_packed_is_not_cancelled(bench: Bench) -> None:
    product = bench.stored()
    picked, packed = bench.waiting(product), bench.waiting(product)
    bench.staff.pick(picked.id)
    bench.staff.pack(packed.id, "0034")
    for order, state in ((picked, "picked"), (packed, "packed")):
        with pytest.raises(RecordRefused, match=rf"order_cancel_refused \(status={state}\)"):
            bench.cancel(order)
        assert bench.status(order) is OrderStatus.IN_PROCESS


def test_S1_two_parcels_are_told_of_once_with_what_is_in_them(bench: Bench) -> None:
    product, other = bench.stored(), bench.stored()
    order = bench.waiting(product, other)
    bench.staff.pack(order.id, "0034-1", "0034-2")
    assert bench.told(order) is None
    bench.staff.press("stock.shipment.out", bench.staff.shipment(order.id)["id"], "ship")
    told = bench.told(order)
    assert told is not None
    assert (told.order_number, told.is_complete) == (order.number, True)
    assert [(each.tracking_number, each.carrier, each.product) for each in told.parcels] == [
        ("0034-1", "DHL", "DHL Paket"),
        ("0034-2", "DHL", "DHL Paket"),
    ]
    assert [each.contents for each in told.parcels] == [
        (PackedItem(product_id=each.id, sku=each.sku, quantity=Decimal("2.0")),) for each in (product, other)
    ]
    bench.take(told)
    assert bench.told(order) is None
    bench.staff.finish(order.id)
    assert (bench.told(order), bench.status(order)) == (None, OrderStatus.SHIPPED)
    assert bench.staff.shipment(order.id)["reference"] == f"{order.number} {order.id}@acme (reported)"


def test_S1_an_order_is_complete_when_the_rest_was_sent_too(bench: Bench) -> None:
    order = bench.waiting(bench.stored())
    bench.staff.pack(order.id, "0034-1")
    first = bench.staff.shipment(order.id)["id"]
    bench.staff.copy(order.id)
    bench.staff.press("stock.shipment.out", first, "ship")
    told = bench.told(order)
    assert told is not None
    assert ([each.tracking_number for each in told.parcels], told.is_complete) == (["0034-1"], False)
    bench.take(told)
    assert bench.told(order) is None
    bench.staff.ship(order.id, "0034-2")
    told = bench.told(order)
    assert told is not None
    assert ([each.tracking_number for each in told.parcels], told.is_complete) == (["0034-2"], True)
    bench.take(told)
    assert bench.told(order) is None
    assert len(bench.target(lambda target: target.parcels(order.id))) == 2


def test_S4_a_parcel_without_a_number_is_told_of(bench: Bench) -> None:
    order = bench.waiting(bench.stored())
    bench.staff.ship(order.id, "")
    told = bench.told(order)
    assert told is not None
    assert ([each.tracking_number for each in told.parcels], told.is_complete) == ([""], True)
    (parcel,) = bench.target(lambda target: target.parcels(order.id))
    assert parcel.is_handed_over


def test_K4_what_is_promised_picked_or_blocked_can_not_be_sold(bench: Bench) -> None:
    product = bench.stored(pieces=10)
    bench.waiting(product)
    picked = bench.waiting(product)
    bench.staff.pick(picked.id)
    assert bench.sellable(product) == 6
    bench.staff.add_location("QUARANTINE", beside="STO")
    bench.staff.stock_in({product.sku: 7}, location="QUARANTINE")
    assert (bench.sellable(product), bench.staff.on_hand(product.sku)) == (6, 17.0)


def test_K1_a_product_is_reported_when_sold_out_but_not_before_it_was_ever_there(bench: Bench) -> None:
    product, never_there = bench.stored(pieces=2), bench.product()
    bench.put(never_there)
    order = bench.waiting(product)
    bench.staff.ship(order.id, "0034")
    assert (bench.sellable(product), bench.sellable(never_there)) == (0, None)


def test_K1_only_what_moved_since_then_is_read_again(bench: Bench) -> None:
    product, other = bench.stored(pieces=5), bench.stored(pieces=5)
    since = datetime.now(UTC)
    order = bench.waiting(product)
    assert bench.levels(since) == {product.id: 3}
    since = datetime.now(UTC)
    bench.staff.ship(order.id, "0034")
    assert bench.levels(since) == {product.id: 3}
    assert bench.sellable(other) == 5
