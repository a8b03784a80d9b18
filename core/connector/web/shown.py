"""What the pages show of a client, made ready for the templates: no HTML here, and no request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from connector.overview import problems_of
from connector.problems import Problem, hint, reason
from connector.web.desk import Seen
from connector.web.privacy import discreet, receiver_of
from connector.web.words import Words

Kind = Literal["good", "warn", "bad", "idle"]

PAGE_SIZE: Final = 50
"""So many problems stand on one page."""

_LEVELS: Final = ("error", "warning", "info")
_OF_PRODUCTS: Final = frozenset({"products", "stock"})


@dataclass(frozen=True)
class Standing:
    """How a client is, in one word: `kind` chooses colour and icon, `code` the text."""

    kind: Kind
    code: str
    needs_look: bool
    rank: int


def standing(seen: Seen) -> Standing:
    """Judges a client: whether somebody should look at it, and how urgently (`rank`, 0 is the most urgent)."""
    status = seen.status
    errors, warnings = status.problems["error"], status.problems["warning"]
    kind: Kind
    if seen.view.is_unreadable:
        kind, code = "bad", "fault_state"
    elif seen.view.settings is None:
        kind, code = "bad", "fault_settings"
    elif status.completed is None:
        kind, code = "idle", "result_never"
    elif status.completed:
        kind, code = "good", "result_good"
    else:
        kind, code = ("bad", "result_failed") if status.failure else ("warn", "result_time")
    rank = 0 if kind == "bad" else 1 if errors else 2 if warnings or kind == "warn" else 3
    return Standing(kind, code, needs_look=rank < 3, rank=rank)


@dataclass(frozen=True)
class Row:
    """A client in the list of all."""

    seen: Seen
    standing: Standing


@dataclass(frozen=True)
class Totals:
    """All clients together."""

    clients: int
    need_look: int
    waiting: int
    calls: int


def rows_of(clients: Iterable[Seen]) -> list[Row]:
    """Returns the clients, those that need a look first."""
    rows = [Row(seen, standing(seen)) for seen in clients]
    return sorted(rows, key=lambda row: (row.standing.rank, row.seen.view.client))


def totals_of(rows: Sequence[Row]) -> Totals:
    """Adds up."""
    return Totals(
        clients=len(rows),
        need_look=sum(row.standing.needs_look for row in rows),
        waiting=sum(row.seen.status.orders_waiting for row in rows),
        calls=sum(row.seen.status.calls_this_month for row in rows),
    )


@dataclass(frozen=True)
class Wish:
    """Which problems somebody wants to see; pages count from 1."""

    closed: bool = False
    flow: str = ""
    page: int = 1


def wish_of(query: Mapping[str, str]) -> Wish:
    """Reads a wish from the address; what makes no sense there is left out."""
    page = query.get("page", "")
    return Wish(
        closed=query.get("show") == "closed",
        flow=query.get("flow", ""),
        page=min(int(page), 1_000_000) if page.isascii() and page.isdecimal() and len(page) < 8 else 1,
    )


@dataclass(frozen=True)
class Shown:
    """A problem in words; `receiver` is empty where personal data is not to be shown."""

    problem: Problem
    about: str
    about_kind: Literal["order", "product", ""]
    reason: str
    hint: str
    receiver: Mapping[str, str]


@dataclass(frozen=True)
class Problems:
    """One page of a client's problems, and how many there are of each flow."""

    wish: Wish
    shown: tuple[Shown, ...]
    flows: Mapping[str, int]
    all: int
    first: int
    last: int
    pages: int


def problems_shown(seen: Seen, wish: Wish, words: Words, *, show_personal_data: bool) -> Problems:
    """Returns the page that is wished for, or the last one where there are fewer; the others are not put in words."""
    found = problems_of(seen.view.snapshot, closed=True) if wish.closed else _urgent_first(seen.view.problems)
    counts = Counter(problem.flow for problem in found)
    chosen = [problem for problem in found if wish.flow in {"", problem.flow}]
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(max(wish.page, 1), pages)
    first = (page - 1) * PAGE_SIZE
    part = chosen[first : first + PAGE_SIZE]
    return Problems(
        wish=Wish(wish.closed, wish.flow, page),
        shown=tuple(_in_words(problem, words, show_personal_data) for problem in part),
        flows=counts,
        all=len(chosen),
        first=first + 1,
        last=first + len(part),
        pages=pages,
    )


def _urgent_first(problems: Iterable[Problem]) -> list[Problem]:
    """Sorts open problems: ignored ones last, errors before warnings, else as they came."""
    return sorted(problems, key=lambda problem: (bool(problem.ignored), _LEVELS.index(problem.level)))


def _in_words(problem: Problem, words: Words, show_personal_data: bool) -> Shown:
    told = problem if show_personal_data else discreet(problem)
    about = problem.number or problem.record_id
    return Shown(
        problem=problem,
        about=about,
        about_kind="" if problem.flow == "run" else "product" if problem.flow in _OF_PRODUCTS else "order",
        reason=reason(told, words.language),
        hint=hint(told, words.language),
        receiver=receiver_of(told.record),
    )
