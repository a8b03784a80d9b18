"""What came of the checks, one by one and by group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from connector.testing.groups import Group


class Outcome(StrEnum):
    """How a check ended; one that was skipped could not be tried."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check of one plugin; `text` says why it failed or was skipped."""

    plugin: str
    check: str
    group: Group
    outcome: Outcome
    text: str = ""


class GroupResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the checks of a group; it passes when one passed at least, and none failed."""

    group: Group
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def passes(self) -> bool:
        return self.passed > 0 and self.failed == 0


class Report(msgspec.Struct, frozen=True):
    """What came of all checks of one plugin."""

    plugin: str
    results: Sequence[Result]

    @property
    def failures(self) -> Sequence[Result]:
        return [result for result in self.results if result.outcome is Outcome.FAILED]

    def group(self, group: Group) -> GroupResult:
        """Returns what came of one group."""
        outcomes = [result.outcome for result in self.results if result.group is group]
        return GroupResult(
            group=group,
            passed=outcomes.count(Outcome.PASSED),
            failed=outcomes.count(Outcome.FAILED),
            skipped=outcomes.count(Outcome.SKIPPED),
        )

    @property
    def groups(self) -> Sequence[GroupResult]:
        """All groups, in their order."""
        return [self.group(group) for group in Group]

    def lines(self) -> Sequence[str]:
        """One line for each group in which something could be tried, for people to read."""
        tried = [group for group in self.groups if group.passed or group.failed or group.skipped]
        return [
            f"{'passes' if each.passes else 'FAILS' if each.failed else 'untried':8}{each.group:14}"
            f"{each.passed:4} passed {each.failed:3} failed {each.skipped:3} skipped  {each.group.words}"
            for each in tried
        ]


def reports_of(results: Iterable[Result]) -> list[Report]:
    """Puts results together by plugin."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.plugin, []).append(result)
    return [Report(plugin, each) for plugin, each in found.items()]
