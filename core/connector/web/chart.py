"""Past runs as bars: what the page draws, as numbers and paths. Nothing here knows HTML or a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from connector.history import PastRun

HEIGHT: Final = 40
FEWEST_SLOTS: Final = 60
"""So wide is a chart of few runs, whose bars would be as broad as beams."""

_BAR: Final = 0.72
_LEAST: Final = 0.8
_OUTLIER: Final = 3
_CUT_GAP: Final = 2.5


@dataclass(frozen=True)
class Bars:
    """One figure of each run: `path` draws those of complete runs, `failed` those of the others.

    Bars of a few outliers are cut off (`is_cut`), so that the others can be told apart.
    """

    code: str
    path: str
    failed: str
    latest: float
    most: float
    is_cut: bool


@dataclass(frozen=True)
class Chart:
    """All figures of the runs over the same places, the oldest run first; `bands` marks runs that did not complete."""

    slots: int
    first_slot: int
    bands: str
    failures: int
    bars: tuple[Bars, ...]
    oldest: datetime
    newest: datetime


def records_of(run: PastRun, what: str) -> int:
    """Adds up one count of all flows."""
    return sum(counts.get(what, 0) for counts in run.flows.values())


FIGURES: Final[Mapping[str, Callable[[PastRun], float]]] = MappingProxyType(
    {
        "records": lambda run: records_of(run, "sent"),
        "duration": lambda run: run.duration.total_seconds(),
        "calls": lambda run: run.calls,
        "refused": lambda run: records_of(run, "refused"),
    }
)


def chart(newest_first: Sequence[PastRun]) -> Chart | None:
    """Draws the runs; None where there is none."""
    if not newest_first:
        return None
    runs = newest_first[::-1]
    slots = max(len(runs), FEWEST_SLOTS)
    first = slots - len(runs)
    failed = [not run.completed for run in runs]
    return Chart(
        slots=slots,
        first_slot=first,
        bands="".join(_rect(first + place, HEIGHT, 1) for place, is_failed in enumerate(failed) if is_failed),
        failures=sum(failed),
        bars=tuple(
            _bars(code, [max(0.0, figure(run)) for run in runs], failed, first)
            for code, figure in FIGURES.items()
        ),
        oldest=runs[0].started,
        newest=runs[-1].started,
    )


def _bars(code: str, values: Sequence[float], failed: Sequence[bool], first: int) -> Bars:
    top = _top(values)
    paths = {True: "", False: ""}
    for place, (value, is_failed) in enumerate(zip(values, failed, strict=True), first):
        paths[is_failed] += _bar(place, value, top)
    most = max(values)
    return Bars(code, paths[False], paths[True], latest=values[-1], most=most, is_cut=most > top)


def _top(values: Sequence[float]) -> float:
    """Returns the value of a full bar: the largest one, unless that is an outlier."""
    seen = sorted(value for value in values if value)
    if not seen:
        return 1.0
    usual = seen[int(len(seen) * 0.95)] if len(seen) >= 20 else seen[-1]
    return usual * 1.2 if seen[-1] > usual * _OUTLIER else seen[-1]


def _bar(place: int, value: float, top: float) -> str:
    if not value:
        return ""
    if value <= top:
        return _rect(place, max(_LEAST, HEIGHT * value / top), _BAR)
    below = HEIGHT - 2 * _CUT_GAP
    return _rect(place, below, _BAR) + f"M{place} 0h{_BAR}v{_CUT_GAP}h-{_BAR}z"


def _rect(place: int, height: float, width: float) -> str:
    high = f"{height:.1f}".rstrip("0").rstrip(".")
    return f"M{place} {HEIGHT}v-{high}h{width}v{high}z"
