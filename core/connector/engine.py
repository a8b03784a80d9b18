"""Wires one client and runs its flows; nothing but wiring and order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from connector.contracts import Source, Target
from connector.errors import (
    AuthenticationError,
    ClientHeld,
    ConfigurationError,
    Interrupted,
    RecordRefused,
    StateError,
    TransientError,
)
from connector.flows import FLOWS, Flow
from connector.flows.run import FlowRun
from connector.flows.sets import RememberedSets
from connector.history import PastRun, note_run
from connector.http import CallLog
from connector.mapping import chain
from connector.problems import Ledger, Problem, hint, reason
from connector.records import Order, Product, Shipment
from connector.rehearsal import RehearsedSource, RehearsedTarget
from connector.report import ClientReport, FlowCounts, ProblemLine
from connector.settings import ClientSettings
from connector.sides import Opener, Shared
from connector.state import ClientState

log: Final = logging.getLogger("connector.run")

PROBLEMS: Final = "problems"
_RUN: Final = "run"  # where problems of the run as a whole stand, beside those of the flows


async def run_client(
    settings: ClientSettings, shared: Shared, only: Collection[str] = (), *, rehearse: bool = False
) -> ClientReport:
    """Runs the flows of one client (only those in `only`, where it names some) and returns what was done.

    A rehearsal reads both sides and writes to neither, nor to the state; its report says what would be written (SPEC
    R6). Never raises for what goes wrong in the client's run: the report says so (SPEC R1).
    """
    report = ClientReport.begin(settings.name, shared.clock.now())
    take = shared.store.rehearse if rehearse else shared.store.acquire
    try:
        async with await take(settings.name) as state:
            await _run_held(settings, shared, only, report, state, rehearse)
    except (ClientHeld, StateError) as error:
        report.failure = str(error)
    report.end(shared.clock.now())
    log.log(
        logging.INFO if report.completed else logging.WARNING,
        "client %s: %s",
        settings.name,
        report.summary(),
    )
    return report


async def _run_held(
    settings: ClientSettings,
    shared: Shared,
    only: Collection[str],
    report: ClientReport,
    state: ClientState,
    rehearse: bool,
) -> None:
    """Runs the client that we hold; what it opened is closed and what it learnt is saved, whatever happens."""
    ledger = Ledger(ProblemEntries(state), shared.clock.now, settings.language, client=settings.name)
    calls = CallLog()
    if state.recovered_from:
        ledger.report("state_recovered", _RUN, params={"file": state.recovered_from})
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
    except (ConfigurationError, ClientHeld, Interrupted) as error:
        report.failure = str(error)
    except AuthenticationError as error:
        ledger.report("credentials_refused", _RUN, params={"service": error.service, "reason": error.reason})
        report.failure = str(error)
    except Exception as error:
        log.exception("client %s: the run ended with a bug", settings.name)
        ledger.report("run_crashed", _RUN, params={"reason": f"{type(error).__name__}: {error}"})
        report.failure = f"a bug, {type(error).__name__}: {error} (the log has the traceback)"
    else:
        ledger.settle_flow(_RUN)
    finally:
        report.calls = calls.counts
        report.problems = [problem_line(problem, settings.language) for problem in ledger.open]
        report.end(shared.clock.now())
        _note(report, state)
        await state.save()


def _note(report: ClientReport, state: ClientState) -> None:
    """Keeps what the run did, for those who ask later."""
    past = PastRun(
        run_id=report.run_id,
        started=report.started,
        ended=report.ended or report.started,
        completed=report.completed,
        failure=report.failure,
        flows={name: msgspec.structs.asdict(counts) for name, counts in report.flows.items()},
        calls=sum(report.calls.values()),
        problems=len(report.problems),
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

    def flow_run(self, flow: Flow, counts: FlowCounts) -> FlowRun:
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
        )


async def _run_flows(wiring: _Wiring, only: Collection[str], report: ClientReport) -> str:
    """Runs the flows one after the other; returns why the run is not complete, empty where it is.

    A fault outside stops its own flow and leaves the others to try; they may depend on another service.
    """
    failures: list[str] = []
    for flow in FLOWS:
        wanted = getattr(wiring.settings.flows, flow.name) and (not only or flow.name in only)
        if not wanted or not flow.possible(wiring.source, wiring.target):
            continue
        counts = report.flows.setdefault(flow.name, FlowCounts())
        try:
            await flow.run(wiring.flow_run(flow, counts))
        except Interrupted:
            raise
        except (TransientError, RecordRefused) as error:
            failures.append(f"{flow.name}: {error}")
            wiring.ledger.report("flow_failed", flow.name, params={"flow": flow.name, "reason": str(error)})
        else:
            wiring.ledger.settle_flow(flow.name)
        await wiring.state.save()
    return "; ".join(failures)


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
