"""The canonical records that every source reads and every target takes.

They are frozen and typed, and their field names carry the unit. A text that is not known is empty, a number
that is not known is None. Money is gross, in the record's currency, as an exact `Decimal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The base of all records: immutable, keyword arguments only, comparable; none can hold itself, so gc is off."""


class SetPart(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One product that a set consists of, and how many pieces of it are in one set."""

    product_id: str
    sku: str = ""
    quantity: Decimal


class Product(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An article. `id` is the shop's id and stays the same for its whole life (SPEC A7)."""

    id: str
    sku: str = ""
    ean: str = ""
    name: str = ""
    weight_g: int | None = None
    net_weight_g: int | None = None
    length_cm: float | None = None
    width_cm: float | None = None
    height_cm: float | None = None
    manufacturer: str = ""
    country_of_origin: str = ""
    customs_tariff_number: str = ""
    is_digital: bool = False
    is_active: bool = True
    tags: tuple[str, ...] = ()
    is_set: bool = False
    parts: tuple[SetPart, ...] = ()


class Address(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Where a parcel goes. `country_code` has two letters (ISO 3166-1 alpha-2)."""

    name: str = ""
    company: str = ""
    name_addition: str = ""
    street: str = ""
    house_number: str = ""
    addition: str = ""
    zip: str = ""
    city: str = ""
    state: str = ""
    country_code: str = ""
    phone: str = ""
    email: str = ""


class OrderLine(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One position of an order. `product_id` is empty where the line is not linked to a product.

    `total` and `tax` are those of all pieces of the line together.
    """

    id: str
    product_id: str = ""
    sku: str = ""
    name: str = ""
    quantity: Decimal
    total: Decimal | None = None
    tax: Decimal | None = None
    is_digital: bool = False
    is_coupon: bool = False
    is_set: bool = False


class Order(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A customer's order. `id` is the shop's id, `number` the one that the merchant knows (SPEC O8)."""

    id: str
    number: str = ""
    created_at: datetime | None = None
    tags: tuple[str, ...] = ()
    currency: str = ""
    total: Decimal | None = None
    receiver: Address | None = None
    lines: tuple[OrderLine, ...] = ()
    shipping_profile: str = ""
    picking_info: str = ""
    customer_number: str = ""


class OrderStatus(StrEnum):
    """How far the warehouse is with an order: only one that waits can be changed and cancelled (SPEC O6, O7, X2)."""

    WAITING = "waiting"
    IN_PROCESS = "in_process"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class WarehouseOrder(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An order as the target has it. `status_name` is the target's own word for its status."""

    id: str
    status: OrderStatus
    status_name: str = ""
    reason: str = ""


class ShopOrder(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An order as the source has it now, whatever its state; `state_name` is the source's own word for its state.

    `is_received` says that it carries the mark of an order that the target accepted, `is_held` that of one that can't
    be shipped; `is_cancelled` covers cancelled and deleted ones.
    """

    order: Order
    state_name: str = ""
    is_offered: bool = False
    is_received: bool = False
    is_held: bool = False
    is_cancelled: bool = False
    is_shipped: bool = False
    is_archived: bool = False
    tracking_numbers: tuple[str, ...] = ()


class WithdrawalKind(StrEnum):
    """How a merchant takes an order back: the order itself is cancelled, or a credit order refers to it (SPEC X)."""

    CANCELLED = "cancelled"
    CREDITED = "credited"


class Withdrawal(Record, frozen=True, kw_only=True, omit_defaults=True):
    """An order that may be in the target, and that is taken back in the shop.

    `is_marked` says that it carries the mark of a received order; without it the target may have it all the same,
    because a person took the mark away, or setting it failed. `credit_id` and `credit_number` name the credit order,
    where one says so.
    """

    order_id: str
    number: str = ""
    kind: WithdrawalKind = WithdrawalKind.CANCELLED
    is_marked: bool = True
    credit_id: str = ""
    credit_number: str = ""


class PackedItem(Record, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of one product in a parcel; the target names the product by the shop's id, or by its SKU alone."""

    product_id: str = ""
    sku: str = ""
    quantity: Decimal


class Parcel(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A parcel of an order. `product` is the carrier's product, or the target's own name for this way of shipping.

    `contents` are empty where the target does not tell what is in it.
    """

    id: str
    tracking_number: str = ""
    carrier: str = ""
    product: str = ""
    is_handed_over: bool = True
    contents: tuple[PackedItem, ...] = ()


class Shipment(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What the target's queue says of one order: the parcels that were handed to the carrier since the last look.

    `is_complete` is true once everything of the order was sent. `receipts` are the target's own ids of these entries,
    by which they are acknowledged.
    """

    order_id: str
    order_number: str = ""
    parcels: tuple[Parcel, ...] = ()
    is_complete: bool = False
    receipts: tuple[str, ...] = ()


class StockLevel(Record, frozen=True, kw_only=True, omit_defaults=True):
    """How many pieces of a product can be sold; never negative (SPEC K4)."""

    product_id: str
    sku: str = ""
    quantity: int


class Unreadable(Record, frozen=True, kw_only=True, omit_defaults=True):
    """A record that a service delivered in a form that can't be read (SPEC R4): it costs only itself."""

    record_id: str
    number: str = ""
    reason: str


R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Page(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A batch of records as a service delivered it, with those that can't be read beside them."""

    records: tuple[R, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    @staticmethod
    def of(rows: Iterable[T], read: Callable[[T], R], key: Callable[[T], str]) -> Page[R]:
        """Makes a page of what a service delivered; a row that `read` can't make a record of costs only itself.

        `read` says so by an error of msgspec, a ValueError (`int("two")`), an ArithmeticError or a LookupError; any
        other one is a bug. `key` tells the record's id, by which people find the row.
        """
        records, unreadable = [], []
        for row in rows:
            try:
                records.append(read(row))
            except (msgspec.DecodeError, ValueError, ArithmeticError, LookupError) as error:
                unreadable.append(Unreadable(record_id=key(row), reason=str(error) or type(error).__name__))
        return Page(records=tuple(records), unreadable=tuple(unreadable))
