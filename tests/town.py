"""Many merchants at one Billbee and one Wemalo, in memory: what one process serves, hour by hour."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from connector.calls import Service
from connector.clock import Stop
from connector.engine import run_client
from connector.http import Limits, Transport, asgi_transport
from connector.report import ClientReport
from connector.secret import Secret
from connector.settings import ClientSettings, PluginChoice, StepChoice
from connector.sides import Shared
from connector.testing.clock import FakeClock
from connector_billbee.settings import BillbeeSettings
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.seed import ean13
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo.settings import WemaloSettings
from tests.memory_store import MemoryStore
from tests.world import PLUGINS, STEPS


@dataclass
class Merchant:
    """A merchant with a shop and a place in the warehouse, who sells a piece every few hours."""

    name: str
    shop: Shop
    warehouse: Warehouse
    orders: list[int] = field(default_factory=list)

    def open_shop(self) -> None:
        for place in range(1, 4):
            self.shop.add_product(SKU=f"SKU-{place}", EAN=ean13(place), Title=f"Product {place}")

    def sell(self) -> None:
        self.orders.append(self.shop.add_order([(self.shop.product_with_sku("SKU-1"), 1)]))

    def ship(self) -> None:
        for order in self.orders:
            found = self.warehouse.orders.named(str(order))
            if found and found[-1].status.value == "OPEN":
                self.warehouse.set_stock(str(self.shop.product_with_sku("SKU-1")), 50)
                self.warehouse.ship(str(order))


class Town:
    """Many merchants at one Billbee and one Wemalo, served by one process.

    They share an API key, and each has an account of its own.
    """

    def __init__(self, clients: int) -> None:
        self.clock = FakeClock()
        self.sandbox = Sandbox.empty(now=lambda: self.clock.now().timestamp(), sleep=self.clock.sleep)
        self.merchants = [self._move_in(f"client-{number:02}") for number in range(clients)]
        self.store = MemoryStore()

    def _move_in(self, name: str) -> Merchant:
        box = self.sandbox
        merchant = Merchant(name, Shop(name=name, now=box.now), Warehouse(name=name, now=box.now))
        box.billbee.open_account(f"{name}@example.com", box.api_password, box.api_key, merchant.shop)
        box.wemalo.open_account(f"token-{name}", merchant.warehouse)
        merchant.open_shop()
        return merchant

    def settings(self, name: str) -> ClientSettings:
        box = self.sandbox
        billbee = BillbeeSettings(
            username=f"{name}@example.com",
            api_password=Secret(box.api_password),
            api_key=Secret(box.api_key),
            base_url="https://billbee.example/api/v1",
        )
        wemalo = WemaloSettings(token=Secret(f"token-{name}"), base_url="https://wemalo.example/v1")
        return ClientSettings(
            name=name,
            source=PluginChoice("billbee", billbee),
            target=PluginChoice("wemalo", wemalo),
            mapping=(StepChoice("resolve_sets", True),),
        )

    def shared(self) -> Shared:
        """Builds what the clients of a process have in common, with the sandbox as its network."""
        apps = {"billbee": self.sandbox.billbee_app(), "wemalo": self.sandbox.wemalo_app()}

        def transport(service: Service) -> Transport:
            return asgi_transport(apps[service.name])

        return Shared(
            plugins=PLUGINS,
            steps=STEPS,
            store=self.store,
            limits=Limits(self.clock),
            clock=self.clock,
            stop=Stop(),
            random=random.Random(1),
            transport=transport,
        )

    async def live(self, hours: int) -> list[ClientReport]:
        """Runs all of them each hour, side by side, while they sell and the warehouse ships; returns the reports."""
        shared, reports = self.shared(), []
        for hour in range(hours):
            for merchant in self.merchants[hour % 5 :: 5]:
                merchant.sell()
                merchant.ship()
            reports += await asyncio.gather(
                *(run_client(self.settings(m.name), shared) for m in self.merchants)
            )
            await self.clock.sleep(3600)
        return reports
