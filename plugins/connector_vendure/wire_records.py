"""Vendure's records, as far as they are asked for: variants, their stock, orders.

Every field may be missing or null, and is then None. Lists are read record by record from `msgspec.Raw`, so that a
malformed one costs only itself (SPEC R4). Ids are texts; some shops use UUIDs.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

Text = str | int | None

# Pieces, or money in its smallest unit: wider than any, and narrow enough to be reckoned with.
Whole = Annotated[int, Meta(ge=-(10**15), le=10**15)]


class Label(msgspec.Struct, gc=False):
    """What names a record in a message, whatever else is wrong with it."""

    id: object = None
    code: object = None
    sku: object = None


class FacetValue(msgspec.Struct, gc=False):
    """A word by which products are grouped."""

    code: str | None = None


class Product(msgspec.Struct, rename="camel", gc=False):
    """What several variants have in common."""

    enabled: bool | None = None
    facet_values: list[FacetValue | None] | None = None


class VariantFields(msgspec.Struct, gc=False):
    """The custom fields of a variant, under the names that the queries give them."""

    ean: Text = None
    weight: Decimal | None = None
    length: float | None = None
    width: float | None = None
    height: float | None = None
    digital: bool | None = None


class Variant(msgspec.Struct, rename="camel", gc=False):
    """A product variant: what is sold, and what a record of the framework calls a product."""

    id: Text = None
    sku: Text = None
    name: str | None = None
    enabled: bool | None = None
    facet_values: list[FacetValue | None] | None = None
    product: Product | None = None
    custom_fields: VariantFields | None = None


class StockLevel(msgspec.Struct, rename="camel", gc=False):
    """The pieces of a variant in one location; `allocated` are those of open orders."""

    stock_location_id: Text = None
    stock_on_hand: Whole | None = None
    stock_allocated: Whole | None = None


class VariantStock(msgspec.Struct, rename="camel", gc=False):
    """A variant and its stock."""

    id: Text = None
    sku: Text = None
    stock_levels: list[StockLevel | None] | None = None


class OrderFields(msgspec.Struct, gc=False):
    """The custom fields of an order, under the names that the queries give them."""

    exported: object = None
    status: str | None = None


class Fulfillment(msgspec.Struct, rename="camel", gc=False):
    """A parcel of an order."""

    id: Text = None
    state: str | None = None
    tracking_code: str | None = None


class OrderHead(msgspec.Struct, rename="camel", gc=False):
    """The part of an order that tells how far it is."""

    id: Text = None
    code: Text = None
    state: str | None = None
    type: str | None = None
    custom_fields: OrderFields | None = None
    fulfillments: list[Fulfillment | None] | None = None


class FulfillmentLine(msgspec.Struct, gc=False):
    """The pieces of a line that are in one fulfillment."""

    quantity: Whole | None = None
    fulfillment: Fulfillment | None = None


class OrderLine(msgspec.Struct, rename="camel", gc=False):
    """One position of an order. Money is a whole number of the smallest unit; prices are those after discounts."""

    id: Text = None
    quantity: Whole | None = None
    unit_price: Whole | None = msgspec.field(name="proratedUnitPriceWithTax", default=None)
    price: Whole | None = msgspec.field(name="proratedLinePriceWithTax", default=None)
    net_price: Whole | None = msgspec.field(name="proratedLinePrice", default=None)
    product_variant: Variant | None = None
    fulfillment_lines: list[FulfillmentLine | None] | None = None


class Address(msgspec.Struct, rename="camel", gc=False):
    """The address of an order."""

    full_name: str | None = None
    company: str | None = None
    street_line1: str | None = None
    street_line2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: Text = None
    country_code: str | None = None
    phone_number: Text = None


class Customer(msgspec.Struct, rename="camel", gc=False):
    """Who ordered."""

    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    phone_number: Text = None


class ShippingMethod(msgspec.Struct, gc=False):
    """A way of shipping that the customer chose."""

    code: str | None = None
    name: str | None = None


class ShippingLine(msgspec.Struct, rename="camel", gc=False):
    """What shipping costs, and how it is done."""

    shipping_method: ShippingMethod | None = None


class Order(OrderHead, rename="camel", gc=False):
    """An order with all that a warehouse is told of it."""

    order_placed_at: object = None
    currency_code: str | None = None
    total_with_tax: Whole | None = None
    customer: Customer | None = None
    shipping_address: Address | None = None
    shipping_lines: list[ShippingLine | None] | None = None
    lines: list[OrderLine | None] | None = None
