"""Runs as bars."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.history import PastRun
from connector.testing.clock import NOON
from connector.web.chart import FEWEST_SLOTS, HEIGHT, chart


def run(
    number: int, seconds: float = 10, *, completed: bool = True, sent: int = 1, calls: int = 5
) -> PastRun:
    started = NOON + timedelta(hours=number)
    return PastRun(
        run_id=f"acme-{number}",
        started=started,
        ended=started + timedelta(seconds=seconds),
        completed=completed,
        flows={"orders": {"sent": sent, "refused": 2}, "products": {"sent": sent}},
        calls=calls,
    )


def test_without_runs_there_is_nothing_to_draw() -> None:
    assert chart([]) is None


def test_the_newest_run_stands_at_the_right_end() -> None:
    drawn = chart([run(2, calls=10), run(1, calls=5)])
    assert drawn is not None
    calls = next(bars for bars in drawn.bars if bars.code == "calls")
    full, half = FEWEST_SLOTS - 1, FEWEST_SLOTS - 2
    assert calls.path == f"M{half} {HEIGHT}v-20h0.72v20zM{full} {HEIGHT}v-40h0.72v40z"
    assert (calls.latest, calls.most, calls.is_cut) == (10, 10, False)
    assert (drawn.oldest, drawn.newest) == (NOON + timedelta(hours=1), NOON + timedelta(hours=2))


def test_each_figure_is_added_up_over_the_flows() -> None:
    drawn = chart([run(1, 12.5, sent=3, calls=7)])
    assert drawn is not None
    assert {bars.code: bars.latest for bars in drawn.bars} == {
        "records": 6,
        "duration": 12.5,
        "calls": 7,
        "refused": 2,
    }


def test_runs_that_did_not_complete_are_marked_and_counted() -> None:
    drawn = chart([run(2, completed=False), run(1)])
    assert drawn is not None
    assert drawn.failures == 1
    assert drawn.bands == f"M{FEWEST_SLOTS - 1} {HEIGHT}v-40h1v40z"
    assert all(bars.failed for bars in drawn.bars)


def test_a_single_large_run_does_not_make_all_others_flat() -> None:
    drawn = chart([*(run(n, sent=10) for n in range(60, 1, -1)), run(1, sent=5_000)])
    assert drawn is not None
    records = drawn.bars[0]
    assert (records.most, records.is_cut) == (10_000, True)
    assert "v-33.3h" in records.path  # the usual bars, of which one is worth seeing


@pytest.mark.parametrize("count", [1, FEWEST_SLOTS, 200])
def test_every_run_has_its_place_within_the_picture(count: int) -> None:
    drawn = chart([run(n) for n in range(count, 0, -1)])
    assert drawn is not None
    assert (drawn.slots, drawn.first_slot + count) == (max(count, FEWEST_SLOTS), drawn.slots)
    assert drawn.bars[2].path.count("M") == count


def test_a_clock_that_was_set_back_draws_nothing_below_the_line() -> None:
    drawn = chart([run(1, seconds=-5)])
    assert drawn is not None
    assert drawn.bars[1].path == ""
