"""Cancelled orders to Wemalo, against the sandbox."""

from __future__ import annotations

import pytest

from connector.api import CallRefused, OutcomeUnknown, RecordRefused
from tests.plugins.bench import Bench
from tests.plugins.wemalo.between import answering, just_before

CANCEL = "PUT /goodsOrder/cancel/:id"
ORDER = "300000180937001"


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.warehouse.add_product(externalId="1", sku="S1")
    bench.warehouse.set_stock("1", 10)
    receiver = {
        "name1": "Erika Musterfrau",
        "street": "Musterstraße 1",
        "zip": "12345",
        "city": "Musterstadt",
    }
    meta = {"externalId": ORDER, "receiver": [{**receiver, "countryCode2Letter": "DE"}]}
    bench.warehouse.add_order(meta, [{"externalId": "1"}])
    return bench


def cancel(bench: Bench, order_id: str = ORDER) -> None:
    bench.target(lambda target: target.cancel_order(order_id))


def status(bench: Bench) -> str:
    return str(bench.warehouse.order(ORDER).status)


def test_X1_an_order_is_cancelled_with_a_reason(bench: Bench) -> None:
    cancel(bench)
    assert status(bench) == "CANCELLED"
    assert "cancelled in the shop" in bench.warehouse.order(ORDER).cancel_reason
    assert bench.calls.counts == {"wemalo PUT /goodsOrder/cancel/{externalId}": 1}


def test_X1_an_order_that_is_cancelled_already_does_no_harm(bench: Bench) -> None:
    bench.warehouse.cancel(ORDER)
    cancel(bench)
    assert status(bench) == "CANCELLED"


def test_X1_an_order_that_the_warehouse_does_not_have_does_no_harm(bench: Bench) -> None:
    cancel(bench, "4")


@pytest.mark.parametrize("late", ["INPICKING", "READYFORSHIPMENT", "PACKED", "BLOCKEDPACKED", "SHIPPED"])
def test_X2_an_order_that_is_being_picked_or_further_is_refused(bench: Bench, late: str) -> None:
    bench.warehouse.advance(ORDER, late)
    with pytest.raises(RecordRefused, match="order_cancel_refused") as refused:
        cancel(bench)
    assert (refused.value.code, refused.value.params) == ("order_cancel_refused", {"status": late})
    assert status(bench) == late


def test_X2_a_refusal_of_an_untouched_order_has_another_reason_and_is_raised_as_it_is(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add(CANCEL, "400")
    with pytest.raises(CallRefused, match="Bad request"):
        cancel(bench)


@pytest.mark.parametrize(
    ("kind", "takes_effect", "calls"),
    [
        ("reset", True, 1),  # the look finds it cancelled
        ("reset", False, 2),  # the look finds it waiting
        ("500", True, 1),
        ("502", False, 2),
        ("html", True, 1),
        ("html", False, 2),
        ("truncated", True, 1),
        ("empty", False, 2),
        ("419", False, 2),
        ("419_body", False, 2),
    ],
)
def test_R3_an_unknown_outcome_is_looked_at_before_it_is_repeated(
    bench: Bench, kind: str, takes_effect: bool, calls: int
) -> None:
    bench.sandbox.wemalo.faults.add(CANCEL, kind, takes_effect=takes_effect)
    cancel(bench)
    assert (status(bench), bench.sandbox.wemalo.audit.count(CANCEL)) == ("CANCELLED", calls)


def test_R3_an_outcome_that_stays_unknown_is_left_to_the_next_run(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add(CANCEL, "reset", times=None)
    with pytest.raises(OutcomeUnknown, match="PUT /goodsOrder/cancel"):
        cancel(bench)
    assert bench.sandbox.wemalo.audit.count(CANCEL) == 2


def test_X1_an_answer_that_says_nothing_is_looked_at(bench: Bench) -> None:
    bench.around = answering("PUT /goodsOrder/cancel/*", {})
    with pytest.raises(OutcomeUnknown, match=r"\$\.Success does not say"):
        cancel(bench)
    bench.warehouse.cancel(ORDER)
    cancel(bench)


def test_X2_a_picking_that_begins_after_a_lost_answer_is_a_refusal(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add(CANCEL, "reset", takes_effect=False)
    bench.around = just_before("GET *", lambda: bench.warehouse.advance(ORDER, "INPICKING"))
    with pytest.raises(RecordRefused, match=r"order_cancel_refused \(status=INPICKING\)"):
        cancel(bench)
