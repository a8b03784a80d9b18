"""Sampleshop's JSON, as far as it is used; fields that are not named here are ignored.

What must be there has no default: an answer without it is told as unusable, and never taken for an empty one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(min_length=1)]


class ProductPage(msgspec.Struct):
    """A page of products; each is read by itself. `next` is where the following page begins, null on the last one."""

    products: list[msgspec.Raw]
    next: str | None


class OrderPage(msgspec.Struct):
    """A page of orders; each is read by itself."""

    orders: list[msgspec.Raw]
    next: str | None


class Product(msgspec.Struct):
    """A product; it weighs in kilograms."""

    id: Id
    sku: str | None = None
    barcode: str | None = None
    title: str | None = None
    weight_kg: Decimal | None = None
    active: bool = True


class Address(msgspec.Struct):
    """Where an order goes; the house number stands in the street."""

    name: str | None = None
    company: str | None = None
    street: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None


class Line(msgspec.Struct):
    """A line of an order; amounts are those of all its pieces."""

    id: Id
    quantity: Decimal
    product_id: str | None = None
    sku: str | None = None
    title: str | None = None
    total: Decimal | None = None
    tax: Decimal | None = None


class Order(msgspec.Struct):
    """An order. Without its lines or labels it would look as if there were nothing to ship, or nothing marked."""

    id: Id
    status: str
    labels: list[str]
    lines: list[Line]
    number: str | None = None
    created_at: str | None = None
    currency: str | None = None
    total: Decimal | None = None
    note: str | None = None
    shipping_address: Address | None = None


class Labels(msgspec.Struct):
    """The labels of an order, after one was put on or taken off."""

    labels: list[str]


class Named(msgspec.Struct):
    """What names a record in a message, whatever else is wrong with it."""

    id: str = ""
    number: str = ""
    sku: str = ""
