"""What came of the checks, as a command reads it."""

from __future__ import annotations

import pytest

from connector.testing import Group, GroupResult, Outcome, run_contract
from connector.testing.suites import SOURCE_CHECKS, TARGET_CHECKS
from tests.core.testing.small_shop import SmallSource, small_case


def test_a_plugin_is_tried_without_pytest() -> None:
    report = run_contract(small_case)
    assert report.plugin == "SmallSource"
    assert len(report.results) == len(SOURCE_CHECKS)
    assert [result.text for result in report.failures] == []


@pytest.mark.parametrize(
    ("passed", "failed", "skipped", "passes"),
    [
        (3, 0, 0, True),
        (1, 0, 5, True),  # what can be tried is right
        (5, 1, 0, False),
        (0, 0, 5, False),  # nothing was tried
    ],
)
def test_a_group_passes_when_something_was_tried_and_all_was_right(
    passed: int, failed: int, skipped: int, passes: bool
) -> None:
    result = GroupResult(group=Group.STOCK, passed=passed, failed=failed, skipped=skipped)
    assert result.passes is passes


def test_a_bug_of_a_plugin_fails_its_checks_and_no_others() -> None:
    class Buggy(SmallSource):
        async def order_received(self, order: object) -> None:
            raise KeyError("id")

    report = run_contract(lambda: small_case(Buggy))
    assert report.group(Group.RECORDS).passes
    (failure, *_) = [result for result in report.failures if result.group is Group.WRITES]
    assert failure.outcome is Outcome.FAILED
    assert failure.text == "rule      What a write says it did is done.\nraised    KeyError: 'id'"


@pytest.mark.parametrize("checks", [SOURCE_CHECKS, TARGET_CHECKS])
def test_every_check_has_a_name_of_its_own_and_says_its_rule(checks: tuple[object, ...]) -> None:
    names = [check.name for check in checks]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)
    assert [each for each in checks if not each.rule.endswith(".")] == []  # type: ignore[attr-defined]
