"""Products in Wemalo: reading one, adding new ones together, changing known ones one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from connector.api import (
    CallRefused,
    Http,
    Outcome,
    OutcomeUnknown,
    Product,
    ProductWrite,
    RecordRefused,
    TransientError,
    Unreadable,
    UnusableAnswer,
)
from connector_wemalo.mapping import changed_product, new_product, read_product
from connector_wemalo.service import ADD_PRODUCT, ADD_PRODUCTS, GET_PRODUCT, NAME, UPDATE_PRODUCT, is_missing
from connector_wemalo.wire import ProductBatch, ProductFields, Verdict

BATCH_SIZE: Final = 100
"""New products in one call. The API names no limit, and does not say what becomes of a batch of which it refuses one:
each product of it may then cost a call of its own."""

_AT_ONCE: Final = 4
"""Calls for single products under way at the same time."""


async def has_product(http: Http, product_id: str) -> bool:
    """Looks whether Wemalo knows a product by this external id; only an answer that can be read says so."""
    try:
        await http.call(GET_PRODUCT, Verdict, path={"externalId": product_id})
    except CallRefused as error:
        if is_missing(error):
            return False
        raise
    return True


async def find_product(http: Http, product_id: str) -> Product | None:
    """Reads a product by its external id, by which alone Wemalo can be asked; None where it does not know it."""
    try:
        row = await http.call(GET_PRODUCT, msgspec.Raw, path={"externalId": product_id})
    except CallRefused as error:
        if is_missing(error):
            return None
        raise
    found = read_product(row)
    if isinstance(found, Unreadable):
        raise UnusableAnswer(f"{NAME} {GET_PRODUCT}: product {product_id}: {found.reason}")
    if not found.sku:
        raise UnusableAnswer(f"{NAME} {GET_PRODUCT}: product {product_id}: field $.sku is missing")
    return msgspec.structs.replace(found, id=product_id)  # the documented answer does not name it


async def put_products(http: Http, writes: Sequence[ProductWrite], group: str) -> list[Outcome]:
    """Creates and updates products, `group` being the product group of new ones; returns an outcome for each.

    Raises AuthenticationError, and TransientError where the new products could not even be sent.
    """
    sending = _Sending(http, group)
    added = await sending.add_together([write.product for write in writes if write.is_new])
    rest = [write for write in writes if write.product.id not in added]
    try:
        async with asyncio.TaskGroup() as tasks:
            alone = [tasks.create_task(sending.put_alone(write)) for write in rest]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None  # what stops one for good stops them all
    outcomes = {outcome.record_id: outcome for outcome in (task.result() for task in alone)}
    return [outcomes.get(write.product.id, Outcome(record_id=write.product.id)) for write in writes]


class _Sending:
    def __init__(self, http: Http, group: str) -> None:
        self._http = http
        self._group = group
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def add_together(self, products: Sequence[Product]) -> set[str]:
        """Returns the ids of the products that are in the warehouse now: all that could be sent, or none for certain.

        Wemalo does not document what becomes of a batch with a product that it refuses. So a refusal says nothing
        about any of them, just as an unknown outcome does, and each is looked at by itself afterwards.
        """
        fitting = {product.id: fields for product in products if (fields := self._fields_that_fit(product))}
        if len(fitting) < 2:  # alone, a product is refused with a reason of its own
            return set()
        try:
            await self._http.call(ADD_PRODUCTS, Verdict, body=ProductBatch(list(fitting.values())))
        except (CallRefused, OutcomeUnknown):
            return set()
        return set(fitting)

    async def put_alone(self, write: ProductWrite) -> Outcome:
        """Sends one product by itself."""
        async with self._slots:
            try:
                await (self._create(write.product) if write.is_new else self._update(write.product))
            except (RecordRefused, TransientError) as error:
                return Outcome(record_id=write.product.id, error=error)
        return Outcome(record_id=write.product.id)

    def _fields_that_fit(self, product: Product) -> ProductFields | None:
        try:
            return new_product(product, self._group)
        except RecordRefused:
            return None  # its reason comes when it is sent by itself

    async def _create(self, product: Product) -> None:
        """Adds a product; one that is there already was added by a call whose answer got lost."""
        fields = new_product(product, self._group)
        if await has_product(self._http, product.id):
            await self._change(product)
        else:
            await self._add(product.id, fields)

    async def _update(self, product: Product) -> None:
        """Changes a product; one that the warehouse does not have (any more) is added."""
        try:
            await self._change(product)
        except CallRefused as error:
            if not is_missing(error):
                raise
            await self._add(product.id, new_product(product, self._group))

    async def _add(self, product_id: str, fields: ProductFields) -> None:
        try:
            await self._http.call(ADD_PRODUCT, Verdict, body=fields)
        except OutcomeUnknown:
            if not await has_product(self._http, product_id):
                raise

    async def _change(self, product: Product) -> None:
        path = {"externalId": product.id}
        await self._http.call(UPDATE_PRODUCT, Verdict, path=path, body=changed_product(product))
