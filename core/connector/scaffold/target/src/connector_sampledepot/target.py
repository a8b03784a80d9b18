"""Sampledepot as a target: each method of the contract (`connector.api.Target`) that it has.

A flow runs where both sides can do it. These methods are enough for products and orders; to add stock, implement
`stock_levels`, and so on. What is missing for which flow: `connector plugins check sampledepot`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Self

import msgspec
from connector.api import (
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Context,
    Finding,
    Http,
    Order,
    Outcome,
    Page,
    Product,
    ProductWrite,
    RecordRefused,
    Service,
    Target,
    TransientError,
    UnusableAnswer,
    WarehouseOrder,
)

from connector_sampledepot import wire
from connector_sampledepot.mapping import article_of, new_order, page_of, warehouse_order
from connector_sampledepot.service import (
    CREATE_ORDER,
    GET_ARTICLE,
    LIST_ARTICLES,
    LIST_ORDERS,
    NAME,
    PAGE_SIZE,
    PUT_ARTICLE,
    describe,
)
from connector_sampledepot.settings import SampledepotSettings


class SampledepotTarget(Target):
    """One client's part of a Sampledepot warehouse, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = SampledepotSettings

    def __init__(self, settings: SampledepotSettings, http: Http) -> None:
        self._settings = settings
        self._http = http

    @classmethod
    def service(cls, settings: SampledepotSettings) -> Service:
        return describe(settings)

    @classmethod
    def build(cls, settings: SampledepotSettings, http: Http, context: Context) -> Self:
        return cls(settings, http)

    async def check(self) -> Sequence[Finding]:
        """Asks for one article: that needs the key, and changes nothing."""
        try:
            await self._http.call(LIST_ARTICLES, wire.ArticlePage, query=(("limit", 1),))
        except AuthenticationError as error:
            advice = f"{error}; copy it again from Sampledepot: Account > Interfaces"
            return [Finding(what="api_key", ok=False, advice=advice)]
        except ConnectorError as error:
            place = f"Sampledepot at base_url {self._settings.base_url}"
            return [Finding(what=place, ok=False, advice=str(error))]
        return [Finding(what="api_key is accepted by Sampledepot", ok=True)]

    def refusal(self, record: Product | Order) -> RecordRefused | None:
        """Tells what is refused here without a call, for a dry run."""
        try:
            if isinstance(record, Order):
                new_order(record)
            else:
                article_of(record, is_new=True)
        except RecordRefused as error:
            return error
        return None

    # -- products -------------------------------------------------------------------------------------

    async def known_products(self) -> AsyncIterator[Page[Product]]:
        """Yields what is there, so that nothing is taken for new when the framework has lost its memory."""
        begin, seen = "", set[str]()
        while True:
            query = (("limit", PAGE_SIZE), ("after", begin))
            page = await self._http.call(LIST_ARTICLES, wire.ArticlePage, query=query)
            yield page_of(page.articles)
            if page.next is None:
                return
            seen.add(begin)
            begin = page.next
            if begin in seen:
                raise UnusableAnswer(f"{NAME} {LIST_ARTICLES}: the page after {begin} comes again and again")

    async def has_product(self, product_id: str, sku: str) -> bool:
        try:
            await self._http.call(GET_ARTICLE, wire.Article, path={"reference": product_id})
        except CallRefused as error:
            if error.status == 404:  # the warehouse says that it has none; any other refusal is an error
                return False
            raise
        return True

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        return [await self._put(write) for write in writes]

    async def _put(self, write: ProductWrite) -> Outcome:
        """What keeps one product out is its own outcome; refused credentials are raised, and stop all of them."""
        product = write.product
        try:
            body = article_of(product, is_new=write.is_new)
            await self._http.call(PUT_ARTICLE, wire.Article, path={"reference": product.id}, body=body)
        except (RecordRefused, TransientError) as error:
            return Outcome(record_id=product.id, error=error)
        return Outcome(record_id=product.id)

    # -- orders ---------------------------------------------------------------------------------------

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        """Searches, since an empty list says clearly that there is none; a 404 might come from a wrong address.

        A wrong None would send the order a second time, so a list of other orders is none: it was not filtered.
        """
        query = (("reference", order_id),)
        answer = await self._http.call(LIST_ORDERS, wire.FoundOrders, query=query)
        found = [each for each in answer.orders if each.reference == order_id]
        if answer.orders and not found:
            raise UnusableAnswer(f"{NAME} {LIST_ORDERS}: it lists others than the order {order_id}")
        return warehouse_order(found[0]) if found else None

    async def create_order(self, order: Order) -> None:
        await self._http.call(CREATE_ORDER, wire.Created, body=new_order(order))
