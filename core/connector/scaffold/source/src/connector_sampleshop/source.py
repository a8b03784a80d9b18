"""Sampleshop as a source: each method of the contract (`connector.api.Source`) that it has.

A flow runs where both sides can do it. These methods are enough for products and orders; to add shipments, implement
`order_shipped`, and so on. What is missing for which flow: `connector plugins check sampleshop`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Self, TypeVar

import msgspec
from connector.api import (
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Context,
    Endpoint,
    Finding,
    Http,
    Order,
    Page,
    Product,
    Query,
    Service,
    Source,
    Unreadable,
    UnusableAnswer,
)

from connector_sampleshop import wire
from connector_sampleshop.mapping import HELD, RECEIVED, page_of, read_order, read_product
from connector_sampleshop.service import (
    ADD_LABEL,
    GET_PRODUCT,
    LIST_ORDERS,
    LIST_PRODUCTS,
    NAME,
    PAGE_SIZE,
    REMOVE_LABEL,
    describe,
)
from connector_sampleshop.settings import SampleshopSettings

P = TypeVar("P", wire.ProductPage, wire.OrderPage)


class SampleshopSource(Source):
    """One client's Sampleshop, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = SampleshopSettings

    def __init__(self, settings: SampleshopSettings, http: Http) -> None:
        self._settings = settings
        self._http = http

    @classmethod
    def service(cls, settings: SampleshopSettings) -> Service:
        return describe(settings)

    @classmethod
    def build(cls, settings: SampleshopSettings, http: Http, context: Context) -> Self:
        return cls(settings, http)

    async def check(self) -> Sequence[Finding]:
        """Asks for one product: that needs the token, and changes nothing."""
        try:
            await self._http.call(LIST_PRODUCTS, wire.ProductPage, query=(("limit", 1),))
        except AuthenticationError as error:
            advice = f"{error}; copy it again from Sampleshop: Settings > API"
            return [Finding(what="token", ok=False, advice=advice)]
        except ConnectorError as error:
            place = f"Sampleshop at base_url {self._settings.base_url}"
            return [Finding(what=place, ok=False, advice=str(error))]
        return [Finding(what="token is accepted by Sampleshop", ok=True)]

    # -- products -------------------------------------------------------------------------------------

    async def products(self) -> AsyncIterator[Page[Product]]:
        async for page in self._pages(LIST_PRODUCTS, wire.ProductPage):
            yield page_of(read_product(row) for row in page.products)

    async def product(self, product_id: str) -> Product | None:
        try:
            row = await self._http.call(GET_PRODUCT, msgspec.Raw, path={"id": product_id})
        except CallRefused as error:
            if error.status == 404:  # the shop says that it has none; any other refusal is an error
                return None
            raise
        found = read_product(row)
        if isinstance(found, Unreadable):
            raise UnusableAnswer(f"{NAME} {GET_PRODUCT}: product {product_id}: {found.reason}")
        return found

    # -- orders ---------------------------------------------------------------------------------------

    async def orders(self) -> AsyncIterator[Page[Order]]:
        status = self._settings.order_status
        async for page in self._pages(LIST_ORDERS, wire.OrderPage, (("status", status),)):
            yield page_of(read_order(row, status) for row in page.orders)

    async def order_received(self, order: Order) -> None:
        await self._add_label(order, RECEIVED)
        if HELD in order.tags:
            await self._http.call(REMOVE_LABEL, wire.Labels, path={"id": order.id, "label": HELD})

    async def order_held(self, order: Order) -> None:
        if HELD not in order.tags:  # a held order is tried again in each run
            await self._add_label(order, HELD)

    async def _add_label(self, order: Order, label: str) -> None:
        await self._http.call(ADD_LABEL, wire.Labels, path={"id": order.id, "label": label})

    async def _pages(self, endpoint: Endpoint, kind: type[P], filters: Query = ()) -> AsyncIterator[P]:
        """Yields a list page by page; raises UnusableAnswer where it would go on for ever."""
        begin, seen = "", set[str]()
        while True:
            query = (*filters, ("limit", PAGE_SIZE), ("after", begin))
            page = await self._http.call(endpoint, kind, query=query)
            yield page
            if page.next is None:
                return
            seen.add(begin)
            begin = page.next
            if begin in seen:
                raise UnusableAnswer(f"{NAME} {endpoint}: the page after {begin} comes again and again")
