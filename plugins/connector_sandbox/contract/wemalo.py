"""Drives the sandbox's Wemalo for the contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector.api import Address, Order, OrderLine, OrderStatus, Parcel, Product, Secret, Target
from connector.testing import FakeClock, TargetCase, WarehouseDriver
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.habits import WarehouseHabits
from connector_sandbox.wemalo.model import GoodsOrder, Status
from connector_sandbox.wemalo.model import Product as StoredProduct
from connector_sandbox.wemalo.warehouse import Warehouse

STATUSES = {
    Status.PARTIAL: OrderStatus.WAITING,
    Status.OPEN: OrderStatus.WAITING,
    Status.SHIPPED: OrderStatus.SHIPPED,
    Status.CANCELLED: OrderStatus.CANCELLED,
}


class WemaloWarehouse(WarehouseDriver):
    """A merchant's part of a Wemalo warehouse; the pages of its queue are small, all other lists come in one answer."""

    def __init__(self, clock: FakeClock) -> None:
        def now() -> float:
            return clock.now().timestamp()

        self.warehouse = Warehouse(now=now, habits=WarehouseHabits(page_size=self.page_size))
        self.sandbox = Sandbox(Shop(now=now), self.warehouse, now, clock.sleep)
        self._app: Any = self.sandbox.wemalo_app()
        self._revoked = False

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        if self._revoked:
            scope = {**scope, "headers": [(b"host", b"wemalo.example.com")]}
        await self._app(scope, receive, send)

    def add_product(self, product: Product) -> None:
        self.warehouse.add_product(
            externalId=product.id,
            sku=product.sku,
            name=product.name,
            ean=product.ean,
            grossWeight=product.weight_g,
            netWeight=product.net_weight_g,
            depth=product.length_cm,
            width=product.width_cm,
            height=product.height_cm,
            producerName=product.manufacturer,
            originCountry=product.country_of_origin,
            customsTariffNumber=product.customs_tariff_number,
        )

    def products(self) -> Sequence[Product]:
        return [_product(each) for each in self.warehouse.products]

    def orders(self) -> Sequence[Order]:
        return [_order(each) for each in self.warehouse.orders]

    def status(self, order_id: str) -> OrderStatus:
        if not self.warehouse.orders.named(order_id):
            raise LookupError(order_id)
        return STATUSES.get(self.warehouse.order(order_id).status, OrderStatus.IN_PROCESS)

    def start(self, order_id: str) -> None:
        self.warehouse.advance(order_id, Status.INPICKING)

    def ship(self, order_id: str, parcels: Sequence[Parcel], *, complete: bool) -> None:
        order = self.warehouse.order(order_id)
        for number, parcel in enumerate(parcels, start=1):
            takes_all = complete and number == len(parcels)
            piece = next((each.external_id for each in order.positions if each.open), "")
            items = None if takes_all or not piece else {piece: 1}
            self.warehouse.ship(order_id, items, tracking_number=parcel.tracking_number)

    def set_stock(self, product_id: str, quantity: int) -> None:
        self.warehouse.set_stock(product_id, quantity)

    def add_unsellable(self, product_id: str, quantity: int) -> None:
        self.warehouse.receive(product_id, quantity)
        self.warehouse.block(product_id, quantity)
        self.warehouse.set_second_choice(product_id, quantity)

    def refuse(self, product: Product) -> None:
        self.warehouse.add_product(externalId=f"holder-of-{product.sku}", sku=product.sku, name="another one")

    def revoke(self) -> None:
        self.sandbox.wemalo.habits.unauthorized_in = "body"
        self._revoked = True


def _product(stored: StoredProduct) -> Product:
    fields = stored.fields
    return Product(
        id=stored.external_id,
        sku=stored.sku,
        ean=fields.get("ean") or "",
        name=fields.get("name") or "",
        weight_g=fields.get("grossWeight"),
        net_weight_g=fields.get("netWeight"),
        length_cm=fields.get("depth"),
        width_cm=fields.get("width"),
        height_cm=fields.get("height"),
        manufacturer=fields.get("producerName") or "",
        country_of_origin=fields.get("originCountry") or "",
        customs_tariff_number=fields.get("customsTariffNumber") or "",
        is_active=stored.active,
        is_digital=stored.ignore_picking,
    )


def _order(stored: GoodsOrder) -> Order:
    meta, to = stored.meta, stored.receiver
    return Order(
        id=stored.external_id,
        number=str(meta.get("orderNumber") or ""),
        currency=str(meta.get("currency") or ""),
        total=Decimal(str(meta["total"])) if meta.get("total") is not None else None,
        picking_info=str(meta.get("pickingInfo") or ""),
        shipping_profile=str(meta.get("dispatcherProfile") or ""),
        customer_number=str(to.get("customerNumber") or ""),
        receiver=Address(
            name=to.get("name1", ""),
            company=to.get("name2", ""),
            name_addition=to.get("name3", ""),
            street=to.get("street", ""),
            house_number=to.get("streetNumber", ""),
            addition=to.get("addressAddition", ""),
            zip=to.get("zip", ""),
            city=to.get("city", ""),
            state=to.get("stateProvinceCountry", ""),
            country_code=to.get("countryCode2Letter", ""),
            phone=to.get("phoneNumber", ""),
            email=to.get("email", ""),
        ),
        lines=tuple(
            OrderLine(
                id=each.identifier,
                product_id=each.product.external_id,
                quantity=Decimal(each.quantity),
                total=Decimal(each.total) / 100,
                tax=Decimal(each.tax) / 100,
            )
            for each in stored.positions
        ),
    )


def wemalo_case(plugin: type[Target]) -> TargetCase:
    """Wemalo's target, or a variant of it, before a warehouse of its own."""
    clock = FakeClock()
    warehouse = WemaloWarehouse(clock)
    settings = plugin.settings_type(
        token=Secret(warehouse.sandbox.token), base_url="https://wemalo.example.com/v1"
    )
    return TargetCase(plugin, settings, warehouse, clock=clock)
