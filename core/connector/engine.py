"""Wires one client and runs its flows; nothing but wiring and order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec

from connector.calls import Service
from connector.contracts import Source, Target
from connector.costs import note_tariffs
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
    note_budgets,
    note_complete,
    note_freshness,
    report_faults,
    report_flow,
    why_incomplete,
)
from connector.flows.pace import PRODUCTS, note_products, products_due, read_products_next, wants_products
from connector.flows.run import FlowRun
from connector.flows.sets import RememberedSets
from connector.flows.turns import TimeBudget
from connector.history import PastRun, note_run, overdue_since
from connector.http import CallLog
from connector.ledgers import ledger_of, problem_line
from connector.logs import bound
from connector.mapping import chain
from connector.masking import hiding
from connector.problems import Ledger
from connector.records import Order, Product, Shipment
from connector.rehearsal import RehearsedSource, RehearsedTarget
from connector.report import ClientReport, FlowCounts, ProblemLine
from connector.settings import ClientBasics, ClientSettings
from connector.sides import Opener, Shared
from connector.state import ClientState, Turn
from connector.telling import tell_late, tell_run

log: Final = logging.getLogger("connector.run")

MOST_INTERVALS: Final = 3
"""So many intervals a run may take where `max_run_minutes` is not set."""


async def run_client(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str] = (),
    *,
    rehearse: bool = False,
    at_once: bool = False,
    turn: Turn | None = None,
) -> ClientReport:
    """Runs the flows of one client (only those in `only`, where it names some) and returns what was done.

    A run `at_once` comes between those of the client's interval: it stands for none of them, so that they stay the
    measure of whether the client is up to date. A rehearsal reads both sides and writes to neither, nor to the state;
    its report says what would be written (SPEC R6). Never raises for what goes wrong in the client's run: the report
    says so (SPEC R1). With the `turn` for which a shared schedule asked for the run, raises NotDue where somebody else
    took it.
    """
    report = ClientReport.begin(settings.name, shared.clock.now())
    async with shared.crowd.run():
        with bound(client=settings.name, run_id=report.run_id):
            await _take_and_run(settings, shared, only, report, rehearse, at_once, turn)
            report.end(shared.clock.now())
            log.info("run finished", extra=_in_short(report))
    shared.progress.done(report)
    return report


async def _take_and_run(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str],
    report: ClientReport,
    rehearse: bool,
    at_once: bool,
    turn: Turn | None,
) -> None:
    """Takes the client, and runs it unless somebody else has it."""
    store, name = shared.store, settings.name
    try:
        async with await (store.rehearse(name) if rehearse else store.acquire(name, turn)) as state:
            state.when_lost(_canceller())
            try:
                await _run_held(settings, shared, only, report, state, rehearse, at_once)
            finally:
                if shared.stop.requested and not report.completed:
                    state.cut_short()
    except NotDue:
        raise
    except ClientHeld as error:
        report.failure = str(error)
        await watch_client(name, settings, shared, settings.plugins)
    except StateError as error:
        report.failure = str(error)
        log.error("run failed", extra={"reason": report.failure})


def _canceller() -> Callable[[], object]:
    """Returns how to end this run at once, whatever it waits for."""
    task = asyncio.current_task()
    return task.cancel if task is not None else lambda: None


def _in_short(report: ClientReport) -> dict[str, Any]:
    """Says how a run went. It is never a warning: what a person has to see is a problem, or was logged as an error."""
    ended = report.ended or report.started
    fields: dict[str, Any] = {
        "completed": report.completed,
        "duration": (ended - report.started).total_seconds(),
    }
    numbers = {
        "calls": sum(report.calls.values()),
        "problems": len(report.problems),
        "waiting": report.waiting,
    }
    return fields | numbers | ({"failure": report.failure} if report.failure else {})


async def _run_held(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str],
    report: ClientReport,
    state: ClientState,
    rehearse: bool,
    at_once: bool,
) -> None:
    """Runs the client that we hold; what it opened is closed and what it learnt is saved, whatever happens."""
    ledger, calls = _ledger_of_run(settings, state, shared), CallLog(shared.meter)
    kept = timedelta(days=settings.keep_personal_data_days)
    services: list[Service] = []
    try:
        if not rehearse:
            await shared.store.forget_damaged(settings.name, before=shared.clock.now() - kept)
        bills = await shared.tally.bills(settings.name, state, shared.clock.now())
        note_budgets(ledger, settings.name, bills, settings.call_budget_month)
        async with AsyncExitStack() as opened:
            opener = Opener(settings, shared, opened, calls, state.check, rehearse, services, state)
            source, target = await opener.source(), await opener.target()
            if rehearse:
                source, target = RehearsedSource(source, report.plan), RehearsedTarget(target, report.plan)
            wiring = _Wiring(settings, shared, state, ledger, source, target)
            report.failure = await _run_flows(wiring, only, report)
    except asyncio.CancelledError:
        report.failure = "the run was cut short; the next one carries on"
        raise
    except Interrupted as error:
        report.failure = str(error)
    except (ConfigurationError, ClientHeld, StateError) as error:
        report.failure = str(error)
        log.error("run failed", extra={"reason": report.failure})
    except AuthenticationError as error:
        ledger.report("credentials_refused", RUN, params={"service": error.service, "reason": error.reason})
        report.failure = str(error)
    except Exception as error:
        log.exception("run ended with a bug")
        what = hiding(settings)(f"{type(error).__name__}: {error}")
        ledger.report("run_crashed", RUN, params={"reason": what})
        report.failure = f"a bug, {what} (the log has the traceback)"
    else:
        if not at_once:
            if not report.failure and not report.waiting:
                note_complete(ledger)
            ledger.settle_flow(RUN)
    finally:
        report.calls = calls.counts
        note_tariffs(state, services)
        _sum_up(report, ledger, state, settings, shared.clock.now(), at_once)
        await state.save()
    if not (rehearse or shared.stop.requested) and await tell_run(settings, shared, state, ledger, report):
        report.problems = _open_problems(ledger, settings)


def _ledger_of_run(settings: ClientSettings, state: ClientState, shared: Shared) -> Ledger:
    """Opens the ledger and reports what is known before the run begins."""
    ledger = ledger_of(settings.name, settings, state, shared.clock)
    note_freshness(ledger, state, _interval(settings), shared.clock.now())
    if state.recovered_from:
        ledger.report("state_recovered", RUN, params={"file": state.recovered_from})
    return ledger


def _sum_up(
    report: ClientReport,
    ledger: Ledger,
    state: ClientState,
    settings: ClientSettings,
    now: datetime,
    at_once: bool,
) -> None:
    """Completes the report, and keeps what the run did for those who ask later."""
    report.end(now)
    if not report.completed:
        note_freshness(ledger, state, _interval(settings), now)
    report.problems = _open_problems(ledger, settings)
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
    note_run(state, past, report.calls, is_listed=not at_once)


def _open_problems(ledger: Ledger, settings: ClientSettings) -> list[ProblemLine]:
    return [problem_line(problem, settings.language) for problem in ledger.open]


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

    def due(self, flows: list[Flow], only: Collection[str], report: ClientReport) -> list[Flow]:
        """Leaves the products out where the catalogue was read lately, unless they were asked for by name."""
        due = products_due(self.state, self.settings, self.shared.clock.now())
        if due is None or PRODUCTS in only or not any(flow.name == PRODUCTS for flow in flows):
            return flows
        report.not_due[PRODUCTS] = due
        return [flow for flow in flows if flow.name != PRODUCTS]

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
            hide=hiding(self.settings),
            expect=partial(self.shared.progress.expect, self.settings.name, flow.name),
        )


async def _run_flows(wiring: _Wiring, only: Collection[str], report: ClientReport) -> str:
    """Runs the flows one after the other; returns why the run is not complete, empty where it is.

    A fault outside stops its own flow and leaves the others to try; they may depend on another service.
    """
    faults: dict[str, TransientError | RecordRefused] = {}
    for flow in FLOWS:
        if not getattr(wiring.settings.flows, flow.name):
            wiring.ledger.settle_flow(flow.name)  # a flow that is switched off has no problems any more
    time, flows, progress = (
        wiring.time(),
        wiring.due(wiring.flows(only), only, report),
        wiring.shared.progress,
    )
    try:
        for place, flow in enumerate(flows, start=1):
            counts, began = report.flows.setdefault(flow.name, FlowCounts()), wiring.shared.clock.now()
            progress.begin(report.client, flow.name, counts)
            complete = False
            try:
                with bound(flow=flow.name):
                    await flow.run(wiring.flow_run(flow, counts, time.until(len(flows) - place)))
            except Interrupted:
                raise
            except (TransientError, RecordRefused) as error:
                faults[flow.name] = error
            else:
                report_flow(wiring.ledger, flow.name, counts)
                complete = not counts.waiting
                if flow.name == PRODUCTS and complete:
                    note_products(wiring.state, began)
            finally:
                progress.end(report.client, flow.name, counts, complete)
            if place < len(flows):  # after the last one, the run saves what it is about to note
                await wiring.state.save()
    finally:
        report_faults(wiring.ledger, faults)
        if PRODUCTS in report.not_due and wants_products(wiring.ledger.opened):
            read_products_next(wiring.state)
    return why_incomplete(faults)


async def watch_client(
    client: str, basics: ClientBasics, shared: Shared, plugins: Mapping[str, Any] | None = None
) -> None:
    """Opens the problem `freshness` of a client that can't run although it is due, where it is late.

    Other packages are told of it, where the settings of `plugins` are known.
    """
    try:
        if overdue_since(await shared.store.read(client), _interval(basics), shared.clock.now()) is None:
            return
        async with await shared.store.acquire(client) as state:
            ledger = ledger_of(client, basics, state, shared.clock)
            note_freshness(ledger, state, _interval(basics), shared.clock.now())
            if plugins is not None:
                await tell_late(client, basics.language, plugins, shared, state, ledger)
            await state.save()
    except (ClientHeld, StateError) as error:
        log.warning("no complete run for twice the interval", extra={"client": client, "reason": str(error)})


def _interval(basics: ClientBasics) -> timedelta:
    return timedelta(minutes=basics.interval_minutes)
