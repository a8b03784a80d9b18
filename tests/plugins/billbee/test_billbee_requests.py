"""Every request that Billbee's source makes is one that Billbee's official description allows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from connector.api import Parcel, Secret, Shipment, StockLevel
from connector.testing.clock import NOON
from connector_billbee.source import BillbeeSource
from connector_sandbox.billbee.stockroom import Location
from connector_sandbox.seed import ORDER_IDS, PRODUCT_IDS, demo_sandbox
from tests.openapi import needs_description, validate_request
from tests.plugins.bench import Bench, orders_of, pages_of

pytestmark = needs_description

ORDER, PRODUCT = str(ORDER_IDS["normal"]), str(PRODUCT_IDS["TEE-EARL"])
SINCE = NOON - timedelta(days=400)


async def order_marks(source: BillbeeSource) -> None:
    (order,) = [order for order in await orders_of(source) if order.id == ORDER]
    await source.order_held(order)
    (held,) = [order for order in await orders_of(source) if order.id == ORDER]
    await source.order_received(held)
    await source.order_change_refused(held)
    await source.order_cancelled(ORDER)
    await source.order_cancel_refused(ORDER)


async def withdrawals(source: BillbeeSource) -> None:
    await pages_of(source.withdrawn_orders(SINCE))
    await pages_of(source.withdrawn_orders(None))


async def shipment(source: BillbeeSource) -> None:
    dhl = Parcel(id="1", tracking_number="0034", product="DHL Paket")
    other = Parcel(id="2", tracking_number="0035", product="Spedition")
    await source.order_shipped(Shipment(order_id=ORDER, parcels=(dhl, other), is_complete=True))


async def stock(source: BillbeeSource) -> None:
    known = StockLevel(product_id=PRODUCT, sku="TEE-EARL", quantity=7)
    await source.set_stock([known, StockLevel(product_id="", sku="TEE-ASSAM", quantity=0)])
    await pages_of(source.stock_levels())


async def lookups(source: BillbeeSource) -> None:
    await source.find_order("DE-2026001")
    await source.find_order(ORDER)
    await source.find_product(PRODUCT)
    await source.find_product("TEE-EARL")
    await source.product(PRODUCT)
    await pages_of(source.received_orders(SINCE))


async def catalogue(source: BillbeeSource) -> None:
    await source.check()
    await pages_of(source.products())


async def webhooks(source: BillbeeSource) -> None:
    await source.register_webhooks("https://connector.example.com/hooks/acme/source", Secret("s" * 32))
    await source.remove_webhooks("https://connector.example.com/hooks/acme/source")


USES: dict[Callable[[BillbeeSource], Awaitable[None]], set[str]] = {
    catalogue: {"GET /enums/orderstates", "GET /products/stocks", "GET /orders", "GET /products"},
    order_marks: {
        "GET /orders",
        "POST /orders/{id}/tags",
        "PUT /orders/{id}/orderstate",
        "GET /orders/{id}",
        "PUT /orders/{id}/tags",
    },
    withdrawals: {"GET /orders", "GET /orders/{id}", "GET /orders/findbyextref/{extRef}"},
    shipment: {
        "GET /orders/{id}",
        "GET /shipment/shippingproviders",
        "POST /orders/{id}/shipment",
        "PUT /orders/{id}/orderstate",
    },
    stock: {"POST /products/updatestockmultiple", "GET /products"},
    webhooks: {
        "GET /webhooks/filters",
        "GET /webhooks",
        "POST /webhooks",
        "DELETE /webhooks/{id}",
    },
    lookups: {"GET /orders/findbyextref/{extRef}", "GET /orders/{id}", "GET /products/{id}", "GET /orders"},
}


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    demo = demo_sandbox(now=lambda: bench.clock.now().timestamp())
    demo.shop.locations = demo.shop.stockroom.locations = (Location(0, "Standard"), Location(12, "Lager"))
    bench.sandbox, bench.shop = demo, demo.shop
    for refers_by in ("parent", "external_id"):
        original = bench.shop.add_order([(int(PRODUCT), 1)])
        bench.shop.cancel_with_storno(original, "parent" if refers_by == "parent" else "external_id")
        bench.shop.orders[original]["LastModifiedAt"] = "2020-01-01T10:00:00"
    return bench


@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_every_request_is_allowed_by_billbees_description(
    bench: Bench, use: Callable[[BillbeeSource], Awaitable[None]]
) -> None:
    bench.source(use, received_state_id=16, storage_location_id=12, auto_subtract_reserved=True)
    for entry in bench.sandbox.billbee.audit.entries:
        validate_request(entry.method, entry.template, entry.query, entry.body)
    assert {entry.name for entry in bench.sandbox.billbee.audit.entries} == USES[use]
