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

from tests import docs
from tests.hostile import campaign
from tests.matrix.faults import main_table
from tests.matrix.kills import find_points, silence, spread, strike_all
from tests.matrix.record import write_record
from tests.matrix.table import Outcome, figures, table

AT_ONCE: Final = 3 * (os.cpu_count() or 1)
"""A run mostly waits for Billbee's limit, so that a core has room for some of them."""

FEW_EXAMPLES, MANY_EXAMPLES = 5, 400
"""How many inputs each of the tests that make them up tries, in the quick part and in the full one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    silence()
    everything = options.all or not (options.kill or options.faults or options.hostile)
    found: dict[str, Any] = {}
    if options.kill or everything:
        found["kills"] = kill(options.quick, options.at_once)
    if options.faults or everything:
        found["faults"] = disturb(options.quick)
    if options.hostile or everything:
        found["hostile"] = answer_anything(options.quick)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    is_failed = any(matrix["violated"] for matrix in found.values())
    if options.record and not is_failed:
        write_record(found)
        docs.write()
    return int(is_failed)


def kill(quick: bool, at_once: int) -> dict[str, Any]:
    """Runs the kill matrix, prints its table, and returns its figures."""
    started = time.monotonic()
    points = find_points()
    chosen = spread(points) if quick else points
    _say(f"kills: {len(chosen)} of {len(points)} points")
    outcomes = strike_all(chosen, at_once, _show)
    seconds = time.monotonic() - started
    _say(table("kills", outcomes, seconds))
    return figures(outcomes, seconds)


def disturb(quick: bool) -> dict[str, Any]:
    """Runs the fault matrix, prints its table, and returns its figures."""
    started = time.monotonic()
    tried = main_table(quick)
    seconds = time.monotonic() - started
    _say(f"faults: {tried.cells} tried, {tried.violated} with violations, {seconds:.0f} s\n{tried.text}")
    return {
        "violated": tried.violated,
        "calls": tried.calls,
        "faults": tried.faults,
        "points": tried.cells,
        "seconds": round(seconds, 1),
    }


def answer_anything(quick: bool) -> dict[str, Any]:
    """Feeds random and malicious answers to both plugins, prints how many, and returns the figures."""
    tried = campaign.run(FEW_EXAMPLES if quick else MANY_EXAMPLES)
    violated = len(tried.violations)
    _say(f"hostile inputs: {tried.inputs:,} tried, {violated} with violations, {tried.seconds:.0f} s")
    for violation in tried.violations:
        _say(f"VIOLATION {violation}")
    return {"violated": violated, "points": tried.inputs, "seconds": round(tried.seconds, 1)}


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
    parser.add_argument("--hostile", action="store_true", help="hostile answers only")
    parser.add_argument("--all", action="store_true", help="all of them, which is the default")
    parser.add_argument("--quick", action="store_true", help="a part of it, with every endpoint in it")
    parser.add_argument(
        "--at-once", type=int, default=AT_ONCE, metavar="N", help="runs to kill side by side (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument(
        "--record", action="store_true", help="write the figures into the README, where nothing is violated"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
