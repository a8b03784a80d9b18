"""A sandbox whose clock stands still, and callers for its two services."""

from __future__ import annotations

import pytest

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker, billbee_caller, wemalo_caller


@pytest.fixture
def ticker() -> Ticker:
    return Ticker()


@pytest.fixture
def sandbox(ticker: Ticker) -> Sandbox:
    """Empty, and without limits, which have tests of their own."""
    sandbox = Sandbox.empty(now=ticker)
    sandbox.billbee.habits.throttled = False
    sandbox.wemalo.habits.limited = False
    return sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return sandbox.shop


@pytest.fixture
def warehouse(sandbox: Sandbox) -> Warehouse:
    return sandbox.warehouse


@pytest.fixture
def billbee(sandbox: Sandbox) -> Caller:
    return billbee_caller(sandbox)


@pytest.fixture
def wemalo(sandbox: Sandbox) -> Caller:
    return wemalo_caller(sandbox)
