"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.logged import Logged, logging_into_memory
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def logged() -> Iterator[Logged]:
    with logging_into_memory() as lines:
        yield lines
