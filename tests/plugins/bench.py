"""One plugin by itself in front of the sandbox, over the real HTTP client."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from connector.api import Context, Page, Plugin, Record, Secret, Source, Target
from connector.clock import Stop
from connector.http import CallLog, HttpClient, Limits, Transport, asgi_transport
from connector.testing.clock import FakeClock
from connector_billbee.settings import BillbeeSettings
from connector_billbee.source import BillbeeSource
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.target import WemaloTarget

P = TypeVar("P", bound=Plugin)
T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Bench:
    """A shop, a warehouse and a clock; `source` and `target` do one thing with a plugin and return what came of it.

    `around` may wrap the application that the plugin talks to.
    """

    def __init__(self, shop_type: type[Shop] = Shop) -> None:
        self.clock = FakeClock()
        self.shop = shop_type(now=self._seconds)
        self.warehouse = Warehouse(now=self._seconds)
        self.sandbox = Sandbox(self.shop, self.warehouse, self._seconds, self.clock.sleep)
        self.around: Callable[[Any], Any] = lambda app: app
        self.calls = CallLog()

    def source(self, use: Callable[[BillbeeSource], Awaitable[T]], **changes: Any) -> T:
        """Uses Billbee's source; `changes` go to its settings."""
        own = {
            "username": self.sandbox.username,
            "api_password": Secret(self.sandbox.api_password),
            "api_key": Secret(self.sandbox.api_key),
            "base_url": "https://billbee.example.com/api/v1",
        }
        settings = BillbeeSettings(**{**own, **changes})
        return self._use(
            BillbeeSource, settings, asgi_transport(self.around(self.sandbox.billbee_app())), use
        )

    def target(self, use: Callable[[WemaloTarget], Awaitable[T]], **changes: Any) -> T:
        """Uses Wemalo's target; `changes` go to its settings."""
        own = {"token": Secret(self.sandbox.token), "base_url": "https://wemalo.example.com/v1"}
        settings = WemaloSettings(**{**own, **changes})
        return self._use(WemaloTarget, settings, asgi_transport(self.around(self.sandbox.wemalo_app())), use)

    def sent(self, pattern: str) -> list[Any]:
        """Returns the bodies of the calls to both services that match, such as `PUT /orders/*`."""
        audits = (self.sandbox.billbee.audit, self.sandbox.wemalo.audit)
        return [entry.body for audit in audits for entry in audit.calls(pattern)]

    def _seconds(self) -> float:
        return self.clock.now().timestamp()

    def _use(
        self, plugin: type[P], settings: Any, transport: Transport, use: Callable[[P], Awaitable[T]]
    ) -> T:
        async def inside() -> T:
            client = HttpClient(
                plugin.service(settings),
                clock=self.clock,
                stop=Stop(),
                random=random.Random(1),
                limits=Limits(self.clock),
                counts=self.calls,
                transport=transport,
            )
            async with client as http:
                return await use(plugin.build(settings, http, Context(client="acme")))

        return asyncio.run(inside())


async def pages_of(pages: AsyncIterator[Page[R]]) -> list[Page[R]]:
    """Returns all pages."""
    return [page async for page in pages]


async def products_of(plugin: Source | Target) -> list[Any]:
    """Returns all products that a source sells or a target knows."""
    pages = plugin.products() if isinstance(plugin, Source) else plugin.known_products()
    return [product for page in await pages_of(pages) for product in page.records]


async def orders_of(source: Source) -> list[Any]:
    """Returns all orders that are offered."""
    return [order for page in await pages_of(source.orders()) for order in page.records]
