"""What is kept of past runs, and when a run is noted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.engine import run_client
from connector.history import RUNS, PastRun, calls_in_month, last_complete, last_run, note_run, runs
from connector.state import Snapshot
from connector.testing.clock import NOON
from tests.world import World


class Kept:
    """The streams of one client, in memory."""

    def __init__(self) -> None:
        self.streams: dict[str, dict[str, Any]] = {}

    def stream(self, name: str) -> Mapping[str, Any]:
        return self.streams.get(name, {})

    def put(self, stream: str, key: str, value: Any) -> None:
        self.streams.setdefault(stream, {})[key] = value

    def delete(self, stream: str, key: str) -> None:
        del self.streams[stream][key]


def past(hour: int = 0, **fields: Any) -> PastRun:
    """A run of twelve seconds that began this many hours after noon."""
    started = NOON + timedelta(hours=hour)
    ended = started + timedelta(seconds=12)
    return PastRun(
        **{"run_id": f"acme-{hour}", "started": started, "ended": ended, "completed": True, **fields}
    )


def test_a_run_is_found_again_as_it_was_noted() -> None:
    kept = Kept()
    noted = past(
        failure="no route to host", completed=False, flows={"orders": {"read": 2}}, calls=3, problems=1
    )
    note_run(kept, noted, {"billbee GET /orders": 3})
    assert runs(kept) == [noted]
    assert noted.duration == timedelta(seconds=12)


@pytest.mark.parametrize(
    "entry",
    [
        None,  # not even an object
        {"run_id": "x"},  # of another release
        {
            "run_id": "x",
            "started": "2026-03-02T12:00:00",
            "ended": "2026-03-02T12:01:00",
            "completed": True,
        },  # when?
    ],
)
def test_a_run_that_can_not_be_read_is_left_out_and_told(
    entry: Any, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept()
    note_run(kept, past(1), {})
    kept.put(RUNS, "x", entry)
    assert [run.run_id for run in runs(kept)] == ["acme-1"]
    assert "can't be read and is left out" in caplog.text


def test_a_run_that_can_not_be_read_goes_with_the_next_one() -> None:
    kept = Kept()
    kept.put(RUNS, "x", {"run_id": "x"})
    note_run(kept, past(1), {})
    assert list(kept.stream(RUNS)) == ["acme-1"]


def test_runs_are_listed_the_newest_first_whatever_their_ids() -> None:
    kept = Kept()
    for hour in (1, 10, 2):
        note_run(kept, past(hour), {})
    assert [run.run_id for run in runs(kept)] == ["acme-10", "acme-2", "acme-1"]


def test_the_last_complete_run_may_be_older_than_the_last_one() -> None:
    kept = Kept()
    note_run(kept, past(1), {})
    note_run(kept, past(2, completed=False, failure="no route to host"), {})
    assert (last_run(kept), last_complete(kept)) == (runs(kept)[0], past(1))


def test_without_any_run_there_is_no_last_one() -> None:
    assert (last_run(Kept()), last_complete(Kept()), runs(Kept())) == (None, None, [])


def test_of_the_runs_the_newest_two_hundred_are_kept() -> None:
    kept = Kept()
    for hour in range(203):
        note_run(kept, past(hour), {})
    assert len(runs(kept)) == 200
    assert runs(kept)[-1] == past(3)


def test_calls_are_added_up_by_month_and_endpoint() -> None:
    kept = Kept()
    note_run(kept, past(1), {"billbee GET /products": 3})
    note_run(kept, past(2), {"billbee GET /products": 1, "wemalo POST /goodsOrder/add": 2})
    assert calls_in_month(kept, "2026-03") == {"billbee GET /products": 4, "wemalo POST /goodsOrder/add": 2}
    assert calls_in_month(kept, "2026-02") == {}


def test_calls_count_for_the_month_in_which_the_run_ended() -> None:
    kept = Kept()
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    note_run(kept, past(started=midnight - timedelta(minutes=1), ended=midnight), {"billbee GET /orders": 1})
    assert list(kept.streams["calls"]) == ["2026-12"]


def test_of_the_months_the_newest_twenty_four_are_kept() -> None:
    kept = Kept()
    for month in range(26):
        ended = datetime(2026 + month // 12, month % 12 + 1, 15, tzinfo=UTC)
        note_run(kept, past(ended=ended), {"billbee GET /orders": 1})
    assert len(kept.streams["calls"]) == 24
    assert min(kept.streams["calls"]) == "2026-03"


def remembered(world: World) -> Snapshot:
    return asyncio.run(world.shared().store.read("acme"))


def test_every_run_is_noted_with_what_it_did(world: World) -> None:
    report = world.run("products")
    (run,) = runs(remembered(world))
    assert (run.run_id, run.completed, run.started) == (report.run_id, True, report.started)
    assert run.flows == {
        "products": {"read": 0, "sent": 0, "unchanged": 0, "skipped": 0, "refused": 0, "waiting": 0}
    }
    assert calls_in_month(remembered(world), "2026-03") == report.calls
    assert run.calls == sum(report.calls.values()) > 0


def test_a_run_that_fails_is_noted_with_its_reason(world: World) -> None:
    world.sandbox.billbee.faults.add("*", "401", times=None)
    report = world.run()
    (run,) = runs(remembered(world))
    assert (run.completed, run.failure, run.problems) == (False, report.failure, 1)


def test_C3_a_run_that_did_not_get_the_client_is_not_noted(world: World) -> None:
    async def refused() -> None:
        shared = world.shared()
        async with await shared.store.acquire("acme"):
            await run_client(world.settings(), shared)

    asyncio.run(refused())
    assert runs(remembered(world)) == []


def test_R5_a_run_that_is_cut_short_is_noted_as_not_complete(world: World) -> None:
    async def cut_short() -> None:
        shared = world.shared()
        running = asyncio.create_task(run_client(world.settings(), shared))
        for _ in range(20):
            await asyncio.sleep(0)
        running.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cut_short())
    (run,) = runs(remembered(world))
    assert run.calls > 0
    assert (run.completed, run.failure) == (False, "the run was cut short; the next one carries on")
