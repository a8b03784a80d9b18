"""Wires one client and runs its flows; nothing but wiring and order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from connector.contracts import Source, Target
from connector.errors import (
    AuthenticationError,
    ClientHeld,
    ConfigurationError,
    Interrupted,
    NotDue,
    RecordRefused,
    StateError,
    TransientError,
)
from connector.flows import FLOWS, Flow
from connector.flows.health import (
    RUN,
    note_complete,
    note_freshness,
    report_faults,
    report_flow,
    why_incomplete,
)
from connector.flows.run import FlowRun
from connector.flows.sets import RememberedSets
from connector.flows.turns import TimeBudget
from connector.history import PastRun, note_run, overdue_since
from connector.http import CallLog
from connector.mapping import chain
from connector.problems import Ledger, Problem, hint, reason
from connector.records import Order, Product, Shipment
from connector.rehearsal import RehearsedSource, RehearsedTarget
from connector.report import ClientReport, FlowCounts, ProblemLine
from connector.settings import ClientBasics, ClientSettings
from connector.sides import Opener, Shared
from connector.state import ClientState, Turn

log: Final = logging.getLogger("connector.run")

PROBLEMS: Final = "problems"
MOST_INTERVALS: Final = 3
"""So many intervals a run may take where `max_run_minutes` is not set."""


async def run_client(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str] = (),
    *,
    rehearse: bool = False,
    turn: Turn | None = None,
) -> ClientReport:
    """Runs the flows of one client (only those in `only`, where it names some) and returns what was done.

    A rehearsal reads both sides and writes to neither, nor to the state; its report says what would be written (SPEC
    R6). Never raises for what goes wrong in the client's run: the report says so (SPEC R1). With the `turn` for which
    a shared schedule asked for the run, raises NotDue where somebody else took it.
    """
    report = ClientReport.begin(settings.name, shared.clock.now())
    store, name = shared.store, settings.name
    try:
        async with await (store.rehearse(name) if rehearse else store.acquire(name, turn)) as state:
            state.when_lost(_canceller())
            try:
                await _run_held(settings, shared, only, report, state, rehearse)
            finally:
                if shared.stop.requested and not report.completed:
                    state.cut_short()
    except NotDue:
        raise
    except (ClientHeld, StateError) as error:
        report.failure = str(error)
    report.end(shared.clock.now())
    log.log(
        logging.WARNING if report.failure else logging.INFO,
        "client %s: %s",
        settings.name,
        report.summary(),
    )
    return report


def _canceller() -> Callable[[], object]:
    """Returns how to end this run at once, whatever it waits for."""
    task = asyncio.current_task()
    return task.cancel if task is not None else lambda: None


async def _run_held(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str],
    report: ClientReport,
    state: ClientState,
    rehearse: bool,
) -> None:
    """Runs the client that we hold; what it opened is closed and what it learnt is saved, whatever happens."""
    ledger, calls = _ledger_of_run(settings, state, shared), CallLog()
    try:
        async with AsyncExitStack() as opened:
            opener = Opener(settings, shared, opened, calls, state.check, read_only=rehearse)
            source, target = await opener.source(), await opener.target()
            if rehearse:
                source, target = RehearsedSource(source, report.plan), RehearsedTarget(target, report.plan)
            wiring = _Wiring(settings, shared, state, ledger, source, target)
            report.failure = await _run_flows(wiring, only, report)
    except asyncio.CancelledError:
        report.failure = "the run was cut short; the next one carries on"
        raise
    except (ConfigurationError, ClientHeld, Interrupted, StateError) as error:
        report.failure = str(error)
    except AuthenticationError as error:
        ledger.report("credentials_refused", RUN, params={"service": error.service, "reason": error.reason})
        report.failure = str(error)
    except Exception as error:
        log.exception("client %s: the run ended with a bug", settings.name)
        ledger.report("run_crashed", RUN, params={"reason": f"{type(error).__name__}: {error}"})
        report.failure = f"a bug, {type(error).__name__}: {error} (the log has the traceback)"
    else:
        if not report.failure and not report.waiting:
            note_complete(ledger)
        ledger.settle_flow(RUN)
    finally:
        report.calls = calls.counts
        _sum_up(report, ledger, state, settings, shared.clock.now())
        await state.save()


def _ledger_of_run(settings: ClientSettings, state: ClientState, shared: Shared) -> Ledger:
    """Opens the ledger and reports what is known before the run begins."""
    ledger = ledger_of(settings.name, settings, state, shared)
    note_freshness(ledger, state, _interval(settings), shared.clock.now())
    if state.recovered_from:
        ledger.report("state_recovered", RUN, params={"file": state.recovered_from})
    return ledger


def _sum_up(
    report: ClientReport, ledger: Ledger, state: ClientState, settings: ClientSettings, now: datetime
) -> None:
    """Completes the report, and keeps what the run did for those who ask later."""
    report.end(now)
    if not report.completed:
        note_freshness(ledger, state, _interval(settings), now)
    report.problems = [problem_line(problem, settings.language) for problem in ledger.open]
    past = PastRun(
        run_id=report.run_id,
        started=report.started,
        ended=report.ended or report.started,
        completed=report.completed,
        failure=report.failure,
        flows={name: msgspec.structs.asdict(counts) for name, counts in report.flows.items()},
        calls=sum(report.calls.values()),
        problems=len(report.problems),
        waiting=report.waiting,
    )
    note_run(state, past, report.calls)


@dataclass(frozen=True)
class _Wiring:
    """One client's run: its settings, its state and both sides."""

    settings: ClientSettings
    shared: Shared
    state: ClientState
    ledger: Ledger
    source: Source
    target: Target

    def flows(self, only: Collection[str]) -> list[Flow]:
        """Returns the flows that are wanted and that both sides can do."""
        wanted = [flow for flow in FLOWS if getattr(self.settings.flows, flow.name)]
        chosen = [flow for flow in wanted if not only or flow.name in only]
        return [flow for flow in chosen if flow.possible(self.source, self.target)]

    def time(self) -> TimeBudget:
        """Starts the time of the run."""
        minutes = self.settings.max_run_minutes or MOST_INTERVALS * self.settings.interval_minutes
        return TimeBudget(self.shared.clock, self.shared.clock.monotonic(), minutes * 60.0)

    def flow_run(self, flow: Flow, counts: FlowCounts, has_time: Callable[[], bool]) -> FlowRun:
        """Puts together what one flow works with."""
        chosen = [(choice.name, choice.setting) for choice in self.settings.mapping]
        sets = RememberedSets(self.state)
        return FlowRun(
            flow=flow.name,
            source=self.source,
            target=self.target,
            product_steps=chain(chosen, self.shared.steps, Product, sets),
            order_steps=chain(chosen, self.shared.steps, Order, sets),
            shipment_steps=chain(chosen, self.shared.steps, Shipment, sets),
            state=self.state,
            ledger=self.ledger,
            counts=counts,
            stop=self.shared.stop,
            max_zeroed_share=self.settings.max_zeroed_share,
            now=self.shared.clock.now,
            has_time=has_time,
        )


async def _run_flows(wiring: _Wiring, only: Collection[str], report: ClientReport) -> str:
    """Runs the flows one after the other; returns why the run is not complete, empty where it is.

    A fault outside stops its own flow and leaves the others to try; they may depend on another service.
    """
    faults: dict[str, TransientError | RecordRefused] = {}
    for flow in FLOWS:
        if not getattr(wiring.settings.flows, flow.name):
            wiring.ledger.settle_flow(flow.name)  # a flow that is switched off has no problems any more
    time, flows = wiring.time(), wiring.flows(only)
    try:
        for place, flow in enumerate(flows, start=1):
            counts = report.flows.setdefault(flow.name, FlowCounts())
            try:
                await flow.run(wiring.flow_run(flow, counts, time.until(len(flows) - place)))
            except Interrupted:
                raise
            except (TransientError, RecordRefused) as error:
                faults[flow.name] = error
            else:
                report_flow(wiring.ledger, flow.name, counts)
            await wiring.state.save()
    finally:
        report_faults(wiring.ledger, faults)
    return why_incomplete(faults)


async def watch_client(client: str, basics: ClientBasics, shared: Shared) -> None:
    """Opens the problem `freshness` of a client that can't run although it is due, where it is late."""
    try:
        if overdue_since(await shared.store.read(client), _interval(basics), shared.clock.now()) is None:
            return
        async with await shared.store.acquire(client) as state:
            ledger = ledger_of(client, basics, state, shared)
            note_freshness(ledger, state, _interval(basics), shared.clock.now())
            await state.save()
    except (ClientHeld, StateError) as error:
        log.warning("client %s: no complete run for twice its interval: %s", client, error)


def ledger_of(client: str, basics: ClientBasics, state: ClientState, shared: Shared) -> Ledger:
    """Opens the ledger of a client for one run."""
    kept = timedelta(days=basics.keep_personal_data_days)
    entries, now = ProblemEntries(state), shared.clock.now
    return Ledger(entries, now, basics.language, client=client, keep_records=kept)


def _interval(basics: ClientBasics) -> timedelta:
    return timedelta(minutes=basics.interval_minutes)


class ProblemEntries:
    """Keeps the problems in the client's state."""

    def __init__(self, state: ClientState) -> None:
        self._state = state

    def items(self) -> Iterable[tuple[str, Any]]:
        return self._state.stream(PROBLEMS).items()

    def put(self, key: str, value: Any) -> None:
        self._state.put(PROBLEMS, key, value)

    def delete(self, key: str) -> None:
        self._state.delete(PROBLEMS, key)


def problem_line(problem: Problem, language: str) -> ProblemLine:
    """Puts a problem into the words of a language."""
    return ProblemLine(
        id=problem.id,
        code=problem.code,
        flow=problem.flow,
        record_id=problem.record_id,
        number=problem.number,
        reason=reason(problem, language),
        hint=hint(problem, language),
        first_seen=problem.first_seen,
        last_seen=problem.last_seen,
        count=problem.count,
    )
