"""What came on one page of a list, sorted into records and what can't be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from connector.api import Page, Record, Unreadable

R = TypeVar("R", bound=Record)


def page_of(read: Iterable[R | Unreadable], seen: set[str], key: Callable[[R], str]) -> Page[R]:
    """Leaves out what came on an earlier page, because lists move while they are read; adds the rest to `seen`."""
    records, unreadable = list[R](), list[Unreadable]()
    for record in read:
        if isinstance(record, Unreadable):
            unreadable.append(record)
        else:
            records.append(record)
    ids = list(map(key, records))
    if len(set(ids)) < len(ids) or not seen.isdisjoint(ids):  # hardly ever
        first = dict[str, R]()
        for record_id, record in zip(ids, records, strict=True):
            first.setdefault(record_id, record)
        records = [record for record_id, record in first.items() if record_id not in seen]
    seen.update(ids)
    return Page(records=tuple(records), unreadable=tuple(unreadable))
