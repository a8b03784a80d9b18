"""More inputs than every test run tries: `python -m tests.hostile.campaign 1000`, or `run(1000)`."""

from __future__ import annotations

import functools
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

_VARIABLE: Final = "HOSTILE_EXAMPLES"


@dataclass(frozen=True)
class Figures:
    """What a campaign tried, what went wrong (a line for each test that failed), and how long it took."""

    inputs: int
    violations: tuple[str, ...]
    seconds: float


class _Counter:
    """Keeps pytest to the tests that try made-up inputs, and counts those."""

    def __init__(self) -> None:
        self.inputs = 0
        self.violations: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if hasattr(_function(item), "hypothesis")]
        for test in {_function(item) for item in items}:
            test.hypothesis.inner_test = self._counted(test.hypothesis.inner_test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            errors = [line for line in report.longreprtext.splitlines() if line.startswith("E ")]
            self.violations.append(f"{report.nodeid}: {' '.join(' '.join(errors).split())[:1000]}")

    def _counted(self, test: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(test)
        def counted(*args: Any, **options: Any) -> Any:
            self.inputs += 1
            return test(*args, **options)

        return counted


def examples_each() -> int:
    """Returns how many inputs each test of this folder tries; the same ones in every run."""
    return int(os.environ.get(_VARIABLE, "15"))


def run(examples: int, folder: Path = Path(__file__).parent) -> Figures:
    """Tries so many inputs with each test of the folder that makes them up. Call it once in a process."""
    counter, said = _Counter(), io.StringIO()
    started = time.monotonic()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setenv(_VARIABLE, str(examples))
        ended = pytest.main(["-q", "-p", "no:cacheprovider", str(folder)], plugins=[counter])
    if ended not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise RuntimeError(f"the campaign did not come to its end:\n{said.getvalue()}")
    return Figures(counter.inputs, tuple(counter.violations), time.monotonic() - started)


def main(arguments: Sequence[str]) -> int:
    """Prints the figures; returns the exit code."""
    figures = run(int(arguments[0]) if arguments else examples_each())
    sys.stdout.writelines(f"VIOLATION {violation}\n" for violation in figures.violations)
    failed = len(figures.violations)
    sys.stdout.write(
        f"hostile inputs: {figures.inputs} tried, {failed} tests failed, {figures.seconds:.0f} s\n"
    )
    return int(failed > 0)


def _function(item: pytest.Item) -> Any:
    return getattr(item, "obj", None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
