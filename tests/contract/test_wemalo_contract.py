"""Wemalo's target keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import TargetCase
from tests.contract.wemalo_warehouse import wemalo_case


@pytest.fixture
def target_case() -> TargetCase:
    return wemalo_case()
