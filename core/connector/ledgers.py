"""The ledger of a client, kept in its state, and its problems in the words of a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from connector.clock import Clock
from connector.problems import Ledger, Problem, hint, reason
from connector.report import ProblemLine
from connector.settings import ClientBasics
from connector.state import ClientState
from connector.texts import Level, level

PROBLEMS: Final = "problems"
"""The stream that holds them."""


def ledger_of(client: str, basics: ClientBasics, state: ClientState, clock: Clock) -> Ledger:
    """Opens the ledger of a client for one run."""
    kept = timedelta(days=basics.keep_personal_data_days)
    return Ledger(ProblemEntries(state), clock.now, basics.language, client=client, keep_records=kept)


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


def open_levels(entries: Iterable[Any]) -> Counter[Level]:
    """Counts the open problems that nobody ignores, by level; cheap enough for those who look all the time."""
    known = (entry for entry in entries if isinstance(entry, dict) and "code" in entry)
    return Counter(
        level(entry["code"]) for entry in known if not (entry.get("closed_at") or entry.get("ignored"))
    )
