"""Sampleshop's JSON turned into the framework's records.

Pure functions: no call is made here, so that every rule can be tried with a line of JSON. A record that can't be read
becomes an `Unreadable`, which is reported and keeps no other one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

import msgspec
from connector.api import Address, Order, OrderLine, Page, Product, Record, Unreadable, decode_json

from connector_sampleshop import wire

RECEIVED: Final = "received-by-warehouse"
HELD: Final = "held-by-warehouse"

_LARGEST: Final = 10**9
"""Wider than any weight, price or quantity; a service may answer with NaN or 1e400, and no order is like that."""

R = TypeVar("R", bound=Record)


def read_product(row: msgspec.Raw) -> Product | Unreadable:
    """Reads one product."""
    try:
        return product_of(decode_json(row, wire.Product))
    except msgspec.DecodeError as error:
        return _unreadable(row, error)


def read_order(row: msgspec.Raw, status: str) -> Order | Unreadable | None:
    """Reads one order, None where it is not offered."""
    try:
        found = decode_json(row, wire.Order)
        return order_of(found) if is_offered(found, status) else None
    except msgspec.DecodeError as error:
        return _unreadable(row, error)


def page_of(rows: Iterable[R | Unreadable | None]) -> Page[R]:
    """Makes a page of what was read, with what can't be read beside it."""
    found = [row for row in rows if row is not None]
    return Page(
        records=tuple(row for row in found if not isinstance(row, Unreadable)),
        unreadable=tuple(row for row in found if isinstance(row, Unreadable)),
    )


def is_offered(order: wire.Order, status: str) -> bool:
    """Tells whether an order is to be sent to the warehouse; what the service filtered is looked at again."""
    return order.status == status and RECEIVED not in order.labels


def product_of(found: wire.Product) -> Product:
    """Makes a Product; its fields have their units in their names."""
    return Product(
        id=found.id,
        sku=_text(found.sku),
        ean=_text(found.barcode),
        name=_text(found.title),
        weight_g=_grams(found.weight_kg),
        is_active=found.active,
    )


def order_of(found: wire.Order) -> Order:
    """Makes an Order; amounts are gross, and exact."""
    return Order(
        id=found.id,
        number=_text(found.number) or found.id,
        created_at=_moment(found.created_at),
        tags=tuple(found.labels),
        currency=_text(found.currency),
        total=_amount(found.total, "total"),
        receiver=_address(found.shipping_address) if found.shipping_address else None,
        lines=_lines(found.lines),
        picking_info=_text(found.note),
    )


def _address(found: wire.Address) -> Address:
    return Address(
        name=_text(found.name),
        company=_text(found.company),
        street=_text(found.street),
        zip=_text(found.zip),
        city=_text(found.city),
        country_code=_text(found.country).upper(),
        phone=_text(found.phone),
        email=_text(found.email),
    )


def _lines(found: Sequence[wire.Line]) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            id=line.id,
            product_id=_text(line.product_id),
            sku=_text(line.sku),
            name=_text(line.title),
            quantity=_usual(line.quantity, f"lines[{place}].quantity"),
            total=_amount(line.total, f"lines[{place}].total"),
            tax=_amount(line.tax, f"lines[{place}].tax"),
        )
        for place, line in enumerate(found)
    )


def _text(value: str | None) -> str:
    return "" if value is None else value.strip()


def _grams(kilograms: Decimal | None) -> int | None:
    """Returns whole grams, None where the weight is not known."""
    weight = _amount(kilograms, "weight_kg")
    return None if weight is None else int((weight * 1000).to_integral_value(ROUND_HALF_UP))


def _amount(value: Decimal | None, field: str) -> Decimal | None:
    return None if value is None else _usual(value, field)


def _usual(value: Decimal, field: str) -> Decimal:
    """Returns a number as it came; raises ValidationError where nothing that is sold looks like that."""
    if not (value.is_finite() and abs(value) < _LARGEST):
        raise msgspec.ValidationError(f"Expected a usual number - at `$.{field}`")
    return value


def _moment(value: str | None) -> datetime | None:
    """Returns a date in UTC, which Sampleshop writes where it names no time zone.

    One that can't be read counts as none: no decision about an order hangs on it.
    """
    try:
        found = datetime.fromisoformat(value or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _unreadable(row: msgspec.Raw, error: msgspec.DecodeError) -> Unreadable:
    """Names a record that can't be read, as far as it tells."""
    try:
        named = decode_json(row, wire.Named)
    except msgspec.DecodeError:
        named = wire.Named()
    return Unreadable(record_id=named.id, number=named.number or named.sku, reason=str(error))
