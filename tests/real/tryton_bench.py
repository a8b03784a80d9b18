"""The target `tryton` in front of a real warehouse, over the real HTTP client."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from connector.api import (
    Address,
    Context,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    ProductWrite,
    Secret,
    Shipment,
)
from connector.clock import Stop, SystemClock
from connector.http import CallLog, HttpClient, Limits, RetryPolicy
from connector_tryton.settings import TrytonSettings
from connector_tryton.target import TrytonTarget
from tests.real.tryton_server import DATABASE
from tests.real.tryton_warehouse import TrytonWarehouse

T = TypeVar("T")

RECEIVER = Address(
    name="Erika Müller-Lüdenscheidt",
    company="Grünzeug & Söhne GmbH",
    name_addition="Hinterhaus",
    street="Große Straße",
    house_number="12a",
    addition="3. Etage",
    zip="01067",
    city="Dresden",
    country_code="DE",
    phone="+49 351 5550123",
    email="erika@example.com",
)
NO_RETRY = RetryPolicy(attempts=1)
"""For a power cut: what is out of reach stays so for the rest of the run."""

ORDERED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Bench:
    """A warehouse and the plugin in front of it; `target` does one thing with it, as one run would."""

    def __init__(self, warehouse: TrytonWarehouse) -> None:
        self.staff = warehouse
        self._numbers = itertools.count(1)

    def target(
        self,
        use: Callable[[TrytonTarget], Awaitable[T]],
        transport: httpx.AsyncBaseTransport | None = None,
        **changes: Any,
    ) -> T:
        """Uses the target; `changes` go to its settings."""
        own: dict[str, Any] = {
            "base_url": self.staff.address,
            "database": DATABASE,
            "application_key": Secret(self.staff.application_key),
            "shop": self.staff.shop,
            "page_size": 2,
        }
        settings = TrytonSettings(**{**own, **changes})
        clock = SystemClock()

        async def inside() -> T:
            client = HttpClient(
                TrytonTarget.service(settings),
                clock=clock,
                stop=Stop(),
                random=random.Random(1),
                limits=Limits(clock),
                counts=CallLog(),
                transport=transport,
                policy=NO_RETRY if transport else RetryPolicy(),
            )
            async with client as http:
                return await use(TrytonTarget.build(settings, http, Context(client="acme")))

        return asyncio.run(inside())

    def product(self, **changes: Any) -> Product:
        """A product that is like none before it; the warehouse does not have it yet."""
        number = next(self._numbers)
        fields: dict[str, Any] = {
            "id": str(7000 + number),
            "sku": f"SKU-{number}",
            "ean": ean(number),
            "name": f"Kaffee Nr. {number}: süß & kräftig",
            "weight_g": 1499,
            "length_cm": 30.5,
            "width_cm": 20.0,
            "height_cm": 10.25,
        }
        return Product(**{**fields, **changes})

    def stored(self, pieces: int = 10) -> Product:
        """A product that the warehouse has, with so many pieces."""
        product = self.product()
        self.put(product)
        self.staff.stock_in({product.sku: pieces})
        return product

    def put(
        self, *products: Product, is_new: bool = True, transport: httpx.AsyncBaseTransport | None = None
    ) -> list[Any]:
        """Sends products and returns what kept each out."""
        writes = [ProductWrite(product=product, is_new=is_new) for product in products]
        outcomes = self.target(lambda target: target.put_products(writes), transport)
        return [outcome.error for outcome in outcomes]

    def order(self, *products: Product, **changes: Any) -> Order:
        """An order of two pieces of each product, which the warehouse does not have yet."""
        number = next(self._numbers)
        lines = tuple(
            OrderLine(
                id=f"{number}-{product.id}",
                product_id=product.id,
                sku=product.sku,
                quantity=Decimal(2),
                total=Decimal("39.98"),
            )
            for product in products
        )
        fields: dict[str, Any] = {
            "id": str(8000 + number),
            "number": f"DE-2026-{number}",
            "created_at": ORDERED,
            "currency": "EUR",
            "receiver": RECEIVER,
            "lines": lines,
            "shipping_profile": "DHL Paket",
            "picking_info": "Bitte als Geschenk verpacken",
        }
        return Order(**{**fields, **changes})

    def waiting(self, *products: Product, **changes: Any) -> Order:
        """An order that the warehouse has."""
        order = self.order(*products, **changes)
        self.target(lambda target: target.create_order(order))
        return order

    def status(self, order: Order) -> OrderStatus | None:
        found = self.target(lambda target: target.find_order(order.id))
        return found.status if found else None

    def cancel(self, order: Order) -> None:
        self.target(lambda target: target.cancel_order(order.id))

    def take(self, shipment: Shipment) -> None:
        self.target(lambda target: target.shipment_taken(shipment))

    def told(self, order: Order) -> Shipment | None:
        """What the shop is to be told of an order now."""
        shipments = [
            each for page in self.target(lambda target: pages(target.shipments())) for each in page.records
        ]
        return next((each for each in shipments if each.order_id == order.id), None)

    def levels(self, since: datetime | None = None) -> dict[str, int]:
        """What can be sold of each product that moved after a moment, by the shop's ids."""
        read = self.target(lambda target: pages(target.stock_levels(since)))
        return {level.product_id: level.quantity for page in read for level in page.records}

    def sellable(self, product: Product) -> int | None:
        return self.levels().get(product.id)


async def pages(listing: Any) -> list[Any]:
    return [page async for page in listing]


def ean(number: int) -> str:
    digits = f"20000{number:07}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


class BreaksDown(httpx.AsyncHTTPTransport):
    """Lets so many writes take effect, the last one without an answer; after that nothing is reached any more."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self._left = writes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._left <= 0:
            raise httpx.ConnectError("the power is gone")
        answer = await super().handle_async_request(request)
        if request.method != "GET":
            self._left -= 1
            if not self._left:
                raise httpx.ReadError("the power is gone")
        return answer
