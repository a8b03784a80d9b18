"""Tryton's target keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import TargetCase
from connector_sandbox.contract.tryton import tryton_case
from connector_tryton.target import TrytonTarget


@pytest.fixture
def target_case() -> TargetCase:
    return tryton_case(TrytonTarget)
