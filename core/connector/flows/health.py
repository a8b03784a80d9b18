"""What is said of a run as a whole: a service that is out of order, a flow that stopped, a client that is late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from connector.costs import WARN_FROM, Bill
from connector.errors import RecordRefused, ServiceDown, TransientError
from connector.history import Kept, overdue_since
from connector.problems import Ledger
from connector.report import FlowCounts

RUN: Final = "run"
"""Where problems of the run as a whole stand, beside those of the flows."""

Faults = Mapping[str, TransientError | RecordRefused]
"""By flow, why it stopped before its end."""


def report_flow(ledger: Ledger, flow: str, counts: FlowCounts) -> None:
    """Closes what a flow did not report again, where it came to its end, or says that its time was used up."""
    if not counts.waiting:
        ledger.settle_flow(flow)
        return
    ledger.report("time_used_up", flow, params={"flow": flow, "waiting": f"{counts.waiting:,}"})
    ledger.settle(flow, "")


def report_faults(ledger: Ledger, faults: Faults) -> None:
    """Makes one problem of each service that is out of order, and one of each flow that stopped for another reason.

    A service that is down stops most flows: five problems would say the same (SPEC R3).
    """
    down = {fault.service: fault for fault in faults.values() if isinstance(fault, ServiceDown)}
    for service, fault in down.items():
        params = {"service": service, "reason": fault.reason}
        ledger.report("service_unreachable", RUN, service, params=params)
    for flow, other in faults.items():
        if getattr(other, "service", "") not in down:
            ledger.report("flow_failed", flow, params={"flow": flow, "reason": str(other)})


def why_incomplete(faults: Faults) -> str:
    """Says in one line why flows stopped; those that stopped for the same reason stand together."""
    flows: dict[str, list[str]] = {}
    for flow, error in faults.items():
        flows.setdefault(str(error), []).append(flow)
    return "; ".join(f"{', '.join(stopped)}: {why}" for why, stopped in flows.items())


def note_freshness(ledger: Ledger, kept: Kept, interval: timedelta, now: datetime) -> None:
    """Opens a problem where the client had no complete run for twice its interval; the next complete run closes it."""
    since = overdue_since(kept, interval, now)
    if since is not None:
        ledger.report("freshness", RUN, params={"since": f"{since:%Y-%m-%d %H:%M} UTC"})


def note_complete(ledger: Ledger) -> None:
    """Lets the problem `freshness` close with this run."""
    ledger.withdraw("freshness", RUN)


def note_budgets(ledger: Ledger, client: str, bills: Iterable[Bill], budget: int | None) -> None:
    """Reports calls that go to the end of what the month allows: the `budget`, or what is free.

    The clients that share a key would all say the same; so the one with the most calls does, as long as it lasts.
    """
    for bill in bills:
        limit = budget or bill.free_calls
        is_open = any(p.code == "call_budget" and p.record_id == bill.service for p in ledger.open)
        if bill.calls < WARN_FROM * limit or not (is_open or client == next(iter(bill.clients))):
            continue
        params = {
            "service": bill.service,
            "calls": _thousands(bill.calls),
            "budget": _thousands(limit),
            "forecast": "" if bill.forecast is None else _thousands(bill.forecast),
            "cost": f"{bill.cost} {bill.currency}",
            "clients": str(len(bill.clients)),
            "own": _thousands(bill.clients[client]),
        }
        ledger.report("call_budget", RUN, bill.service, params=params)


def _thousands(number: int) -> str:
    """Writes a number so that it is read the same in all languages."""
    return f"{number:,}".replace(",", " ")
