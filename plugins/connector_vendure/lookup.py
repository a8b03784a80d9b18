"""Looking up one order or product by its id, or by the number or SKU that people know."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from connector.api import Product, Record, ShopOrder, Unreadable, UnusableAnswer
from connector_vendure.admin import Admin
from connector_vendure.mapping import Offer, read_product, read_shop_order
from connector_vendure.queries import Operation
from connector_vendure.reading import is_id
from connector_vendure.service import NAME
from connector_vendure.wire import Found

R = TypeVar("R", bound=Record)

_NULL: Final = b"null"


async def find_order(admin: Admin, offer: Offer, number: str) -> ShopOrder | None:
    """Finds an order by its code, else by its id; raises UnusableAnswer where not even its state can be read."""
    operation = admin.queries.find_order
    found = await _look_up(admin, operation, number, "code")
    row = _by_name(found) or _by_id(found)
    if row is None:
        return None
    precision = found.shop.server_config.money_strategy_precision
    return _readable(read_shop_order(row, offer, precision), operation, number)


async def order_row(admin: Admin, order_id: str) -> msgspec.Raw | None:
    """Reads an order by its id, None where there is none."""
    return _by_id(await _look_up(admin, admin.queries.find_order, order_id))


async def get_product(admin: Admin, product_id: str) -> Product | None:
    """Reads a product variant by its id, None where there is none."""
    operation = admin.queries.find_product
    row = _by_id(await _look_up(admin, operation, product_id))
    return None if row is None else _readable(read_product(row), operation, product_id)


async def find_product(admin: Admin, number: str) -> Product | None:
    """Finds a product variant by its id, else by its SKU."""
    operation = admin.queries.find_product
    found = await _look_up(admin, operation, number, "sku")
    row = _by_id(found) or _by_name(found)
    return None if row is None else _readable(read_product(row), operation, number)


async def _look_up(admin: Admin, operation: Operation[Found], number: str, name: str = "") -> Found:
    """Looks for an id that equals `number`, and for the field `name` where one is given; the newest comes first."""
    with_id, with_name = is_id(number), bool(name and number)
    if not (with_id or with_name):
        return Found()
    options = (
        {"take": 1, "sort": {"createdAt": "DESC"}, "filter": {name: {"eq": number}}} if with_name else None
    )
    return await admin.ask(
        operation, id=number if with_id else "", withId=with_id, options=options, withName=with_name
    )


def _by_id(found: Found) -> msgspec.Raw | None:
    return None if bytes(found.by_id) == _NULL else found.by_id


def _by_name(found: Found) -> msgspec.Raw | None:
    rows = found.by_name.items if found.by_name else None
    return rows[0] if rows else None


def _readable(record: R | Unreadable, operation: Operation[Found], number: str) -> R:
    if isinstance(record, Unreadable):
        raise UnusableAnswer(f"{NAME} {operation.endpoint}: {number}: {record.reason}")
    return record
