"""What is kept of past runs: how each ended, and how many calls each month took.

Streams: `runs` holds one entry per run id; `calls` one per month ("2026-11", UTC) with a number for each endpoint,
as the services count them for their invoice; `calls_since` when the first run of the month began; `totals` counts runs
by their result and records by flow and by what became of them, from the first run on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Protocol

import msgspec

log: Final = logging.getLogger("connector.history")

RUNS: Final = "runs"
CALLS: Final = "calls"
CALLS_SINCE: Final = "calls_since"
TOTALS: Final = "totals"

MOST_RUNS: Final = 200
"""More than a week of hourly runs."""

MOST_MONTHS: Final = 24

_RUNS: Final = "runs"  # beside the names of flows
_CALL: Final = re.compile(r"(.+?) ([A-Z]+ .+)")

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]

OVERDUE_AFTER: Final = 2
"""So many intervals without a complete run are too many."""


class PastRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it ended. Times are UTC; `flows` are the counts by flow, `calls` and `problems` are totals.

    `waiting` counts the records that were left to the next run; without a `failure`, the time was used up.
    """

    run_id: str
    started: _Moment
    ended: _Moment
    completed: bool
    failure: str = ""
    flows: Mapping[str, Mapping[str, int]] = {}
    calls: int = 0
    problems: int = 0
    waiting: int = 0

    @property
    def duration(self) -> timedelta:
        """How long it took."""
        return self.ended - self.started


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Runs by result (completed, time_used_up, failed), and by flow the records by what became of them."""

    runs: Mapping[str, int]
    flows: Mapping[str, Mapping[str, int]]


class Kept(Protocol):
    """What is remembered of one client, to read."""

    def stream(self, name: str) -> Mapping[str, Any]:
        """Returns the entries of one stream."""
        ...


class Changeable(Kept, Protocol):
    """What is remembered of one client, to change."""

    def put(self, stream: str, key: str, value: Any) -> None:
        """Sets one entry."""
        ...

    def delete(self, stream: str, key: str) -> None:
        """Removes one entry."""
        ...


def month_of(moment: datetime) -> str:
    """Returns the month that calls of this moment count for, such as "2026-11"."""
    return f"{moment:%Y-%m}"


def note_run(state: Changeable, run: PastRun, calls: Mapping[str, int], *, is_listed: bool = True) -> None:
    """Keeps a run that ended, and adds its `calls` ("billbee GET /products" → number) to those of its month.

    One that is not listed leaves nothing but its calls. The oldest runs and months go. Nothing is saved: that is the
    caller's next checkpoint.
    """
    if is_listed:
        state.put(RUNS, run.run_id, msgspec.to_builtins(run))
    result = "completed" if run.completed else "failed" if run.failure else "time_used_up"
    for stream_key, counts in ((_RUNS, {result: 1}), *run.flows.items()):
        state.put(TOTALS, stream_key, _added(state.stream(TOTALS).get(stream_key, {}), counts))
    kept = {past.run_id for past in runs(state)[:MOST_RUNS]}
    for gone in state.stream(RUNS).keys() - kept:  # the oldest, and what can't be read
        state.delete(RUNS, gone)
    month = month_of(run.ended)
    before = calls_in_month(state, month)
    state.put(CALLS, month, _added(before, calls))
    if month not in state.stream(CALLS_SINCE):
        since = _start_of(month) if before else run.started  # a release that did not note it ran before
        state.put(CALLS_SINCE, month, max(since, _start_of(month)).isoformat())
    for stream in (CALLS, CALLS_SINCE):
        for outdated in sorted(state.stream(stream), reverse=True)[MOST_MONTHS:]:
            state.delete(stream, outdated)


def totals(kept: Kept) -> Totals:
    """Returns what all runs did, also those that are not kept any more."""
    flows = dict(kept.stream(TOTALS))
    return Totals(runs=flows.pop(_RUNS, {}), flows=flows)


def _added(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: before.get(name, 0) + more.get(name, 0) for name in (dict(before) | dict(more))}


def runs(kept: Kept) -> list[PastRun]:
    """Returns the runs that are kept, the newest first; leaves out what can't be read."""
    entries = kept.stream(RUNS)
    try:
        found = msgspec.convert(list(entries.values()), list[PastRun])
    except msgspec.ValidationError:
        found = [run for key, entry in entries.items() if (run := _readable(key, entry))]
    return sorted(found, key=lambda run: (run.started, run.ended), reverse=True)


def _readable(key: str, entry: Any) -> PastRun | None:
    try:
        return msgspec.convert(entry, PastRun)
    except msgspec.ValidationError as error:
        log.warning(
            "a run that was kept can't be read and is left out", extra={"run": key, "reason": str(error)}
        )
        return None


def last_run(kept: Kept) -> PastRun | None:
    """Returns the newest run, None where there was none yet."""
    return next(iter(runs(kept)), None)


def last_complete(kept: Kept) -> PastRun | None:
    """Returns the newest run that completed, None where none did."""
    return next((run for run in runs(kept) if run.completed), None)


def overdue_since(kept: Kept, interval: timedelta, now: datetime) -> datetime | None:
    """Returns when a client was last up to date, where that is more than twice its interval ago; None: it is not late.

    That is the end of the last complete run; where none was complete, the start of the oldest that is known. A client
    that never ran is not late.
    """
    past = runs(kept)
    since = next((run.ended for run in past if run.completed), past[-1].started if past else now)
    return since if now - since > OVERDUE_AFTER * interval else None


def calls_in_month(kept: Kept, month: str) -> dict[str, int]:
    """Returns the number of calls by endpoint of a month such as "2026-11"; nothing is kept: nothing was called."""
    return dict(kept.stream(CALLS).get(month, {}))


def calls_since(kept: Kept, month: str) -> datetime:
    """Returns from when on the calls of a month are counted: its first run, or its first moment."""
    noted: str | None = kept.stream(CALLS_SINCE).get(month)
    return datetime.fromisoformat(noted) if noted else _start_of(month)


def split_call(name: str) -> tuple[str, str]:
    """Splits "billbee GET /products" into the service and the endpoint."""
    found = _CALL.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _start_of(month: str) -> datetime:
    return datetime.fromisoformat(f"{month}-01T00:00:00+00:00")
