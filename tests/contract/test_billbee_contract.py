"""Billbee's source keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import SourceCase
from tests.contract.billbee_shop import billbee_case


@pytest.fixture
def source_case() -> SourceCase:
    return billbee_case()
