"""The ledger of a client's problems: what does not go through, why, and what the merchant can do.

A problem is opened once and then only counted, so that the log does not repeat it each hour; it closes by itself when
the record goes through or is no longer offered (SPEC, first paragraph).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import Any, Final, Protocol

import msgspec

from connector import texts
from connector.errors import NotFound
from connector.texts import TEXTS, tidy

__all__ = ["TEXTS", "Entries", "Ledger", "Problem", "hint", "read_problems", "reason"]

log: Final = logging.getLogger("connector.problems")

KEEP_CLOSED: Final = timedelta(days=90)
MOST_CLOSED: Final = 1_000
KEEP_REPORTED_ONCE: Final = timedelta(days=7)
"""How long a problem stays open that no later run can report again or settle."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that does not go through. Times are UTC; `count` is the number of runs that reported it.

    `record` is the record as it was read, in JSON's types; a closed problem no longer has it, since it may hold a
    customer's address. `ignored` says why an operator wants to hear no more of it, and ends with the problem.
    """

    id: str
    code: str
    flow: str
    record_id: str = ""
    number: str = ""
    params: Mapping[str, str] = {}
    first_seen: datetime
    last_seen: datetime
    count: int = 1
    closed_at: datetime | None = None
    ignored: str = ""
    record: Any = None

    @property
    def level(self) -> texts.Level:
        """How bad it is."""
        return texts.level(self.code)

    @property
    def is_open(self) -> bool:
        """Whether it still keeps something back."""
        return self.closed_at is None


class Entries(Protocol):
    """Where the problems of one client are kept: problem id → what JSON can hold."""

    def items(self) -> Iterable[tuple[str, Any]]:
        """Returns all that is kept."""
        ...

    def put(self, key: str, value: Any) -> None:
        """Sets one entry."""
        ...

    def delete(self, key: str) -> None:
        """Removes one entry."""
        ...


_Identity = tuple[str, str, str]


class Ledger:
    """The problems of one client during one run.

    "This run" is the life of the ledger: what it was not told of again counts as not reported. When a ledger is
    made, old closed problems leave the store, and open ones lose their record once they are older than `keep_records`.
    """

    def __init__(
        self,
        entries: Entries,
        now: Callable[[], datetime],
        language: str = "en",
        *,
        client: str,
        keep_records: timedelta = timedelta.max,
    ) -> None:
        self._entries = entries
        self._now = now
        self._keep_records = keep_records
        self._language = language
        self._client = client
        kept = dict(entries.items())
        self._problems = {_identity(problem): problem for problem in read_problems(kept.items())}
        self._ids = {problem.id for problem in self._problems.values()}
        for unreadable in kept.keys() - self._ids:
            entries.delete(unreadable)
        self._open_of: dict[tuple[str, str], set[_Identity]] = {}
        self._were_open = {identity for identity, problem in self._problems.items() if problem.is_open}
        self._reported: set[_Identity] = set()
        for identity in self._were_open:
            self._index(identity)
        self._prune()

    @property
    def open(self) -> tuple[Problem, ...]:
        """All problems that are open now, the oldest first; those to be ignored are among them."""
        return tuple(sorted((p for p in self._problems.values() if p.is_open), key=_by_age))

    @property
    def opened(self) -> tuple[Problem, ...]:
        """The problems that this run opened, the oldest first."""
        return tuple(problem for problem in self.open if _identity(problem) not in self._were_open)

    @property
    def closed(self) -> tuple[Problem, ...]:
        """The problems that this run closed, the oldest first."""
        were_open = (self._problems[identity] for identity in self._were_open)
        return tuple(sorted((problem for problem in were_open if not problem.is_open), key=_by_age))

    def report(
        self,
        code: str,
        flow: str,
        record_id: str = "",
        number: str = "",
        params: Mapping[str, str] | None = None,
        *,
        record: Any = None,
    ) -> Problem:
        """Opens a problem, or counts one that is open; `record` is a struct or what JSON can hold.

        The same code twice in one run for the same record is one problem that names both: two lines of an order
        whose products are not known.
        """
        identity = (flow, record_id, code)
        known = self._problems.get(identity)
        again = identity in self._reported
        shown = {name: tidy(str(value)) for name, value in (params or {}).items()}
        now = self._now()
        first_seen = known.first_seen if known else now
        problem = Problem(
            id=known.id if known else self._new_id(identity),
            code=code,
            flow=flow,
            record_id=record_id,
            number=tidy(number) or (known.number if known else ""),
            params=_joined(known.params, shown) if known and again else shown,
            first_seen=first_seen,
            last_seen=now,
            count=known.count + (not again) if known else 1,
            ignored=known.ignored if known and known.is_open else "",
            record=self._record_to_keep(first_seen, record, known),
        )
        self._reported.add(identity)
        self._keep(problem)
        if known is None or not known.is_open:
            self._index(identity)
            self._log_opened(problem)
        return problem

    def records(self, flow: str) -> frozenset[str]:
        """Returns the ids of the records of a flow that have an open problem, ignored or not."""
        return frozenset(record_id for of_flow, record_id in self._open_of if of_flow == flow)

    def settle(self, flow: str, record_id: str) -> None:
        """Closes the problems of a record that this run did not report again: it went through."""
        if known := self._open_of.get((flow, record_id)):
            self._close(known)

    def withdraw(self, code: str, flow: str) -> None:
        """Takes back that this run reported a problem of a flow as a whole: the next settling closes it."""
        self._reported.discard((flow, "", code))

    def settle_flow(self, flow: str) -> None:
        """Closes what a flow that came to its end did not report again: those records are no longer offered.

        Problems that are reported only once in their life stay open for a week, so that somebody sees them.
        """
        eldest = self._now() - KEEP_REPORTED_ONCE
        self._close(
            identity
            for (of_flow, _), identities in tuple(self._open_of.items())
            if of_flow == flow
            for identity in identities
            if identity[2] not in texts.REPORTED_ONCE or self._problems[identity].last_seen < eldest
        )

    def ignore(self, problem_id: str, why: str) -> Problem:
        """Notes that nobody wants to hear of an open problem until it has closed; raises NotFound."""
        for problem in self.open:
            if problem.id == problem_id:
                ignored = msgspec.structs.replace(problem, ignored=tidy(why))
                self._keep(ignored)
                return ignored
        raise NotFound(
            f"client `{self._client}` has no open problem `{problem_id}`; `connector problems` lists them"
        )

    def _close(self, identities: Iterable[_Identity]) -> None:
        for identity in sorted(set(identities) - self._reported):
            problem = msgspec.structs.replace(self._problems[identity], closed_at=self._now(), record=None)
            self._keep(problem)
            of_record = self._open_of[identity[:2]]
            of_record.discard(identity)
            if not of_record:
                del self._open_of[identity[:2]]
            log.info("problem closed", extra=self._fields(problem))

    def _keep(self, problem: Problem) -> None:
        self._problems[_identity(problem)] = problem
        self._ids.add(problem.id)
        self._entries.put(problem.id, msgspec.to_builtins(problem))

    def _index(self, identity: _Identity) -> None:
        self._open_of.setdefault(identity[:2], set()).add(identity)

    def _log_opened(self, problem: Problem) -> None:
        """Logs as a warning what needs a person; what passes by itself is followed by `freshness` where it does not."""
        passes = problem.level == "info" or texts.is_passing(problem.code)
        words = {"reason": reason(problem, self._language), "hint": hint(problem, self._language)}
        log.log(
            logging.INFO if passes else logging.WARNING, "problem opened", extra=self._fields(problem) | words
        )

    def _fields(self, problem: Problem) -> dict[str, str]:
        of_record = {"record_id": problem.record_id, "number": problem.number}
        known = {"client": self._client, "flow": problem.flow, **of_record, "problem": problem.id}
        return {name: value for name, value in known.items() if value} | {"code": problem.code}

    def _new_id(self, identity: _Identity) -> str:
        """Returns eight hexadecimal digits that no other problem of this client has."""
        candidates = (_digest(self._client, *identity, str(attempt)) for attempt in count())
        return next(candidate for candidate in candidates if candidate not in self._ids)

    def _record_to_keep(self, first_seen: datetime, record: Any, known: Problem | None) -> Any:
        if self._now() - first_seen > self._keep_records:
            return None
        return msgspec.to_builtins(record) if record is not None else (known.record if known else None)

    def _prune(self) -> None:
        """Forgets problems that closed long ago, the oldest of too many, and records that are too old."""
        for problem in self.open:
            if problem.record is not None and self._record_to_keep(problem.first_seen, None, problem) is None:
                self._keep(msgspec.structs.replace(problem, record=None))
        closed = sorted(((p.closed_at, i) for i, p in self._problems.items() if p.closed_at), reverse=True)
        eldest = self._now() - KEEP_CLOSED
        for position, (closed_at, identity) in enumerate(closed):
            if position >= MOST_CLOSED or closed_at < eldest:
                self._entries.delete(self._problems.pop(identity).id)


def read_problems(entries: Iterable[tuple[str, Any]]) -> list[Problem]:
    """Turns what is kept into problems, open and closed; leaves out what can't be read."""
    problems = []
    for key, value in entries:
        try:
            problems.append(msgspec.convert(value, Problem))
        except msgspec.ValidationError as error:
            log.warning("problem is unreadable", extra={"problem": key, "reason": str(error)})
    return problems


def reason(problem: Problem, language: str) -> str:
    """Says why, as a merchant understands it; never raises."""
    return texts.reason(problem.code, problem.params, language)


def hint(problem: Problem, language: str) -> str:
    """Says what to do; never raises."""
    return texts.hint(problem.code, problem.params, language)


def _digest(*words: str) -> str:
    return blake2b("\0".join(words).encode(), digest_size=4).hexdigest()


def _identity(problem: Problem) -> _Identity:
    return (problem.flow, problem.record_id, problem.code)


def _by_age(problem: Problem) -> tuple[datetime, str, str, str]:
    return (problem.first_seen, problem.flow, problem.number, problem.id)


def _joined(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Puts the parameters of two reports beside each other; what they have in common stands once."""
    joined = dict(before)
    for name, value in after.items():
        values = joined.get(name, "").split(", ") if joined.get(name) else []
        if value and value not in values:
            joined[name] = tidy(", ".join((*values, value)))
    return joined
