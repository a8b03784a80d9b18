"""What the engine takes for a catalogue, with nobody's limits in the way: beside the floor, and as it grows."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar
from benchmarks.catalogue import ROOT, sandbox
from connector_sandbox.commands import CLIENT

MOST_UNCHANGED = 1.8
MOST_FIRST = 2.0
MOST_CPU_GROWTH = 1.15
MOST_MEMORY_GROWTH = 2.5
MOST_MEMORY_MB = 250.0

Work = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """The best of several rounds, by work: `first`, `unchanged`, and the floor of each."""

    products: int
    works: Mapping[str, Work]

    def ratio(self, work: str) -> float:
        return float(self.works[work]["cpu_s"]) / float(self.works[f"floor {work}"]["cpu_s"])


@dataclass(frozen=True)
class Grown:
    """A catalogue of one size: both runs, and the state that they left."""

    products: int
    first: Work
    unchanged: Work
    state_mb: float
    save_ms: float


def worked(work: str, sites: Mapping[str, str], folder: Path) -> Work:
    """Does one piece of work in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.worker", work, json.dumps(dict(sites)), str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    figures: Work = json.loads(done.stdout)
    return figures


def measure_engine(products: int, rounds: int) -> Beside:
    """Makes each run and its floor in turn, so that a busy moment of the machine meets them alike."""
    found: dict[str, list[Work]] = {}
    for _ in range(rounds):
        with _shop(products) as (sites, folder):
            found.setdefault("floor first", []).append(worked("floor first", sites, folder))
        with _shop(products) as (sites, folder):
            first = worked("products", sites, folder)
            if first["flows"]["products"]["sent"] != products:
                raise RuntimeError(f"the first run sent {first['flows']}, not {products}")
            found.setdefault("first", []).append(first)
            for work in ("floor unchanged", "unchanged"):
                name = "products" if work == "unchanged" else work
                found.setdefault(work, []).append(worked(name, sites, folder))
    best = {work: min(rounds_of, key=lambda each: each["cpu_s"]) for work, rounds_of in found.items()}
    return Beside(products, best)


def measure_growth(sizes: Sequence[int], rounds: int) -> list[Grown]:
    """Makes a first run over each catalogue and then several without change, of which the best counts."""
    grown = []
    for products in sizes:
        with _shop(products) as (sites, folder):
            first = worked("products", sites, folder)
            again = [worked("products", sites, folder) for _ in range(rounds)]
            state_mb = (folder / "state" / f"{CLIENT}.json").stat().st_size / 1_000_000
            save_ms = worked("save", sites, folder)["save_ms"]
            unchanged = min(again, key=lambda each: float(each["cpu_s"]))
        grown.append(Grown(products, first, unchanged, state_mb, save_ms))
    return grown


class _shop:  # noqa: N801  (reads as the function that it stands for)
    """A sandbox with so many products and a folder with the client's settings."""

    def __init__(self, products: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="connector-benchmark-")
        self._sandbox = sandbox(products, Path(self._folder.name))

    def __enter__(self) -> tuple[Mapping[str, str], Path]:
        return self._sandbox.__enter__(), Path(self._folder.name)

    def __exit__(self, *error: Any) -> None:
        self._sandbox.__exit__(*error)
        self._folder.cleanup()


def engine_lines(beside: Beside) -> Iterator[str]:
    yield f"engine, {beside.products} products, throttling off"
    yield from (f"  {work:16} {_shown(took)}" for work, took in beside.works.items())


def growth_lines(grown: Sequence[Grown]) -> Iterator[str]:
    yield "growth, throttling off"
    for size in grown:
        each = 1e6 * size.unchanged["cpu_s"] / size.products
        yield f"  {size.products:7} first     {_shown(size.first)}"
        yield f"  {size.products:7} unchanged {_shown(size.unchanged)}  CPU {each:6.1f} µs a product"
        yield f"  {size.products:7} state     {size.state_mb:.2f} MB, saved in {size.save_ms:.1f} ms"


def _shown(work: Work) -> str:
    return f"CPU {work['cpu_s']:6.2f} s  wall {work['wall_s']:6.2f} s  peak {work['peak_mb']:6.1f} MB"


def engine_bars(beside: Beside) -> Iterator[Bar]:
    yield Bar(
        f"unchanged catalogue of {beside.products}: CPU / floor", beside.ratio("unchanged"), MOST_UNCHANGED
    )
    yield Bar(f"first import of {beside.products}: CPU / floor", beside.ratio("first"), MOST_FIRST)


def growth_bars(grown: Sequence[Grown]) -> Iterator[Bar]:
    """Compares the largest catalogue with the smallest (CPU) and with that of 10,000 products (memory)."""
    small, large = grown[0], grown[-1]
    per_product = [size.unchanged["cpu_s"] / size.products for size in (large, small)]
    name = f"CPU per product at {large.products} / at {small.products}"
    yield Bar(name, per_product[0] / per_product[1], MOST_CPU_GROWTH)
    peaks = {size.products: max(size.first["peak_mb"], size.unchanged["peak_mb"]) for size in grown}
    if 10_000 in peaks and large.products > 10_000:
        name = f"peak memory at {large.products} products / at 10000"
        yield Bar(name, peaks[large.products] / peaks[10_000], MOST_MEMORY_GROWTH)
    yield Bar(f"peak memory at {large.products} products", peaks[large.products], MOST_MEMORY_MB, " MB")
