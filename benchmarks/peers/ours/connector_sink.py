"""The target `sink`, as the guide to plugins has it: a warehouse that takes one record with each call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Self

from msgspec import Meta, Struct

from connector import api

connector_api = "1.0"
# A record that is posted twice is there once.
POST_PRODUCT = api.Endpoint("POST", "/products", repeatable=True)
POST_ORDER = api.Endpoint("POST", "/orders", repeatable=True)


class SinkSettings(Struct, frozen=True, kw_only=True):
    base_url: Annotated[str, Meta(description="Address of the sink.")]


class NewProduct(Struct):
    id: str
    sku: str
    ean: str
    name: str
    weight_g: int | None
    length_cm: float | None
    width_cm: float | None
    height_cm: float | None


class Receiver(Struct):
    name: str
    street: str
    house_number: str
    zip: str
    city: str
    country: str


class Line(Struct):
    id: str
    product: str
    quantity: Decimal


class NewOrder(Struct):
    id: str
    number: str
    currency: str
    total: Decimal | None
    receiver: Receiver
    lines: list[Line]


def product_of(product: api.Product) -> NewProduct:
    return NewProduct(
        id=product.id,
        sku=product.sku,
        ean=product.ean,
        name=product.name,
        weight_g=product.weight_g,
        length_cm=product.length_cm,
        width_cm=product.width_cm,
        height_cm=product.height_cm,
    )


def order_of(order: api.Order) -> NewOrder:
    to = order.receiver or api.Address()
    return NewOrder(
        id=order.id,
        number=order.number,
        currency=order.currency,
        total=order.total,
        receiver=Receiver(to.name, to.street, to.house_number, to.zip, to.city, to.country_code),
        lines=[Line(line.id, line.product_id, line.quantity) for line in order.lines],
    )


class SinkTarget(api.Target):
    settings_type = SinkSettings

    def __init__(self, http: api.Http) -> None:
        self._http = http

    @classmethod
    def service(cls, settings: SinkSettings) -> api.Service:
        return api.Service(name="sink", base_url=settings.base_url, account="sink")

    @classmethod
    def build(cls, settings: SinkSettings, http: api.Http, context: api.Context) -> Self:
        return cls(http)

    async def has_product(self, product_id: str, sku: str) -> bool:
        return True  # it takes orders for products that it does not know

    async def put_products(self, writes: Sequence[api.ProductWrite]) -> Sequence[api.Outcome]:
        return [await self._put(write.product) for write in writes]

    async def _put(self, product: api.Product) -> api.Outcome:
        try:
            await self._http.call(POST_PRODUCT, type(None), body=product_of(product))
        except (api.RecordRefused, api.TransientError) as error:
            return api.Outcome(record_id=product.id, error=error)
        return api.Outcome(record_id=product.id)

    async def find_order(self, order_id: str) -> api.WarehouseOrder | None:
        return None  # it can't be asked; an order that is posted twice is there once

    async def create_order(self, order: api.Order) -> None:
        await self._http.call(POST_ORDER, type(None), body=order_of(order))


@api.hookimpl
def connector_register_targets() -> Mapping[str, type[api.Target]]:
    return {"sink": SinkTarget}
