"""Asks both sides of one client, without any write; a side that does not answer is left alone after that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, TypeVar

from connector.contracts import can
from connector.errors import AuthenticationError, RecordRefused, TransientError
from connector.flows.run import FlowRun
from connector.flows.verdict import onlooker
from connector.http import CallLog
from connector.ledgers import PROBLEMS
from connector.problems import Problem, read_problems
from connector.settings import ClientSettings
from connector.sides import Opener, Shared

T = TypeVar("T")
Side = Literal["shop", "warehouse"]
Seen = Callable[[Problem], Problem]

RECENTLY: Final = timedelta(days=30)
"""How long a problem that has closed is still told of."""


@dataclass(frozen=True)
class Silence:
    """A question that a side did not answer, and why; `reason` is empty where its plugin can't answer such ones."""

    side: Side
    reason: str = ""


@dataclass(frozen=True)
class Asking:
    """Both sides of a client, to be asked; `run` holds what the rules need, `silences` who did not answer."""

    settings: ClientSettings
    run: FlowRun
    problems: tuple[Problem, ...]
    silences: dict[Side, Silence] = field(default_factory=dict)

    async def shop(self, method: str, question: Callable[[], Awaitable[T]]) -> T | Silence:
        """Asks the shop, where its plugin has the method."""
        return await self._ask("shop", can(self.run.source, method), question)

    async def warehouse(self, method: str, question: Callable[[], Awaitable[T]]) -> T | Silence:
        """Asks the warehouse, where its plugin has the method."""
        return await self._ask("warehouse", can(self.run.target, method), question)

    def problems_of(self, flows: Collection[str], record_id: str, number: str) -> tuple[Problem, ...]:
        """Returns what these flows report of a record, by its id or, where nobody knows that, by its number."""
        found = (problem for problem in self.problems if problem.flow in flows)
        return tuple(p for p in found if (p.record_id == record_id if record_id else p.number == number))

    async def _ask(self, side: Side, is_possible: bool, question: Callable[[], Awaitable[T]]) -> T | Silence:
        if side in self.silences:
            return self.silences[side]
        if not is_possible:
            return Silence(side)
        try:
            return await question()
        except (TransientError, AuthenticationError, RecordRefused) as error:
            return self.silences.setdefault(side, Silence(side, str(error)))


def as_it_is(problem: Problem) -> Problem:
    """Takes nothing away."""
    return problem


@asynccontextmanager
async def asking(settings: ClientSettings, shared: Shared, seen: Seen = as_it_is) -> AsyncIterator[Asking]:
    """Opens both sides and reads the state, which is not locked and never written; raises StateError."""
    state = await shared.store.rehearse(settings.name)
    eldest = shared.clock.now() - RECENTLY
    problems = map(seen, read_problems(state.stream(PROBLEMS).items()))
    async with AsyncExitStack() as opened:
        opener = Opener(settings, shared, opened, CallLog(shared.meter), read_only=True)
        source, target = await opener.source(), await opener.target()
        yield Asking(
            settings=settings,
            run=onlooker(settings, shared.steps, source, target, state, shared.clock.now),
            problems=tuple(p for p in problems if p.closed_at is None or p.closed_at >= eldest),
        )
