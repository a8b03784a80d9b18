"""Billbee's source keeps the contract."""

from __future__ import annotations

import pytest

from connector.testing import SourceCase
from connector_billbee.source import BillbeeSource
from connector_sandbox.contract.billbee import billbee_case


@pytest.fixture
def source_case() -> SourceCase:
    return billbee_case(BillbeeSource)
