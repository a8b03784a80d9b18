"""What must hold of the figures: pure functions over runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.catalogue import Kind, Run

PAGE_SIZE = 250
MOST_ORDER_CALLS = 2
MEASURED_AGAINST = 10_000
"""Products of the catalogue that larger ones are compared with; start-up is still a third of its CPU time."""
MOST_MEMORY_MB = 300
"""Of the connector's process, in catalogues of up to 10,000 products."""
MOST_GROWTH = 1.3


@dataclass(frozen=True)
class Bar:
    """One figure and the most that it may be; without `most` it is only shown."""

    name: str
    measured: float
    most: float | None = None
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.most is None or self.measured <= self.most


def row(bar: Bar) -> str:
    """Returns a line of the table."""
    most = "" if bar.most is None else f"at most {bar.most:g}{bar.unit}"
    shown = f"{bar.measured:,.2f}{bar.unit}"
    return f"{'ok    ' if bar.holds else 'FAILED'}  {bar.name:76}  {shown:>12}  {most}".rstrip()


def growth(runs: Sequence[Run], kind: Kind) -> float:
    """Returns CPU time per product in the largest catalogue, divided by that in the smallest."""
    of_kind = sorted((run for run in runs if run.kind == kind), key=lambda run: run.products)
    return of_kind[-1].cpu_ms_per_product / of_kind[0].cpu_ms_per_product


def failures(runs: Sequence[Run]) -> list[str]:
    """Returns a line for everything that does not hold; times are compared only above 10,000 products."""
    return [
        f"{run.products} products, {run.kind} run: {line}" for run in runs for line in _failures(run, runs)
    ]


def _failures(run: Run, runs: Sequence[Run]) -> Iterator[str]:
    expected = run.products if run.kind == "first" else 0
    if run.sent != expected:
        yield f"{run.sent} products were sent, not {expected}"
    if run.kind == "unchanged":
        yield from _needless_calls(run)
    if run.products <= MEASURED_AGAINST and run.peak_mb >= MOST_MEMORY_MB:
        yield f"{run.peak_mb:.0f} MB of memory, not below {MOST_MEMORY_MB}"
    for base in runs:
        if (base.products, base.kind) == (MEASURED_AGAINST, run.kind) and run.products > base.products:
            times = run.cpu_ms_per_product / base.cpu_ms_per_product
            if times > MOST_GROWTH:
                yield f"{times:.3f} times the CPU time per product of {base.products}, not at most {MOST_GROWTH}"


def _needless_calls(run: Run) -> Iterator[str]:
    pages, read = math.ceil(run.products / PAGE_SIZE), run.calls.get("billbee GET /products", 0)
    if read != pages:
        yield f"{read} calls of Billbee's products, not {pages}"
    orders = sum(count for call, count in run.calls.items() if call.startswith("billbee GET /orders"))
    if not 1 <= orders <= MOST_ORDER_CALLS:
        yield f"{orders} calls of Billbee's orders, not 1 to {MOST_ORDER_CALLS}"
    if writes := [call for call in run.calls if call.split()[1] != "GET"]:
        yield f"it wrote: {', '.join(writes)}"
