"""Sampledepot's JSON, as far as it is used; fields that are not named here are ignored.

What must be there in an answer has no default: one without it is told as unusable, and never taken for an empty one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec
from connector.api import Personal
from msgspec import UNSET, Meta, UnsetType

Reference = Annotated[str, Meta(min_length=1)]


class ArticlePage(msgspec.Struct):
    """A page of articles; each is read by itself. `next` is where the following page begins, null on the last one."""

    articles: list[msgspec.Raw]
    next: str | None


class Article(msgspec.Struct):
    """An article as the warehouse shows it; `reference` is what the shop calls it."""

    reference: Reference
    sku: str | None = None
    barcode: str | None = None
    name: str | None = None
    weight_g: int | None = None
    active: bool = True
    virtual: bool = False


class Named(msgspec.Struct):
    """What names an article in a message, whatever else is wrong with it."""

    reference: str = ""
    sku: str = ""


class ArticleFields(msgspec.Struct, kw_only=True):
    """What is sent of an article. An empty field empties it there; one that is left out stays as it is."""

    sku: str
    barcode: str
    name: str
    weight_g: int | None
    active: bool
    virtual: bool
    length_mm: float | UnsetType | None = UNSET
    width_mm: float | UnsetType | None = UNSET
    height_mm: float | UnsetType | None = UNSET


class FoundOrder(msgspec.Struct):
    """An order as a search shows it."""

    reference: str
    status: str


class FoundOrders(msgspec.Struct):
    """The orders that a search finds; none is an answer, too."""

    orders: list[FoundOrder]


class Receiver(Personal, kw_only=True):
    """Where an order goes. Personal: where the service repeats a part of it while it refuses it, nobody reads that."""

    name: str
    company: str
    street: str
    house_number: str
    addition: str
    zip: str
    city: str
    state: str
    country: str
    phone: str
    email: str


class Line(msgspec.Struct, kw_only=True):
    """A line of an order; amounts are those of all its pieces."""

    reference: str
    article: str
    quantity: int
    total: Decimal | None
    tax: Decimal | None


class NewOrder(msgspec.Struct, kw_only=True):
    """What is sent of an order; `reference` is what the shop calls it."""

    reference: str
    number: str
    customer: str
    currency: str
    total: Decimal | None
    note: str
    receiver: Receiver
    lines: list[Line]


class Created(msgspec.Struct):
    """The answer to a new order: the warehouse's own number of it."""

    number: str
