"""`python -m benchmarks`: measures, prints a table, and exits with 1 where something does not hold.

Without options: the calls of a day, the engine beside the floor, growth, many clients at once, the start of the
command, and the same job done with singer-sdk, dlt and airbyte-cdk (which are installed for that). `--quick` does a
small part of it and compares ratios alone; `--part` chooses.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any, get_args

from benchmarks import day, engine, hour, many, start
from benchmarks.bars import Bar, failures, growth, row
from benchmarks.beside import VIEWERS, beside_failures, measure_beside
from benchmarks.catalogue import Kind, Run, measure
from benchmarks.page import measure_page, page_failures
from benchmarks.peers import measure as peers

_HEAD = (
    "products  run        wall s  ms/product  CPU s  CPU ms/product  Billbee  Wemalo  peak MB  state MB\n"
    "                                                                  calls   calls"
)


Part = tuple[Any, Iterable[str], Iterable[Bar]]
"""The figures of a part as JSON takes them, what to print of them, and the bars."""


MARGIN = 2.0
"""So many times the bar may be in `--quick`: it finds what makes a run twice as slow, on busy machines, too."""


def _calls(*, quick: bool) -> Part:
    measured = day.measure_day(day.SMALL if quick else day.LARGE)
    return asdict(measured), day.lines(measured), day.bars(measured)


def _engine(*, quick: bool) -> Part:
    measured = engine.measure_engine(5_000 if quick else 50_000, rounds=2 if quick else 3)
    bars = engine.engine_bars(measured, MARGIN if quick else 1.0)
    return asdict(measured), engine.engine_lines(measured), bars


def _growth(*, quick: bool) -> Part:
    sizes = (2_000, 20_000) if quick else (1_000, 10_000, 50_000, 200_000)
    measured = engine.measure_growth(sizes, rounds=3)
    return [asdict(size) for size in measured], engine.growth_lines(measured), engine.growth_bars(measured)


def _clients(*, quick: bool) -> Part:
    measured = many.measure_many((5, 25) if quick else (10, 100, 500, 1_000))
    bars = () if quick else many.bars(measured)  # seconds on the wall say nothing on a busy machine
    return [asdict(each) for each in measured], many.lines(measured), bars


def _hour(*, quick: bool) -> Part:
    measured = hour.measure_hour(*(500, 5) if quick else (hour.PRODUCTS, hour.ORDERS))
    return asdict(measured), hour.lines(measured), hour.bars(measured)


def _start(*, quick: bool) -> Part:
    measured = start.measure_help(5 if quick else 15)
    return asdict(measured), (), (measured,)


def _peers(*, quick: bool) -> Part:
    measured = peers.measure_peers(*(500, 100) if quick else (5_000, 1_000), rounds=1 if quick else 2)
    bars = peers.bars(measured, None if quick else peers.MOST_CPU)  # of a small job, most is starting
    return asdict(measured), peers.lines(measured), bars


PARTS: Mapping[str, Callable[..., Part]] = {
    "calls": _calls,
    "engine": _engine,
    "growth": _growth,
    "clients": _clients,
    "hour": _hour,
    "start": _start,
    "peers": _peers,
}
_QUICK = ("calls", "engine", "start")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    if options.web:
        return _measure_web()
    return _measure_sizes(options) if options.sizes else _measure_parts(options)


def _measure_parts(options: argparse.Namespace) -> int:
    """Measures what a user pays: calls, CPU, memory, and time."""
    found: list[Bar] = []
    figures: dict[str, Any] = {}
    for name in options.part or (_QUICK if options.quick else tuple(PARTS)):
        figures[name], lines, bars = PARTS[name](quick=options.quick)
        print("\n".join(lines), flush=True)
        found += bars
    print("\n".join(map(row, found)))
    if options.json:
        figures["bars"] = [{**asdict(bar), "holds": bar.holds} for bar in found]
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return int(not all(bar.holds for bar in found))


def _measure_sizes(options: argparse.Namespace) -> int:
    """Measures `connector run --once` as a whole, by size of the catalogue."""
    # ends through the context managers that stop the processes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    runs: list[Run] = []
    print(_HEAD, flush=True)
    for size in options.sizes:
        measured = measure(size)
        runs += measured
        print("\n".join(map(_row, measured)), flush=True)
    grown = {kind: growth(runs, kind) for kind in get_args(Kind)}
    for kind, times in grown.items():
        print(f"growth, {kind} run: {times:.2f} (CPU ms/product, largest / smallest)")
    failed = failures(runs)
    print("\n".join(f"FAILED {line}" for line in failed) or "all that must hold holds")
    if options.json:
        figures = {"runs": [asdict(run) for run in runs], "growth": grown, "failures": failed}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return int(bool(failed))


def _measure_web() -> int:
    """Measures the web page alone and beside a run."""
    failed: list[str] = []
    print("page of a client with 200 runs and 2,000 problems, server ms: median / slowest")
    for products in (1_000, 50_000):
        times = measure_page(products)
        kinds = {
            "after a checkpoint": times.fresh,
            "unchanged": times.again,
            "kept by the browser": times.same,
        }
        shown = (f"{kind} {median(took):.1f} / {max(took):.1f}" for kind, took in kinds.items())
        print(f"  {products:6} products remembered:  {',  '.join(shown)}", flush=True)
        failed += page_failures(times)
    beside = measure_beside(10_000)
    print(f"a first run over {beside.products} products, with {VIEWERS} viewers who never wait:")
    print(f"  alone       {beside.alone_wall_s:.1f} s, CPU {beside.alone_cpu_s:.2f} s")
    print(f"  beside web  {beside.wall_s:.1f} s, CPU {beside.cpu_s:.2f} s, {beside.answers} pages")
    print(f"  slowed by at most {beside.slowed:.1%}", flush=True)
    failed += beside_failures(beside)
    print("\n".join(f"FAILED {line}" for line in failed) or "all that must hold holds")
    return int(bool(failed))


def _row(run: Run) -> str:
    return (
        f"{run.products:8}  {run.kind:9}  {run.wall_s:6.1f}  {run.wall_ms_per_product:10.3f}  {run.cpu_s:5.1f}"
        f"  {run.cpu_ms_per_product:14.3f}  {run.calls_to('billbee'):7}  {run.calls_to('wemalo'):6}"
        f"  {run.peak_mb:7.1f}  {run.state_mb:8.2f}"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes",
        type=_sizes,
        help="measure complete runs of `connector run --once` instead, e.g. 1000,10000",
    )
    parser.add_argument(
        "--part", action="append", choices=tuple(PARTS), help="measure this part; may be repeated"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small numbers and ratios alone, for a busy machine"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument("--web", action="store_true", help="measure the web page instead")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[int]:
    words = text.split(",")
    if not all(word.isdecimal() and int(word) for word in words):
        raise argparse.ArgumentTypeError(
            f"{text!r}: give whole numbers above 0 with commas between, as 1000,10000"
        )
    return sorted({int(word) for word in words})


if __name__ == "__main__":
    sys.exit(main())
