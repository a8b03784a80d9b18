"""Every method of both plugins, asked as a flow asks it, and what may come of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from connector.api import (
    Address,
    ConnectorError,
    Context,
    Order,
    OrderLine,
    Page,
    Parcel,
    Plugin,
    Product,
    ProductWrite,
    Record,
    Secret,
    Shipment,
    StockLevel,
)
from connector.clock import Stop
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.testing.clock import FakeClock
from connector_billbee.settings import BillbeeSettings
from connector_billbee.source import BillbeeSource
from connector_sandbox.billbee.assortment import FIRST_PRODUCT_ID
from connector_sandbox.billbee.orders import FIRST_ORDER_ID
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.target import WemaloTarget

Ask = Callable[[Any], AsyncIterator[Any] | Awaitable[Any]]

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
PASSWORD, KEY, TOKEN = "not-a-password", "not-a-key", "not-a-token"
PRODUCT, ORDER = str(FIRST_PRODUCT_ID), str(FIRST_ORDER_ID)

_ARTICLE = Product(id=PRODUCT, sku="SKU-1", ean="4260000000013", name="Kaffee")
_LINE = OrderLine(id="5001", product_id=PRODUCT, sku="SKU-1", quantity=Decimal(1))
_RECEIVER = Address(
    name="Erika Musterfrau", street="Musterstraße", zip="10115", city="Berlin", country_code="DE"
)
_TAGS = ("wemalo", "order_failed_by_wemalo")
_ORDER = Order(id=ORDER, number="1001", tags=_TAGS, currency="EUR", receiver=_RECEIVER, lines=(_LINE,))
_PARCEL = Parcel(id="1", tracking_number="00340001", product="DHL Paket")
_SHIPMENT = Shipment(order_id=ORDER, parcels=(_PARCEL,), is_complete=True, receipts=("1",))
_NEW = [msgspec.structs.replace(_ARTICLE, id=f"{n}", sku=f"NEW-{n}", ean="") for n in (1, 2)]
_WRITES = [
    *(ProductWrite(product=product, is_new=True) for product in _NEW),
    ProductWrite(product=_ARTICLE, is_new=False),
]
_LEVELS = [StockLevel(product_id=PRODUCT, quantity=1), StockLevel(product_id="", sku="SKU-2", quantity=2)]

BILLBEE = BillbeeSettings(
    username="shop@example.com",
    api_password=Secret(PASSWORD),
    api_key=Secret(KEY),
    base_url="https://billbee.example.com/api/v1",
    received_state_id=16,
    storage_location_id=5,
)
WEMALO = WemaloSettings(token=Secret(TOKEN), base_url="https://wemalo.example.com/v1")

SOURCE: Mapping[str, Ask] = {
    "check": lambda source: source.check(),
    "products": lambda source: source.products(),
    "product": lambda source: source.product(PRODUCT),
    "find_product": lambda source: source.find_product("SKU-1"),
    "set_stock": lambda source: source.set_stock(_LEVELS),
    "stock_levels": lambda source: source.stock_levels(),
    "orders": lambda source: source.orders(),
    "find_order": lambda source: source.find_order("1001"),
    "received_orders": lambda source: source.received_orders(SINCE),
    "order_received": lambda source: source.order_received(_ORDER),
    "order_held": lambda source: source.order_held(msgspec.structs.replace(_ORDER, tags=())),
    "order_change_refused": lambda source: source.order_change_refused(_ORDER),
    "withdrawn_orders": lambda source: source.withdrawn_orders(None),
    "withdrawn_orders since": lambda source: source.withdrawn_orders(SINCE),
    "order_cancelled": lambda source: source.order_cancelled(ORDER),
    "order_cancel_refused": lambda source: source.order_cancel_refused(ORDER),
    "shipping_products": lambda source: source.shipping_products(),
    "order_shipped": lambda source: source.order_shipped(_SHIPMENT),
}
# In this order the sandbox has a good answer for each: what is asked for was made before.
TARGET: Mapping[str, Ask] = {
    "check": lambda target: target.check(),
    "put_products": lambda target: target.put_products(_WRITES),
    "create_order": lambda target: target.create_order(_ORDER),
    "shipping_profiles": lambda target: target.shipping_profiles(),
    "known_products": lambda target: target.known_products(),
    "has_product": lambda target: target.has_product(PRODUCT, ""),
    "find_product": lambda target: target.find_product(PRODUCT, ""),
    "find_order": lambda target: target.find_order(ORDER),
    "change_order": lambda target: target.change_order(_ORDER, ["5001"], [_LINE]),
    "parcels": lambda target: target.parcels("shipped"),
    "shipments": lambda target: target.shipments(),
    "shipment_taken": lambda target: target.shipment_taken(_SHIPMENT),
    "stock_levels": lambda target: target.stock_levels(SINCE),
    "cancel_order": lambda target: target.cancel_order(ORDER),
}


ASKS: Mapping[str, Mapping[str, Ask]] = {"billbee": SOURCE, "wemalo": TARGET}
METHODS = [(plugin, name) for plugin, asks in ASKS.items() for name in asks]


def use(plugin: str, app: Any, ask: Ask) -> list[Any]:
    """Asks a plugin, with this application as its service; returns the pages, or what came in one piece."""
    kind, settings = (BillbeeSource, BILLBEE) if plugin == "billbee" else (WemaloTarget, WEMALO)
    return asyncio.run(_asked(kind, settings, app, ask))


def outcome(plugin: str, method: str, app: Any) -> tuple[list[Any], ConnectorError | None]:
    """Asks, and returns what came or why nothing did; any other exception fails the test."""
    try:
        return use(plugin, app, ASKS[plugin][method]), None
    except ConnectorError as error:
        return [], error


async def _asked(plugin: type[Plugin], settings: Any, app: Any, ask: Ask) -> list[Any]:
    clock = FakeClock()
    client = HttpClient(
        plugin.service(settings),
        clock=clock,
        stop=Stop(),
        random=random.Random(1),
        limits=Limits(clock),
        counts=CallLog(),
        transport=asgi_transport(app),
    )
    async with client as http:
        answer = ask(plugin.build(settings, http, Context(client="acme")))
        if isinstance(answer, AsyncIterator):
            return [page async for page in answer]
        return [await answer]


def records_in(answer: Any) -> list[Record]:
    """Returns the records in what a method brought, those that can't be read among them."""
    match answer:
        case Page():
            return [*answer.records, *answer.unreadable]
        case list() | tuple():
            return [record for part in answer for record in records_in(part)]
        case Record():
            return [answer]
        case _:
            return []


def assert_sound(record: Record) -> None:
    """Holds a record against its own type: every value is of it, finite, and can be written as JSON."""
    plain = msgspec.to_builtins(record)
    assert msgspec.convert(plain, type(record)) == record  # NaN would not equal itself
    assert all(number.is_finite() and len(f"{number:f}") < 100 for number in _decimals(record))
    assert msgspec.json.encode(record)


def _decimals(value: Any) -> list[Decimal]:
    match value:
        case Decimal():
            return [value]
        case tuple():
            return [number for part in value for number in _decimals(part)]
        case msgspec.Struct():
            return [n for name in value.__struct_fields__ for n in _decimals(getattr(value, name))]
        case _:
            return []
