"""Vendure's source keeps the contract, with either way in."""

from __future__ import annotations

from typing import Any

import pytest

from connector.api import Secret
from connector.testing import FakeClock, SourceCase
from connector_vendure.settings import VendureSettings
from connector_vendure.source import VendureSource
from tests.plugins.vendure.bench import FIELDS, LOGIN
from tests.plugins.vendure.fake_vendure import API_KEY, FakeVendure

KEY: dict[str, Any] = {"api_key": Secret(API_KEY)}


@pytest.fixture(params=[KEY, LOGIN], ids=["API key", "login"])
def source_case(request: pytest.FixtureRequest) -> SourceCase:
    clock = FakeClock()
    shop = FakeVendure(clock.now)
    own = {"base_url": "https://shop.example.com", "page_size": shop.page_size, **FIELDS, **request.param}
    return SourceCase(VendureSource, VendureSettings(**own), shop, clock=clock)
