"""Products in Tryton: finding them by the shop's ids or their SKUs, adding new ones, changing known ones.

Tryton has no call that takes several products, so each is sent by itself, one after the other: on a database without
row locks, two writes at once get into each other's way. Looking for them takes one call for many.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from connector.api import (
    Outcome,
    OutcomeUnknown,
    Page,
    Product,
    ProductWrite,
    RecordRefused,
    TransientError,
    Unreadable,
    decode_json,
)
from connector_tryton.keys import key_of
from connector_tryton.product_mapping import (
    belongs_to_a_shop,
    changed_template,
    check_product,
    new_template,
    read_product,
    shop_id,
)
from connector_tryton.reading import name_of
from connector_tryton.service import ADD_TEMPLATE, PRODUCTS, WRITE_TEMPLATE
from connector_tryton.session import Session
from connector_tryton.wire import ProductRow, StockLabel, WrittenTemplate

EVERY: Final = {"active_test": False}
"""The context in which inactive products are there, too."""

# Tryton warns people who deactivate a product of which there is stock; the shop has decided.
_DECIDED: Final = {**EVERY, "_skip_warnings": True}

_AT_ONCE: Final = 50
"""Products that one call looks for: servers take addresses of 8 kB."""


class Known:
    """Products as Tryton has them, found by the shop's ids and by their SKUs.

    Without the shop's key, an active product of the same SKU is taken for the same, unless another shop sent it.
    """

    def __init__(self, shop: str, rows: Iterable[ProductRow]) -> None:
        self._shop = shop
        self._rows = {row.id: row for row in rows}

    def find(self, product_id: str, sku: str) -> ProductRow | None:
        """Returns the product, None where Tryton does not have it."""
        own = [
            row
            for row in self._rows.values()
            if product_id and shop_id(row.identifiers, self._shop) == product_id
        ]
        if own:  # people who copy a product copy the key with it
            return min(own, key=lambda row: (row.code != sku, not row.active, row.id))
        free = (row for row in self._rows.values() if row.active and not belongs_to_a_shop(row.identifiers))
        return next((row for row in free if sku and row.code == sku), None)

    def holder(self, sku: str, than: ProductRow | None) -> ProductRow | None:
        """Returns another active product that holds the SKU."""
        others = (row for row in self._rows.values() if than is None or row.id != than.id)
        return next((row for row in others if row.active and row.code == sku), None)

    def note(self, row_id: int, code: str | None) -> None:
        """Notes that a product has another SKU now."""
        if row_id in self._rows:
            self._rows[row_id] = msgspec.structs.replace(self._rows[row_id], code=code)


async def look_up(session: Session, wanted: Sequence[tuple[str, str]]) -> Known:
    """Looks products up by the shop's ids and their SKUs."""
    rows: list[ProductRow] = []
    for some in _in_parts(wanted):
        keys = [key_of(product_id, session.shop) for product_id, _ in some if product_id]
        skus = [sku.strip() for _, sku in some if sku.strip()]
        domain = ["OR", ["identifiers.code", "in", keys], ["code", "in", skus]]
        rows += await session.rest.search(PRODUCTS, ProductRow, domain, EVERY)
    return Known(session.shop, rows)


async def find_product(session: Session, product_id: str, sku: str) -> Product | None:
    """Reads a product, None where Tryton does not have it."""
    row = (await look_up(session, [(product_id, sku)])).find(product_id, sku.strip())
    return None if row is None else msgspec.structs.replace(read_product(row, session.shop), id=product_id)


async def known_products(session: Session) -> AsyncIterator[Page[Product]]:
    """Yields the products that this shop has sent, and those that no shop has sent, which are matched by their SKUs.

    Products without an SKU are left out: people are still at work on them.
    """
    seen: set[str] = set()
    async for rows in session.rest.pages(PRODUCTS, ProductRow, [["code", "!=", None]], EVERY):
        read = [found for row in rows if (found := _known(row, session.shop, seen)) is not None]
        yield Page(
            records=tuple(found for found in read if isinstance(found, Product)),
            unreadable=tuple(found for found in read if isinstance(found, Unreadable)),
        )


async def put_products(session: Session, writes: Sequence[ProductWrite]) -> list[Outcome]:
    """Creates and updates products; returns an outcome for each.

    Raises AuthenticationError, and TransientError where nobody could even look for them.
    """
    known = await look_up(session, [(write.product.id, write.product.sku) for write in writes])
    return [await _put(session, known, write.product) for write in writes]


def unreadable_product(row: msgspec.Raw, reason: str) -> Unreadable:
    """Names a product that can't be read."""
    try:
        label = decode_json(row, StockLabel)
    except msgspec.DecodeError:
        label = StockLabel()
    return Unreadable(record_id=name_of(label.id), number=name_of(label.code), reason=reason)


def second_of(product_id: str, code: str | None) -> Unreadable:
    """Says that two products claim to be one of the shop's, so that nobody knows which one counts."""
    reason = f"two products in Tryton carry the key of the shop's product {product_id}; take it from the copy"
    return Unreadable(record_id=product_id, number=code or "", reason=reason)


def _known(raw: msgspec.Raw, shop: str, seen: set[str]) -> Product | Unreadable | None:
    """Reads one product of the list, None for one that is none of this shop's business."""
    try:
        row = decode_json(raw, ProductRow, strict=False)
    except msgspec.DecodeError as error:
        return unreadable_product(raw, str(error))
    product = read_product(row, shop)
    if not product.id:
        return product if row.active and not belongs_to_a_shop(row.identifiers) else None
    if product.id in seen:
        return second_of(product.id, row.code)
    seen.add(product.id)
    return product


async def _put(session: Session, known: Known, product: Product) -> Outcome:
    try:
        await _send(session, known, product)
    except (RecordRefused, TransientError) as error:
        return Outcome(record_id=product.id, error=error)
    return Outcome(record_id=product.id)


async def _send(session: Session, known: Known, product: Product) -> None:
    """Adds a product or changes it: one that is there already may have been added by a call whose answer got lost."""
    check_product(product)
    sku = product.sku.strip()
    row = known.find(product.id, sku)
    holder = known.holder(sku, than=row) if product.is_active else None
    if holder is not None:
        if row is not None:  # all but the SKU is taken over (SPEC A4)
            await _change(session, msgspec.structs.replace(product, sku=row.code or ""), row)
        raise RecordRefused("product_sku_taken", sku=sku, holder=holder.template.name)
    if row is None:
        await _add(session, product)
    else:
        await _change(session, product, row)
        known.note(row.id, sku)


async def _add(session: Session, product: Product) -> None:
    body = new_template(product, session.shop, await session.directory.units())
    try:
        added = await session.rest.create(ADD_TEMPLATE, WrittenTemplate, body, _DECIDED)
    except OutcomeUnknown:
        if (await look_up(session, [(product.id, "")])).find(product.id, "") is None:
            raise
        return
    if any(variant.code != product.sku.strip() for variant in added.products):
        # Tryton has put a code of its own before the SKU: it is set up to number templates.
        row = (await look_up(session, [(product.id, "")])).find(product.id, "")
        if row is not None:
            await _change(session, product, row)


async def _change(session: Session, product: Product, row: ProductRow) -> None:
    body = changed_template(product, row, session.shop, await session.directory.units())
    if body:
        await session.rest.write(WRITE_TEMPLATE, row.template.id, WrittenTemplate, body, _DECIDED)


def _in_parts(wanted: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
