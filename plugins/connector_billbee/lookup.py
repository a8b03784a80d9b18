"""Looking up one order or product by its id, or by the number that the merchant knows."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from connector.api import CallRefused, Endpoint, Http, Product, Query, ShopOrder, Unreadable, UnusableAnswer
from connector_billbee.mapping import Offer, read_product
from connector_billbee.reading import is_id
from connector_billbee.service import FIND_ORDER, GET_ORDER, GET_PRODUCT, NAME
from connector_billbee.shop_orders import read_shop_order
from connector_billbee.wire import SingleResult

_NOT_FOUND: Final = frozenset({404})
# What a person typed may be nothing that can stand in an address; then there is no such record either.
_NOT_FOUND_OR_NO_NUMBER: Final = frozenset({400, 404})


async def order_row(http: Http, order_id: str) -> msgspec.Raw | None:
    """Reads an order by Billbee's id, None where there is none."""
    if not is_id(order_id):
        return None
    return await _one(http, GET_ORDER, {"id": order_id})


async def order_row_by_reference(http: Http, reference: str) -> msgspec.Raw | None:
    """Reads an order by what the API calls its external reference, None where there is none.

    The description says "external order number"; whether an external *id* (`Order.Id`) is found as well, it does
    not say, so the caller has to look at what came.
    """
    if not reference:
        return None
    return await _one(http, FIND_ORDER, {"extRef": reference}, absent=_NOT_FOUND_OR_NO_NUMBER)


async def find_order(http: Http, offer: Offer, number: str) -> ShopOrder | None:
    """Finds an order by its number, else by its id; raises UnusableAnswer where not even its state can be read."""
    endpoint, row = FIND_ORDER, await order_row_by_reference(http, number)
    if row is None:
        endpoint, row = GET_ORDER, await order_row(http, number)
    if row is None:
        return None
    found = read_shop_order(row, offer)
    if isinstance(found, Unreadable):
        raise UnusableAnswer(f"{NAME} {endpoint}: order {number}: {found.reason}")
    return found


async def get_product(http: Http, product_id: str, language: str) -> Product | None:
    """Reads a product by Billbee's id, None where there is none."""
    return await _product(http, product_id, "id", language, _NOT_FOUND)


async def find_product(http: Http, number: str, language: str) -> Product | None:
    """Finds a product by its id, else by its SKU."""
    found = await get_product(http, number, language) if is_id(number) else None
    if found is not None or not number:
        return found
    return await _product(http, number, "sku", language, _NOT_FOUND_OR_NO_NUMBER)


async def _product(
    http: Http, number: str, lookup_by: Literal["id", "sku"], language: str, absent: frozenset[int]
) -> Product | None:
    row = await _one(http, GET_PRODUCT, {"id": number}, (("lookupBy", lookup_by),), absent)
    if row is None:
        return None
    found = read_product(row, language)
    if isinstance(found, Unreadable):
        raise UnusableAnswer(f"{NAME} {GET_PRODUCT}: product {number}: {found.reason}")
    return found


async def _one(
    http: Http,
    endpoint: Endpoint,
    path: dict[str, str],
    query: Query = (),
    absent: frozenset[int] = _NOT_FOUND,
) -> msgspec.Raw | None:
    """Returns one record as it came, None where the answer is one of the statuses `absent`, or null.

    Raises UnusableAnswer where it is missing: that says nothing about whether there is such a record.
    """
    try:
        answer = await http.call(endpoint, SingleResult, path=path, query=query)
    except CallRefused as error:
        if error.status in absent:
            return None
        raise
    if not bytes(answer.data):
        raise UnusableAnswer(f"{NAME} {endpoint}: field $.Data is missing")
    return None if bytes(answer.data) == b"null" else answer.data
