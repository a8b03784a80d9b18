"""Putting the demo data into a shop; ids are the same every time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from connector_sandbox.billbee.assortment import FIRST_PRODUCT_ID
from connector_sandbox.billbee.orders import FIRST_ORDER_ID
from connector_sandbox.billbee.shop import Line, Shop
from connector_sandbox.billbee.wire import billbee_date
from connector_sandbox.delivery import Sleep
from connector_sandbox.seed.orders import ORDERS
from connector_sandbox.seed.products import PRODUCTS, ean13
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse

PRODUCT_IDS: Mapping[str, int] = {name: FIRST_PRODUCT_ID + place for place, name in enumerate(PRODUCTS)}
ORDER_IDS: Mapping[str, int] = {name: FIRST_ORDER_ID + place for place, name in enumerate(ORDERS)}


def demo_sandbox(now: Callable[[], float] = time.time, sleep: Sleep = asyncio.sleep) -> Sandbox:
    """The demo shop and an empty warehouse."""
    return Sandbox(demo_shop(now), Warehouse(now=now), now, sleep)


def demo_shop(now: Callable[[], float] = time.time) -> Shop:
    """A shop with the products of `PRODUCTS` and the orders of `ORDERS`, an hour between two orders.

    `PRODUCT_IDS` and `ORDER_IDS` name the ids; the credit order of "storno" comes after all others.
    """
    shop = Shop(now=now)
    for place, (name, product) in enumerate(PRODUCTS.items(), start=1):
        fields = {"SKU": name, "EAN": ean13(place), **product}
        fields.pop("parts", None)
        shop.add_product(**fields)
    for name, product in PRODUCTS.items():
        if "parts" in product:
            parts = {PRODUCT_IDS[part]: amount for part, amount in product["parts"].items()}
            shop.change_product(PRODUCT_IDS[name], parts=parts)
    for place, name in enumerate(ORDERS):
        _add_order(shop, name, ordered_at=billbee_date(now() - (len(ORDERS) - place) * 3600))
    for name, order in ORDERS.items():
        if order.get("then") == "archive":
            shop.archive_order(ORDER_IDS[name])
        elif order.get("then") == "storno":
            shop.cancel_with_storno(ORDER_IDS[name])
    shop.log.entries.clear()
    return shop


def _add_order(shop: Shop, name: str, ordered_at: str) -> None:
    order = ORDERS[name]
    lines: list[Line] = [
        dict(line) if isinstance(line, Mapping) else (PRODUCT_IDS[line[0]], line[1])
        for line in order["lines"]
    ]
    dates = {"CreatedAt": ordered_at, "ConfirmedAt": ordered_at, "PayedAt": ordered_at}
    own = {key: value for key, value in order.items() if key not in ("lines", "to", "then")}
    shop.add_order(lines, to=dict(order.get("to", {})), **{**dates, **own})
