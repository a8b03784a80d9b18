"""Gives pytest the contract tests: a module with a fixture `source_case` or `target_case` gets all of them.

pytest loads this module wherever the framework is installed, so nothing else of it is imported before such a fixture is
met.
"""

from __future__ import annotations

import pytest

_FIXTURES = ("source_case", "target_case")


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line(
        "markers", "contract(group): a rule of the connector framework's contract for plugins"
    )


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> pytest.Collector | None:
    """Puts the contract tests beside the fixture."""
    if name not in _FIXTURES or not isinstance(collector, pytest.Module) or not _is_fixture(obj):
        return None
    from connector.testing.pytest_tests import contract_tests  # noqa: PLC0415  (costs nothing where it is not used)

    return contract_tests(collector, name)


def _is_fixture(obj: object) -> bool:
    """Tells a fixture from other things of its name; pytest 8.4 has a class for them, earlier ones mark a function."""
    return type(obj).__name__ == "FixtureFunctionDefinition" or hasattr(obj, "_pytestfixturefunction")
