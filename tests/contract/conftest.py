"""Shows at the end which test caught which planted fault."""

from __future__ import annotations

import pytest

CAUGHT = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture
def caught(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """The table of planted faults, each with the test that caught it."""
    return request.config.stash.setdefault(CAUGHT, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = config.stash.get(CAUGHT, [])
    if rows:
        terminalreporter.section(f"{len(rows)} planted faults, and what caught them")
    for fault, test in rows:
        terminalreporter.line(f"{fault:75} {test}")
