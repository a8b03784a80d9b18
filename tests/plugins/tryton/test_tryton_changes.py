"""Changing orders in Tryton, against the fake."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import (
    CallRefused,
    OrderLine,
    OrderStatus,
    RecordRefused,
    TransientError,
)
from tests.plugins.tryton.bench import ORDER, PRODUCT, RECEIVER, Bench
from tests.plugins.tryton.between import cut_off, just_before, without_answer

MOVED = msgspec.structs.replace(RECEIVER, name="Max Mustermann", city="Graz", country_code="AT")
MORE = (*ORDER.lines, OrderLine(id="32", product_id="4712", quantity=Decimal(1), total=Decimal(5)))
CHANGE: dict[str, Any] = {
    "receiver": MOVED,
    "lines": MORE,
    "picking_info": "Nicht als Geschenk",
    "shipping_profile": "DPD Classic",
}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    for number in ("4711", "4712"):
        bench.warehouse.add_product(msgspec.structs.replace(PRODUCT, id=number, sku=f"SKU-{number}"))
    bench.create(picking_info="Geschenk")
    return bench


def expect_changed(bench: Bench) -> None:
    order = bench.order_shown()
    assert [(line.product_id, line.quantity) for line in order.lines] == [
        ("4711", Decimal(2)),
        ("4712", Decimal(1)),
    ]
    assert order.receiver == msgspec.structs.replace(MOVED, street="Musterstraße 12", house_number="")
    assert (order.picking_info, order.shipping_profile) == ("Nicht als Geschenk", "DPD Classic")
    assert bench.warehouse.status("8001") is OrderStatus.WAITING


def test_O6_an_order_that_waits_is_brought_up_to_date(bench: Bench) -> None:
    bench.change(**CHANGE)
    expect_changed(bench)
    assert (
        bench.fake.records.get("party.party", bench.fake.shipment("8001")["customer"])["name"]
        == "Max Mustermann"
    )
    picked = bench.fake.rules.inventory_moves(bench.fake.shipment("8001"))
    assert [move["quantity"] for move in picked] == [2, 1]


def test_O6_nobody_writes_to_a_former_receiver(bench: Bench) -> None:
    bench.change(receiver=msgspec.structs.replace(MOVED, email="max@example.com"))
    assert [each["value"] for each in bench.fake.records.all("party.contact_mechanism")] == [
        "max@example.com"
    ]


def test_O6_a_shipment_keeps_its_number_and_is_the_only_one(bench: Bench) -> None:
    bench.change(**CHANGE)
    found = bench.find()
    assert found is not None
    assert (found.id, len(bench.fake.shipments("8001"))) == ("1", 1)


def test_O6_what_was_emptied_is_emptied(bench: Bench) -> None:
    bench.change(picking_info="", receiver=msgspec.structs.replace(RECEIVER, email=""))
    order = bench.order_shown()
    assert (order.picking_info, order.receiver and order.receiver.email) == ("", "")


def test_O6_an_address_that_did_not_change_is_used_again(bench: Bench) -> None:
    bench.change(lines=MORE)
    assert len(bench.order_shown().lines) == 2
    assert len(bench.fake.records.all("party.address")) == 1


def test_O6_an_address_that_was_written_stays_as_it_is_for_a_shipment_that_left(bench: Bench) -> None:
    before = msgspec.json.encode(bench.fake.records.get("party.address", 1))
    bench.change(receiver=MOVED)
    assert msgspec.json.encode(bench.fake.records.get("party.address", 1)) == before


@pytest.mark.parametrize("writes", range(1, 9))
def test_O6_a_change_that_is_cut_off_leaves_a_whole_order_and_is_made_up_for(
    bench: Bench, writes: int
) -> None:
    bench.around = cut_off(writes)
    if writes < 8:  # the change takes seven writes
        with pytest.raises(TransientError):
            bench.change(**CHANGE)
    else:
        bench.change(**CHANGE)
    bench.around = lambda app: app
    assert len(bench.order_shown().lines) in {1, 2}
    found = bench.find()
    assert found is not None
    assert found.status is OrderStatus.WAITING
    bench.change(**CHANGE)
    expect_changed(bench)
    assert len(bench.fake.records.all("party.address")) == 2


def test_O6_a_refused_change_leaves_the_order_as_it_was_and_in_the_warehouse(bench: Bench) -> None:
    bench.around = just_before("PUT stock.shipment.out/1", lambda: bench.fake.rules.refuses.add("8001"))
    with pytest.raises(CallRefused, match="A rule of this company forbids that"):
        bench.change(**CHANGE)
    assert [line.product_id for line in bench.order_shown().lines] == ["4711"]
    assert bench.fake.shipment("8001")["state"] == "draft"  # the rule keeps it from being handed back, too
    bench.fake.rules.refuses.clear()
    bench.change(**CHANGE)
    expect_changed(bench)


def test_O6_a_change_that_breaks_off_is_handed_back_to_the_warehouse(bench: Bench) -> None:
    bench.around = without_answer("PUT stock.shipment.out/1")
    with pytest.raises(TransientError, match="nobody knows whether it took effect"):
        bench.change(**CHANGE)
    assert bench.fake.shipment("8001")["state"] == "waiting"
    assert len(bench.order_shown().lines) == 2


def test_O6_a_shipment_whose_claim_got_no_answer_is_handed_back(bench: Bench) -> None:
    bench.around = without_answer("POST stock.shipment.out/1/draft")
    with pytest.raises(TransientError, match="nobody knows whether it took effect"):
        bench.change(**CHANGE)
    assert bench.fake.shipment("8001")["state"] == "waiting"


@pytest.mark.parametrize("act", ["assign", "pick", "pack", "ship"])
def test_O7_an_order_that_people_have_begun_with_is_not_changed(bench: Bench, act: str) -> None:
    getattr(bench.fake, act)("8001")
    before = bench.fake.writes()
    with pytest.raises(RecordRefused) as refused:
        bench.change(**CHANGE)
    state = bench.fake.shipment("8001")["state"]
    assert (refused.value.code, refused.value.params) == ("order_in_process", {"status": state})
    assert bench.fake.writes() == before


def test_O7_people_who_begin_at_the_last_moment_win(bench: Bench) -> None:
    bench.around = just_before("POST stock.shipment.out/1/draft", lambda: bench.fake.assign("8001"))
    with pytest.raises(RecordRefused, match=r"order_in_process \(status=assigned\)"):
        bench.change(**CHANGE)
    assert [line.product_id for line in bench.order_shown().lines] == ["4711"]
    assert bench.fake.shipment("8001")["state"] == "assigned"


def test_O6_another_attempt_that_was_faster_does_no_harm(bench: Bench) -> None:
    shipment = bench.fake.shipment("8001")
    bench.around = just_before(
        "POST stock.shipment.out/1/draft", lambda: bench.fake.rules.press(shipment, "draft")
    )
    bench.change(**CHANGE)
    expect_changed(bench)


def test_O7_an_order_that_people_have_split_is_not_changed(bench: Bench) -> None:
    bench.fake.split("8001", 1)
    with pytest.raises(RecordRefused, match="order_in_process"):
        bench.change(**CHANGE)


def test_O6_a_product_that_is_not_there_is_named_before_anything_is_touched(bench: Bench) -> None:
    before = bench.fake.writes()
    with pytest.raises(RecordRefused, match="order_product_unknown"):
        bench.change(lines=(OrderLine(id="33", product_id="1", sku="X", quantity=Decimal(1)),))
    assert bench.fake.writes() == before
