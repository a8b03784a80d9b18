"""The figures of the last full run, which the README shows: `python -m tests.matrix --all --record`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

RECORD: Final = Path(__file__).parent / "last_run.json"

ROWS: Final = (
    (
        "kills",
        "A run is killed",
        "A real `connector run --once` with work in all five flows is hit by SIGKILL or SIGTERM before and after each "
        "of its requests and each checkpoint of its state, with the state kept, deleted afterwards, or deleted before. "
        "Then it runs once more.",
    ),
    (
        "faults",
        "A call fails",
        "Each of {calls} calls meets each of {faults} faults (refused, reset before and after it took effect, "
        "time-out, 5xx, 429, 419, web pages, cut-off, missing and wrongly typed answers, a slow drip), once, twice "
        "and for a whole run. Then it runs once more.",
    ),
    (
        "hostile",
        "A service answers anything",
        "Random and malicious answers, identifiers and settings are fed to both plugins.",
    ),
)
"""By matrix: what is tried, and how."""


def write_record(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Keeps the figures of the matrices that ran; those of the others stay as they were."""
    kept = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for name, figures in found.items():
        plain = {key: value for key, value in figures.items() if isinstance(value, int | float)}
        kept[name] = {"date": today, **plain}
    RECORD.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def promises_table() -> str:
    """Returns what is tried, how, and how it went last, as a table."""
    kept = json.loads(RECORD.read_text(encoding="utf-8"))
    lines = ["| what is tried | how | last full run |", "| --- | --- | --- |"]
    for name, what, how in ROWS:
        figures = kept[name]
        went = f"{figures['date']}: {figures['points']:,} tried, {figures['violated']:,} violations"
        lines.append(f"| {what} | {how.format(**figures)} | {went} |")
    return "\n".join(lines)
