"""Each parcel is stored once, whatever fails between the calls that it takes."""

from __future__ import annotations

import pytest

from connector.api import OutcomeUnknown, RecordRefused, TransientError, UnusableAnswer
from tests.plugins.vendure.bench import Bench
from tests.plugins.vendure.test_vendure_orders import order
from tests.plugins.vendure.test_vendure_shipments import ADD, READ, SHIP, part, ship, shipment, stands


@pytest.fixture
def key(bench: Bench, mug: str) -> str:
    return bench.vendure.add_order(order(mug, 3))


@pytest.mark.parametrize("kind", ["reset", "500", "html", "truncated"])
def test_S5_a_parcel_whose_answer_was_lost_is_looked_up(bench: Bench, key: str, kind: str) -> None:
    bench.faults.add(ADD, kind, takes_effect=True)
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Shipped", ["0034"])
    assert len(bench.sent(ADD)) == 1


@pytest.mark.parametrize("kind", ["reset", "500"])
def test_S5_a_parcel_that_is_not_there_waits_for_the_next_run(bench: Bench, key: str, kind: str) -> None:
    """The call may still be under way: repeated at once, it would make a second parcel."""
    bench.faults.add(ADD, kind)
    with pytest.raises(OutcomeUnknown, match=r"AddFulfillment.*nobody knows whether it took effect"):
        ship(bench, shipment(key, "0034", "0035"))
    assert stands(bench, key) == ("PaymentSettled", [])
    ship(bench, shipment(key, "0034", "0035"))
    assert stands(bench, key) == ("Shipped", ["0034", "0035"])


def test_S5_an_answer_that_names_no_fulfillment_is_looked_up(bench: Bench, key: str) -> None:
    bench.faults.add(ADD, "missing_field", path="data.result.id")
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Shipped", ["0034"])


@pytest.mark.parametrize("kind", ["reset", "500", "html"])
def test_S5_a_state_whose_answer_was_lost_is_set_again_and_that_is_no_error(
    bench: Bench, key: str, kind: str
) -> None:
    bench.faults.add(SHIP, kind, takes_effect=True)
    ship(bench, shipment(key, "0034"))
    assert stands(bench, key) == ("Shipped", ["0034"])
    assert len(bench.sent(SHIP)) == 2


@pytest.mark.parametrize("kind", ["500", "html"])
def test_S5_a_state_that_was_not_set_is_not_taken_for_set(bench: Bench, key: str, kind: str) -> None:
    bench.faults.add(SHIP, kind, times=None, takes_effect=False)
    with pytest.raises(TransientError, match=SHIP):
        ship(bench, shipment(key, "0034"))


@pytest.mark.parametrize("after", range(6))  # the look, two parcels, the second look, two states
@pytest.mark.parametrize("takes_effect", [True, False])
def test_S5_wherever_a_run_is_killed_the_next_one_completes_it(
    bench: Bench, key: str, after: int, takes_effect: bool
) -> None:
    one = shipment(key, "0034", "0035")
    bench.faults.add("*", "reset", after=after, takes_effect=takes_effect)
    bench.faults.add("*", "401", times=None, after=after)
    with pytest.raises(Exception, match="vendure"):
        ship(bench, one)
    bench.faults.clear()
    ship(bench, one)
    assert stands(bench, key) == ("Shipped", ["0034", "0035"])
    assert [each["state"] for each in bench.vendure.shop.orders[key]["fulfillments"]] == ["Shipped"] * 2


@pytest.mark.parametrize(
    "after", range(5)
)  # of a part: the look, the parcel, the second look, the state, all
@pytest.mark.parametrize("takes_effect", [True, False])
def test_S5_a_part_is_stored_once_wherever_a_run_is_killed(
    bench: Bench, key: str, after: int, takes_effect: bool
) -> None:
    bench.faults.add("*", "reset", after=after, takes_effect=takes_effect)
    bench.faults.add("*", "401", times=None, after=after)
    with pytest.raises(Exception, match="vendure"):
        ship(bench, part(key, "0034"), part(key, "0034"))
    bench.faults.clear()
    ship(bench, part(key, "0034"))
    assert stands(bench, key) == ("PartiallyShipped", ["0034"])


def test_S5_a_transition_that_the_shop_does_not_have_is_told(bench: Bench, key: str) -> None:
    made = bench.vendure.pack_by_hand(key, pieces=3, code="0034")
    (parcel,) = bench.vendure.shop.orders[key]["fulfillments"]
    assert parcel["id"] == made
    parcel["state"] = "AwaitingPickup"  # a process of the shop's own
    with pytest.raises(
        RecordRefused, match='Cannot transition Fulfillment from "AwaitingPickup" to "Shipped"'
    ):
        ship(bench, shipment(key, "0034"))


@pytest.mark.parametrize(
    ("kind", "path", "field"),
    [
        ("missing_field", "data.byId.fulfillments", "fulfillments"),  # a lost list is no empty list
        ("wrong_type", "data.byId.fulfillments", "fulfillments"),
        ("wrong_type", "data.byId.fulfillments.0.trackingCode", "trackingCode"),
        ("missing_field", "data.byId.lines", "lines"),
        ("missing_field", "data.byId.lines.0.fulfillmentLines.0.quantity", "quantity"),
        ("missing_field", "data.byId.lines.0.productVariant", r"lines\[0\]"),
        ("missing_field", "data.byId.state", "state"),
    ],
)
def test_R4_an_order_that_can_not_be_read_gets_no_parcel(
    bench: Bench, key: str, kind: str, path: str, field: str
) -> None:
    bench.vendure.pack_by_hand(key, pieces=1, code="0034")
    bench.faults.add(READ, kind, path=path, times=None)
    with pytest.raises(UnusableAnswer, match=rf"FindOrder: order {key}: .*{field}"):
        ship(bench, shipment(key, "0034"))
    assert bench.sent(ADD) == []
