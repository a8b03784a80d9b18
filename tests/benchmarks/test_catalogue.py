"""The benchmark itself: that it measures real processes, and that it fails where something does not hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.bars import failures
from benchmarks.catalogue import ROOT, Run

FIRST = Run(
    products=10_000, kind="first", wall_s=20, cpu_s=3, peak_mb=60, state_mb=1, calls={}, sent=10_000
)  # fmt: skip
QUIET = {"billbee GET /products": 40, "billbee GET /orders": 1}
QUIET_50_000 = {**QUIET, "billbee GET /products": 200}
UNCHANGED = replace(FIRST, kind="unchanged", calls=QUIET, sent=0)
LARGE = replace(UNCHANGED, products=50_000, cpu_s=15, peak_mb=400, calls=QUIET_50_000)


def test_the_command_measures_both_runs_and_leaves_nothing_behind(tmp_path: Path) -> None:
    figures_file, temporary = tmp_path / "figures.json", tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "benchmarks", "--sizes", "500", "--json", str(figures_file)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(temporary)}, timeout=60, check=True)
    figures = json.loads(figures_file.read_text())
    first, unchanged = figures["runs"]
    assert (first["sent"], unchanged["sent"], figures["failures"]) == (500, 0, [])
    assert unchanged["calls"] == {
        "billbee GET /products": 2,
        "billbee GET /orders": 2,
        "wemalo GET /goodsOrder/packages/sent/": 1,
        "wemalo GET /product/availableStock/": 1,
    }
    assert min(first["cpu_s"], first["peak_mb"], first["state_mb"]) > 0
    assert list(temporary.iterdir()) == []


def test_figures_that_hold_have_no_failures() -> None:
    assert failures([FIRST, UNCHANGED, LARGE]) == []


@pytest.mark.parametrize(
    ("run", "said"),
    [
        # a page too many
        (
            replace(UNCHANGED, calls={**QUIET, "billbee GET /products": 41}),
            "41 calls of Billbee's products, not 40",
        ),
        # orders were not looked at
        (replace(UNCHANGED, calls={"billbee GET /products": 40}), "0 calls of Billbee's orders, not 1 to 2"),
        # a write
        (
            replace(UNCHANGED, calls={**QUIET, "wemalo POST /product/add": 1}),
            "it wrote: wemalo POST /product/add",
        ),
        # products sent again
        (replace(UNCHANGED, sent=1), "1 products were sent, not 0"),
        # the memory bar itself
        (replace(UNCHANGED, peak_mb=300), "300 MB of memory, not below 300"),
        # 1.4 times the time per product of 10,000
        (replace(LARGE, cpu_s=21), "1.400 times the CPU time per product of 10000"),
    ],
)
def test_what_does_not_hold_is_said(run: Run, said: str) -> None:
    (line,) = failures([UNCHANGED, run])
    assert said in line
