"""What the warehouse can sell of each product (SPEC K1, K4).

That is what lies in the storage zone less what is to leave it: for orders that wait, for those that are being picked,
for other warehouses. What is in the input or output zone, in quarantine beside the storage zone or lost does not count.

A quantity changes with the moves of a product, so that those of which a move was made or changed are read again. One
trace is missing: a move that is taken back is deleted. Where this run has done that, to the lines of an order that was
changed, it remembers the products; where people do it by hand, the quantity follows with the product's next move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from connector.api import Page, StockLevel, Unreadable, UnusableAnswer, decode_json
from connector_tryton.product_mapping import belongs_to_a_shop, shop_id
from connector_tryton.products import EVERY, second_of, unreadable_product
from connector_tryton.reading import moment, pieces
from connector_tryton.rest import Domain
from connector_tryton.service import MOVES, NAME, PRODUCTS
from connector_tryton.session import Session
from connector_tryton.wire import MoveRow, StockRow

_LESS_THAN_ANY: Final = -1_000_000_000
_AT_ONCE: Final = 100
"""Products of which one call asks for the quantities: servers take addresses of 8 kB."""

_OPEN: Final = ("staging", "draft", "assigned")
"""States of a move that was not made yet."""


async def stock_levels(session: Session, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
    """Yields what can be sold of each product that ever lay in the storage zone; of others Tryton says nothing.

    With `since`, only of those that moved after it.
    """
    changed = [None] if since is None else _in_parts(await _moved(session, since) | session.released)
    demand = await _demand(session)
    seen: set[str] = set()
    for ids in changed:
        async for rows in session.rest.pages(PRODUCTS, StockRow, _stored(ids), _place(session)):
            read = [found for raw in rows if (found := _level(raw, demand, session.shop, seen)) is not None]
            yield Page(
                records=tuple(found for found in read if isinstance(found, StockLevel)),
                unreadable=tuple(found for found in read if isinstance(found, Unreadable)),
            )


def _stored(ids: Sequence[int] | None) -> Domain:
    """Searches for products by their quantity: even where it fits every one, only those with moves are found."""
    domain = [["quantity", ">=", _LESS_THAN_ANY], ["code", "!=", None]]
    return domain if ids is None else [*domain, ["id", "in", ids]]


def _place(session: Session) -> Mapping[str, object]:
    return {**EVERY, "locations": [session.places.storage], "with_childs": True}


def _in_parts(ids: Iterable[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]


async def _moved(session: Session, since: datetime) -> set[int]:
    """Finds the products of which a move was made or changed after a moment."""
    domain = [
        ["company", "=", session.places.company],
        ["OR", ["create_date", ">=", moment(since)], ["write_date", ">=", moment(since)]],
    ]
    return {move.product async for move in _moves(session, domain)}


async def _demand(session: Session) -> Mapping[int, float]:
    """Adds up the pieces of each product that are to leave the storage zone."""
    zone = [session.places.storage]
    domain = [
        ["state", "in", _OPEN],
        ["company", "=", session.places.company],
        ["from_location", "child_of", zone, "parent"],
        ["to_location", "not child_of", zone, "parent"],
    ]
    wanted: dict[int, float] = defaultdict(float)
    async for move in _moves(session, domain):
        wanted[move.product] += move.internal_quantity
    return wanted


async def _moves(session: Session, domain: Domain) -> AsyncIterator[MoveRow]:
    """Reads moves; raises UnusableAnswer where one can't be read, because then no quantity is certain."""
    async for rows in session.rest.pages(MOVES, MoveRow, domain):
        for raw in rows:
            try:
                yield decode_json(raw, MoveRow, strict=False)
            except msgspec.DecodeError as error:
                raise UnusableAnswer(f"{NAME} {MOVES}: {error}") from None


def _level(
    raw: msgspec.Raw, demand: Mapping[int, float], shop: str, seen: set[str]
) -> StockLevel | Unreadable | None:
    """Reads the quantity of one product, None for one that is none of this shop's business."""
    try:
        row = decode_json(raw, StockRow, strict=False)
        quantity = pieces(row.quantity - demand.get(row.id, 0))
    except msgspec.DecodeError as error:
        return unreadable_product(raw, str(error))
    product_id = shop_id(row.identifiers, shop)
    if not product_id and (not row.active or belongs_to_a_shop(row.identifiers)):
        return None
    if product_id in seen:
        return second_of(product_id, row.code)
    if product_id:
        seen.add(product_id)
    return StockLevel(product_id=product_id, sku=row.code or "", quantity=quantity)
