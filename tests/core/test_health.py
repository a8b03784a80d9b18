"""Whether a process lives and can do its work."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from connector.health import LONGEST_TURN_S, Pulse, freshness, is_writable, liveness, readiness
from connector.testing.clock import NOON, FakeClock


@pytest.mark.parametrize(
    ("silent_s", "ok", "said"),
    [
        (0.0, True, "ok hourly loop: last turn 0 s ago\n"),
        (LONGEST_TURN_S, True, "ok hourly loop: last turn 60 s ago\n"),
        (LONGEST_TURN_S + 1, False, "FAIL hourly loop: last turn 61 s ago\n"),
        (None, True, "ok process: it answers; it runs no clients\n"),  # the web page alone
    ],
)
def test_a_process_lives_as_long_as_its_loop_turns(silent_s: float | None, ok: bool, said: str) -> None:
    found = liveness(silent_s)
    assert (found.ok, found.text()) == (ok, said)


def test_the_pulse_is_as_old_as_the_last_beat() -> None:
    clock = FakeClock()
    pulse = Pulse(clock)
    asyncio.run(clock.sleep(30))
    assert pulse.silent_s == 30
    pulse.beat()
    assert pulse.silent_s == 0


def test_a_state_folder_that_is_not_there_yet_is_made_by_the_first_run(tmp_path: Path) -> None:
    assert is_writable(tmp_path / "not" / "yet").ok
    assert list(tmp_path.iterdir()) == []


def test_a_state_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    found = is_writable(tmp_path / "state")
    assert (found.ok, found.detail) == (False, f"{tmp_path / 'state'} can't be written: Not a directory")


@pytest.mark.parametrize(
    ("late", "ok", "said"),
    [
        ({}, True, "none of 0 is late"),  # no client yet
        ({"acme": None}, True, "none of 1 is late"),
        ({"acme": NOON, "beta": None}, True, "1 of 2 had no complete run"),  # that is a problem of acme's
        (
            {"acme": NOON, "beta": NOON},
            False,
            "2 of 2 had no complete run for twice their interval: acme since",
        ),
        ({f"c{n}": NOON for n in range(9)}, False, "c4 since 2026-03-02 12:00 UTC and 4 more"),
    ],
)
def test_clients_are_a_matter_of_the_process_when_all_are_late(
    late: dict[str, datetime | None], ok: bool, said: str
) -> None:
    found = freshness(late)
    assert found.ok is ok
    assert said in found.detail


def test_a_process_is_ready_when_all_is_well(tmp_path: Path) -> None:
    assert readiness(1.0, tmp_path, {"acme": None}).ok
    assert not readiness(100.0, tmp_path, {"acme": None}).ok
    assert not readiness(1.0, tmp_path, {"acme": NOON}).ok
    assert [check.name for check in readiness(1.0, tmp_path, {}).checks] == [
        "hourly loop",
        "state_dir",
        "clients",
    ]


def test_a_process_whose_states_are_in_a_database_needs_no_folder() -> None:
    assert [check.name for check in readiness(1.0, None, {}).checks] == ["hourly loop", "clients"]
