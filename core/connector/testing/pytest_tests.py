"""The checks as tests of pytest. The only module of the framework that needs pytest, apart from `pytest_plugin`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from connector.testing.checks import Check
from connector.testing.collecting import PROPERTY, ContractResults
from connector.testing.running import ContractBroken, run_check
from connector.testing.suites import SOURCE_CHECKS, TARGET_CHECKS
from connector.testing.verdicts import NotOffered

_NAMES: Final = {"source_case": "SourceContract", "target_case": "TargetContract"}
_SUMMARY: Final = "connector_contract_summary"


def contract_tests(module: pytest.Module, fixture: str) -> pytest.Collector:
    """Returns the tests for the fixture of a test module."""
    plugins = module.config.pluginmanager
    if not plugins.has_plugin(_SUMMARY):
        plugins.register(_Summary(), _SUMMARY)
    tests = _Contract.from_parent(module, name=_NAMES[fixture])
    tests.obj = _class(fixture)
    return tests


class _Contract(pytest.Class):
    """The contract tests of one module, whatever names its settings take for tests."""

    def istestfunction(self, obj: object, name: str) -> bool:
        return name.startswith("test_")


class _Summary(ContractResults):
    """Shows at the end what came of each group."""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for report in self.reports:
            terminalreporter.section(f"contract of {report.plugin}")
            for line in report.lines():
                terminalreporter.line(line)


def _class(fixture: str) -> type:
    """Makes a class of the checks; its methods take the fixture by its name."""
    if fixture == "source_case":
        return type(_NAMES[fixture], (), {f"test_{each.name}": _source_test(each) for each in SOURCE_CHECKS})
    return type(_NAMES[fixture], (), {f"test_{each.name}": _target_test(each) for each in TARGET_CHECKS})


def _source_test(check: Check) -> Callable[..., None]:
    def test(self: object, source_case: Any, record_property: Callable[[str, object], None]) -> None:
        __tracebackhide__ = True
        _try(check, source_case, record_property)

    return _marked(test, check)


def _target_test(check: Check) -> Callable[..., None]:
    def test(self: object, target_case: Any, record_property: Callable[[str, object], None]) -> None:
        __tracebackhide__ = True
        _try(check, target_case, record_property)

    return _marked(test, check)


def _marked(test: Callable[..., None], check: Check) -> Callable[..., None]:
    test.__doc__ = check.rule
    marked: Callable[..., None] = pytest.mark.contract(group=str(check.group))(test)
    return marked


def _try(check: Check, case: Any, record_property: Callable[[str, object], None]) -> None:
    """Tries one rule; what broke it is said without a traceback, a bug with one."""
    __tracebackhide__ = True
    record_property(PROPERTY, [case.plugin.__name__, check.name, str(check.group)])
    try:
        run_check(check, case)
    except NotOffered as reason:
        pytest.skip(str(reason))
    except ContractBroken as broken:
        pytest.fail(str(broken), pytrace=False)
    except Exception as error:
        error.add_note(f"rule: {check.rule} [{check.group}: {check.name}]")
        raise
