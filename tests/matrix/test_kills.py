"""A few points of the kill matrix, and the harness itself; all of it: `python -m tests.matrix --kill`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.matrix.invariants import violations
from tests.matrix.kills import CHECKPOINT, VARIATIONS, Point, find_points, spread, strike
from tests.matrix.scenario import Scenario, prepared
from tests.matrix.table import Outcome, table


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return find_points()


def test_there_are_points_at_every_request_and_every_checkpoint(points: list[Point]) -> None:
    assert len(points) >= 60 * len(VARIATIONS)
    assert {point.side for point in points} == {"before", "after"}
    assert sum(point.what == CHECKPOINT for point in points) >= 2 * 5 * len(VARIATIONS)  # one for each flow


def test_the_quick_part_has_every_endpoint_and_variation(points: list[Point]) -> None:
    chosen = spread(points)
    assert {point.what for point in chosen} == {point.what for point in points}
    assert {point.variation for point in chosen} == set(VARIATIONS)


@pytest.mark.parametrize("what", ["POST /goodsOrder/add", "POST /orders/{id}/shipment", CHECKPOINT])
def test_O3_S5_R5_a_run_that_is_killed_is_put_right_by_the_next_one(points: list[Point], what: str) -> None:
    point = next(point for point in points if point.what == what and point.side == "after")
    assert strike(point).violations == ()


def test_a_point_that_the_run_never_reaches_is_a_violation() -> None:
    outcome = strike(Point(VARIATIONS[0], "before", 1000, "GET /products"))
    assert outcome.violations[0].startswith("not this request was hit but none")


def test_nothing_is_violated_after_an_undisturbed_run(tmp_path: Path) -> None:
    scenario = prepared(tmp_path)
    scenario.world.run()
    assert violations(scenario, scenario.world.state_dir) == []


def order_twice(scenario: Scenario) -> None:
    there = scenario.warehouse.order(str(scenario.orders["new"]))
    scenario.warehouse.add_order(dict(there.meta), [{"externalId": there.positions[0].external_id}])


def parcel_twice(scenario: Scenario) -> None:
    scenario.world.shop.add_shipment(scenario.orders["two parcels"], "T-1001")


def tag_lost(scenario: Scenario) -> None:
    scenario.world.shop.remove_tags(scenario.orders["mended"], ["Gift wrap, please"])


def stock_differs(scenario: Scenario) -> None:
    scenario.world.shop.set_stock(scenario.products["TEA"], 1)


def state_cut_off(scenario: Scenario) -> None:
    file = scenario.world.state_dir / "acme.json"
    file.write_bytes(file.read_bytes()[:-10])


def state_forgotten(scenario: Scenario) -> None:
    scenario.world.lose_state()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (order_twice, "order `new`: the warehouse has it 2 times, not 1"),
        (parcel_twice, "order `two parcels`: its tracking numbers are ['T-1001', 'T-1001', 'T-1002']"),
        (tag_lost, "order `mended`: its tags are ['order_received_by_wemalo', 'wemalo'], not"),
        (stock_differs, "product `Tea`: the shop sells 1, the warehouse has"),
        (state_cut_off, "the state can't be read: "),
        (state_forgotten, "problem order_cancel_refused about `cancelled too late` is not open"),
    ],
)
def test_what_is_spoiled_is_noticed(tmp_path: Path, spoil: Callable[[Scenario], None], message: str) -> None:
    scenario = prepared(tmp_path)
    scenario.world.run()
    spoil(scenario)
    assert any(text.startswith(message) for text in violations(scenario, scenario.world.state_dir))


def test_the_table_counts_points_and_lists_violations() -> None:
    outcomes = [
        Outcome("SIGKILL", "before 1", (), 2.0),
        Outcome("SIGTERM", "after 2", ("a tag is lost",), 3.0),
    ]
    assert table("kills", outcomes, 4.0).splitlines() == [
        "kills    points  violations  seconds",
        "SIGKILL       1           0      2.0",
        "SIGTERM       1           1      3.0",
        "all           2           1      5.0   (4 s on the clock)",
        "VIOLATION SIGTERM, after 2: a tag is lost",
    ]
