"""The quality scale: what a plugin has to show for bronze, silver and gold. `connector plugins check` grades by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from connector.contracts import Plugin, Source
from connector.flows import FLOWS
from connector.plugins import Offer
from connector.settings import describe
from connector.testing.cases import Case, RealTest
from connector.testing.groups import Group
from connector.testing.installed import Package, case_of, package_of
from connector.testing.results import Report
from connector.testing.running import checks_for, run_contract


class Grade(StrEnum):
    """How far a plugin can be relied upon."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"

    @property
    def words(self) -> str:
        """Says what the grade means for a merchant."""
        return _WORDS[self]


_WORDS: Final = {
    Grade.NONE: "not to be used yet",
    Grade.BRONZE: "brings products and orders to the warehouse, and loses and doubles none",
    Grade.SILVER: "brings cancellations and shipments, too: nothing of an order has to be carried over by hand",
    Grade.GOLD: "does all that the framework can do, and was seen to do it with the real system",
}


@dataclass(frozen=True)
class Evidence:
    """What is known of a plugin when it is graded.

    `untried` are the methods that the driver of its fake lacks, `lacks` what its system has no place for.
    """

    name: str
    plugin: type[Plugin]
    package: Package
    report: Report
    untried: Sequence[str]
    lacks: Collection[str]
    real_test: RealTest | None

    @property
    def is_source(self) -> bool:
        return issubclass(self.plugin, Source)


@dataclass(frozen=True)
class Demand:
    """One thing that a grade takes, in plain words; `lacking` says what is missing of it, nothing where it is met."""

    grade: Grade
    words: str
    lacking: Callable[[Evidence], str]


@dataclass(frozen=True)
class Met:
    """A demand, and what is missing of it; nothing where it is met."""

    demand: Demand
    lacking: str


@dataclass(frozen=True)
class Grading:
    """What came of each demand, in the order of the scale."""

    demands: Sequence[Met]

    @property
    def grade(self) -> Grade:
        """The highest grade of which nothing is missing, nor of those below it."""
        reached = Grade.NONE
        for grade in list(Grade)[1:]:
            if self.missing_for(grade):
                break
            reached = grade
        return reached

    @property
    def next(self) -> Grade | None:
        """The grade above, None for gold."""
        above = list(Grade)[list(Grade).index(self.grade) + 1 :]
        return above[0] if above else None

    def missing_for(self, grade: Grade | None) -> list[str]:
        """Returns what is missing for a grade, were those below it reached."""
        return [each.lacking for each in self.demands if each.demand.grade is grade and each.lacking]


def examined(offer: Offer[type[Plugin]]) -> Evidence:
    """Tries an installed plugin by all contract tests, and collects what else its grade takes; raises NoCase."""
    make = case_of(offer)
    case = make()
    return Evidence(
        name=offer.name,
        plugin=offer.what,
        package=package_of(offer),
        report=run_contract(make),
        untried=untried(case),
        lacks=case.driver.lacks,
        real_test=case.real_test,
    )


def graded(evidence: Evidence) -> Grading:
    """Holds what is known of a plugin against the scale."""
    return Grading([Met(demand, demand.lacking(evidence)) for demand in SCALE])


def untried(case: Case[Any]) -> list[str]:
    """Returns the optional methods that the driver lacks although the plugin has what is tried with them."""
    tried = [each for each in checks_for(type(case)) if all(map(case.plugin.has_own, each.methods))]
    return sorted({name for each in tried for name in each.drives if not case.driver.can(name)})


# -- what is demanded -----------------------------------------------------------------------------

_ALWAYS: Final = (Group.SETTINGS, Group.SECRETS, Group.HYGIENE, Group.RECORDS, Group.WRITES, Group.FAULTS)
_ASKED_BY_PEOPLE: Final = {
    True: ("find_order", "find_product", "received_orders", "stock_levels"),
    False: ("find_product", "parcels"),
}
"""By whether the plugin is a source: the methods that `connector explain` and `connector reconcile` ask."""


def _failures(evidence: Evidence) -> str:
    failed = [str(group.group) for group in evidence.report.groups if group.failed]
    return f"tests of {', '.join(failed)} fail" if failed else ""


def _groups(evidence: Evidence) -> str:
    idle = [str(group) for group in _ALWAYS if not evidence.report.group(group).passed]
    return f"nothing of {', '.join(idle)} could be tried" if idle else ""


def _flows(*names: str) -> Callable[[Evidence], str]:
    def lacking(evidence: Evidence) -> str:
        missing = []
        for flow in FLOWS:
            methods = flow.source_methods if evidence.is_source else flow.target_methods
            own = [method for method in methods if not evidence.plugin.has_own(method)]
            if flow.name in names and own:
                missing.append(f"{flow.name} takes {', '.join(own)}")
        return "; ".join(missing)

    return lacking


def _own_check(evidence: Evidence) -> str:
    return "" if evidence.plugin.has_own("check") else "it has no method check"


def _driver(evidence: Evidence) -> str:
    return f"the driver has no method {', '.join(evidence.untried)}" if evidence.untried else ""


def _readme(evidence: Evidence) -> str:
    settings = describe(evidence.plugin.settings_type)
    names = [evidence.name, *(each.name for each in settings if each.default == "required")]
    missing = [name for name in names if not _is_named(name, evidence.package.readme)]
    return f"the README of {evidence.package.name} does not name {', '.join(missing)}" if missing else ""


def _is_named(name: str, text: str) -> bool:
    """Tells whether a text names something in quotes, or before a `=` as settings do."""
    word = re.escape(name)
    return re.search(rf"[`\"']{word}[`\"']|^\W*{word}\s*=", text, re.MULTILINE) is not None


def _asked(evidence: Evidence) -> str:
    missing = [name for name in _ASKED_BY_PEOPLE[evidence.is_source] if not evidence.plugin.has_own(name)]
    return f"it has no method {', '.join(missing)}" if missing else ""


def _real_test(evidence: Evidence) -> str:
    said, package = evidence.real_test, evidence.package
    if said is None:
        return "its case names no real_test"
    if said.version != package.version:
        return f"it was {said.version} that was tried on {said.system}, this is {package.version}"
    if package.folder and "://" not in said.test and not (package.folder / said.test).is_file():
        return f"there is no file {said.test}, in which its case says that the test on {said.system} stands"
    return ""


SCALE: Final = (
    Demand(Grade.BRONZE, "no contract test fails", _failures),
    Demand(Grade.BRONZE, f"something of {', '.join(_ALWAYS[:-1])} and {_ALWAYS[-1]} could be tried", _groups),
    Demand(Grade.BRONZE, "it can do its part of the flows products and orders", _flows("products", "orders")),
    Demand(
        Grade.SILVER,
        "it can do its part of the flows cancellations and shipments",
        _flows("cancellations", "shipments"),
    ),
    Demand(Grade.SILVER, "`connector check` can ask it whether all is in order", _own_check),
    Demand(
        Grade.SILVER,
        "no test is skipped because the fake can't do what people do in the system",
        _driver,
    ),
    Demand(Grade.SILVER, "its README names the plugin, and each setting that has to be set", _readme),
    Demand(Grade.GOLD, "it can do its part of the flow stock", _flows("stock")),
    Demand(Grade.GOLD, "`connector explain` and `connector reconcile` can ask it everything", _asked),
    Demand(
        Grade.GOLD,
        "this version of it was tried on the real system, and its case says by which test",
        _real_test,
    ),
)
"""In plain words, all that the grades take; that every setting is explained is one of the contract tests."""
