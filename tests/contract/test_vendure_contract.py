"""Vendure's source keeps the contract, with either way in."""

from __future__ import annotations

from typing import Any

import pytest

from connector.testing import SourceCase
from connector_sandbox.contract.vendure import vendure_case
from connector_vendure.source import VendureSource
from tests.plugins.vendure.bench import LOGIN

KEY: dict[str, Any] = {}


@pytest.fixture(params=[KEY, LOGIN], ids=["API key", "login"])
def source_case(request: pytest.FixtureRequest) -> SourceCase:
    return vendure_case(VendureSource, **request.param)
