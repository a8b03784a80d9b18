"""The quality scale: what keeps a plugin from a grade, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.api import Source
from connector.testing import Group, Outcome, RealTest, Report, Result
from connector.testing.installed import Package
from connector.testing.quality import SCALE, Evidence, Grade, graded, untried
from connector_billbee.source import BillbeeSource
from connector_sandbox.contract.billbee import billbee_case
from tests.core.testing.small_shop import small_case

README = """
Set `plugin = "billbee"`, `username` and 'api_password'.

    # api_key = "…"
"""


def report(**outcomes: Outcome) -> Report:
    """One test of each group; they pass unless it is said otherwise."""
    return Report(
        "BillbeeSource",
        [
            Result(
                plugin="BillbeeSource",
                check="a_rule",
                group=group,
                outcome=outcomes.get(group, Outcome.PASSED),
            )
            for group in Group
        ],
    )


def evidence(**changes: Any) -> Evidence:
    """All that gold takes."""
    gold = Evidence(
        name="billbee",
        plugin=BillbeeSource,
        package=Package("connector-billbee", "1.2", README, folder=None),
        report=report(),
        untried=(),
        lacks=(),
        real_test=RealTest("Billbee", version="1.2", test="tests/real/test_billbee.py"),
    )
    return replace(gold, **changes)


class Unchecked(BillbeeSource):
    """Has no check of its own."""

    check = Source.check


class Stockless(BillbeeSource):
    """Can't set stock."""

    set_stock = Source.set_stock


class Unmarking(BillbeeSource):
    """Can't mark an order."""

    order_received = Source.order_received


class Silent(BillbeeSource):
    """Can't be asked for an order."""

    find_order = Source.find_order


def test_a_plugin_that_lacks_nothing_is_gold() -> None:
    found = graded(evidence())
    assert (found.grade, found.next) == (Grade.GOLD, None)
    assert [each.lacking for each in found.demands] == [""] * len(SCALE)


@pytest.mark.parametrize(
    ("changes", "grade", "lacking"),
    [
        # a test fails, of whatever group
        ({"report": report(stock=Outcome.FAILED)}, Grade.NONE, "tests of stock fail"),
        # what every plugin has was not tried
        (
            {"report": report(secrets=Outcome.SKIPPED)},
            Grade.NONE,
            "nothing of secrets could be tried",
        ),
        # a part of orders, and all of what follows
        ({"plugin": Unmarking}, Grade.NONE, "orders takes order_received"),
        ({"plugin": Unchecked}, Grade.BRONZE, "it has no method check"),
        ({"untried": ("cancel_order",)}, Grade.BRONZE, "the driver has no method cancel_order"),
        # `key` is in `api_key`, but nobody named it
        (
            {"package": Package("connector-billbee", "1.2", README.replace("api_key", "api_keys"), None)},
            Grade.BRONZE,
            "the README of connector-billbee does not name api_key",
        ),
        ({"plugin": Stockless}, Grade.SILVER, "stock takes set_stock"),
        ({"plugin": Silent}, Grade.SILVER, "it has no method find_order"),
        # nobody says that it was tried
        ({"real_test": None}, Grade.SILVER, "its case names no real_test"),
        # what was tried is not what is installed
        (
            {"real_test": RealTest("Billbee 5", version="1.1", test="x")},
            Grade.SILVER,
            "it was 1.1 that was tried on Billbee 5, this is 1.2",
        ),
    ],
)
def test_what_is_missing_for_a_grade_is_said(changes: dict[str, Any], grade: Grade, lacking: str) -> None:
    found = graded(evidence(**changes))
    assert found.grade is grade
    assert lacking in found.missing_for(found.next)


def test_a_grade_takes_all_of_those_below_it() -> None:
    found = graded(evidence(report=report(writes=Outcome.FAILED)))
    assert found.missing_for(Grade.GOLD) == []
    assert found.grade is Grade.NONE


@pytest.mark.parametrize(
    ("test", "lacking"),
    [
        ("tests/test_real.py", ""),
        ("https://ci.example.com/runs/7", ""),  # can't be looked at
        (
            "tests/gone.py",
            "there is no file tests/gone.py, in which its case says that the test on Billbee stands",
        ),
    ],
)
def test_the_file_of_a_real_test_is_looked_for(tmp_path: Path, test: str, lacking: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_real.py").touch()
    package = Package("connector-billbee", "1.2", README, folder=tmp_path)
    said = RealTest("Billbee", version="1.2", test=test)
    assert graded(evidence(package=package, real_test=said)).demands[-1].lacking == lacking


def test_what_a_driver_leaves_out_counts_where_the_plugin_has_what_is_tried_with_it() -> None:
    assert untried(small_case()) == ["add_unoffered_orders", "cancel_order", "refuse", "revoke"]
    assert untried(billbee_case(BillbeeSource)) == []


def test_the_scale_says_each_thing_once_and_from_low_to_high() -> None:
    words = [demand.words for demand in SCALE]
    grades = [demand.grade for demand in SCALE]
    assert len(set(words)) == len(words)
    assert grades == sorted(grades, key=list(Grade).index)
