"""The contract tests: whether a plugin does what the framework relies on, tried offline against a fake of its system.

An integrator writes one fixture, named `source_case` or `target_case`; the tests come by themselves:

    from connector.testing import FakeClock, SourceCase

    @pytest.fixture
    def source_case() -> SourceCase:
        clock = FakeClock()
        settings = MySettings(token=Secret("a-long-and-peculiar-token"), base_url="https://shop.example.com")
        return SourceCase(MySource, settings, MyShopDriver(clock), clock=clock)
"""

from connector.testing.cases import RealTest, SourceCase, TargetCase
from connector.testing.clock import FakeClock
from connector.testing.drivers import ShopDriver, WarehouseDriver
from connector.testing.fakes import FakeShop, Request, all_but
from connector.testing.groups import Group
from connector.testing.lab import all_of
from connector.testing.results import GroupResult, Outcome, Report, Result
from connector.testing.running import run_contract, started

__all__ = [
    "FakeClock",
    "FakeShop",
    "Group",
    "GroupResult",
    "Outcome",
    "RealTest",
    "Report",
    "Request",
    "Result",
    "ShopDriver",
    "SourceCase",
    "TargetCase",
    "WarehouseDriver",
    "all_but",
    "all_of",
    "run_contract",
    "started",
]
