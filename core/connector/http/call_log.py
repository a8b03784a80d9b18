"""Counts what was sent."""

from __future__ import annotations

from collections import Counter


class CallLog:
    """How often each endpoint was called; every attempt counts, because every attempt costs.

    >>> log = CallLog()
    >>> log.add("billbee GET /products")
    >>> log.counts
    {'billbee GET /products': 1}
    """

    def __init__(self) -> None:
        self._counter: Counter[str] = Counter()

    def add(self, call: str) -> None:
        """Counts one attempt; `call` is the service's name and the endpoint."""
        self._counter[call] += 1

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._counter)

    @property
    def total(self) -> int:
        return self._counter.total()
