"""Cancelling orders in Tryton, against the fake."""

from __future__ import annotations

import pytest

from connector.api import CallRefused, OrderStatus, OutcomeUnknown, RecordRefused
from tests.plugins.tryton.bench import Bench
from tests.plugins.tryton.between import cut_off, just_before, without_answer


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.create()
    return bench


def cancel(bench: Bench, order_id: str = "8001") -> None:
    bench.target(lambda target: target.cancel_order(order_id))


def test_X1_an_order_that_waits_is_cancelled(bench: Bench) -> None:
    cancel(bench)
    assert bench.warehouse.status("8001") is OrderStatus.CANCELLED


def test_X1_goods_that_are_only_reserved_keep_nobody_from_cancelling(bench: Bench) -> None:
    bench.fake.assign("8001")
    cancel(bench)
    assert bench.warehouse.status("8001") is OrderStatus.CANCELLED


def test_X1_an_order_that_is_cancelled_already_or_not_there_does_no_harm(bench: Bench) -> None:
    cancel(bench)
    before = bench.fake.writes()
    cancel(bench)
    cancel(bench, "1")
    assert bench.fake.writes() == before


def test_X1_all_shipments_of_an_order_are_cancelled(bench: Bench) -> None:
    bench.fake.split("8001", 1)
    cancel(bench)
    assert [each["state"] for each in bench.fake.shipments("8001")] == ["cancelled", "cancelled"]


def test_X1_what_a_creation_left_behind_is_cancelled(bench: Bench) -> None:
    bench.around = cut_off(3)
    with pytest.raises(OutcomeUnknown):
        bench.create(id="8002")
    bench.around = lambda app: app
    cancel(bench, "8002")
    assert bench.fake.shipments("8002")[0]["state"] == "cancelled"
    assert bench.find("8002") is None


@pytest.mark.parametrize("act", ["pick", "pack", "ship"])
def test_X2_an_order_that_was_picked_is_not_cancelled_although_tryton_would(bench: Bench, act: str) -> None:
    getattr(bench.fake, act)("8001")
    before = bench.fake.writes()
    with pytest.raises(RecordRefused) as refused:
        cancel(bench)
    state = bench.fake.shipment("8001")["state"]
    assert (refused.value.code, refused.value.params) == ("order_cancel_refused", {"status": state})
    assert bench.fake.writes() == before


def test_X2_an_order_of_which_a_part_was_sent_is_not_cancelled(bench: Bench) -> None:
    bench.fake.split("8001", 1)
    bench.fake.ship("8001")
    with pytest.raises(RecordRefused, match=r"order_cancel_refused \(status=shipped\)"):
        cancel(bench)
    assert bench.fake.shipment("8001")["state"] == "waiting"


def test_X1_an_answer_that_got_lost_is_looked_after(bench: Bench) -> None:
    bench.around = without_answer("POST stock.shipment.out/1/cancel")
    cancel(bench)
    assert bench.warehouse.status("8001") is OrderStatus.CANCELLED


def test_X1_people_who_cancel_it_themselves_do_no_harm(bench: Bench) -> None:
    shipment = bench.fake.shipment("8001")
    press = bench.fake.rules.press
    bench.around = just_before("POST stock.shipment.out/1/cancel", lambda: press(shipment, "cancel"))
    cancel(bench)
    assert bench.warehouse.status("8001") is OrderStatus.CANCELLED


def test_X1_a_refusal_for_another_reason_is_raised_as_it_came(bench: Bench) -> None:
    bench.fake.rules.refuses.add("8001")
    with pytest.raises(CallRefused, match="A rule of this company forbids that"):
        cancel(bench)
