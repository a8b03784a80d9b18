"""Any source with any target, before the fakes of their systems, driven in the framework's words alone."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from connector.api import Parcel, Product, Service
from connector.clock import Stop
from connector.engine import run_client
from connector.http import Limits, Transport, asgi_transport
from connector.plugins import Offer
from connector.report import ClientReport
from connector.settings import ClientSettings, PluginChoice
from connector.sides import Shared
from connector.state import TinyStore
from connector.testing import ShopDriver, WarehouseDriver
from connector.testing.installed import case_of
from connector.testing.samples import Samples
from tests.world import PLUGINS, STEPS


class Pair:
    """One client between a shop and a warehouse; `run` is one hourly run."""

    def __init__(self, source: Offer[Any], target: Offer[Any], state_dir: Path) -> None:
        cases = case_of(source)(), case_of(target)()
        drivers: tuple[Any, Any] = cases[0].driver, cases[1].driver
        self.shop: ShopDriver = drivers[0]
        self.warehouse: WarehouseDriver = drivers[1]
        self._apps = {case.plugin.service(case.settings).name: case.driver.app for case in cases}
        self._clocks = tuple(case.clock for case in cases)
        self._settings = ClientSettings(
            name="acme",
            source=PluginChoice(source.name, cases[0].settings),
            target=PluginChoice(target.name, cases[1].settings),
        )
        self._samples = Samples()
        self._state_dir = state_dir

    def run(self) -> ClientReport:
        """Runs the client an hour later, with all flows."""
        return asyncio.run(self._run(rehearse=False))

    def next_writes(self) -> list[str]:
        """Says what a further run would write to either side."""
        report = asyncio.run(self._run(rehearse=True))
        assert report.completed, report.failure
        return [f"{write.action} {write.record_id}" for write in report.planned or ()]

    def sell(self) -> Product:
        """Puts a product on sale that is like none before it."""
        product = self._samples.product()
        return msgspec.structs.replace(product, id=self.shop.add_product(product))

    def buy(self, *products: Product) -> str:
        """A customer orders two pieces of each product and pays; returns the order's id."""
        return self.shop.add_order(self._samples.order(*products, shipping_profile="DHL Paket"))

    def ship(self, order_id: str, *numbers: str, complete: bool = True) -> None:
        """The warehouse hands parcels to the carrier."""
        parcels = [Parcel(id="", tracking_number=number) for number in numbers]
        self.warehouse.ship(order_id, parcels, complete=complete)

    def tracking(self, order_id: str) -> list[str]:
        """The tracking numbers that the shop knows."""
        return sorted(self.shop.order(order_id).tracking_numbers)

    def in_warehouse(self, order_id: str) -> tuple[str, dict[str, int]]:
        """Shows the state of an order in the warehouse, and how many pieces of each product all of it has."""
        pieces = Counter[str]()
        for order in self.warehouse.orders():
            for line in order.lines if order.id == order_id else ():
                pieces[line.product_id] += int(line.quantity)
        return self.warehouse.status(order_id).value, dict(pieces)

    async def _run(self, *, rehearse: bool) -> ClientReport:
        await self._until_both_show(3600)
        clock, _ = self._clocks
        store = TinyStore(self._state_dir, clock)
        shared = Shared(
            plugins=PLUGINS,
            steps=STEPS,
            store=store,
            limits=Limits(clock),
            clock=clock,
            stop=Stop(),
            random=random.Random(1),
            transport=self._transport,
        )
        try:
            return await run_client(self._settings, shared, rehearse=rehearse)
        finally:
            await store.close()
            await self._until_both_show(0)

    async def _until_both_show(self, seconds: float) -> None:
        """Lets time pass; each fake has a clock of its own, and pauses within a run move the shop's alone."""
        end = max(clock.monotonic() for clock in self._clocks) + seconds
        for clock in self._clocks:
            await clock.sleep(end - clock.monotonic())

    def _transport(self, service: Service) -> Transport:
        return asgi_transport(self._apps[service.name])
