"""Quantities in Billbee: setting them, and what is there now (SPEC K1 to K4)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import msgspec

from connector.api import (
    CallRefused,
    Http,
    Outcome,
    RecordRefused,
    StockLevel,
    TransientError,
    Unreadable,
    decode_json,
)
from connector_billbee.mapping import unreadable_article
from connector_billbee.reading import flaw, is_id, number, record_id, text
from connector_billbee.service import UPDATE_STOCKS, failure
from connector_billbee.settings import BillbeeSettings
from connector_billbee.wire import ArticleStock, NewStock, StockAnswer

BATCH_SIZE: Final = 100
"""Rows in one call. The API names no limit; a hundred are answered well within a minute."""

SPLITS: Final = 20
"""How often a batch that was refused as a whole is halved to find the row that is to blame."""

_REASON: Final = "connector: stock of the warehouse"


async def set_stock(http: Http, settings: BillbeeSettings, levels: Sequence[StockLevel]) -> list[Outcome]:
    """Sets the quantities, in batches; returns one outcome per level, in their order.

    A batch that Billbee refuses as a whole is halved and sent again, so that one row never keeps the others back
    (SPEC K2); with too many such rows the rest of their batches waits for the next run.
    """
    outcomes: dict[int, Outcome] = {}
    places = [place for place, level in enumerate(levels) if is_id(level.product_id) or level.sku]
    waiting = [places[start : start + BATCH_SIZE] for start in range(0, len(places), BATCH_SIZE)]
    splits = SPLITS
    while waiting:
        batch = waiting.pop(0)
        rows = [levels[place] for place in batch]
        try:
            sent = await _send(http, settings, rows)
        except CallRefused as error:
            if len(batch) > 1 and splits > 0:
                splits -= 1
                middle = len(batch) // 2
                waiting[:0] = [batch[:middle], batch[middle:]]
                continue
            sent = [_refused(level, error.params["answer"]) for level in rows]
        outcomes |= dict(zip(batch, sent, strict=True))
    nameless = "it has neither a product id nor an SKU"
    return [outcomes.get(place) or _refused(level, nameless) for place, level in enumerate(levels)]


def answered(
    levels: Sequence[StockLevel], answers: Sequence[msgspec.Raw]
) -> list[StockAnswer | Unreadable | None]:
    """Returns the answer to each level, None where there is none.

    Answers are in the order of the request, which the API does not promise. Where a row is missing, or one names the
    SKU of another level, a row belongs to the level whose SKU it names, and one that names none to nobody. (A row may
    name an SKU that no level has: the warehouse keeps an old SKU when the new one is taken, SPEC A4.)
    """
    rows = [_read_answer(answer) for answer in answers]
    skus = [level.sku for level in levels]
    told = [_told_sku(row) for row in rows]
    in_order = len(rows) == len(levels) and all(
        sku == own or sku not in skus for sku, own in zip(told, skus, strict=True) if sku
    )
    if in_order:
        return list(rows)
    by_sku = {sku: row for sku, row in zip(told, rows, strict=True) if sku}
    return [by_sku.get(sku) for sku in skus]


def read_stock(row: msgspec.Raw, storage_location_id: int) -> StockLevel | Unreadable | None:
    """Reads what an article has in one storage location; 0 is the standard one.

    None where the location has no quantity for it, or one that a StockLevel can't hold (negative since it is
    oversold, a fraction): then it counts as not known, and what the warehouse has is sent.
    """
    try:
        article = decode_json(row, ArticleStock, strict=False)
        product_id = record_id(article.id)
        if not product_id:
            raise flaw("Object missing required field", "Id")
        quantity = number(_current(article, storage_location_id), "StockCurrent")
    except msgspec.DecodeError as error:
        return unreadable_article(row, error)
    if quantity is None or quantity < 0 or quantity != quantity.to_integral_value():
        return None
    return StockLevel(product_id=product_id, sku=text(article.sku), quantity=int(quantity))


def _current(article: ArticleStock, storage_location_id: int) -> Decimal | None:
    """Only accounts with multi-stock have a list of locations; the article itself tells the standard one's."""
    for place in article.stocks or ():
        if place and (place.stock_id or 0) == storage_location_id:
            return place.stock_current
    return article.stock_current if storage_location_id == 0 else None


async def _send(http: Http, settings: BillbeeSettings, levels: Sequence[StockLevel]) -> list[Outcome]:
    """Sends one batch; raises CallRefused where Billbee takes none of it."""
    try:
        rows = [_row(level, settings) for level in levels]
        answers = await http.call(UPDATE_STOCKS, list[msgspec.Raw], body=rows)
    except TransientError as error:
        return [Outcome(record_id=level.product_id, error=error) for level in levels]
    return [_outcome(level, row) for level, row in zip(levels, answered(levels, answers), strict=True)]


def _row(level: StockLevel, settings: BillbeeSettings) -> NewStock:
    """Names the product by Billbee's id; by the SKU only where that is not known.

    The warehouse may know an SKU that has moved on to another product in the shop (SPEC A4), and which of the two
    would win is not documented.
    """
    known = is_id(level.product_id)
    return NewStock(
        billbee_id=int(level.product_id) if known else msgspec.UNSET,
        sku=msgspec.UNSET if known else level.sku,
        stock_id=settings.storage_location_id or msgspec.UNSET,
        new_quantity=level.quantity,
        autosubtract_reserved_amount=settings.auto_subtract_reserved,
        reason=_REASON,
    )


def _read_answer(answer: msgspec.Raw) -> StockAnswer | Unreadable:
    try:
        row = decode_json(answer, StockAnswer, strict=False)
        if row.error_code is None and row.data is None:  # says nothing, so it is no success
            raise flaw("Object missing required field", "ErrorCode")
        return row
    except msgspec.DecodeError as error:
        return Unreadable(record_id="", reason=str(error))


def _told_sku(row: StockAnswer | Unreadable) -> str:
    return text(row.data.sku) if isinstance(row, StockAnswer) and row.data else ""


def _outcome(level: StockLevel, row: StockAnswer | Unreadable | None) -> Outcome:
    if row is None:
        return _refused(level, "no answer for this row")
    if isinstance(row, Unreadable):
        return _refused(level, f"the answer can't be read: {row.reason}")
    failed = failure(row.error_code, row.error_message, has_data=row.data is not None)
    return Outcome(record_id=level.product_id) if failed is None else _refused(level, failed.words)


def _refused(level: StockLevel, answer: str) -> Outcome:
    error = RecordRefused(
        "stock_refused", sku=level.sku or level.product_id, quantity=str(level.quantity), answer=answer
    )
    return Outcome(record_id=level.product_id, error=error)
