"""How a flow goes through its records: each gets its turn, one fault keeps back only its own, and time has an end.

The stream `turns` holds, by flow, the record whose turn it was when the time of a run was used up: the next run begins
there, so that records which fail again and again at the head of a list never keep those behind them back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from connector.clock import Clock
from connector.errors import TransientError
from connector.flows.run import FlowRun, Postponed
from connector.logs import bound

R = TypeVar("R")

TURNS: Final = "turns"

KEPT_FOR_EACH: Final = 0.1
"""The share of a run's time that is kept for each flow that follows, so that a first import leaves time for orders."""


@dataclass(frozen=True)
class TimeBudget:
    """The time of one run, in seconds; `began` is on the clock's monotonic scale."""

    clock: Clock
    began: float
    seconds: float

    def until(self, followers: int) -> Callable[[], bool]:
        """Returns what tells a flow whether it still has time, when so many others follow it."""
        end = self.began + self.seconds * (1 - KEPT_FOR_EACH * followers)
        return lambda: self.clock.monotonic() < end


def turn_of(run: FlowRun) -> str | None:
    """Returns the id of the record at which the time of an earlier run was used up."""
    turn: str | None = run.state.stream(TURNS).get(run.flow)
    return turn


def keep_turn(run: FlowRun, record_id: str) -> None:
    """Lets the next run begin with this record."""
    run.state.put(TURNS, run.flow, record_id)


def forget_turn(run: FlowRun) -> None:
    """Lets the next run begin with the first record: this one came to the last."""
    run.state.delete(TURNS, run.flow)


def in_turn(run: FlowRun, records: Sequence[R], id_of: Callable[[R], str]) -> list[R]:
    """Returns the records beginning with the one whose turn it is; what stands before it comes last."""
    turn = turn_of(run)
    first = next((place for place, record in enumerate(records) if id_of(record) == turn), 0)
    return [*records[first:], *records[:first]]


async def one_by_one(
    run: FlowRun, records: Sequence[R], id_of: Callable[[R], str], take: Callable[[R], Awaitable[None]]
) -> None:
    """Takes one record after the other, at least one of them; counts those that wait for the next run.

    Raises TransientError at the end where single records met a fault outside, and at once where going on makes no
    sense; Interrupted between two records when the run was asked to end.
    """
    queue, done = in_turn(run, records, id_of), 0
    run.expect(len(queue))
    postponed = Postponed()
    try:
        for place, record in enumerate(queue):
            run.check_stop()
            if place and not run.has_time():
                keep_turn(run, id_of(record))
                break
            run.counts.read += 1
            try:
                with bound(record_id=id_of(record)):
                    await take(record)
            except TransientError as error:
                postponed.add(error)
                keep_turn(run, id_of(queue[(place + 1) % len(queue)]))
                postponed.check()
            else:
                postponed.success()
                done += 1
        else:
            forget_turn(run)
    finally:
        run.counts.waiting += len(queue) - done
    postponed.raise_any()
