"""Vendure as a source: which rule is kept where. The work is done in the modules that it imports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import ClassVar, Self

import msgspec

from connector.api import (
    Context,
    Finding,
    Http,
    Order,
    Outcome,
    Page,
    Product,
    Service,
    Shipment,
    ShopOrder,
    Source,
    StockLevel,
    Unreadable,
    Withdrawal,
)
from connector_vendure import filters, guidance, lookup, withdrawals
from connector_vendure.admin import Admin
from connector_vendure.check import findings
from connector_vendure.listing import page_of
from connector_vendure.mapping import Offer, read_order, read_product, read_shop_order, record_id
from connector_vendure.marks import Marks
from connector_vendure.service import describe
from connector_vendure.settings import VendureSettings
from connector_vendure.shipments import ship
from connector_vendure.states import CANCEL_REFUSED, CANCELLED_THERE
from connector_vendure.stock import BATCH_SIZE, Stockroom


class VendureSource(Source):
    """One client's Vendure shop, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = VendureSettings
    batch_size: ClassVar[int] = BATCH_SIZE

    def __init__(self, settings: VendureSettings, http: Http, context: Context) -> None:
        self._settings = settings
        self._admin = Admin(settings, http, context.language)
        self._offer = Offer(settings.offered_states, has_mark=bool(settings.exported_field))
        self._marks = Marks(self._admin, context.now)
        self._stockroom = Stockroom(self._admin, context)

    @classmethod
    def service(cls, settings: VendureSettings) -> Service:
        """Describes the shop's admin API and its errors."""
        return describe(settings)

    @classmethod
    def build(cls, settings: VendureSettings, http: Http, context: Context) -> Self:
        """Makes the source for one run."""
        return cls(settings, http, context)

    @classmethod
    def setup_steps(cls, settings: VendureSettings, language: str) -> Sequence[str]:
        """Says what the merchant has to do in Vendure, in German or English."""
        return guidance.setup_steps(settings, language)

    @property
    def has_eans(self) -> bool:
        """Whether a field for EANs is named; Vendure itself has none (SPEC A1)."""
        return bool(self._settings.ean_field)

    def has(self, method: str) -> bool:
        """Tells what this shop can do: without a mark of received orders nobody can list them."""
        return super().has(method) and (method != "received_orders" or bool(self._settings.exported_field))

    async def check(self) -> Sequence[Finding]:
        """Looks whether the credentials are accepted and whether what the settings name exists in Vendure."""
        return await findings(self._admin)

    # -- products and stock ---------------------------------------------------------------------------

    async def products(self) -> AsyncIterator[Page[Product]]:
        """Yields all variants, which are what Vendure sells (SPEC A1)."""
        seen: set[str] = set()
        async for rows, _ in self._admin.pages(self._admin.queries.list_products, record_id, {}):
            yield page_of(map(read_product, rows), seen, lambda product: product.id)

    async def product(self, product_id: str) -> Product | None:
        """Reads one variant."""
        return await lookup.get_product(self._admin, product_id)

    async def find_product(self, number: str) -> Product | None:
        """Finds a variant by its id, else by its SKU."""
        return await lookup.find_product(self._admin, number)

    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        """Sets the quantities in the stock location (SPEC K1, K2)."""
        return await self._stockroom.set(levels)

    def stock_levels(self) -> AsyncIterator[Page[StockLevel]]:
        """Yields what the stock location has of each variant, counted as the warehouse counts."""
        return self._stockroom.levels()

    # -- orders ---------------------------------------------------------------------------------------

    async def orders(self) -> AsyncIterator[Page[Order]]:
        """Yields the orders that are offered (SPEC O1); Vendure's filter is looked at again."""
        wanted = {"filter": filters.offered(self._settings)}
        seen: set[str] = set()
        async for rows, precision in self._admin.pages(self._admin.queries.list_orders, record_id, wanted):
            read = [read_order(row, self._offer, precision) for row in rows]
            yield page_of(read, seen, lambda order: order.id)

    async def find_order(self, number: str) -> ShopOrder | None:
        """Finds an order by its code, else by its id."""
        return await lookup.find_order(self._admin, self._offer, number)

    async def received_orders(self, since: datetime) -> AsyncIterator[Page[ShopOrder]]:
        """Yields the orders with the mark of a received one that changed since then, or are still to be shipped."""
        wanted = {"filter": filters.received(self._settings, since)}
        seen: set[str] = set()
        async for rows, precision in self._admin.pages(self._admin.queries.list_orders, record_id, wanted):
            read = [read_shop_order(row, self._offer, precision) for row in rows]
            received = (found for found in read if isinstance(found, Unreadable) or found.is_received)
            yield page_of(received, seen, lambda found: found.order.id)

    async def order_received(self, order: Order) -> None:
        """Marks the order as received and takes an earlier mark away, in one call (SPEC O2, O5)."""
        await self._marks.received(order)

    async def order_held(self, order: Order) -> None:
        """Marks the order as held where it is not yet (SPEC O5)."""
        await self._marks.held(order)

    async def order_change_refused(self, order: Order) -> None:
        """Marks the order as received and its change as refused, in one call (SPEC O7)."""
        await self._marks.change_refused(order)

    # -- cancellations --------------------------------------------------------------------------------

    def withdrawn_orders(self, since: datetime | None) -> AsyncIterator[Page[Withdrawal]]:
        """Yields the cancelled orders that were not dealt with (SPEC X1)."""
        return withdrawals.withdrawn_orders(self._admin, since)

    async def order_cancelled(self, order_id: str) -> None:
        """Marks the order as cancelled in the target (SPEC X1)."""
        await self._marks.settled(order_id, CANCELLED_THERE)

    async def order_cancel_refused(self, order_id: str) -> None:
        """Marks the cancellation as refused, so that it is not offered again (SPEC X2)."""
        await self._marks.settled(order_id, CANCEL_REFUSED)

    # -- shipments ------------------------------------------------------------------------------------

    async def order_shipped(self, shipment: Shipment) -> None:
        """Stores the parcels, then sets them to shipped, and with the last piece the order (SPEC S1 to S6)."""
        await ship(self._admin, self._stockroom, shipment)
