"""What is new for somebody who was told before. No clock, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connector.api import OpenProblem
from connector_notices.settings import NoticesSettings

_OF_NO_RECORD: Final = frozenset({"run", "plugins"})
"""Flows whose problems are about the client as a whole."""


@dataclass(frozen=True)
class News:
    """What to tell, and what will then be known: problem id → the line by which it was told.

    `closed` are the lines of problems that were told of and are no longer open.
    """

    opened: tuple[OpenProblem, ...] = ()
    closed: tuple[str, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.opened or self.closed)


def news(problems: Sequence[OpenProblem], told: Mapping[str, str], settings: NoticesSettings) -> News:
    """Compares what is open with what somebody was told: what needs a person first, the oldest first.

    A problem that closes and opens again in between is no news, and one that closes unheard neither.
    """
    still_open = {problem.id for problem in problems}
    opened = [
        problem for problem in problems if problem.id not in told and is_worth_telling(problem, settings)
    ]
    closed = {problem_id: line for problem_id, line in told.items() if problem_id not in still_open}
    known = {problem_id: line for problem_id, line in told.items() if problem_id in still_open}
    return News(
        opened=tuple(sorted(opened, key=_most_urgent_first)),
        closed=tuple(closed.values()) if settings.closed else (),
        known=known | {problem.id: line_of(problem) for problem in opened},
    )


def is_worth_telling(problem: OpenProblem, settings: NoticesSettings) -> bool:
    """Decides whether somebody should hear of a problem."""
    return problem.level != "info" and not problem.is_ignored and (settings.passing or not problem.is_passing)


def line_of(problem: OpenProblem) -> str:
    """Says which record it is about and why, in one line."""
    number = problem.number or problem.record_id
    return f"{number}: {problem.reason}" if number and problem.flow not in _OF_NO_RECORD else problem.reason


def _most_urgent_first(problem: OpenProblem) -> tuple[bool, bool, str, str]:
    is_of_run = problem.flow in _OF_NO_RECORD
    return (not is_of_run, problem.level != "error", problem.first_seen.isoformat(), problem.id)
