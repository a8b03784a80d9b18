"""How long `connector --help` takes, beside a Python that imports click and ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.bars import Bar
from benchmarks.catalogue import ROOT

MOST_HELP = 2.0


def measure_help(rounds: int = 15) -> Bar:
    """Starts both in turn; the fastest of each counts."""
    commands = {"help": ["-m", "connector", "--help"], "click": ["-c", "import click"]}
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            took[name].append(_seconds(command))
    return Bar(
        "connector --help: wall / python -c 'import click'", min(took["help"]) / min(took["click"]), MOST_HELP
    )


def bars() -> Iterator[Bar]:
    yield measure_help()


def _seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began
