"""Wemalo as a target: each method of the contract, and where it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import ClassVar, Self

import msgspec

from connector.api import (
    CallRefused,
    Context,
    Finding,
    Http,
    Order,
    OrderLine,
    Outcome,
    Page,
    Parcel,
    Product,
    ProductWrite,
    RecordRefused,
    Secret,
    Service,
    Shipment,
    StockLevel,
    Target,
    Unreadable,
    UnusableAnswer,
    WarehouseOrder,
    WebhookCall,
)
from connector_wemalo import guidance, webhooks
from connector_wemalo.changes import change_order
from connector_wemalo.check import findings
from connector_wemalo.mapping import goods_order, new_product, profile_ids, read_product
from connector_wemalo.orders import cancel_order, create_order, find_order
from connector_wemalo.products import BATCH_SIZE, find_product, has_product, put_products
from connector_wemalo.service import GET_ALL_PRODUCTS, GET_PROFILES, NAME, SINCE_EVER, describe, is_missing
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.shipments import acknowledge, parcels, read_shipments
from connector_wemalo.stock import read_stock
from connector_wemalo.wire import KnownProducts, Profiles


class WemaloTarget(Target):
    """One client's part of a Wemalo warehouse, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = WemaloSettings
    batch_size: ClassVar[int] = BATCH_SIZE

    def __init__(self, settings: WemaloSettings, http: Http) -> None:
        self._settings = settings
        self._http = http

    @classmethod
    def service(cls, settings: WemaloSettings) -> Service:
        """Describes Wemalo's API, its limits and its errors."""
        return describe(settings)

    @classmethod
    def build(cls, settings: WemaloSettings, http: Http, context: Context) -> Self:
        """Makes the target for one run."""
        return cls(settings, http)

    @classmethod
    def setup_steps(cls, settings: WemaloSettings, language: str) -> Sequence[str]:
        """Says what the warehouse has to do in Wemalo, in German or English."""
        return guidance.setup_steps(settings, language)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the token is accepted, and lists the names that orders may ship by."""
        return await findings(self._http, self._settings)

    @classmethod
    def webhook_flows(cls, call: WebhookCall, secret: Secret) -> Collection[str] | None:
        """Tells which flows a call of Wemalo concerns."""
        return webhooks.flows_of(call, secret)

    async def register_webhooks(self, url: str, secret: Secret) -> Sequence[str]:
        """Asks Wemalo to call this address when something was shipped or the stock changes."""
        return await webhooks.register(self._http, url, secret)

    async def remove_webhooks(self, url: str) -> Sequence[str]:
        """Asks Wemalo not to call this address any more."""
        return await webhooks.remove(self._http, url)

    async def shipping_profiles(self) -> Sequence[str]:
        """Returns the ids by which orders name a dispatcher profile (SPEC O8)."""
        return profile_ids(await self._http.call(GET_PROFILES, Profiles))

    async def known_products(self) -> AsyncIterator[Page[Product]]:
        """Yields all products in one page, because Wemalo sends them in one answer."""
        try:
            answer = await self._http.call(GET_ALL_PRODUCTS, KnownProducts, query=(("fromDate", SINCE_EVER),))
        except CallRefused as error:
            if is_missing(error):  # a warehouse without any product
                return
            raise
        if answer.products is None:
            raise UnusableAnswer(f"{NAME} {GET_ALL_PRODUCTS}: field $.products is missing")
        read = [read_product(row) for row in answer.products]
        yield Page(
            records=tuple(product for product in read if not isinstance(product, Unreadable)),
            unreadable=tuple(product for product in read if isinstance(product, Unreadable)),
        )

    def refusal(self, record: Product | Order) -> RecordRefused | None:
        """Tells what the field lengths alone keep out (SPEC O8)."""
        try:
            if isinstance(record, Order):
                goods_order(record)
            else:
                new_product(record, self._settings.product_group)
        except RecordRefused as error:
            return error
        return None

    async def has_product(self, product_id: str, sku: str) -> bool:
        """Looks whether Wemalo knows a product by this external id, which is how an order's positions name it."""
        return await has_product(self._http, product_id)

    async def find_product(self, product_id: str, sku: str) -> Product | None:
        """Reads a product by its external id, which is how an order's positions name it."""
        return await find_product(self._http, product_id)

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        """Adds new products (SPEC A7) and changes known ones, without their dimensions (SPEC A3)."""
        return await put_products(self._http, writes, self._settings.product_group)

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        """Looks up a goods order by its external id (SPEC O3)."""
        return await find_order(self._http, order_id)

    async def create_order(self, order: Order) -> None:
        """Creates a goods order whose external id is the order's id (SPEC O8)."""
        await create_order(self._http, order)

    async def change_order(self, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
        """Changes details first, then takes positions out, then puts others in (SPEC O6, O7)."""
        await change_order(self._http, order, remove, add)

    async def cancel_order(self, order_id: str) -> None:
        """Cancels a goods order and looks at its status where the answer leaves doubt (SPEC X1, X2)."""
        await cancel_order(self._http, order_id)

    async def shipments(self) -> AsyncIterator[Page[Shipment]]:
        """Yields the queue of handovers in one page: the bookings of an order may stand on several of Wemalo's."""
        yield await read_shipments(self._http)

    async def shipment_taken(self, shipment: Shipment) -> None:
        """Takes the shipment's bookings out of the queue (SPEC S5)."""
        await acknowledge(self._http, shipment.receipts)

    async def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Reads all packed parcels of an order, those not handed over yet among them."""
        return await parcels(self._http, order_id)

    async def stock_levels(self, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
        """Yields in one page what can be sold of each product whose stock changed since the hour of `since`."""
        yield await read_stock(self._http, since)
