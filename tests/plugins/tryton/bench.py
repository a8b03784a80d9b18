"""The target `tryton` by itself in front of the fake, over the real HTTP client."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from connector.api import (
    Address,
    Context,
    Order,
    OrderLine,
    Outcome,
    Page,
    Product,
    ProductWrite,
    Record,
    Secret,
    Shipment,
    WarehouseOrder,
)
from connector.clock import Stop
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.remembering import ShortMemory
from connector.testing import FakeClock
from connector_sandbox.contract.tryton import TrytonDriver
from connector_sandbox.tryton.service import DATABASE, KEY
from connector_tryton.settings import TrytonSettings
from connector_tryton.target import TrytonTarget

T = TypeVar("T")
R = TypeVar("R", bound=Record)

PRODUCT = Product(
    id="4711",
    sku="MUG-1",
    ean="4006381333931",
    name="Becher blau",
    weight_g=350,
    length_cm=12.5,
    width_cm=8.0,
    height_cm=9.5,
)
RECEIVER = Address(
    name="Erika Musterfrau",
    street="Musterstraße",
    house_number="12",
    zip="12345",
    city="Musterstadt",
    country_code="DE",
    email="erika@example.com",
)
ORDER = Order(
    id="8001",
    number="2026-1001",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    currency="EUR",
    receiver=RECEIVER,
    lines=(OrderLine(id="31", product_id="4711", sku="MUG-1", quantity=Decimal(2), total=Decimal("19.98")),),
    shipping_profile="DHL Paket",
)


class Bench:
    """A warehouse and the plugin; `target` does one thing with the plugin, as one run would.

    `around` may wrap the application that the plugin talks to; `memory` is what runs remember, where one is set.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.warehouse = TrytonDriver(self.clock)
        self.fake = self.warehouse.fake
        self.memory: ShortMemory | None = None
        self.around: Callable[[Any], Any] = lambda app: app
        self._numbers = itertools.count(1)

    def settings(self, **changes: Any) -> TrytonSettings:
        """The settings of the target, changed."""
        own: dict[str, Any] = {
            "base_url": "https://erp.example.com",
            "database": DATABASE,
            "application_key": Secret(KEY),
            "shop": self.fake.shop,
            "page_size": 3,
        }
        return TrytonSettings(**{**own, **changes})

    def target(self, use: Callable[[TrytonTarget], Awaitable[T]], **changes: Any) -> T:
        """Uses the target; `changes` go to its settings."""
        settings = self.settings(**changes)

        async def inside() -> T:
            client = HttpClient(
                TrytonTarget.service(settings),
                clock=self.clock,
                stop=Stop(),
                random=random.Random(1),
                limits=Limits(self.clock),
                counts=CallLog(),
                transport=asgi_transport(self.around(self.warehouse.app)),
            )
            async with client as http:
                context = Context(client="acme", now=self.clock.now, memory=self.memory or ShortMemory())
                return await use(TrytonTarget.build(settings, http, context))

        return asyncio.run(inside())

    def put(self, *products: Product, is_new: bool = False) -> list[Outcome]:
        """Sends products."""
        writes = [ProductWrite(product=product, is_new=is_new) for product in products]
        return list(self.target(lambda target: target.put_products(writes)))

    def create(self, **changes: Any) -> None:
        """Creates the order, changed."""
        order = msgspec.structs.replace(ORDER, **changes)
        self.target(lambda target: target.create_order(order))

    def change(self, **changes: Any) -> None:
        """Brings the order to what it is now."""
        order = msgspec.structs.replace(ORDER, **changes)
        self.target(lambda target: target.change_order(order, (), ()))

    def find(self, order_id: str = ORDER.id) -> WarehouseOrder | None:
        """Looks the order up."""
        return self.target(lambda target: target.find_order(order_id))

    def told(self) -> list[Shipment]:
        """Reads what the shop is to be told."""
        return [each for page in self.shipments() for each in page.records]

    def shipments(self) -> list[Page[Shipment]]:
        """Reads the pages of what the shop is to be told."""
        return self.target(lambda target: pages_of(target.shipments()))

    def order_shown(self) -> Order:
        """Shows the only order in the warehouse."""
        (order,) = self.warehouse.orders()
        return order


async def pages_of(pages: AsyncIterator[Page[R]]) -> list[Page[R]]:
    """Returns all pages."""
    return [page async for page in pages]
