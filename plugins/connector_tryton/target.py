"""Tryton as a target: each method of the contract, and where it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
    Service,
    Shipment,
    StockLevel,
    Target,
    WarehouseOrder,
)
from connector_tryton import guidance
from connector_tryton.changes import change_order
from connector_tryton.check import findings
from connector_tryton.directory import Directory
from connector_tryton.orders import cancel_order, create_order, find_order
from connector_tryton.product_mapping import check_product
from connector_tryton.products import find_product, known_products, put_products
from connector_tryton.rest import Rest
from connector_tryton.service import describe
from connector_tryton.session import Session
from connector_tryton.settings import TrytonSettings
from connector_tryton.shipments import mark_told, parcels, untold_shipments
from connector_tryton.stock import stock_levels


class TrytonTarget(Target):
    """One client's part of a Tryton database, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = TrytonSettings

    def __init__(self, settings: TrytonSettings, http: Http, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._released: set[int] = set()
        self._rest = Rest(http, settings.page_size)
        self._directory = Directory(self._rest, settings, context)

    @classmethod
    def service(cls, settings: TrytonSettings) -> Service:
        """Describes Tryton's REST API and its errors."""
        return describe(settings)

    @classmethod
    def build(cls, settings: TrytonSettings, http: Http, context: Context) -> Self:
        """Makes the target for one run."""
        return cls(settings, http, context)

    @classmethod
    def setup_steps(cls, settings: TrytonSettings, language: str) -> Sequence[str]:
        """Says what has to be done in Tryton, in German or English."""
        return guidance.setup_steps(settings, language)

    async def _session(self) -> Session:
        places = await self._directory.places()
        return Session(
            rest=self._rest,
            directory=self._directory,
            places=places,
            shop=self._settings.shop,
            now=self._context.now,
            released=self._released,
        )

    async def check(self) -> Sequence[Finding]:
        """Looks at key, company, warehouse, modules, rights, countries and carriers."""
        return await findings(self._rest, self._directory, self._settings)

    async def shipping_profiles(self) -> Sequence[str]:
        """Returns the names of Tryton's carriers: each the name of its carrier product, where that tells them apart."""
        await self._session()
        return sorted(carrier.name for carrier in await self._directory.carriers())

    async def known_products(self) -> AsyncIterator[Page[Product]]:
        """Yields the products that this shop has sent, and those that no shop has."""
        async for page in known_products(await self._session()):
            yield page

    def refusal(self, record: Product | Order) -> RecordRefused | None:
        """Tells what SKU and EAN alone keep out; no text is too long for Tryton."""
        if isinstance(record, Order):
            return None
        try:
            check_product(record)
        except RecordRefused as error:
            return error
        return None

    async def has_product(self, product_id: str, sku: str) -> bool:
        """Looks for a product by its key, or by its SKU where no shop has sent it."""
        return await self.find_product(product_id, sku) is not None

    async def find_product(self, product_id: str, sku: str) -> Product | None:
        """Reads a product by its key, or by its SKU where no shop has sent it."""
        return await find_product(await self._session(), product_id, sku)

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        """Adds new products (SPEC A7) and changes what has changed of known ones, but no dimensions (SPEC A3)."""
        outcomes = await put_products(await self._session(), writes) if writes else []
        refused = {each.record_id for each in outcomes if isinstance(each.error, CallRefused)}
        if not (refused and self._directory.forget()):
            return outcomes
        again = [write for write in writes if write.product.id in refused]
        latest = {each.record_id: each for each in await put_products(await self._session(), again)}
        return [latest.get(each.record_id, each) for each in outcomes]

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        """Looks up the shipments of an order by its key (SPEC O3)."""
        return await find_order(await self._session(), order_id)

    async def create_order(self, order: Order) -> None:
        """Creates a shipment whose reference holds the order's number and key (SPEC O8)."""
        await self._with_present_ids(create_order, order)

    async def change_order(self, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
        """Brings all of a shipment to what the order says now, which needs neither list (SPEC O6, O7)."""
        await self._with_present_ids(change_order, order)

    async def _with_present_ids(
        self, write: Callable[[Session, Order], Awaitable[None]], order: Order
    ) -> None:
        """Writes an order; where Tryton refuses with ids that an earlier run has read, once more with those of now.

        Both ways of writing an order go on with what an attempt left that was cut off, so that a second one is safe.
        """
        try:
            await write(await self._session(), order)
        except CallRefused:
            if not self._directory.forget():
                raise
            await write(await self._session(), order)

    async def cancel_order(self, order_id: str) -> None:
        """Cancels the shipments of an order, as long as nobody has picked any (SPEC X1, X2)."""
        await cancel_order(await self._session(), order_id)

    async def shipments(self) -> AsyncIterator[Page[Shipment]]:
        """Yields in one page what was handed over: an order's shipments may stand on several of Tryton's."""
        yield await untold_shipments(await self._session())

    async def shipment_taken(self, shipment: Shipment) -> None:
        """Marks shipments as reported, in Tryton itself (SPEC S5)."""
        await mark_told(await self._session(), shipment)

    async def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Reads all packages of an order, those not handed over yet among them."""
        return await parcels(await self._session(), order_id)

    async def stock_levels(self, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
        """Yields what can be sold of the products that moved after `since`, or of all that were ever there."""
        async for page in stock_levels(await self._session(), since):
            yield page
