"""What is remembered of the clients, for people to see: no run is disturbed, and one broken client hides no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from connector.clock import SystemClock
from connector.costs import TARIFFS, Bill, bills, forecast, usages
from connector.errors import ConfigurationError, NotFound, StateError
from connector.history import (
    CALLS,
    CALLS_SINCE,
    RUNS,
    TOTALS,
    PastRun,
    calls_in_month,
    calls_since,
    last_complete,
    last_run,
    month_of,
    runs,
)
from connector.installation import Installation, state_store
from connector.ledgers import PROBLEMS, ProblemEntries
from connector.problems import Ledger, Problem, read_problems
from connector.scheduler import next_due
from connector.settings import ClientSettings, Value
from connector.state import ClientState, Glance, Snapshot, StateStore
from connector.texts import REPORTED_ONCE, Level

T = TypeVar("T")
Change = Callable[[ClientState, Problem], T]
"""Changes what is remembered of a client because of one of its problems, and returns what came of it."""

SHOWN: Final = frozenset({PROBLEMS, RUNS, CALLS, CALLS_SINCE, TARIFFS, TOTALS})
"""The streams of which people see something."""

_LANGUAGE: Final = "en"  # of problems, where the client's own is not known


@dataclass(frozen=True)
class View:
    """A client as it looks from outside.

    `settings` is None where they are wrong, `snapshot` empty where it `is_unreadable`; `faults` say why. `values` are
    the settings for people to read. `running` tells who runs the client now.
    """

    client: str
    settings: ClientSettings | None
    snapshot: Snapshot
    running: str | None = None
    faults: tuple[str, ...] = ()
    is_unreadable: bool = False
    values: tuple[Value, ...] = ()

    @property
    def language(self) -> str:
        """The language in which the merchant reads problems."""
        return self.settings.language if self.settings else _LANGUAGE

    @cached_property
    def problems(self) -> list[Problem]:
        """The open problems, the oldest first; those to be ignored are among them."""
        return problems_of(self.snapshot)

    @cached_property
    def runs(self) -> list[PastRun]:
        """The runs that are kept, the newest first."""
        return runs(self.snapshot)


class ClientStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `connector status`. Times are UTC and those at which runs ended; None: there is no such run.

    `problems` counts those that are open and not ignored, by level; `orders_waiting` the orders that they hold back.
    `calls_forecast` is for the month's end, None: too little is known. `waiting` records were left to the next run by
    the last one; without a `failure`, since its time was used up. `next_run` is the client's slot while `connector run`
    is up.
    """

    client: str
    last_run: datetime | None = None
    completed: bool | None = None
    duration_s: float | None = None
    failure: str = ""
    last_complete: datetime | None = None
    waiting: int = 0
    problems: dict[Level, int]
    orders_waiting: int
    calls_this_month: int
    calls_forecast: int | None = None
    running: str | None = None
    next_run: datetime | None = None
    faults: tuple[str, ...] = ()


def ask_store(inst: Installation, ask: Callable[[StateStore], Awaitable[T]]) -> T:
    """Asks the store in which this installation keeps its states, and closes it again."""

    async def run() -> T:
        async with state_store(inst.folder.common(), SystemClock()) as store:
            return await ask(store)

    return asyncio.run(run())


async def look_at(inst: Installation, store: StateStore, names: Iterable[str]) -> list[View]:
    """Reads what there is of each client."""
    clients = tuple(names)
    read, seen = await store.read_many(clients, SHOWN), await store.glance(clients)
    views = []
    for name in clients:
        views.append(_view(inst, name, read[name], seen[name]))
        await asyncio.sleep(0)  # settings take their time: runs that are under way get their turn
    return views


def _view(inst: Installation, name: str, read: Snapshot | StateError, seen: Glance) -> View:
    settings, snapshot = None, Snapshot(name, {})
    faults: list[str] = []
    values: tuple[Value, ...] = ()
    try:
        resolved = inst.client(name)
        settings, values = resolved.settings, resolved.values
    except ConfigurationError as error:
        faults.append(str(error))
    if isinstance(read, StateError) or seen.fault:
        faults.append(str(read) if isinstance(read, StateError) else seen.fault)
        return View(name, settings, snapshot, None, tuple(faults), is_unreadable=True, values=values)
    return View(name, settings, read, seen.holder, tuple(faults), values=values)


def problems_of(snapshot: Snapshot, *, closed: bool = False) -> list[Problem]:
    """Returns the open problems, the oldest first, or the closed ones, the newest first."""
    found = read_problems(snapshot.stream(PROBLEMS).items())
    if closed:
        gone = [(problem.closed_at, problem) for problem in found if problem.closed_at is not None]
        return [problem for _, problem in sorted(gone, key=lambda pair: pair[0], reverse=True)]
    return sorted((problem for problem in found if problem.is_open), key=lambda problem: problem.first_seen)


def find_problem(snapshots: Iterable[Snapshot], problem_id: str) -> tuple[str, Problem]:
    """Returns the client and the open problem with this id; raises NotFound where there is not exactly one."""
    found = [
        (snapshot.client, problem)
        for snapshot in snapshots
        for problem in problems_of(snapshot)
        if problem.id == problem_id
    ]
    if not found:
        raise NotFound(f"there is no open problem `{problem_id}`; `connector problems` lists them")
    if len(found) > 1:
        clients = ", ".join(client for client, _ in found)
        raise NotFound(f"several clients have a problem `{problem_id}`: {clients}; choose one with --client")
    return found[0]


async def change_state(store: StateStore, client: str, change: Callable[[ClientState], T]) -> T:
    """Takes a client, changes what is remembered of it, and saves that.

    Raises ClientHeld where somebody runs it now, and StateError also where the state is damaged: to put that aside
    is left to the next run, which reports it.
    """
    await store.read(client)
    async with await store.acquire(client) as state:
        result = change(state)
        await state.save()
        return result


async def change_problem(
    inst: Installation,
    store: StateStore,
    names: Iterable[str],
    problem_id: str,
    change: Change[T],
) -> tuple[View, Problem, T]:
    """Finds an open problem of these clients, takes its client and changes what is remembered.

    Returns whose problem it was, and what `change` returned. Raises NotFound, and what `change_state` raises.
    """
    views = await look_at(inst, store, names)
    client, _ = find_problem([view.snapshot for view in views], problem_id)

    def change_found(state: ClientState) -> tuple[Problem, T]:
        _, problem = find_problem([state], problem_id)  # a run may have closed it meanwhile
        return problem, change(state, problem)

    problem, outcome = await change_state(store, client, change_found)
    return next(view for view in views if view.client == client), problem, outcome


def ignoring(why: str, now: Callable[[], datetime]) -> Change[Problem]:
    """Returns the change after which nobody hears of a problem until it has closed; `why` is listed with it."""

    def ignore(state: ClientState, problem: Problem) -> Problem:
        return Ledger(ProblemEntries(state), now, client=state.client).ignore(problem.id, why)

    return ignore


def status_of(view: View, now: datetime) -> ClientStatus:
    """Sums up a client."""
    last, complete = last_run(view.snapshot), last_complete(view.snapshot)
    heard = [problem for problem in view.problems if not problem.ignored]
    counts = Counter(problem.level for problem in heard)
    levels: tuple[Level, ...] = ("error", "warning", "info")
    month = month_of(now)
    calls = sum(calls_in_month(view.snapshot, month).values())
    return ClientStatus(
        client=view.client,
        last_run=last.ended if last else None,
        completed=last.completed if last else None,
        duration_s=last.duration.total_seconds() if last else None,
        failure=last.failure if last else "",
        waiting=last.waiting if last else 0,
        last_complete=complete.ended if complete else None,
        problems={level: counts[level] for level in levels},
        orders_waiting=len({problem.record_id for problem in heard if _holds_an_order(problem)}),
        calls_this_month=calls,
        calls_forecast=forecast(calls, calls_since(view.snapshot, month), now),
        running=view.running,
        next_run=_next_run(view.settings, now),
        faults=view.faults,
    )


def bills_of(views: Iterable[View], now: datetime) -> list[Bill]:
    """Returns what services charge for the calls of this month, of all clients together that they count so."""
    return bills({view.client: usages(view.snapshot, now) for view in views}, month_of(now))


def _holds_an_order(problem: Problem) -> bool:
    """Tells a problem that keeps an order from the warehouse from one about an order that is there (SPEC O5)."""
    is_held = problem.level == "error" and problem.code not in REPORTED_ONCE
    return is_held and problem.flow == "orders" and bool(problem.record_id)


def _next_run(settings: ClientSettings | None, now: datetime) -> datetime | None:
    if settings is None:
        return None
    due = next_due(settings.name, settings.interval_minutes * 60.0, now.timestamp())
    return datetime.fromtimestamp(due, UTC)
