"""Tryton's target keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import TargetCase
from tests.plugins.tryton.driver import tryton_case


@pytest.fixture
def target_case() -> TargetCase:
    return tryton_case()
