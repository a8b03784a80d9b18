"""Billbee as a source of products and orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from types import NoneType
from typing import ClassVar, Final, Self, TypeVar

import msgspec

from connector.api import (
    CallRefused,
    Context,
    Finding,
    Http,
    Order,
    OutcomeUnknown,
    Page,
    Product,
    Service,
    Source,
    Unreadable,
    UnusableAnswer,
)
from connector_billbee.check import findings
from connector_billbee.mapping import Offer, article_id, order_id, read_order, read_product, read_tags
from connector_billbee.service import (
    ADD_TAGS,
    GET_ORDER,
    GET_PRODUCT,
    LIST_ORDERS,
    LIST_PRODUCTS,
    LIST_SHIPPING_PROVIDERS,
    NAME,
    REPLACE_TAGS,
    SET_ORDER_STATE,
    describe,
    pages,
)
from connector_billbee.settings import BillbeeSettings
from connector_billbee.tags import OrderTags, carries, missing, without
from connector_billbee.wire import NewState, ShippingProvider, SingleResult, TagList

R = TypeVar("R", Order, Product)

_NOT_FOUND: Final = 404
_REMOVALS: Final = 2
"""How often a tag's removal is tried; Billbee allows six looks at an order in a minute, each try takes two."""


class BillbeeSource(Source):
    """One client's Billbee account, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = BillbeeSettings

    def __init__(self, settings: BillbeeSettings, http: Http, language: str) -> None:
        self._settings = settings
        self._http = http
        self._language = language
        self._tags = OrderTags(settings.orders_tag)

    @classmethod
    def service(cls, settings: BillbeeSettings) -> Service:
        """Describes Billbee's API, its limits and its errors."""
        return describe(settings)

    @classmethod
    def build(cls, settings: BillbeeSettings, http: Http, context: Context) -> Self:
        """Makes the source for one run."""
        return cls(settings, http, context.language)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the credentials are accepted and whether what the settings name exists in Billbee."""
        return await findings(self._http, self._settings)

    async def products(self) -> AsyncIterator[Page[Product]]:
        """Yields the whole catalogue (SPEC A1); a product that slid to the next page while reading comes once."""
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_PRODUCTS, article_id):
            read = (read_product(row, self._language) for row in rows)
            yield _page(read, seen)

    async def product(self, product_id: str) -> Product | None:
        """Reads one product."""
        try:
            answer = await self._http.call(GET_PRODUCT, SingleResult, path={"id": product_id})
        except CallRefused as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        if bytes(answer.data) == b"null":
            return None
        found = read_product(answer.data, self._language)
        if isinstance(found, Unreadable):
            raise UnusableAnswer(f"{NAME} {GET_PRODUCT}: product {product_id}: {found.reason}")
        return found

    async def orders(self) -> AsyncIterator[Page[Order]]:
        """Yields the orders that are offered (SPEC O1).

        Billbee filters by state and tag; the same is looked at again, because it can't filter for a tag that is
        absent, and because it takes several tags as "any of them".
        """
        offer = Offer(self._settings.order_state_id, self._tags)
        filters = (("orderStateId", offer.state_id), ("tag", offer.tags.wanted))
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_ORDERS, order_id, filters):
            read = (read_order(row, offer) for row in rows)
            yield _page((order for order in read if order is not None), seen)

    async def order_received(self, order: Order) -> None:
        """Marks the order as received (SPEC O2), and takes an earlier failed tag away (SPEC O5).

        The tag comes first: whatever stops the rest, the order is not offered again.
        """
        await self._add_tags(order.id, [self._tags.received])
        if self._settings.received_state_id is not None:
            state = NewState(self._settings.received_state_id)
            await self._http.call(SET_ORDER_STATE, NoneType, path={"id": order.id}, body=state)
        if carries(order.tags, self._tags.failed):
            await self._remove_failed_tag(order.id)

    async def shipping_products(self) -> Sequence[str]:
        """Returns the names of all shipping products of all providers (SPEC S3)."""
        providers = await self._http.call(LIST_SHIPPING_PROVIDERS, list[ShippingProvider])
        products = (product for provider in providers for product in provider.products or [] if product)
        return [product.display_name for product in products if product.display_name]

    async def order_held(self, order: Order) -> None:
        """Adds the failed tag where it is not there yet (SPEC O5)."""
        if self._settings.failed_tag and not carries(order.tags, self._tags.failed):
            await self._add_tags(order.id, [self._tags.failed])

    async def _add_tags(self, number: str, tags: list[str]) -> None:
        await self._http.call(ADD_TAGS, NoneType, path={"id": number}, body=TagList(tags))

    async def _remove_failed_tag(self, number: str) -> None:
        """Removes the failed tag by the only call there is for it, which replaces all tags.

        So the tags are read just before it and looked at again after it, and what was lost is put back (SPEC O5).
        """
        for _ in range(_REMOVALS):
            before = await self._read_tags(number)
            if not carries(before, self._tags.failed):
                return
            kept = without(before, self._tags.failed)
            kept += missing([self._tags.received], kept)
            with suppress(OutcomeUnknown):  # the look that follows tells
                await self._http.call(REPLACE_TAGS, NoneType, path={"id": number}, body=TagList(kept))
            after = await self._read_tags(number)
            if lost := missing(kept, after):
                await self._add_tags(number, lost)
            if not carries(after, self._tags.failed):
                return

    async def _read_tags(self, number: str) -> list[str]:
        answer = await self._http.call(GET_ORDER, SingleResult, path={"id": number})
        try:
            return read_tags(answer.data)
        except msgspec.DecodeError as error:
            raise UnusableAnswer(f"{NAME} {GET_ORDER}: order {number}: {error}") from None


def _page(read: Iterable[R | Unreadable], seen: set[str]) -> Page[R]:
    """Sorts what was read; what came on an earlier page is left out, because lists move while they are read."""
    records, unreadable = [], []
    for record in read:
        if isinstance(record, Unreadable):
            unreadable.append(record)
        elif record.id not in seen:
            seen.add(record.id)
            records.append(record)
    return Page(records=tuple(records), unreadable=tuple(unreadable))
