"""Where both sides differ and why; nothing is written."""

from __future__ import annotations

import pytest

from connector.errors import AuthenticationError
from connector.settings import FlowSwitches
from tests.core.comparing import (
    Situation,
    cancelled_and_shipped,
    changed_in_shop,
    changed_in_warehouse,
    codes,
    compared,
    forgotten_unmarked,
    not_set_yet,
    one,
    pieces,
    removed_in_warehouse,
    two_pieces,
)
from tests.core.explaining import (
    archived,
    cancelled_too_late,
    change_forgotten,
    done_without,
    held,
    marked_by_hand,
    offered,
    offered_again,
    picked,
    shipped,
    shipped_unseen,
    unmarked,
)
from tests.core.flows.test_orders import product
from tests.world import RECEIVED, World


@pytest.mark.parametrize(
    ("situation", "kind", "cause", "remedy"),
    [
        (marked_by_hand, "missing_in_warehouse", "never_sent", "remove_mark"),
        (removed_in_warehouse, "missing_in_warehouse", "removed_in_warehouse", "remove_mark"),
        (unmarked, "not_marked_in_shop", "mark_lost", "can_be_fixed"),
        (forgotten_unmarked, "not_marked_in_shop", "nothing_remembered", "fixed_by_next_run"),
        (shipped_unseen, "not_shipped_in_shop", "waits_for_run", "can_be_fixed"),
        (archived, "not_shipped_in_shop", "archived_in_shop", "unarchive"),
        (cancelled_and_shipped, "not_shipped_in_shop", "cancelled_in_shop", "expect_return"),
        (changed_in_shop, "stock_differs", "changed_in_shop", "can_be_fixed"),
        (changed_in_warehouse, "stock_differs", "changed_in_warehouse", "can_be_fixed"),
        (not_set_yet, "stock_differs", "waits_for_run", "fixed_by_next_run"),
    ],
)
def test_a_difference_is_told_with_its_cause_and_what_to_do(
    world: World, situation: Situation, kind: str, cause: str, remedy: str
) -> None:
    situation(world)
    told = [codes(found) for found in compared(world).differences if found.kind == kind]
    assert told == [(kind, cause, remedy)]


@pytest.mark.parametrize(
    "situation",
    [
        offered,  # not sent yet: the next run's work
        held,  # a problem, but both sides agree
        picked,
        shipped,
        done_without,  # O4: received without the warehouse, nothing to ship
        offered_again,  # O6: a change, offered on purpose
        change_forgotten,  # what the merchant forgot is no difference of records
        cancelled_too_late,  # X2: reported as a problem
    ],
)
def test_what_agrees_is_no_difference(world: World, situation: Situation) -> None:
    situation(world)
    world.run("stock")
    result = compared(world)
    assert result.differences == ()
    assert result.agrees


def test_the_records_are_counted_and_named(world: World) -> None:
    found = shipped_unseen(world)
    result = compared(world)
    difference = result.differences[0]
    assert (result.orders, result.products) == (1, 1)
    assert (difference.record_id, difference.number) == (str(found), world.shop.order(found)["OrderNumber"])
    assert "the shop lacks: TRACK-1, the state shipped." in difference.what.text


def test_an_open_problem_is_named_as_the_cause(world: World) -> None:
    found = shipped_unseen(world)
    world.sandbox.billbee.faults.add("POST /orders/{id}/shipment", "400", times=None)
    world.run("shipments")
    world.sandbox.billbee.faults.clear()
    cause = one(compared(world)).cause
    assert cause is not None
    assert cause.code == "problem"
    assert "billbee refused POST /orders/{id}/shipment" in cause.text
    assert world.shop.order(found)["ShippingIds"] == []


def test_a_refused_stock_says_what_to_do_about_it(world: World) -> None:
    changed_in_warehouse(world)
    world.sandbox.billbee.faults.add("POST /products/updatestockmultiple", "400", times=None)
    world.run("stock")
    world.sandbox.billbee.faults.clear()
    difference = one(compared(world))
    assert codes(difference) == ("stock_differs", "problem", "follow_problem")
    assert "tried again in each run" in difference.remedy.text


def test_a_partial_delivery_lacks_its_number_and_no_state(world: World) -> None:
    found = two_pieces(world)
    world.warehouse.ship(str(found), {str(pieces(world)): 1}, tracking_number="TRACK-1")
    (told,) = [each for each in compared(world).differences if each.kind == "not_shipped_in_shop"]
    assert told.what.text.endswith("the shop lacks: TRACK-1.")


def test_orders_that_did_not_change_within_the_days_are_left_out(world: World) -> None:
    marked_by_hand(world)
    world.later(hours=10 * 24)
    assert compared(world, days=9).differences == ()
    assert len(compared(world, days=11).differences) == 1


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("orders", {"not_shipped_in_shop", "stock_differs"}),
        ("shipments", {"missing_in_warehouse", "stock_differs"}),
        ("stock", {"missing_in_warehouse", "not_shipped_in_shop"}),
    ],
)
def test_what_is_switched_off_is_not_compared(world: World, off: str, left: set[str]) -> None:
    shipped_unseen(world)
    world.shop.add_order([(pieces(world), 1)], Tags=["wemalo", RECEIVED])
    world.shop.set_stock(pieces(world), 55)
    result = compared(world, flows=FlowSwitches(**{off: False}))
    assert {difference.kind.value for difference in result.differences} == left
    assert [sentence.code for sentence in result.not_compared] == ["flow_off"]


def test_what_fails_is_said_and_the_rest_is_compared(world: World) -> None:
    changed_in_shop(world)
    world.sandbox.billbee.faults.add("GET /orders", "500", times=None)
    result = compared(world)
    assert one(result).kind == "stock_differs"
    assert {sentence.code for sentence in result.not_compared} == {"failed"}
    assert not result.agrees


def test_one_order_that_is_refused_keeps_no_other_one_back(world: World) -> None:
    for _ in range(2):
        world.shop.add_order([(product(world), 1)], Tags=["wemalo", RECEIVED])
    world.sandbox.wemalo.faults.add("GET /goodsOrder/getStatus/*", "400")
    result = compared(world)
    assert len(result.differences) == 1
    assert [sentence.code for sentence in result.not_compared] == ["order_failed"]


def test_wrong_credentials_are_one_clear_error(world: World) -> None:
    world.sandbox.wemalo.faults.add("*", "401", times=None)
    marked_by_hand(world)
    with pytest.raises(AuthenticationError, match="wemalo does not accept the credentials"):
        compared(world)


def test_the_merchants_language_is_spoken(world: World) -> None:
    shipped_unseen(world)
    told = compared(world, language="de").differences[0].what.text
    assert (
        told
        == "Das Lager hat Pakete der Bestellung verschickt; dem Shop fehlt: TRACK-1, der Zustand versendet."
    )
