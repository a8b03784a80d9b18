"""Wires one client and runs its flows; nothing but wiring and order."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from connector.calls import Service
from connector.clock import Clock, Stop
from connector.contracts import Context, Finding, Plugin, Source, Target, can
from connector.errors import (
    AuthenticationError,
    ClientHeld,
    ConfigurationError,
    ConnectorError,
    Interrupted,
    RecordRefused,
    StateError,
    TransientError,
)
from connector.flows import FLOWS, Flow
from connector.flows.run import FlowRun
from connector.flows.sets import RememberedSets
from connector.http import CallLog, HttpClient, Limits, Transport
from connector.mapping import Step, chain
from connector.plugins import Plugins
from connector.problems import Ledger, Problem, hint, reason
from connector.records import Order, Product
from connector.report import ClientReport, FlowCounts, ProblemLine
from connector.settings import ClientSettings
from connector.state import ClientState, StateStore

log: Final = logging.getLogger("connector.run")

_RUN: Final = "run"  # where problems of the run as a whole stand, beside those of the flows
_PROBLEMS: Final = "problems"


P = TypeVar("P", bound=Plugin)


def real_network(service: Service) -> Transport | None:
    """Lets the HTTP client use its own transport."""
    return None


@dataclass(frozen=True)
class Shared:
    """What the clients of one process have in common."""

    plugins: Plugins
    steps: Mapping[str, Step]
    store: StateStore
    limits: Limits
    clock: Clock
    stop: Stop
    random: random.Random
    transport: Callable[[Service], Transport | None] = real_network


def _always() -> None:
    """Allows every call: a check needs no right to run the client."""


async def run_client(settings: ClientSettings, shared: Shared, only: Collection[str] = ()) -> ClientReport:
    """Runs the flows of one client (only those in `only`, where it names some) and returns what was done.

    Never raises for what goes wrong in the client's run: the report says so (SPEC R1).
    """
    report = ClientReport.begin(settings.name, shared.clock.now())
    try:
        async with await shared.store.acquire(settings.name) as state:
            await _run_held(settings, shared, only, report, state)
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


async def check_client(settings: ClientSettings, shared: Shared) -> list[Finding]:
    """Asks both sides whether they are ready; writes nothing to either."""
    findings: list[Finding] = []
    async with AsyncExitStack() as opened:
        opener = _Opener(settings, shared, opened)
        sides = (
            (f"source {settings.source.name}", opener.source),
            (f"target {settings.target.name}", opener.target),
        )
        for what, open_side in sides:
            try:
                findings += await (await open_side()).check()
            except AuthenticationError as error:
                advice = "enter the credentials anew; they may have expired or been withdrawn"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
            except ConnectorError as error:
                advice = "look whether base_url is right and the service can be reached from this machine"
                findings.append(Finding(what=f"{what}: {error}", ok=False, advice=advice))
        if all(finding.ok or finding.level == "warning" for finding in findings):
            findings += await _compare_shipping(await opener.source(), await opener.target())
    return findings


async def _compare_shipping(source: Source, target: Target) -> list[Finding]:
    """Compares the names by which both sides know their ways of shipping: only equal ones find each other (SPEC S3)."""
    if not (can(source, "shipping_products") and can(target, "shipping_profiles")):
        return []
    products, profiles = set(await source.shipping_products()), set(await target.shipping_profiles())
    missing = sorted(profiles - products)
    matched = [
        Finding(what=f"shipping profile `{name}` has its product in the shop", ok=True)
        for name in sorted(profiles & products)
    ]
    advice = (
        "no shipping product of the shop has exactly these names, so such parcels show the tracking number without "
        "its carrier; name the shop's shipping products so"
    )
    what = f"shipping profiles of the warehouse: {', '.join(missing)}"
    return [*matched, *([Finding(what=what, ok=False, level="warning", advice=advice)] if missing else [])]


@dataclass(frozen=True)
class _Opener:
    """Builds the plugins of both sides, each with an HTTP client of its own, which `opened` closes."""

    settings: ClientSettings
    shared: Shared
    opened: AsyncExitStack
    calls: CallLog = field(default_factory=CallLog)
    may_call: Callable[[], None] = _always

    async def source(self) -> Source:
        choice = self.settings.source
        return await self._open(self.shared.plugins.sources[choice.name].what, choice.settings)

    async def target(self) -> Target:
        choice = self.settings.target
        return await self._open(self.shared.plugins.targets[choice.name].what, choice.settings)

    async def _open(self, plugin: type[P], settings: Any) -> P:
        service = plugin.service(settings)
        http = HttpClient(
            service,
            clock=self.shared.clock,
            stop=self.shared.stop,
            random=self.shared.random,
            limits=self.shared.limits,
            counts=self.calls,
            transport=self.shared.transport(service),
            check=self.may_call,
        )
        await self.opened.enter_async_context(http)
        return plugin.build(
            settings, http, Context(client=self.settings.name, language=self.settings.language)
        )


async def _run_held(
    settings: ClientSettings, shared: Shared, only: Collection[str], report: ClientReport, state: ClientState
) -> None:
    """Runs the client that we hold; what it opened is closed and what it learnt is saved, whatever happens."""
    ledger = Ledger(_ProblemEntries(state), shared.clock.now, settings.language, client=settings.name)
    calls = CallLog()
    if state.recovered_from:
        ledger.report("state_recovered", _RUN, params={"file": state.recovered_from})
    try:
        async with AsyncExitStack() as opened:
            opener = _Opener(settings, shared, opened, calls, state.check)
            source, target = await opener.source(), await opener.target()
            wiring = _Wiring(settings, shared, state, ledger, source, target)
            report.failure = await _run_flows(wiring, only, report)
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
        report.problems = [_line(problem, settings.language) for problem in ledger.open]
        await state.save()


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
            state=self.state,
            ledger=self.ledger,
            counts=counts,
            stop=self.shared.stop,
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


class _ProblemEntries:
    """Keeps the problems in the client's state."""

    def __init__(self, state: ClientState) -> None:
        self._state = state

    def items(self) -> Iterable[tuple[str, Any]]:
        return self._state.stream(_PROBLEMS).items()

    def put(self, key: str, value: Any) -> None:
        self._state.put(_PROBLEMS, key, value)

    def delete(self, key: str) -> None:
        self._state.delete(_PROBLEMS, key)


def _line(problem: Problem, language: str) -> ProblemLine:
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
