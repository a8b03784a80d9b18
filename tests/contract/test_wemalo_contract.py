"""Wemalo's target keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import TargetCase
from connector_sandbox.contract.wemalo import wemalo_case
from connector_wemalo.target import WemaloTarget


@pytest.fixture
def target_case() -> TargetCase:
    return wemalo_case(WemaloTarget)
