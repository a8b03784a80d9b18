"""A shop of any size, to measure with."""

from __future__ import annotations

import time
from collections.abc import Callable

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.seed.products import ean13


def large_shop(products: int, orders: int = 0, now: Callable[[], float] = time.time) -> Shop:
    """A shop with so many products, and paid, tagged orders of one to three lines; always the same ones."""
    shop = Shop(now=now)
    ids = [
        shop.add_product(
            SKU=f"SKU-{number:06d}",
            EAN=ean13(number),
            Title={"DE": f"Artikel {number}", "EN": f"Item {number}"},
            Price=1.0 + number % 100,
            Weight=50 + number % 900,
            LengthCm=10.0,
            WidthCm=8.0,
            HeightCm=5.0,
            stock=number % 50,
        )
        for number in range(1, products + 1)
    ]
    for number in range(orders):
        shop.add_order([(ids[(number * 7 + line) % products], 1 + line) for line in range(1 + number % 3)])
    shop.log.entries.clear()
    return shop
