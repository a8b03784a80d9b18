"""Wemalo as a target for products and orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Final, Self

import msgspec

from connector.api import (
    CallRefused,
    Context,
    Finding,
    Http,
    Order,
    Outcome,
    OutcomeUnknown,
    Page,
    Product,
    ProductWrite,
    Service,
    Target,
    Unreadable,
    UnusableAnswer,
    WarehouseOrder,
)
from connector_wemalo.check import findings
from connector_wemalo.mapping import accepted, goods_order, profile_ids, read_product, warehouse_order
from connector_wemalo.products import has_product, put_products
from connector_wemalo.service import (
    ADD_ORDER,
    GET_ALL_PRODUCTS,
    GET_ORDER_STATUS,
    GET_PROFILES,
    NAME,
    describe,
    is_missing,
)
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.wire import GoodsOrderAdded, GoodsOrderStatus, KnownProducts, Profiles

_SINCE_EVER: Final = "0101197000"
"""Midnight of 1 January 1970, as ddMMyyyyHH."""


class WemaloTarget(Target):
    """One client's part of a Wemalo warehouse, for one run."""

    settings_type: ClassVar[type[msgspec.Struct]] = WemaloSettings

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

    async def check(self) -> Sequence[Finding]:
        """Looks whether the token is accepted, and lists the names that orders may ship by."""
        return await findings(self._http, self._settings)

    async def shipping_profiles(self) -> Sequence[str]:
        """Returns the ids by which orders name a dispatcher profile (SPEC O8)."""
        return profile_ids(await self._http.call(GET_PROFILES, Profiles))

    async def known_products(self) -> AsyncIterator[Page[Product]]:
        """Yields all products in one page, because Wemalo sends them in one answer."""
        try:
            answer = await self._http.call(
                GET_ALL_PRODUCTS, KnownProducts, query=(("fromDate", _SINCE_EVER),)
            )
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

    async def has_product(self, product_id: str, sku: str) -> bool:
        """Looks whether Wemalo knows a product by this external id, which is how an order's positions name it."""
        return await has_product(self._http, product_id)

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        """Adds new products (SPEC A7) and changes known ones, without their dimensions (SPEC A3)."""
        return await put_products(self._http, writes, self._settings.product_group)

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        """Looks up a goods order by its external id (SPEC O3)."""
        try:
            answer = await self._http.call(GET_ORDER_STATUS, GoodsOrderStatus, path={"externalId": order_id})
        except CallRefused as error:
            if is_missing(error):
                return None
            raise
        found = warehouse_order(answer)
        if found is None:
            raise UnusableAnswer(f"{NAME} {GET_ORDER_STATUS}: field $.statusName is missing")
        return found

    async def create_order(self, order: Order) -> None:
        """Creates a goods order whose external id is the order's id (SPEC O8)."""
        answer = await self._http.call(ADD_ORDER, GoodsOrderAdded, body=goods_order(order))
        if not accepted(answer):
            raise OutcomeUnknown(
                f"{NAME} {ADD_ORDER}: neither $.id nor $.Success says that the order was taken"
            )
