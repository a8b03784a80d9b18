"""The record of every request, by which tests prove "exactly once" and that limits were kept."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from connector_sandbox.exchange import Call


@dataclass(slots=True)
class Entry:
    """One request, written down when it arrives and completed when it was answered.

    `at` is in seconds of the sandbox's clock; `status` is the HTTP status sent, and None where no
    answer was given (reset, time-out); `changed` names what the request changed in the service.
    """

    sequence: int
    at: float
    service: str
    method: str
    template: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    account: str = ""
    status: int | None = None
    changed: tuple[str, ...] = ()
    fault: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


@dataclass
class Audit:
    """All requests of one service in the order in which they arrived."""

    service: str
    now: Callable[[], float]
    keep_bodies: bool = True
    entries: list[Entry] = field(default_factory=list)

    def begin(self, call: Call) -> Entry:
        body = call.body if self.keep_bodies else None
        sequence = self.entries[-1].sequence + 1 if self.entries else 1
        entry = Entry(
            sequence, self.now(), self.service, call.method, call.template, call.path, call.query, body
        )
        self.entries.append(entry)
        return entry

    def calls(self, pattern: str = "*", account: str | None = None) -> list[Entry]:
        """The requests that match e.g. `GET /orders/{id}` or `POST *`."""
        return [
            entry
            for entry in self.entries
            if fnmatchcase(entry.name, pattern) and account in (None, entry.account)
        ]

    def count(self, pattern: str = "*", account: str | None = None) -> int:
        return len(self.calls(pattern, account))

    def writes(self) -> list[Entry]:
        """The requests that changed something."""
        return [entry for entry in self.entries if entry.changed]

    def most_within(self, seconds: float, pattern: str = "*") -> int:
        """The highest number of requests that one account sent to one endpoint within any `seconds`."""
        times: dict[tuple[str, str], list[float]] = defaultdict(list)
        for entry in self.calls(pattern):
            times[entry.account, entry.name].append(entry.at)
        return max(
            (i + 1 - bisect_right(at, at[i] - seconds) for at in times.values() for i in range(len(at))),
            default=0,
        )

    def clear(self) -> None:
        self.entries.clear()
