"""Collects what came of contract tests that pytest ran."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from connector.testing.groups import Group
from connector.testing.results import Outcome, Report, Result, reports_of

PROPERTY: Final = "contract"
"""The property of a test's report that tells which plugin and check it is about."""


class ContractResults:
    """A plugin for pytest: after `pytest.main([…], plugins=[results])`, `results.reports` holds what came of it."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    @property
    def reports(self) -> Sequence[Report]:
        """One report for each plugin that was tried."""
        return reports_of(self._results)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest after each part of a test."""
        about = dict(report.user_properties).get(PROPERTY)
        if about is None or report.when != "call":
            return
        plugin, check, group = about
        text = "" if report.passed else _text(report)
        outcome = Outcome(report.outcome)
        self._results.append(
            Result(plugin=plugin, check=check, group=Group(group), outcome=outcome, text=text)
        )


def _text(report: Any) -> str:
    if isinstance(report.longrepr, tuple):  # file, line and reason of a skipped test
        return str(report.longrepr[-1]).removeprefix("Skipped: ")
    return str(report.longreprtext)
