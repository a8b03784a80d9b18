"""A rehearsal (`--dry-run`): both sides are read as always, and each write is written down instead (SPEC R6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Self

import msgspec

from connector.calls import Http, Service
from connector.contracts import Context, Finding, Outcome, ProductWrite, Source, Target
from connector.records import (
    Order,
    OrderLine,
    Page,
    Parcel,
    Product,
    Record,
    Shipment,
    ShopOrder,
    StockLevel,
    WarehouseOrder,
    Withdrawal,
)

Note = Callable[[str, str, str, str, Mapping[str, Any]], None]
"""Takes side, action, record id, number and what would be written."""

MOST_COMPARED: Final = 50
"""So many changed products are read from the target, to show what differs; it costs a call each."""


class RehearsedSource(Source):
    """A source that reads as the one inside it does, and only writes down what it would write."""

    def __init__(self, inside: Source, note: Note) -> None:
        self._inside = inside
        self._note = note

    @classmethod
    def service(cls, settings: Any) -> Service:
        raise TypeError("a rehearsed source is made from one that is open")

    @classmethod
    def build(cls, settings: Any, http: Http, context: Context) -> Self:
        raise TypeError("a rehearsed source is made from one that is open")

    def has(self, method: str) -> bool:
        return self._inside.has(method)

    @property
    def has_eans(self) -> bool:
        return self._inside.has_eans

    async def check(self) -> Sequence[Finding]:
        return await self._inside.check()

    def products(self) -> AsyncIterator[Page[Product]]:
        return self._inside.products()

    async def product(self, product_id: str) -> Product | None:
        return await self._inside.product(product_id)

    def orders(self) -> AsyncIterator[Page[Order]]:
        return self._inside.orders()

    def withdrawn_orders(self, since: datetime | None) -> AsyncIterator[Page[Withdrawal]]:
        return self._inside.withdrawn_orders(since)

    async def find_order(self, number: str) -> ShopOrder | None:
        return await self._inside.find_order(number)

    async def find_product(self, number: str) -> Product | None:
        return await self._inside.find_product(number)

    def stock_levels(self) -> AsyncIterator[Page[StockLevel]]:
        return self._inside.stock_levels()

    async def order_received(self, order: Order) -> None:
        self._mark("mark as received", order.id, order.number)

    async def order_held(self, order: Order) -> None:
        self._mark("mark as held", order.id, order.number)

    async def order_change_refused(self, order: Order) -> None:
        self._mark("mark its change as refused", order.id, order.number)

    async def order_cancelled(self, order_id: str) -> None:
        self._mark("mark as cancelled in the warehouse", order_id)

    async def order_cancel_refused(self, order_id: str) -> None:
        self._mark("mark its cancellation as refused", order_id)

    async def order_shipped(self, shipment: Shipment) -> None:
        action = "set to shipped" if shipment.is_complete else "add tracking numbers"
        parcels = ", ".join(parcel.tracking_number or "(no number)" for parcel in shipment.parcels)
        self._note("source", action, shipment.order_id, shipment.order_number, {"parcels": parcels})

    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        for level in levels:
            self._note("source", "set stock", level.product_id, level.sku, {"quantity": level.quantity})
        return [Outcome(record_id=level.product_id) for level in levels]

    def _mark(self, action: str, order_id: str, number: str = "") -> None:
        self._note("source", action, order_id, number, {})


class RehearsedTarget(Target):
    """A target that reads as the one inside it does, and only writes down what it would write."""

    def __init__(self, inside: Target, note: Note) -> None:
        self._inside = inside
        self._note = note
        self._compared = 0
        self._created: set[str] = set()

    @classmethod
    def service(cls, settings: Any) -> Service:
        raise TypeError("a rehearsed target is made from one that is open")

    @classmethod
    def build(cls, settings: Any, http: Http, context: Context) -> Self:
        raise TypeError("a rehearsed target is made from one that is open")

    def has(self, method: str) -> bool:
        return self._inside.has(method)

    async def check(self) -> Sequence[Finding]:
        return await self._inside.check()

    def known_products(self) -> AsyncIterator[Page[Product]]:
        return self._inside.known_products()

    async def has_product(self, product_id: str, sku: str) -> bool:
        return product_id in self._created or await self._inside.has_product(product_id, sku)

    async def find_product(self, product_id: str, sku: str) -> Product | None:
        return await self._inside.find_product(product_id, sku)

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        return await self._inside.find_order(order_id)

    async def parcels(self, order_id: str) -> Sequence[Parcel]:
        return await self._inside.parcels(order_id)

    def shipments(self) -> AsyncIterator[Page[Shipment]]:
        return self._inside.shipments()

    def stock_levels(self, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
        return self._inside.stock_levels(since)

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        return [await self._put(write) for write in writes]

    async def _put(self, write: ProductWrite) -> Outcome:
        product = write.product
        refusal = self._inside.refusal(product)
        if refusal is None:
            fields = _fields(product) if write.is_new else await self._differences(product)
            action = "create product" if write.is_new else "update product"
            self._note("target", action, product.id, product.sku, fields)
            self._created.add(product.id)
        return Outcome(record_id=product.id, error=refusal)

    async def create_order(self, order: Order) -> None:
        refusal = self._inside.refusal(order)
        if refusal is not None:
            raise refusal
        self._note("target", "create order", order.id, order.number, {"lines": _lines(order.lines)})

    async def change_order(self, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
        changes = {"remove lines": ", ".join(remove), "add lines": _lines(add)}
        self._note("target", "change order", order.id, order.number, changes)

    async def cancel_order(self, order_id: str) -> None:
        self._note("target", "cancel order", order_id, "", {})

    async def shipment_taken(self, shipment: Shipment) -> None:
        self._note("target", "acknowledge shipment", shipment.order_id, shipment.order_number, {})

    async def _differences(self, product: Product) -> Mapping[str, Any]:
        """Compares with what the target has; for the first few products only."""
        self._compared += 1
        if self._compared > MOST_COMPARED or not self._inside.has("find_product"):
            return {}
        before = await self._inside.find_product(product.id, product.sku)
        known = _fields(before) if before else {}
        ours = _fields(product)
        return {
            name: f"{known.get(name)!r} -> {ours[name]!r}" for name in ours if known.get(name) != ours[name]
        }


def _fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(record)
    for name in ("id", "tags", "length_cm", "width_cm", "height_cm"):
        fields.pop(name, None)
    return fields


def _lines(lines: Sequence[OrderLine]) -> str:
    return ", ".join(f"{line.quantity.normalize():f} x {line.sku or line.product_id}" for line in lines)
