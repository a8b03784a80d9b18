"""The Vendure plugin in front of a real Vendure."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from connector.api import (
    Context,
    Order,
    PackedItem,
    Page,
    Parcel,
    Product,
    Record,
    Secret,
    Shipment,
    ShopOrder,
)
from connector.clock import Stop, SystemClock
from connector.http import CallLog, HttpClient, Limits
from connector_vendure.settings import VendureSettings
from connector_vendure.source import VendureSource
from tests.real.vendure_shop import CONNECTOR, CONNECTOR_PASSWORD, VendureShop

T = TypeVar("T")
R = TypeVar("R", bound=Record)

FIELDS = {
    "exported_field": "wmsExportedAt",
    "status_field": "wmsStatus",
    "ean_field": "ean",
    "weight_field": "weightGrams",
    "length_field": "lengthMm",
    "width_field": "widthMm",
    "height_field": "heightMm",
    "digital_field": "isDigital",
}
NO_FIELDS = dict.fromkeys(FIELDS, "")
ON_HAND = {"stock_counts": "on_hand"}

_numbers = count(1)


class Real:
    """A real shop, and the plugin in front of it."""

    def __init__(self, shop: VendureShop) -> None:
        self.shop = shop
        self.calls = CallLog()
        self._key = shop.create_api_key()
        shop.create_administrator()
        self.login = {"api_key": None, "username": CONNECTOR, "password": Secret(CONNECTOR_PASSWORD)}

    def use(self, act: Callable[[VendureSource], Awaitable[T]], **changes: Any) -> T:
        """Uses the source as one run; `changes` go to its settings."""
        own = {"base_url": self.shop.address, "api_key": Secret(self._key), **FIELDS, **changes}
        settings, clock = VendureSettings(**own), SystemClock()

        async def inside() -> T:
            client = HttpClient(
                VendureSource.service(settings),
                clock=clock,
                stop=Stop(),
                random=random.Random(1),
                limits=Limits(clock),
                counts=self.calls,
            )
            async with client as http:
                return await act(VendureSource.build(settings, http, Context(client="acme", language="en")))

        return asyncio.run(inside())

    def sell(self, on_hand: int = 100, **fields: Any) -> str:
        """Puts a product on sale that is like none before it."""
        number = next(_numbers)
        own = {"sku": f"SKU-{number}", "name": f"Product {number}", "ean": f"40063813{number:05}"}
        return self.shop.add_product(Product(id="", **{**own, **fields}), on_hand=on_hand)

    def offered(self, key: str, **changes: Any) -> Order | None:
        """Returns an order where it is offered."""
        orders = self.use(lambda source: all_of(source.orders()), **changes)
        return next((order for order in orders if order.id == key), None)

    def now(self, number: str, **changes: Any) -> ShopOrder:
        """Shows an order as the plugin sees it now."""
        found = self.use(lambda source: source.find_order(number), **changes)
        assert found is not None
        return found

    def received(self, *lines: tuple[str, int]) -> str:
        """A customer orders, and the warehouse takes the order."""
        key = self.shop.paid_order(*lines)
        self.use(lambda source: source.order_received(Order(id=key)))
        return key

    def ship(self, key: str, *parcels: Parcel, complete: bool = True, **changes: Any) -> None:
        shipment = Shipment(order_id=key, parcels=parcels, is_complete=complete)
        self.use(lambda source: source.order_shipped(shipment), **changes)

    def state(self, key: str) -> tuple[str, list[str]]:
        """Returns the state of an order and its tracking codes, as the owner of the shop sees them."""
        return self.shop.order(key)["state"], self.shop.tracking_codes(key)


async def all_of(pages: AsyncIterator[Page[R]]) -> list[R]:
    found: list[R] = []
    async for page in pages:
        assert page.unreadable == ()
        found += page.records
    return found


def parcel(number: str, *contents: tuple[str, int], **fields: Any) -> Parcel:
    items = tuple(PackedItem(product_id=key, quantity=Decimal(pieces)) for key, pieces in contents)
    return Parcel(id=number, tracking_number=number, contents=items, **fields)
