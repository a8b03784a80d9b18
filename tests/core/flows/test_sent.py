"""What is remembered of orders, and for how long (SPEC O3, O6, O7)."""

from __future__ import annotations

import asyncio

import pytest

from connector.flows.sent import KEPT_DONE, STREAM
from tests.core.flows.test_changes import REFUSED, offer_again
from tests.core.flows.test_orders import order, product, sent
from tests.core.flows.test_shipments import imported
from tests.world import World, problem

DAYS = KEPT_DONE.days


def known(world: World) -> list[int]:
    """Returns the ids of the orders that are remembered."""
    entries = asyncio.run(world.shared().store.read("acme")).stream(STREAM)
    return sorted(map(int, entries))


def after_days(world: World, days: float) -> None:
    world.later(hours=24 * days)
    world.run()


def waits(world: World, order_id: int) -> None:
    """Nothing happens."""


def is_sent(world: World, order_id: int) -> None:
    world.warehouse.ship(str(order_id))


def is_sent_in_part(world: World, order_id: int) -> None:
    position = world.warehouse.order(str(order_id)).positions[0]
    world.warehouse.ship(str(order_id), {position.external_id: 1})


def is_cancelled(world: World, order_id: int) -> None:
    world.shop.cancel_order(order_id)


def is_cancelled_too_late(world: World, order_id: int) -> None:
    is_sent_in_part(world, order_id)
    world.shop.cancel_order(order_id)


@pytest.mark.parametrize(
    ("happens", "is_forgotten"),
    [
        (waits, False),
        (is_sent, True),
        (is_sent_in_part, False),
        (is_cancelled, True),
        (is_cancelled_too_late, False),
    ],
)
def test_O6_an_order_is_forgotten_when_both_sides_are_done_with_it_for_long(
    world: World, happens: object, is_forgotten: bool
) -> None:
    found = imported(world, 2)
    assert callable(happens)
    happens(world, found)
    world.run()
    after_days(world, DAYS - 1)
    assert known(world) == [found]
    after_days(world, 2)
    assert known(world) == ([] if is_forgotten else [found])


def test_O6_an_order_that_waits_for_a_year_is_brought_up_to_date(world: World) -> None:
    found = imported(world, 1)
    after_days(world, 365)
    world.shop.change_order(found, lines=[(product(world, 2), 3)])
    offer_again(world, found)
    report = world.run()
    assert (report.problems, len(world.warehouse.order(str(found)).positions)) == ([], 1)


def test_O3_a_forgotten_order_that_is_offered_again_is_not_sent_again(world: World) -> None:
    found = imported(world, 1)
    is_sent(world, found)
    world.run()
    after_days(world, DAYS + 1)
    world.shop.set_state(found, 3)
    offer_again(world, found)
    assert problem(world.run(), "order_change_refused").record_id == str(found)
    assert sent(world) == [str(found)]
    assert REFUSED in world.shop.order(found)["Tags"]
    world.clear_audit()
    world.run()
    assert world.writes() == []


def test_O3_an_order_that_is_changed_after_it_was_cancelled_is_no_new_order(world: World) -> None:
    found = imported(world, 1)
    is_cancelled(world, found)
    world.run()
    after_days(world, DAYS + 1)
    world.shop.set_state(found, 3)
    offer_again(world, found)
    assert problem(world.run(), "order_cancelled_in_target").record_id == str(found)
    assert sent(world) == [str(found)]


def test_O3_an_order_whose_arrival_nobody_knows_stays(world: World) -> None:
    world.sandbox.wemalo.faults.add("POST /goodsOrder/add", "reset", times=None, takes_effect=False)
    found = order(world)
    world.run()
    after_days(world, DAYS + 1)
    assert known(world) == [found]


def test_an_order_that_is_offered_again_unchanged_is_forgotten_as_any_other(world: World) -> None:
    found = imported(world, 1)
    is_sent(world, found)
    world.later(1)
    world.run()
    world.shop.set_state(found, 3)
    offer_again(world, found)
    world.later(1)
    world.run()
    after_days(world, DAYS + 1)
    assert known(world) == []
