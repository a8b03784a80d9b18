"""`python -m benchmarks`: measures, prints a table, and exits with 1 where something does not hold."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import get_args

from benchmarks.bars import failures, growth
from benchmarks.beside import VIEWERS, beside_failures, measure_beside
from benchmarks.catalogue import Kind, Run, measure
from benchmarks.page import measure_page, page_failures

_HEAD = (
    "products  run        wall s  ms/product  CPU s  CPU ms/product  Billbee  Wemalo  peak MB  state MB\n"
    "                                                                  calls   calls"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    if options.web:
        return _measure_web()
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
        "--sizes", type=_sizes, default=[1_000, 10_000, 50_000], help="numbers of products, e.g. 1000,10000"
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
