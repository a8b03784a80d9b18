"""What the warehouse can sell of each product (SPEC K1, K4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from connector.api import CallRefused, Http, Page, StockLevel, Unreadable, UnusableAnswer, decode_json
from connector_wemalo.reading import certain_truth, flaw, pieces, product_label, text
from connector_wemalo.service import GET_AVAILABLE_STOCK, NAME, SINCE_EVER, is_missing
from connector_wemalo.wire import AvailableStock, StockChanges

_GERMAN_TIME: Final = ZoneInfo("Europe/Berlin")


async def read_stock(http: Http, since: datetime | None) -> Page[StockLevel]:
    """Reads the quantity of each product whose stock changed since then; Wemalo sends them in one answer."""
    try:
        answer = await http.call(GET_AVAILABLE_STOCK, StockChanges, query=(("fromDate", from_date(since)),))
    except CallRefused as error:
        if is_missing(error):  # a warehouse in which nothing changed
            return Page()
        raise
    if answer.articles is None:
        raise UnusableAnswer(f"{NAME} {GET_AVAILABLE_STOCK}: field $.articles is missing")
    read = [read_level(row) for row in answer.articles]
    return Page(
        records=tuple(level for level in read if isinstance(level, StockLevel)),
        unreadable=tuple(level for level in read if isinstance(level, Unreadable)),
    )


def from_date(since: datetime | None) -> str:
    """Writes the hour in which a moment lies as ddMMyyyyHH, German local time; None is long before any stock.

    The begun hour counts from its start, so that some changes come twice and none is left out. The hour that the end
    of summer time brings twice can't be told from its double, so it counts from the hour before.
    """
    if since is None:
        return SINCE_EVER
    local = since.astimezone(_GERMAN_TIME)
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local - timedelta(hours=1) if comes_twice else local:%d%m%Y%H}"


def read_level(row: msgspec.Raw) -> StockLevel | Unreadable:
    """Reads what can be sold of a product: first choice only, which is the default attribute (SPEC K1).

    A product that has none of it is sold out, below 0 too (SPEC K4). An answer that does not say whether a quantity
    is first choice is no reason to sell the product out in the shop: it can't be read.
    """
    try:
        found = decode_json(row, AvailableStock)
        level = StockLevel(
            product_id=text(found.external_id), sku=text(found.sku), quantity=_first_choice(found)
        )
        if not (level.product_id or level.sku):
            raise flaw("Expected an id or a SKU", "externalId")
    except msgspec.DecodeError as error:
        external_id, sku = product_label(row)
        return Unreadable(record_id=external_id or sku, number=sku, reason=str(error))
    return level


def _first_choice(stock: AvailableStock) -> int:
    if stock.attributes is None:
        raise flaw("Expected an array", "attributes")
    quantities = (
        pieces(quality.quantity, "attributes[...].quantity")
        for quality in stock.attributes
        if certain_truth(quality.is_default, "attributes[...].isDefault")
    )
    return max(sum(quantities), 0)
