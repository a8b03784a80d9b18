"""Counts what was sent, and lets others measure it."""

from __future__ import annotations

from collections import Counter
from typing import Protocol


class Meter(Protocol):
    """Measures the calls of a process; its methods return at once and raise nothing."""

    def called(self, service: str, endpoint: str, status: int | None, seconds: float) -> None:
        """One attempt of a call has ended after so many seconds; `status` None: no answer came that is of use."""
        ...

    def waited(self, service: str, endpoint: str, seconds: float) -> None:
        """A call had to wait for a limit of the service before it was sent."""
        ...


class NoMeter:
    """Measures nothing."""

    def called(self, service: str, endpoint: str, status: int | None, seconds: float) -> None:
        pass

    def waited(self, service: str, endpoint: str, seconds: float) -> None:
        pass


class CallLog:
    """How often each endpoint was called; every attempt counts, because every attempt costs.

    `meter` is told how long things take.

    >>> log = CallLog()
    >>> log.add("billbee GET /products")
    >>> log.counts
    {'billbee GET /products': 1}
    """

    def __init__(self, meter: Meter | None = None) -> None:
        self._counter: Counter[str] = Counter()
        self.meter = meter or NoMeter()

    def add(self, call: str) -> None:
        """Counts one attempt; `call` is the service's name and the endpoint."""
        self._counter[call] += 1

    @property
    def counts(self) -> dict[str, int]:
        return dict(self._counter)

    @property
    def total(self) -> int:
        return self._counter.total()
