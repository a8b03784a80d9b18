"""Runs checks, with or without pytest, and single plugins."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from connector.contracts import Plugin
from connector.errors import ConnectorError
from connector.testing.cases import Case, SourceCase, TargetCase
from connector.testing.checks import Check
from connector.testing.contract.source_tables import SOURCE
from connector.testing.contract.target_tables import TARGET
from connector.testing.drivers import ShopDriver
from connector.testing.groups import Group
from connector.testing.guard import WatchedLoop, is_foreign
from connector.testing.lab import Lab, SourceLab, TargetLab
from connector.testing.results import Outcome, Report, Result
from connector.testing.suites import SOURCE_CHECKS, TARGET_CHECKS
from connector.testing.verdicts import Broken, NotOffered, in_words

P = TypeVar("P", bound=Plugin)

_CALLS_SHOWN: Final = 12
_NOT_ABOUT_CALLS: Final = frozenset({Group.SETTINGS, Group.SECRETS, Group.HYGIENE})


class ContractBroken(AssertionError):
    """A check failed; the text names the rule, what was expected and found, where to look, and the latest calls."""


def run_check(check: Check, case: Case[Any]) -> None:
    """Tries one rule. Raises NotOffered where that is not possible, ContractBroken where the plugin breaks it.

    Anything else that is raised is a bug of the plugin or the fake.
    """
    if reason := why_not(check, case):
        raise NotOffered(reason)
    lab, loop = _lab(case), WatchedLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            runner.run(_tried(check, lab, loop))
        except Broken as broken:
            raise ContractBroken(failure(check, lab, broken)) from broken.__cause__
        except ConnectorError as error:
            told = Broken("no error", in_words(error), _place(error))
            raise ContractBroken(failure(check, lab, told)) from error


@asynccontextmanager
async def started(case: Case[P]) -> AsyncIterator[P]:
    """Begins a run of the plugin before its fake, for a test of its own; at the end, all that it opened is closed."""
    lab = _lab(case)
    try:
        plugin: P = await lab.start()
        yield plugin
    finally:
        await lab.close()


async def _tried(check: Check, lab: Lab[Any], loop: WatchedLoop) -> None:
    loop.hurried = True
    try:
        await check.run(lab)
    finally:
        loop.hurried = False
        await lab.close()


def why_not(check: Check, case: Case[Any]) -> str:
    """Says why a check can't be tried, empty where it can."""
    plugin, driver = case.plugin, case.driver
    side = "shop" if isinstance(driver, ShopDriver) else "warehouse"
    if lacking := [name for name in check.methods if not plugin.has_own(name)]:
        return f"{plugin.__name__} has no method {', '.join(lacking)}"
    if lacking := [name for name in check.drives if not driver.can(name)]:
        return f"the fake {side} can't {', '.join(lacking)}: {type(driver).__name__} has no such method"
    if check.field and check.field in driver.lacks:
        return f"the {side} has no place for {check.field}: {type(driver).__name__}.lacks names it"
    return ""


def failure(check: Check, lab: Lab[Any], broken: Broken) -> str:
    """Says what a plugin did wrong, for the person who has to mend it."""
    plugin = lab.case.plugin
    calls = [str(call) for call in lab.network.calls[-_CALLS_SHOWN:]] or ["none"]
    if len(lab.network.calls) > _CALLS_SHOWN:
        calls.insert(0, f"({len(lab.network.calls) - _CALLS_SHOWN} earlier ones)")
    if check.group in _NOT_ABOUT_CALLS:
        calls = []
    rows = (
        ("rule", f"{check.rule} [{check.group}: {check.name}]"),
        ("when", broken.when),
        ("expected", broken.expected),
        ("found", broken.found),
        ("look at", f"{plugin.__module__}.{plugin.__name__}: {broken.look_at}" if broken.look_at else ""),
        ("calls", f"\n{'':10}".join(calls)),
    )
    return "\n".join(f"{name:10}{text}" for name, text in rows if text)


def checks_for(case_type: type[Case[Any]]) -> Sequence[Check]:
    """Returns all checks for a source or a target."""
    return SOURCE_CHECKS if issubclass(case_type, SourceCase) else TARGET_CHECKS


def run_contract(make_case: Callable[[], Case[Any]]) -> Report:
    """Tries all rules on one plugin, each with a case of its own, and returns what came of it."""
    case: Case[Any] = make_case()
    name = case.plugin.__name__
    return Report(name, [try_check(check, make_case()) for check in checks_for(type(case))])


def try_check(check: Check, case: Case[Any]) -> Result:
    """Tries one rule, and returns what came of it."""
    outcome, text = Outcome.PASSED, ""
    try:
        run_check(check, case)
    except NotOffered as reason:
        outcome, text = Outcome.SKIPPED, str(reason)
    except ContractBroken as broken:
        outcome, text = Outcome.FAILED, str(broken)
    except Exception as error:  # noqa: BLE001  (a bug of the plugin or its fake may raise anything)
        outcome, text = Outcome.FAILED, f"{'rule':10}{check.rule}\n{'raised':10}{in_words(error)}"
    plugin = case.plugin.__name__
    return Result(plugin=plugin, check=check.name, group=check.group, outcome=outcome, text=text)


def _lab(case: Case[Any]) -> Lab[Any]:
    if isinstance(case, SourceCase):
        return SourceLab(case, SOURCE)
    if isinstance(case, TargetCase):
        return TargetLab(case, TARGET)
    raise TypeError(f"a case is a SourceCase or a TargetCase, not {type(case).__name__}")


def _place(error: BaseException) -> str:
    """Names the line of the plugin that the error came through last."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not is_foreign(frame.filename)]
    return f"{frames[-1].name}, line {frames[-1].lineno} of {frames[-1].filename}" if frames else ""
