"""Cancellations from the shop to the warehouse, over both services' real wire formats (SPEC X1 to X3)."""

from __future__ import annotations

import pytest

from tests.core.flows.test_orders import order, product
from tests.world import World, problem

CANCELLED = "order_cancelled_received_by_wemalo"
REFUSED = "order_cancel_refused_by_wemalo"


def imported(world: World) -> int:
    """Returns an order that the warehouse has and can pick."""
    cup = product(world, 1, Price=12.5)  # a credit order is known by its negative total
    world.run("products")
    world.warehouse.set_stock(str(cup), 10)
    found = order(world, (cup, 1))
    world.run()
    return found


def status(world: World, order_id: int) -> str:
    return world.warehouse.order(str(order_id)).status.value


@pytest.mark.parametrize("state", [8, 6])  # cancelled, deleted
def test_X1_an_imported_order_that_is_taken_back_is_cancelled_in_the_next_run(
    world: World, state: int
) -> None:
    found = imported(world)
    world.shop.set_state(found, state)
    report = world.run()
    assert status(world, found) == "CANCELLED"
    assert CANCELLED in world.shop.order(found)["Tags"]
    assert (report.flows["cancellations"].sent, report.problems) == (1, [])


def test_X1_a_cancelled_order_is_not_offered_again(world: World) -> None:
    found = imported(world)
    world.shop.cancel_order(found)
    world.run()
    world.clear_audit()
    world.run()
    assert world.writes() == []


def test_X1_an_order_that_was_never_imported_is_left_alone(world: World) -> None:
    found = order(world, Tags=[])
    world.shop.cancel_order(found)
    world.run()
    assert world.shop.order(found)["Tags"] == []


@pytest.mark.parametrize("takes_effect", [True, False])
@pytest.mark.parametrize("call", ["PUT /goodsOrder/cancel/:id", "POST /orders/{id}/tags"])
def test_X1_a_cancellation_that_was_cut_off_is_completed_in_the_next_run(
    world: World, call: str, takes_effect: bool
) -> None:
    found = imported(world)
    world.shop.cancel_order(found)
    for service in (world.sandbox.billbee, world.sandbox.wemalo):
        service.faults.add(call, "reset", times=None, takes_effect=takes_effect)
    world.run()
    for service in (world.sandbox.billbee, world.sandbox.wemalo):
        service.faults.clear()
    assert world.run().problems == []
    assert (status(world, found), world.shop.order(found)["Tags"].count(CANCELLED)) == ("CANCELLED", 1)


def test_X1_a_cancellation_is_found_even_after_the_connector_stood_still_for_days(world: World) -> None:
    found = imported(world)
    world.shop.cancel_order(found)
    world.later(hours=24 * 9)
    world.run()
    assert status(world, found) == "CANCELLED"


def test_X1_a_cancellation_is_found_even_when_the_state_was_lost(world: World) -> None:
    found = imported(world)
    world.shop.cancel_order(found)
    world.later(hours=24 * 9)
    world.lose_state()
    world.run()
    assert status(world, found) == "CANCELLED"


@pytest.mark.parametrize("stage", ["INPICKING", "READYFORSHIPMENT", "PACKED", "SHIPPED"])
def test_X2_a_refused_cancellation_is_reported_tagged_and_not_offered_again(world: World, stage: str) -> None:
    found = imported(world)
    world.warehouse.advance(str(found), stage)
    world.shop.cancel_order(found)
    assert stage in problem(world.run(), "order_cancel_refused").reason
    assert REFUSED in world.shop.order(found)["Tags"]
    world.clear_audit()
    assert problem(world.run(), "order_cancel_refused").count == 1
    assert world.writes() == []


@pytest.mark.parametrize("refers_by", ["external_id", "parent"])
def test_X3_a_credit_order_is_reported_once_and_nothing_is_cancelled(world: World, refers_by: str) -> None:
    found = imported(world)
    world.shop.cancel_with_storno(found, refers_by)  # type: ignore[arg-type]
    report = world.run()
    assert problem(report, "credit_order").number == world.shop.order(found)["OrderNumber"]
    assert status(world, found) == "OPEN"
    world.later()
    assert problem(world.run(), "credit_order").count == 1


def test_X3_a_credit_order_for_an_order_that_was_never_imported_is_nobodys_business(world: World) -> None:
    found = order(world, Tags=[])
    world.shop.cancel_with_storno(found)
    assert world.run().problems == []


def test_a_run_reads_orders_twice_and_not_more(world: World) -> None:
    imported(world)
    world.clear_audit()
    world.run()
    assert world.calls("GET /orders") == 2


def test_X1_an_order_whose_tag_could_not_be_set_is_cancelled_too(world: World) -> None:
    cup = product(world, 1)
    found = order(world, (cup, 1))
    world.sandbox.billbee.faults.add("POST /orders/{id}/tags", "500", times=None)
    world.run()
    world.sandbox.billbee.faults.clear()
    world.shop.cancel_order(found)
    world.run()
    assert (status(world, found), CANCELLED in world.shop.order(found)["Tags"]) == ("CANCELLED", True)


@pytest.mark.parametrize("state_is_lost", [False, True])
def test_X1_an_order_that_was_to_be_changed_and_is_cancelled_instead_is_cancelled(
    world: World, state_is_lost: bool
) -> None:
    found = imported(world)
    world.shop.remove_tags(found, ["order_received_by_wemalo"])
    world.shop.cancel_order(found)
    if state_is_lost:
        world.lose_state()
    world.run()
    assert status(world, found) == "CANCELLED"


def test_X1_an_order_that_is_cancelled_and_archived_at_once_is_cancelled_and_remembered(world: World) -> None:
    found = imported(world)
    world.shop.cancel_order(found)
    world.shop.archive_order(found)
    assert problem(world.run(), "refused").record_id == str(found)
    assert status(world, found) == "CANCELLED"
    world.clear_audit()
    assert world.run().completed
    assert world.calls("PUT /goodsOrder/cancel/:id") == 0


def test_X3_each_of_two_credit_orders_for_one_order_is_reported(world: World) -> None:
    found = imported(world)
    for _ in range(2):
        world.shop.cancel_with_storno(found)
    assert world.run().flows["cancellations"].read == 2
