"""`python -m tests.matrix`: kills and disturbs runs at every point, prints tables, exits with 1 on any violation."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.matrix.faults import main_table
from tests.matrix.kills import find_points, silence, spread, strike_all
from tests.matrix.table import Outcome, failed, figures, table

AT_ONCE: Final = 3 * (os.cpu_count() or 1)
"""A run mostly waits for Billbee's limit, so that a core has room for some of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    silence()
    both = options.all or not (options.kill or options.faults)
    found: dict[str, Any] = {}
    if options.kill or both:
        found["kills"] = kill(options.quick, options.at_once)
    if options.faults or both:
        found["faults"] = disturb(options.quick)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(any(matrix["failed"] for matrix in found.values()))


def kill(quick: bool, at_once: int) -> dict[str, Any]:
    """Runs the kill matrix, prints its table, and returns its figures."""
    started = time.monotonic()
    points = find_points()
    chosen = spread(points) if quick else points
    _say(f"kills: {len(chosen)} of {len(points)} points")
    outcomes = strike_all(chosen, at_once, _show)
    seconds = time.monotonic() - started
    _say(table("kills", outcomes, seconds))
    return {"failed": failed(outcomes), **figures(outcomes, seconds)}


def disturb(quick: bool) -> dict[str, Any]:
    """Runs the fault matrix, prints its table, and returns its figures."""
    started = time.monotonic()
    text, tried, wrong = main_table(quick)
    seconds = time.monotonic() - started
    _say(f"faults: {tried} tried, {wrong} with violations, {seconds:.0f} s\n{text}")
    return {"failed": wrong > 0, "points": tried, "violated": wrong, "seconds": round(seconds, 1)}


def _show(outcome: Outcome) -> None:
    """Tells of a violation at once: the whole matrix takes minutes."""
    if outcome.violations:
        _say(f"  {outcome.row}, {outcome.point}: {'; '.join(outcome.violations)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--kill", action="store_true", help="the kill matrix only")
    parser.add_argument("--faults", action="store_true", help="the fault matrix only")
    parser.add_argument("--all", action="store_true", help="both, which is the default")
    parser.add_argument("--quick", action="store_true", help="a part of it, with every endpoint in it")
    parser.add_argument(
        "--at-once", type=int, default=AT_ONCE, metavar="N", help="runs to kill side by side (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
