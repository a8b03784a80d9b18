"""The calls of a day, beside the fewest possible: 24 runs over 20,000 products and 500 orders, in memory.

The fewest are computed from what people did that day; their derivation stands in `tests.test_day.fewest_calls`. The
clock is the tests' own, so that the day passes in the time that its work takes.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bars import Bar
from tests.test_day import Size, fewest_calls, live
from tests.world import World

LARGE = Size(products=20_000, orders=500)
SMALL = Size(products=2_000, orders=120)

MOST_CALLS = 1.02
"""Both days make the fewest; what is left is room for a list that gets one page longer while it is read."""


@dataclass(frozen=True)
class DayOfCalls:
    """What was called, by endpoint, and the fewest calls that carry the same."""

    size: Size
    made: Mapping[str, int]
    fewest: Mapping[str, int]

    @property
    def ratio(self) -> float:
        return sum(self.made.values()) / sum(self.fewest.values())


def measure_day(size: Size = LARGE) -> DayOfCalls:
    """Lives a day without faults, and counts what the services saw."""
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        world = World(Path(name))
        day = live(world, seed=1, size=size)
        audits = (world.sandbox.billbee.audit, world.sandbox.wemalo.audit)
        made = Counter(entry.name for audit in audits for entry in audit.entries)
        return DayOfCalls(size, dict(made), dict(fewest_calls(world, day)))


def lines(day: DayOfCalls) -> Iterator[str]:
    """Yields a line for each endpoint."""
    yield f"calls of a day, {day.size.products} products and {day.size.orders} orders: made / fewest possible"
    for name in sorted({*day.made, *day.fewest}):
        yield f"  {day.made.get(name, 0):6} / {day.fewest.get(name, 0):6}  {name}"


def bars(day: DayOfCalls) -> Iterator[Bar]:
    yield Bar("calls of a day, made / fewest possible", day.ratio, MOST_CALLS)
