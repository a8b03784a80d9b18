"""Fixtures for the tests of the web page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.web.office import Office
from tests.world import World


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    return Office(tmp_path, world)
