"""What came on one page of a list, sorted into records and what can't be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from connector.api import Page, Record, Unreadable

R = TypeVar("R", bound=Record)


def page_of(read: Iterable[R | Unreadable | None], seen: set[str], key: Callable[[R], str]) -> Page[R]:
    """Leaves out what is None and what came on an earlier page, because lists move while they are read."""
    records, unreadable = [], []
    for record in read:
        if isinstance(record, Unreadable):
            unreadable.append(record)
        elif record is not None and key(record) not in seen:
            seen.add(key(record))
            records.append(record)
    return Page(records=tuple(records), unreadable=tuple(unreadable))
