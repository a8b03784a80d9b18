"""What came on one page of a list, sorted into records and what can't be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from connector.api import Page, Record, Unreadable

R = TypeVar("R", bound=Record)


def page_of(read: Iterable[R | Unreadable], seen: set[str], key: Callable[[R], str]) -> Page[R]:
    """Leaves out what came on an earlier page, because lists move while they are read; adds the rest to `seen`."""
    records, unreadable = [], []
    for record in read:
        if isinstance(record, Unreadable):
            unreadable.append(record)
        elif (record_id := key(record)) not in seen:
            seen.add(record_id)
            records.append(record)
    return Page(records=tuple(records), unreadable=tuple(unreadable))
