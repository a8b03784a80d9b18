"""What an integrator hands over: the plugin, its settings, and the fake that it is tried against."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from connector.contracts import Plugin, Source, Target
from connector.testing.clock import FakeClock
from connector.testing.drivers import Driver, ShopDriver, WarehouseDriver

P = TypeVar("P", bound=Plugin)


@dataclass(frozen=True)
class RealTest:
    """Says that a plugin was tried on the real system; `connector plugins check` grades it by that.

    `system` is what it was tried on, with its version (`Vendure 3.7.1`); `version` that of the package which passed, so
    that what was said of an older one is not taken for this one; `test` the file in the project, or the address, where
    the test stands.
    """

    system: str
    version: str
    test: str


@dataclass(frozen=True)
class Case(ABC, Generic[P]):
    """A plugin and what it takes to try it.

    `settings` is an instance of the plugin's settings class whose credentials the fake accepts; make its secrets
    long and peculiar, since the suite looks for them everywhere. `clock` is the time of everything here: a fake that
    writes dates or keeps limits asks it, too.
    """

    plugin: type[P]
    settings: msgspec.Struct
    clock: FakeClock = field(default_factory=FakeClock, kw_only=True)
    language: str = field(default="de", kw_only=True)
    real_test: RealTest | None = field(default=None, kw_only=True)

    @property
    @abstractmethod
    def driver(self) -> Driver:
        """Drives the fake."""


@dataclass(frozen=True)
class SourceCase(Case[Source]):
    """A source and the fake of its shop system."""

    shop: ShopDriver

    @property
    def driver(self) -> ShopDriver:
        return self.shop


@dataclass(frozen=True)
class TargetCase(Case[Target]):
    """A target and the fake of its warehouse system."""

    warehouse: WarehouseDriver

    @property
    def driver(self) -> WarehouseDriver:
        return self.warehouse
