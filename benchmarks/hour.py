"""How many clients one process serves in an hour: from the CPU of the run that each of them has in it.

The run is that of a client with 2,000 products and 20 new orders since the last one: all flows, with every call that
they make. Start and imports are not counted, since a process that serves makes them once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from benchmarks.bars import Bar
from benchmarks.catalogue import asked, sandbox
from benchmarks.engine import Work, worked
from connector_sandbox.seed import large_shop

PRODUCTS = 2_000
ORDERS = 20
ALLOWED = 2
"""Calls of one endpoint that Billbee allows a user in a second."""

_AN_HOUR_S = 3600.0


@dataclass(frozen=True)
class Hour:
    """The hourly run of one client: seconds of CPU, and its calls by service and endpoint."""

    products: int
    orders: int
    cpu_s: float
    calls: Mapping[str, int]

    @property
    def clients(self) -> float:
        """Returns how many such runs the processor makes in an hour."""
        return _AN_HOUR_S / self.cpu_s

    @property
    def limit_s(self) -> float:
        """Returns the seconds that the limit takes, endpoint after endpoint: two calls at once, two each second."""
        called = (count for call, count in self.calls.items() if call.startswith("billbee "))
        return sum(ceil(count / ALLOWED) - 1.0 for count in called)


def measure_hour(products: int = PRODUCTS, orders: int = ORDERS, rounds: int = 3) -> Hour:
    """Makes the first run, then one in each of so many hours, of which the best counts.

    Raises RuntimeError where a run did not send just the new orders.
    """
    product = large_shop(products).assortment.ids[0]
    with (
        tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name,
        sandbox(products, Path(name)) as sites,
    ):
        worked("run", sites, Path(name))
        hours: list[Work] = []
        for _ in range(rounds):
            for _ in range(orders):
                lines = {"lines": [[product, 1]]}
                asked(sites["billbee"], "POST", "/_sandbox/drive/add_order", lines)
            hours.append(worked("run", sites, Path(name)))
    for hour in hours:
        if (sent := hour["flows"]["orders"]["sent"]) != orders:
            raise RuntimeError(f"a run sent {sent} orders, not {orders}")
    best = min(hours, key=lambda each: float(each["cpu_s"]))
    return Hour(products, orders, float(best["cpu_s"]), best["calls"])


def lines(hour: Hour) -> Iterator[str]:
    yield f"the hour of one client, {hour.products} products and {hour.orders} new orders"
    yield f"  one run of all flows: CPU {hour.cpu_s:.3f} s, {sum(hour.calls.values())} calls"
    yield f"  clients by the processor: {_AN_HOUR_S:.0f} s / {hour.cpu_s:.3f} s = {hour.clients:,.0f} an hour"
    yield (
        f"  Billbee's limit takes {hour.limit_s:.0f} s of each run, so that at this rate"
        f" {hour.clients * hour.limit_s / _AN_HOUR_S:,.0f} would be under way at once"
    )


def bars(hour: Hour) -> Iterator[Bar]:
    yield Bar("clients that one process serves in an hour, by its CPU", hour.clients)
