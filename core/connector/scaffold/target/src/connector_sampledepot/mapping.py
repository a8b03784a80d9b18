"""The framework's records turned into Sampledepot's JSON, and back.

Pure functions: no call is made here, so that every rule can be tried with one record. What does not fit is refused with
its reason, and never cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from connector.api import (
    Address,
    Order,
    OrderLine,
    OrderStatus,
    Page,
    Product,
    RecordRefused,
    Unreadable,
    WarehouseOrder,
    decode_json,
)
from msgspec import UNSET

from connector_sampledepot import wire

TEXT_LIMIT: Final = 200
"""The most characters that Sampledepot stores of any text."""

_STATUSES: Final = {
    "new": OrderStatus.WAITING,
    "shipped": OrderStatus.SHIPPED,
    "cancelled": OrderStatus.CANCELLED,
}


def article_of(product: Product, *, is_new: bool) -> wire.ArticleFields:
    """Writes an article; dimensions go with a new one only, since the warehouse measures by itself."""
    _check_lengths(product, ("id", "sku", "ean", "name"))
    return wire.ArticleFields(
        sku=product.sku,
        barcode=product.ean,
        name=product.name,
        weight_g=product.weight_g,
        active=product.is_active,
        virtual=product.is_digital,
        length_mm=_millimetres(product.length_cm) if is_new else UNSET,
        width_mm=_millimetres(product.width_cm) if is_new else UNSET,
        height_mm=_millimetres(product.height_cm) if is_new else UNSET,
    )


def new_order(order: Order) -> wire.NewOrder:
    """Writes an order; one without a receiver would not have come this far."""
    receiver = _receiver(order.receiver or Address())
    _check_lengths(order, ("id", "number", "customer_number", "picking_info"))
    _check_lengths(receiver, receiver.__struct_fields__)
    return wire.NewOrder(
        reference=order.id,
        number=order.number,
        customer=order.customer_number,
        currency=order.currency,
        total=order.total,
        note=order.picking_info,
        receiver=receiver,
        lines=[_line(line) for line in order.lines],
    )


def page_of(rows: Iterable[msgspec.Raw]) -> Page[Product]:
    """Reads the articles of a page, with those that can't be read beside them."""
    found = [read_article(row) for row in rows]
    return Page(
        records=tuple(each for each in found if not isinstance(each, Unreadable)),
        unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
    )


def read_article(row: msgspec.Raw) -> Product | Unreadable:
    """Reads one article."""
    try:
        found = decode_json(row, wire.Article)
    except msgspec.DecodeError as error:
        named = _named(row)
        return Unreadable(record_id=named.reference, number=named.sku, reason=str(error))
    return Product(
        id=found.reference,
        sku=found.sku or "",
        ean=found.barcode or "",
        name=found.name or "",
        weight_g=found.weight_g,
        is_active=found.active,
        is_digital=found.virtual,
    )


def warehouse_order(found: wire.FoundOrder) -> WarehouseOrder:
    """Reads how far an order is; a status that is not known counts as in process, so that nobody changes it."""
    status = _STATUSES.get(found.status, OrderStatus.IN_PROCESS)
    return WarehouseOrder(id=found.reference, status=status, status_name=found.status)


def _receiver(address: Address) -> wire.Receiver:
    """What has no field of its own joins another one: a parcel must not go astray."""
    return wire.Receiver(
        name=address.name,
        company=address.company,
        street=address.street,
        house_number=address.house_number,
        addition=", ".join(filter(None, (address.name_addition, address.addition))),
        zip=address.zip,
        city=address.city,
        state=address.state,
        country=address.country_code,
        phone=address.phone,
        email=address.email,
    )


def _line(line: OrderLine) -> wire.Line:
    if line.quantity != int(line.quantity):
        raise ValueError(f"line {line.id} has a fraction of a piece, which is held before it comes here")
    return wire.Line(
        reference=line.id,
        article=line.product_id,
        quantity=int(line.quantity),
        total=line.total,
        tax=line.tax,
    )


def _millimetres(centimetres: float | None) -> float | None:
    return None if centimetres is None else centimetres * 10


def _check_lengths(record: object, fields: Iterable[str]) -> None:
    """Raises RecordRefused where a text is too long; the code `field_too_long` has words for the merchant."""
    for field in fields:
        length = len(getattr(record, field))
        if length > TEXT_LIMIT:
            raise RecordRefused("field_too_long", field=field, length=str(length), limit=str(TEXT_LIMIT))


def _named(row: msgspec.Raw) -> wire.Named:
    try:
        return decode_json(row, wire.Named)
    except msgspec.DecodeError:
        return wire.Named()
