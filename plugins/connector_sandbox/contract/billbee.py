"""Drives the sandbox's Billbee for the contract tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector.api import Address, Order, OrderLine, Product, Secret, ShopOrder, Source
from connector.testing import FakeClock, ShopDriver, SourceCase
from connector_sandbox.billbee.orders import FIRST_ORDER_ID
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.billbee.wire import SHIPPED
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse

PAID = 3


class BillbeeShop(ShopDriver):
    """A merchant's Billbee account; pages hold three records, whatever is asked for."""

    def __init__(self, clock: FakeClock) -> None:
        def now() -> float:
            return clock.now().timestamp()

        self.shop = Shop(now=now)
        self.sandbox = Sandbox(self.shop, Warehouse(now=now), now, clock.sleep)
        self._app: Any = self.sandbox.billbee_app()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        size = f"pageSize={self.page_size}".encode()
        query = re.sub(rb"pageSize=\d+", size, scope["query_string"])
        await self._app({**scope, "query_string": query}, receive, send)

    def add_product(self, product: Product) -> str:
        parts = {int(part.product_id): float(part.quantity) for part in product.parts}
        set_fields: dict[str, Any] = {"parts": parts} if parts else {}
        return str(
            self.shop.add_product(
                SKU=product.sku,
                EAN=product.ean,
                Title=product.name,
                Weight=product.weight_g,
                WeightNet=product.net_weight_g,
                LengthCm=product.length_cm,
                WidthCm=product.width_cm,
                HeightCm=product.height_cm,
                Manufacturer=product.manufacturer,
                CountryOfOrigin=product.country_of_origin,
                TaricNumber=product.customs_tariff_number,
                IsDigital=product.is_digital,
                IsDeactivated=not product.is_active,
                Tags=[{"Text": tag, "LanguageCode": "DE"} for tag in product.tags],
                **set_fields,
            )
        )

    def add_order(self, order: Order) -> str:
        return str(self._add(order))

    def add_unoffered_orders(self, order: Order) -> Mapping[str, str]:
        received = "Order_Received_By_Wemalo"
        kinds: Mapping[str, Mapping[str, Any]] = {
            "not paid": {"State": 1},
            "shipped": {"State": SHIPPED},
            "for another warehouse": {"Tags": ["other"]},
            "without any tag": {"Tags": []},
            "received, in other letters": {"Tags": ["wemalo", received]},
            "a credit order": {"IsCancelationFor": "ext-1"},
            "a credit order by its parent": {"BillBeeParentOrderId": FIRST_ORDER_ID, "TotalCost": -5.0},
            "archived": {"ArchivedAt": "2026-01-01T00:00:00"},
        }
        return {str(self._add(order, **fields)): kind for kind, fields in kinds.items()}

    def order(self, order_id: str) -> ShopOrder:
        shown = self.shop.order(int(order_id))
        tags = {tag.casefold() for tag in shown["Tags"]}
        received = "order_received_by_wemalo" in tags
        return ShopOrder(
            order=Order(id=order_id, tags=tuple(shown["Tags"])),
            is_offered=shown["State"] == PAID and "wemalo" in tags and not received,
            is_received=received,
            is_held="order_failed_by_wemalo" in tags,
            is_cancelled=shown["State"] in (6, 8),
            is_shipped=shown["State"] == SHIPPED,
            tracking_numbers=tuple(each["ShippingId"] or "" for each in shown["ShippingIds"]),
        )

    def cancel_order(self, order_id: str) -> None:
        self.shop.cancel_order(int(order_id))

    def remove_order(self, order_id: str) -> None:
        self.shop.delete_order(int(order_id))

    def stock(self, product_id: str) -> int:
        return int(self.shop.stock(int(product_id)))

    def refuse(self, record_id: str) -> None:
        if int(record_id) in self.shop.orders:
            self.shop.archive_order(int(record_id))
        else:
            self.shop.remove_product(int(record_id))

    def revoke(self) -> None:
        self.sandbox.billbee.open_account(self.sandbox.username, "another-one", "another-key", self.shop)

    def _add(self, order: Order, **fields: Any) -> int:
        receiver = order.receiver or Address()
        first_name, _, last_name = receiver.name.rpartition(" ")
        to = {
            "FirstName": first_name,
            "LastName": last_name,
            "Company": receiver.company,
            "NameAddition": receiver.name_addition,
            "Street": receiver.street,
            "HouseNumber": receiver.house_number,
            "Line2": receiver.addition,
            "Zip": receiver.zip,
            "City": receiver.city,
            "State": receiver.state,
            "CountryISO2": receiver.country_code,
            "Phone": receiver.phone,
            "Email": receiver.email,
        }
        own: dict[str, Any] = {
            "OrderNumber": order.number,
            "Currency": order.currency,
            "TotalCost": float(order.total or 0),
            "SellerComment": order.picking_info,
            "CustomerNumber": order.customer_number,
            "ShippingProfileName": order.shipping_profile,
            "Tags": ["wemalo", *order.tags],
        }
        return self.shop.add_order([self._line(line) for line in order.lines], to=to, **{**own, **fields})

    def _line(self, line: OrderLine) -> dict[str, Any]:
        sold = {"BillbeeId": int(line.product_id), "SKU": line.sku, "Title": line.name}
        return {
            "Product": {**sold, "IsDigital": line.is_digital},
            "Quantity": float(line.quantity),
            "TotalPrice": float(line.total or 0),
            "TaxAmount": float(line.tax or 0),
            "IsCoupon": line.is_coupon,
        }


def billbee_case(plugin: type[Source]) -> SourceCase:
    """Billbee's source, or a variant of it, before an account of its own."""
    clock = FakeClock()
    shop = BillbeeShop(clock)
    settings = plugin.settings_type(
        username=shop.sandbox.username,
        api_password=Secret(shop.sandbox.api_password),
        api_key=Secret(shop.sandbox.api_key),
        base_url="https://billbee.example.com/api/v1",
    )
    return SourceCase(plugin, settings, shop, clock=clock)
