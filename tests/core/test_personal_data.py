"""What is kept of customers' data has an end (`keep_personal_data_days`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from connector.problems import Ledger
from connector.testing.clock import NOON
from connector_sandbox.seed import ean13
from tests.core.test_problems import Kept
from tests.world import World, problem


def held_order(world: World) -> str:
    """Places an order without zip code; returns the name of its customer."""
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    world.shop.add_order([(piece, 1)], to={"Zip": "", "LastName": "Musterfrau-Beispiel"})
    return "Musterfrau-Beispiel"


def state_text(world: World) -> str:
    return "".join(file.read_text(encoding="utf-8") for file in world.state_dir.glob("acme*"))


def test_an_open_problem_loses_the_customers_data_after_the_days_that_are_set(world: World) -> None:
    name = held_order(world)
    world.run(keep_personal_data_days=3)
    assert name in state_text(world)
    world.later(hours=2 * 24)
    world.run(keep_personal_data_days=3)
    assert name in state_text(world)
    world.later(hours=2 * 24)
    report = world.run(keep_personal_data_days=3)
    assert name not in state_text(world)
    assert problem(report, "order_receiver_missing").count == 3


def test_a_problem_that_is_reported_again_and_again_does_not_bring_the_data_back(world: World) -> None:
    name = held_order(world)
    world.run()
    world.later(hours=31 * 24)
    for _ in range(3):
        world.run()
        assert name not in state_text(world)


def test_with_0_days_nothing_is_kept_beyond_the_run(world: World) -> None:
    name = held_order(world)
    world.run(keep_personal_data_days=0)
    world.run(keep_personal_data_days=0)
    assert name not in state_text(world)


def test_data_ends_also_where_the_order_is_not_offered_any_more(world: World) -> None:
    name = held_order(world)
    world.run()
    world.later(hours=31 * 24)
    world.sandbox.billbee.faults.add("GET /orders", "500", times=None)  # so that nothing settles the problem
    report = world.run()
    assert problem(report, "order_receiver_missing").count == 1
    assert name not in state_text(world)


def damaged_files(world: World) -> list[str]:
    return sorted(file.name for file in world.state_dir.glob("*.damaged-*"))


def test_a_damaged_state_that_was_put_aside_ends_with_the_data_in_it(world: World) -> None:
    held_order(world)
    world.run()
    state = world.state_dir / "acme.json"
    state.write_text(state.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    world.run(keep_personal_data_days=3)
    world.later(hours=2 * 24)
    (kept,) = damaged_files(world)
    (world.state_dir / kept.replace("acme", "other")).touch()
    world.run(keep_personal_data_days=3)
    assert len(damaged_files(world)) == 2
    world.later(hours=2 * 24)
    world.run(keep_personal_data_days=3)
    assert damaged_files(world) == [kept.replace("acme", "other")]


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        (29, True),
        (30, True),
        (31, False),
    ],
)
def test_a_record_is_kept_for_the_days_from_when_its_problem_was_first_seen(days: int, kept: bool) -> None:
    rows = Kept()
    for now in (NOON, NOON + timedelta(days=days)):
        ledger = Ledger(rows, partial(_same, now), client="acme", keep_records=timedelta(days=30))
        ledger.report("order_receiver_missing", "orders", "1", "A-1001", record={"name": "Erika Musterfrau"})
    (found,) = rows.problems()
    assert (found.record is not None) is kept


def _same(now: datetime) -> datetime:
    return now
