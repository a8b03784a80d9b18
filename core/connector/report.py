"""What a run did: counts, calls and open problems of each client; as JSON for machines and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec


class FlowCounts(msgspec.Struct):
    """What became of the records of one flow; `waiting` ones were left to the next run."""

    read: int = 0
    sent: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused: int = 0
    waiting: int = 0


class ProblemLine(msgspec.Struct, frozen=True, kw_only=True):
    """An open problem with its words in the client's language; times are UTC."""

    id: str
    code: str
    flow: str
    record_id: str
    number: str
    reason: str
    hint: str
    first_seen: datetime
    last_seen: datetime
    count: int


class PlannedWrite(msgspec.Struct, frozen=True, kw_only=True):
    """A write that a rehearsal would have made (SPEC R6): on which side, to which record, and what is in it."""

    side: str
    action: str
    record_id: str
    number: str
    changes: Mapping[str, Any]


class ClientReport(msgspec.Struct, kw_only=True):
    """One run of one client, filled while it runs. Times are UTC.

    `calls` counts by service and endpoint ("billbee GET /products"). `failure` says in one line why the run did not
    complete; where there is none, its time was used up and records wait for the next run. `not_due` tells of flows that
    were left out when they are due. `mistaken` is set where the settings are wrong, so that nothing was sent; it is not
    part of the JSON.
    """

    client: str
    run_id: str
    started: datetime
    ended: datetime | None = None
    completed: bool = False
    flows: dict[str, FlowCounts] = msgspec.field(default_factory=dict)
    calls: Mapping[str, int] = msgspec.field(default_factory=dict)
    problems: list[ProblemLine] = msgspec.field(default_factory=list)
    failure: str = ""
    not_due: dict[str, datetime] = msgspec.field(default_factory=dict)
    planned: list[PlannedWrite] | None = None
    mistaken: bool = False

    @classmethod
    def begin(cls, client: str, now: datetime) -> Self:
        """Starts the report of a run; its id is unique because a client never runs twice at once (SPEC C3)."""
        return cls(client=client, run_id=f"{client}-{now:%Y%m%dT%H%M%S}", started=now)

    @classmethod
    def mistake(cls, client: str, now: datetime, failure: str) -> Self:
        """Reports a run that did not begin, because the settings of the client are wrong."""
        report = cls.begin(client, now)
        report.failure = failure
        report.mistaken = True
        report.end(now)
        return report

    def end(self, now: datetime) -> None:
        """Notes the end of the run; it is complete where nothing failed and nothing was left to the next run."""
        self.ended = now
        self.completed = not self.failure and not self.waiting

    def plan(self, side: str, action: str, record_id: str, number: str, changes: Mapping[str, Any]) -> None:
        """Notes what a rehearsal would have written."""
        self.planned = self.planned or []
        self.planned.append(
            PlannedWrite(side=side, action=action, record_id=record_id, number=number, changes=changes)
        )

    @property
    def refused(self) -> int:
        """How many records did not go through."""
        return sum(counts.refused for counts in self.flows.values())

    @property
    def waiting(self) -> int:
        """How many records were left to the next run, as far as they were read."""
        return sum(counts.waiting for counts in self.flows.values())

    def summary(self) -> str:
        """Says in one line how it went."""
        waiting = f", {amount(len(self.problems), 'open problem')}" if self.problems else ""
        if self.ended is None:
            return f"still running{waiting}"
        duration = in_words(self.ended - self.started)
        if self.completed:
            return f"completed in {duration}{waiting}"
        if not self.failure:
            return f"{time_used_up(self.waiting)} after {duration}{waiting}"
        return f"NOT COMPLETED after {duration}{waiting}: {self.failure}"


class RunReport(msgspec.Struct, kw_only=True):
    """One pass over the clients."""

    clients: list[ClientReport] = msgspec.field(default_factory=list)


def to_json(report: RunReport) -> bytes:
    """Returns the report as one JSON object; its keys and their order are a promise to those who read it."""
    return msgspec.json.encode({"clients": [_client_json(client) for client in report.clients]})


def lines(report: RunReport) -> list[str]:
    """Returns the report for a terminal: a head line for each client, what its flows did, and what is to be done."""
    return [line for client in report.clients for line in _client_lines(client)] + _totals(report)


def _client_json(client: ClientReport) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(client)
    del fields["mistaken"]
    if not client.failure:
        del fields["failure"]
    if not client.not_due:
        del fields["not_due"]
    if client.planned is None:
        del fields["planned"]
    return fields


def _client_lines(client: ClientReport) -> Iterator[str]:
    yield from _indented(f"{client.client}: ", client.summary(), "  ")
    width = max((len(name) for name in (*client.flows, *client.not_due, "calls")), default=0)
    for flow, due in client.not_due.items():
        yield f"  {flow:<{width}}  not due before {due:%Y-%m-%d %H:%M} UTC"
    for flow, counts in client.flows.items():
        yield f"  {flow:<{width}}  {counts_in_words(counts)}"
    if client.calls:
        total = sum(client.calls.values())
        each = ", ".join(f"{endpoint} {count:,}" for endpoint, count in client.calls.items())
        yield f"  {'calls':<{width}}  {total:,}: {each}"
    if client.planned is not None:
        yield from _planned_lines(client.planned)
    if client.problems:
        yield "  open problems:"
    for problem in client.problems:
        yield from (f"    {line}" for line in problem_lines(problem))


def _planned_lines(planned: list[PlannedWrite]) -> Iterator[str]:
    """Yields a row for each write that a rehearsal would have made."""
    if not planned:
        yield "  would write nothing"
        return
    yield f"  would write {amount(len(planned), 'time')}:"
    sides = max(len(write.side) for write in planned)
    actions = max(len(write.action) for write in planned)
    for write in planned:
        about = f"{write.side:{sides}}  {write.action:{actions}}  {write.number or write.record_id}"
        changes = ", ".join(f"{name}: {value}" for name, value in write.changes.items())
        yield f"    {about}  {changes}".rstrip()


def problem_lines(problem: ProblemLine) -> Iterator[str]:
    """Yields a problem for a terminal: which one it is, and below that why and what to do."""
    about = " ".join(part for part in (problem.flow, problem.number or problem.record_id) if part)
    seen = f"since {problem.first_seen:%Y-%m-%d %H:%M} UTC, seen {amount(problem.count, 'time')}"
    yield f"{about} ({problem.code}, {problem.id}, {seen})"
    yield f"  {problem.reason}"
    yield f"  -> {problem.hint}"


def _totals(report: RunReport) -> list[str]:
    """Returns a last line that names what needs a look, where there is more than one client."""
    if len(report.clients) < 2:
        return []
    failed = [client.client for client in report.clients if not client.completed]
    names = f", {len(failed):,} not: {', '.join(failed)}" if failed else ""
    return [f"{len(report.clients):,} clients: {len(report.clients) - len(failed):,} completed{names}"]


def counts_in_words(counts: FlowCounts) -> str:
    """Says what a flow did, such as "3 read, 2 sent, 1 refused"."""
    named = [f"{value:,} {name}" for name, value in msgspec.structs.asdict(counts).items() if value]
    return ", ".join(named) or "nothing to do"


def _indented(head: str, text: str, indent: str) -> Iterator[str]:
    """Yields a text of several lines (all mistakes in the settings) below its head."""
    first, *others = text.split("\n")
    yield head + first
    for other in others:
        yield indent + other


def time_used_up(waiting: int) -> str:
    """Says that a run came to its end before the last record."""
    verb = "waits" if waiting == 1 else "wait"
    return f"the time of the run is used up, at least {amount(waiting, 'record')} {verb} for the next run"


def amount(count: int, noun: str) -> str:
    """Returns a number with its noun: 1 problem, 2 problems."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def in_words(span: timedelta) -> str:
    """Returns a span as people say it: 0.4 s, 12 s, 3 min 05 s, 1 h 02 min."""
    seconds = span.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left:02} min" if hours else f"{minutes} min {rest:02} s"
