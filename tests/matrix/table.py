"""What became of the points of a matrix: as a table for people, and as figures for the README."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What became of one point. `row` is the line of the table that it counts in; no violations: it went well."""

    row: str
    point: str
    violations: tuple[str, ...]
    seconds: float


def table(title: str, outcomes: Sequence[Outcome], seconds: float) -> str:
    """One line for each row, one for all, then every violation; `seconds` is how long all of it took."""
    rows = list(dict.fromkeys(outcome.row for outcome in outcomes))
    width = max(map(len, (title, *rows)), default=0)
    lines = [f"{title:{width}}  points  violations  seconds"]
    lines += [_line(f"{row:{width}}", [each for each in outcomes if each.row == row]) for row in rows]
    lines.append(_line(f"{'all':{width}}", outcomes) + f"   ({seconds:.0f} s on the clock)")
    lines += [f"VIOLATION {each.row}, {each.point}: {text}" for each in outcomes for text in each.violations]
    return "\n".join(lines)


def figures(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The same as data; `rows` has the number of points of each row."""
    rows = dict.fromkeys((outcome.row for outcome in outcomes), 0)
    for outcome in outcomes:
        rows[outcome.row] += 1
    violations = [
        {"row": each.row, "point": each.point, "what": text} for each in outcomes for text in each.violations
    ]
    return {
        "points": len(outcomes),
        "violated": sum(bool(each.violations) for each in outcomes),
        "rows": rows,
        "violations": violations,
        "seconds": round(seconds, 1),
    }


def _line(start: str, outcomes: Sequence[Outcome]) -> str:
    violations = sum(len(outcome.violations) for outcome in outcomes)
    return f"{start}  {len(outcomes):6}  {violations:10}  {sum(each.seconds for each in outcomes):7.1f}"
