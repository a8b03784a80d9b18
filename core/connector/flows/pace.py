"""How often the catalogue is read (`products_every_minutes`): it takes most calls, and changes less than orders do.

The entry `products_done` of the stream `meta` says when the flow `products` last came to its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from connector.problems import Problem
from connector.settings import ClientBasics
from connector.state import ClientState, Snapshot

PRODUCTS: Final = "products"

_META: Final = "meta"
_DONE: Final = "products_done"
_NEEDS_PRODUCT: Final = "order_product_unknown"


def products_due(state: Snapshot, basics: ClientBasics, now: datetime) -> datetime | None:
    """Returns when a client's products are due next, None where they are due now."""
    minutes = basics.products_every_minutes
    every = None if minutes is None else timedelta(minutes=minutes)
    return due_at(state, every, timedelta(minutes=basics.interval_minutes), now)


def due_at(state: Snapshot, every: timedelta | None, interval: timedelta, now: datetime) -> datetime | None:
    """Decides from when they were read last, and how often they are to be.

    A run that comes less than half an interval too early reads them: runs are never exactly an interval apart.
    """
    done = state.stream(_META).get(_DONE)
    if every is None or done is None:
        return None
    due = datetime.fromisoformat(done) + every
    return due if now < due - interval / 2 else None


def note_products(state: ClientState, began: datetime) -> None:
    """Notes that the flow came to its end."""
    state.put(_META, _DONE, began.isoformat())


def read_products_next(state: ClientState) -> None:
    """Lets the next run read the catalogue, whenever it was read."""
    state.delete(_META, _DONE)


def wants_products(opened: tuple[Problem, ...]) -> bool:
    """Tells whether a run met an order whose product the target lacks: it may be new in the catalogue.

    Only when the problem opens: a product that is refused for good does not bring a reading with each run.
    """
    return any(problem.code == _NEEDS_PRODUCT for problem in opened)
