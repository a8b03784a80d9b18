"""Plays the people who work with Sampleshop, for the contract tests, in the framework's records."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.api import Address, Order, Product, Secret, ShopOrder, Source
from connector.testing import FakeClock, ShopDriver, SourceCase

from connector_sampleshop.mapping import HELD, RECEIVED
from connector_sampleshop.testing.fake import FakeShop, Json


class SampleshopDriver(ShopDriver):
    """A merchant's Sampleshop.

    Methods of `ShopDriver` that are missing here are for what the source can't do yet: tests of it are skipped.
    """

    # What Sampleshop has no place for; everything else of a record has to arrive.
    lacks = frozenset(
        {
            "product.net_weight_g",
            "product.length_cm",
            "product.width_cm",
            "product.height_cm",
            "product.manufacturer",
            "product.country_of_origin",
            "product.customs_tariff_number",
            "product.tags",
            "product.is_digital",
            "product.parts",
            "order.customer_number",
            "order.shipping_profile",
            "address.name_addition",
            "address.addition",
            "address.state",
        }
    )

    def __init__(self, clock: FakeClock, token: str) -> None:
        self._clock = clock
        self.shop = FakeShop(token, self.page_size)

    @property
    def app(self) -> FakeShop:
        return self.shop

    def add_product(self, product: Product) -> str:
        product_id = f"p{len(self.shop.products) + 1:05}"
        self.shop.products[product_id] = {
            "id": product_id,
            "sku": product.sku,
            "barcode": product.ean or None,
            "title": product.name,
            "weight_kg": None if product.weight_g is None else f"{Decimal(product.weight_g) / 1000}",
            "active": product.is_active,
        }
        return product_id

    def add_order(self, order: Order) -> str:
        return self._add(order)

    def add_unoffered_orders(self, order: Order) -> Mapping[str, str]:
        return {
            self._add(order, status="open"): "not paid yet",
            self._add(order, status="cancelled"): "cancelled",
            self._add(order, labels=[RECEIVED]): "received",
        }

    def order(self, order_id: str) -> ShopOrder:
        shown = self.shop.orders[order_id]
        labels, status = tuple(shown["labels"]), shown["status"]
        return ShopOrder(
            order=Order(id=order_id, tags=labels),
            is_offered=status == "paid" and RECEIVED not in labels,
            is_received=RECEIVED in labels,
            is_held=HELD in labels,
            is_cancelled=status == "cancelled",
        )

    def cancel_order(self, order_id: str) -> None:
        self.shop.orders[order_id]["status"] = "cancelled"

    def refuse(self, record_id: str) -> None:
        self.shop.locked.add(record_id)

    def revoke(self) -> None:
        self.shop.accepts = "another-token"

    def _add(self, order: Order, **changes: Any) -> str:
        order_id = f"o{len(self.shop.orders) + 1:05}"
        lines: list[Json] = [
            {
                "id": f"{order_id}-{place}",
                "product_id": line.product_id,
                "sku": line.sku,
                "title": line.name,
                "quantity": int(line.quantity),
                "total": _amount(line.total),
                "tax": _amount(line.tax),
            }
            for place, line in enumerate(order.lines, start=1)
        ]
        shown = {
            "id": order_id,
            "number": order.number,
            "created_at": self._clock.now().isoformat(),
            "status": "paid",
            "labels": list(order.tags),
            "currency": order.currency,
            "total": _amount(order.total),
            "note": order.picking_info,
            "shipping_address": _address(order.receiver or Address()),
            "lines": lines,
        }
        self.shop.orders[order_id] = {**shown, **changes}
        return order_id


def contract_case(plugin: type[Source]) -> SourceCase:
    """The plugin that is tried, before a shop of its own.

    Once it was tried on the real system, say so here: `real_test=RealTest(…)` of `connector.testing`.
    """
    clock, token = FakeClock(), "a-long-and-peculiar-token"
    settings = plugin.settings_type(token=Secret(token))
    return SourceCase(plugin, settings, SampleshopDriver(clock, token), clock=clock)


def _address(receiver: Address) -> Json:
    return {
        "name": receiver.name,
        "company": receiver.company,
        "street": f"{receiver.street} {receiver.house_number}".strip(),
        "zip": receiver.zip,
        "city": receiver.city,
        "country": receiver.country_code,
        "phone": receiver.phone,
        "email": receiver.email,
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
