"""Billbee as a source: which rule is kept where. The work is done in the modules that it imports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from operator import attrgetter
from types import NoneType
from typing import ClassVar, Final, Self

import msgspec

from connector.api import (
    Context,
    Finding,
    Http,
    Order,
    Outcome,
    Page,
    Product,
    Secret,
    Service,
    Shipment,
    ShopOrder,
    Source,
    StockLevel,
    Unreadable,
    WebhookCall,
    Withdrawal,
)
from connector_billbee import guidance, lookup, stock, webhooks, withdrawals
from connector_billbee.check import findings
from connector_billbee.listing import page_of
from connector_billbee.mapping import Offer, article_id, listed_id, order_id, read_order, read_product
from connector_billbee.marks import add_tags, exchange_failed_tag
from connector_billbee.reading import query_date
from connector_billbee.service import LIST_ORDERS, LIST_PRODUCTS, SET_ORDER_STATE, describe, pages
from connector_billbee.settings import BillbeeSettings
from connector_billbee.shipments import ShippingProducts, ship
from connector_billbee.shop_orders import read_shop_order
from connector_billbee.tags import OrderTags, carries
from connector_billbee.wire import ArticlePage, NewState

_ID: Final = attrgetter("id")


class BillbeeSource(Source):
    """One client's Billbee account, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = BillbeeSettings
    batch_size: ClassVar[int] = stock.BATCH_SIZE

    def __init__(self, settings: BillbeeSettings, http: Http, context: Context) -> None:
        self._settings = settings
        self._http = http
        self._language = context.language
        self._tags = OrderTags(settings.orders_tag)
        self._offer = Offer(settings.order_state_id, self._tags)
        self._shipping_products = ShippingProducts(http, context)

    @classmethod
    def service(cls, settings: BillbeeSettings) -> Service:
        """Describes Billbee's API, its limits and its errors."""
        return describe(settings)

    @classmethod
    def build(cls, settings: BillbeeSettings, http: Http, context: Context) -> Self:
        """Makes the source for one run."""
        return cls(settings, http, context)

    @classmethod
    def setup_steps(cls, settings: BillbeeSettings, language: str) -> Sequence[str]:
        """Says what the merchant has to do in Billbee, in German or English."""
        return guidance.setup_steps(settings, language)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the credentials are accepted and whether what the settings name exists in Billbee."""
        return await findings(self._http, self._settings)

    @classmethod
    def webhook_flows(cls, call: WebhookCall, secret: Secret) -> Collection[str] | None:
        """Tells which flows a call of Billbee concerns."""
        return webhooks.flows_of(call, secret)

    async def register_webhooks(self, url: str, secret: Secret) -> Sequence[str]:
        """Asks Billbee to call this address when an order or a product is new or changes."""
        return await webhooks.register(self._http, url, secret)

    async def remove_webhooks(self, url: str) -> Sequence[str]:
        """Asks Billbee not to call this address any more."""
        return await webhooks.remove(self._http, url)

    # -- products and stock ---------------------------------------------------------------------------

    async def products(self) -> AsyncIterator[Page[Product]]:
        """Yields the whole catalogue (SPEC A1); a product that slid to the next page while reading comes once."""
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_PRODUCTS, listed_id, kind=ArticlePage):
            page = page_of([read_product(row, self._language) for row in rows], seen, _ID)
            del rows  # the page as it came takes more memory than all that is remembered of it
            yield page
            del page

    async def product(self, product_id: str) -> Product | None:
        """Reads one product."""
        return await lookup.get_product(self._http, product_id, self._language)

    async def find_product(self, number: str) -> Product | None:
        """Finds a product by its id, else by its SKU."""
        return await lookup.find_product(self._http, number, self._language)

    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        """Sets the quantities in the configured storage location (SPEC K1, K2)."""
        return await stock.set_stock(self._http, self._settings, levels)

    async def stock_levels(self) -> AsyncIterator[Page[StockLevel]]:
        """Yields what the configured storage location has of each product, where that is a whole number from 0 up."""
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_PRODUCTS, article_id):
            read = (stock.read_stock(row, self._settings.storage_location_id) for row in rows)
            known = (level for level in read if level is not None)
            yield page_of(known, seen, attrgetter("product_id"))

    # -- orders ---------------------------------------------------------------------------------------

    async def orders(self) -> AsyncIterator[Page[Order]]:
        """Yields the orders that are offered (SPEC O1).

        Billbee filters by state and tag; the same is looked at again, because it can't filter for a tag that is
        absent, and because it takes several tags as "any of them".
        """
        filters = (("orderStateId", self._offer.state_id), ("tag", self._tags.wanted))
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_ORDERS, order_id, filters):
            read = (read_order(row, self._offer) for row in rows)
            offered = (order for order in read if order is not None)
            yield page_of(offered, seen, _ID)

    async def find_order(self, number: str) -> ShopOrder | None:
        """Finds an order by its number, else by its id."""
        return await lookup.find_order(self._http, self._offer, number)

    async def received_orders(self, since: datetime) -> AsyncIterator[Page[ShopOrder]]:
        """Yields the orders with the received tag that changed since then; Billbee's filter is looked at again."""
        filters = (("tag", self._tags.received), ("modifiedAtMin", query_date(since)))
        seen: set[str] = set()
        async for rows in pages(self._http, LIST_ORDERS, order_id, filters):
            read = (read_shop_order(row, self._offer) for row in rows)
            received = (found for found in read if isinstance(found, Unreadable) or found.is_received)
            yield page_of(received, seen, attrgetter("order.id"))

    async def order_received(self, order: Order) -> None:
        """Marks the order as received (SPEC O2), in exchange for an earlier failed tag (SPEC O5).

        The tag comes first: whatever stops the rest, the order is not offered again.
        """
        await self._mark(order, self._tags.received)
        if self._settings.received_state_id is not None:
            state = NewState(self._settings.received_state_id)
            await self._http.call(SET_ORDER_STATE, NoneType, path={"id": order.id}, body=state)

    async def order_held(self, order: Order) -> None:
        """Adds the failed tag where it is not there yet (SPEC O5)."""
        if self._settings.failed_tag and not carries(order.tags, self._tags.failed):
            await add_tags(self._http, order.id, self._tags.failed)

    async def order_change_refused(self, order: Order) -> None:
        """Marks the order as received and its change as refused, both in one call (SPEC O7)."""
        await self._mark(order, self._tags.received, self._tags.change_refused)

    # -- cancellations --------------------------------------------------------------------------------

    def withdrawn_orders(self, since: datetime | None) -> AsyncIterator[Page[Withdrawal]]:
        """Yields what was cancelled, deleted or credited; without `since` nothing that was credited (SPEC X1, X3)."""
        return withdrawals.withdrawn_orders(self._http, self._tags, since)

    async def order_cancelled(self, order_id: str) -> None:
        """Marks the order as cancelled in the target (SPEC X1)."""
        await add_tags(self._http, order_id, self._tags.cancelled)

    async def order_cancel_refused(self, order_id: str) -> None:
        """Marks the cancellation as refused, so that it is not offered again (SPEC X2)."""
        await add_tags(self._http, order_id, self._tags.cancel_refused)

    # -- shipments ------------------------------------------------------------------------------------

    async def shipping_products(self) -> Sequence[str]:
        """Returns the names of all shipping products of all providers (SPEC S3)."""
        return await self._shipping_products.names()

    async def order_shipped(self, shipment: Shipment) -> None:
        """Adds the tracking numbers, then sets the order to shipped where everything was sent (SPEC S1 to S6)."""
        await ship(self._http, self._shipping_products, shipment)

    async def _mark(self, order: Order, *marks: str) -> None:
        if carries(order.tags, self._tags.failed):
            await exchange_failed_tag(self._http, order.id, self._tags.failed, *marks)
        else:
            await add_tags(self._http, order.id, *marks)
