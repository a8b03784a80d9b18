"""Orders that are offered again (SPEC O6, O7), over both services' real wire formats."""

from __future__ import annotations

import pytest

from tests.core.flows.test_orders import meta, order, positions, product, receiver, sent
from tests.world import RECEIVED, World, problem

REFUSED = "order_change_refused_by_wemalo"


def offer_again(world: World, order_id: int) -> None:
    """Does what a user does to have a change taken over: removes the received tag and sets the orders tag."""
    world.shop.remove_tags(order_id, [RECEIVED])
    world.shop.add_tags(order_id, ["wemalo"])


def test_O6_receiver_positions_and_details_are_brought_to_the_orders_present_state(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 1), (plate, 2))
    world.run()
    world.shop.change_order(found, lines=[(plate, 5)], to={"City": "Hamburg"}, SellerComment="Fragile!")
    offer_again(world, found)
    report = world.run()
    assert (positions(world, found), receiver(world, found)["city"]) == ({str(plate): 5}, "Hamburg")
    assert (meta(world, found)["pickingInfo"], world.received(found)) == ("Fragile!", True)
    assert (report.problems, report.flows["orders"].sent, sent(world)) == ([], 1, [str(found)])


def test_O6_a_line_that_did_not_change_is_left_alone(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 1))
    world.run()
    kept = world.shop.order(found)["OrderItems"][0]
    world.shop.change_order(found, lines=[kept, (plate, 1)])
    offer_again(world, found)
    world.clear_audit()
    world.run()
    assert world.calls("DELETE *") == 0
    assert positions(world, found) == {str(cup): 1, str(plate): 1}


def test_O6_an_order_that_only_lost_its_tag_is_tagged_and_nothing_is_written_to_the_warehouse(
    world: World,
) -> None:
    found = order(world)
    world.run()
    offer_again(world, found)
    world.clear_audit()
    assert world.run().flows["orders"].unchanged == 1
    assert world.writes() == ["POST /orders/{id}/tags"]


def test_O6_without_the_state_the_order_is_brought_up_to_date_and_that_is_said(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 1))
    world.run()
    kept = world.shop.order(found)["OrderItems"][0]
    world.shop.change_order(found, lines=[{**kept, "Quantity": 4}, (plate, 1)])
    offer_again(world, found)
    world.lose_state()
    assert problem(world.run(), "order_change_unverified").record_id == str(found)
    assert positions(world, found) == {str(cup): 4, str(plate): 1}


@pytest.mark.parametrize("call", ["POST /goodsOrder/addPosition/:externalId", "POST /orders/{id}/tags"])
def test_O6_that_a_change_is_unverified_is_said_even_if_its_run_was_cut_off(world: World, call: str) -> None:
    found = order(world, (product(world, 1), 1))
    world.run()
    offer_again(world, found)
    world.lose_state()
    world.sandbox.wemalo.faults.add(call, "reset", times=None, takes_effect=True)
    world.sandbox.billbee.faults.add(call, "reset", times=None, takes_effect=False)
    world.run()
    world.sandbox.wemalo.faults.clear()
    world.sandbox.billbee.faults.clear()
    assert problem(world.run(), "order_change_unverified").record_id == str(found)
    assert world.received(found)


@pytest.mark.parametrize(
    "call",
    [
        "PUT /goodsOrder/updateMeta/:id",  # before anything of the positions changed
        "DELETE /goodsOrder/removePosition/:externalId/:externalpositionId",  # in the middle
        "POST /goodsOrder/addPosition/:externalId",  # after the old ones are gone
    ],
)
@pytest.mark.parametrize("takes_effect", [True, False])
def test_O6_a_change_that_was_cut_off_is_completed_in_the_next_run(
    world: World, call: str, takes_effect: bool
) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 1))
    world.run()
    world.shop.change_order(found, lines=[(plate, 2)])
    offer_again(world, found)
    world.sandbox.wemalo.faults.add(call, "reset", times=None, takes_effect=takes_effect)
    world.run()
    world.sandbox.wemalo.faults.clear()
    assert world.run().completed
    assert (positions(world, found), len(world.warehouse.order(str(found)).positions)) == ({str(plate): 2}, 1)


@pytest.mark.parametrize(
    "status",
    ["INPROCESS", "INPICKING", "READYFORSHIPMENT", "PACKED", "BLOCKEDPACKED", "SHIPPED", "CANCELLED"],
)
def test_O7_a_change_that_comes_too_late_is_refused_tagged_and_reported(world: World, status: str) -> None:
    cup = product(world, 1)
    world.run()
    world.warehouse.set_stock(str(cup), 10)
    found = order(world, (cup, 1))
    world.run()
    world.warehouse.advance(str(found), status) if status != "CANCELLED" else world.warehouse.cancel(
        str(found)
    )
    world.shop.change_order(found, lines=[(cup, 7)])
    offer_again(world, found)
    report = world.run()
    assert {RECEIVED, REFUSED} <= set(world.shop.order(found)["Tags"])
    assert positions(world, found) == {str(cup): 1}
    expected = "order_cancelled_in_target" if status == "CANCELLED" else "order_change_refused"
    assert status in problem(report, expected).reason


def test_O7_a_refused_change_is_not_offered_for_ever_but_stays_in_sight(world: World) -> None:
    cup = product(world, 1)
    world.run()
    world.warehouse.set_stock(str(cup), 10)
    found = order(world, (cup, 1))
    world.run()
    world.warehouse.advance(str(found), "INPROCESS")
    world.shop.change_order(found, lines=[(cup, 7)])
    offer_again(world, found)
    world.run()
    world.clear_audit()
    assert problem(world.run(), "order_change_refused").count == 1
    assert world.writes() == []


def test_O6_an_order_of_which_nothing_is_left_to_ship_is_reported_with_what_to_do(world: World) -> None:
    cup = product(world, 1)
    found = order(world, (cup, 1))
    world.run()
    world.shop.change_order(found, lines=[(cup, 0)])
    offer_again(world, found)
    assert "cancelled in the shop" in problem(world.run(language="en"), "order_emptied").hint


def test_O7_an_order_that_the_warehouse_cancelled_is_never_taken_for_one_that_goes_on(world: World) -> None:
    found = order(world)
    world.run()
    world.warehouse.cancel(str(found))
    offer_again(world, found)
    assert problem(world.run(), "order_cancelled_in_target").record_id == str(found)
