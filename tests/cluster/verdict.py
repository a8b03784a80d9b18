"""Finds in what the sandbox saw whether a client was ever in two places at once. Pure functions.

A worker process is known by the port that it calls, a run by its process and its first call, which no run makes later;
one process runs a client once at a time. A call of a run after the first call of a later one means that both were
under way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """One call as the sandbox saw it: when, for which client, from which worker, and whether a run begins with it."""

    at: float
    client: str
    worker: int
    name: str
    begins: bool = False


@dataclass(frozen=True)
class Overlap:
    """A call that a run made although a later run of the same client had begun."""

    client: str
    worker: int
    later_worker: int
    late_s: float
    name: str

    def __str__(self) -> str:
        return (
            f"{self.client}: worker {self.worker} called {self.name} {self.late_s:.2f} s after "
            f"worker {self.later_worker} had begun"
        )


def overlaps(calls: Iterable[Seen]) -> list[Overlap]:
    """Returns every call that was made in a second place; `calls` are in the order in which they arrived."""
    return [found for each in _by_client(calls).values() for found in _overlaps_of_client(each)]


def runs(calls: Iterable[Seen]) -> Counter[str]:
    """Counts the beginnings of runs of each client; one without a memory begins with two calls."""
    return Counter(call.client for call in calls if call.begins)


def _by_client(calls: Iterable[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for call in calls:
        found[call.client].append(call)
    return found


def _overlaps_of_client(calls: Sequence[Seen]) -> Iterable[Overlap]:
    newest: Seen | None = None
    for call in calls:
        if newest is None or call.begins:
            newest = call
        elif call.worker != newest.worker:
            yield Overlap(call.client, call.worker, newest.worker, call.at - newest.at, call.name)
