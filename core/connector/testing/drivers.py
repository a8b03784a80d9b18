"""How the contract tests drive the fake of a shop or a warehouse that a plugin is tried against.

A driver plays the people who work with the system, and looks at what the system has in the end. It speaks in the
framework's records, so that one suite fits every system. Faults of the network are none of its business: the suite
puts them between the plugin and `app`.

Methods marked as optional are for what not every system can do. A driver leaves out what its system can't; the tests
that need it are then skipped, and say so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from connector.http.wire import AsgiApp
from connector.records import Order, OrderStatus, Parcel, Product, ShopOrder


class Driver(ABC):
    """What both kinds of drivers have in common.

    `page_size` is the most records that the fake puts on one page of any list; the suite adds a few pages of them, so
    let it be small. `lacks` names what the system has no place for, as kind of record and field: `product.ean`,
    `order.customer_number`, `line.tax`, `address.state`, `parcel.carrier`. Tests of these are skipped.
    """

    page_size: ClassVar[int] = 3
    lacks: ClassVar[Collection[str]] = frozenset()

    @property
    @abstractmethod
    def app(self) -> AsgiApp:
        """The fake as an ASGI application that speaks the real API, and asks for the credentials of the settings.

        A method `async def app(self, scope, receive, send)` does as well.
        """

    def revoke(self) -> None:
        """Optional. From now on the credentials are refused, in the way in which the real system says it."""
        raise NotImplementedError

    def can(self, method: str) -> bool:
        """Tells whether this driver has an optional method."""
        base = ShopDriver if isinstance(self, ShopDriver) else WarehouseDriver
        return getattr(type(self), method) is not getattr(base, method)


class ShopDriver(Driver):
    """Drives the fake of a shop system; `id` of a record is always the one that the shop gave it."""

    @abstractmethod
    def add_product(self, product: Product) -> str:
        """Puts a product on sale and returns the id that the shop gave it; its own `id` counts for nothing.

        `parts` of a set name products that were added before.
        """

    @abstractmethod
    def add_order(self, order: Order) -> str:
        """Adds an order that is offered to the warehouse, and returns its id; ids of order and lines count for nothing.

        Lines name products by the shop's ids. `tags` are marks of other people, which nobody may lose.
        """

    @abstractmethod
    def order(self, order_id: str) -> ShopOrder:
        """Shows an order as it is now: the marks, the state, the tracking numbers, and of `order` at least the tags."""

    def add_unoffered_orders(self, order: Order) -> Mapping[str, str]:
        """Optional. Adds an order of each kind that must not be imported: unpaid, a credit order, another warehouse's.

        Returns what is special about each by its id, such as `{"17": "not paid"}`.
        """
        raise NotImplementedError

    def cancel_order(self, order_id: str) -> None:
        """Optional. The merchant cancels an order."""
        raise NotImplementedError

    def remove_order(self, order_id: str) -> None:
        """Optional. The merchant takes an order away altogether, so that the shop does not know it any more."""
        raise NotImplementedError

    def stock(self, product_id: str) -> int:
        """Optional. The pieces that the shop has to sell."""
        raise NotImplementedError

    def refuse(self, record_id: str) -> None:
        """Optional. From now on each write to this order, or to the stock of this product, is refused for good.

        In the way in which the real system says no. The record can still be read, unless it is missing from then on.
        """
        raise NotImplementedError


class WarehouseDriver(Driver):
    """Drives the fake of a warehouse system; `id` of a record is always the shop's."""

    @abstractmethod
    def add_product(self, product: Product) -> None:
        """Puts a product into the master data, as a connector did that ran earlier."""

    @abstractmethod
    def products(self) -> Sequence[Product]:
        """Shows the products that there are, each as often as it is there."""

    @abstractmethod
    def orders(self) -> Sequence[Order]:
        """Shows the orders that there are, each as often as it is there, with its receiver and its lines.

        A cancelled order stays among them. What the system joined (a house number with its street) may stay so.
        """

    def status(self, order_id: str) -> OrderStatus:
        """Optional. Shows how far an order is; raises LookupError where there is none."""
        raise NotImplementedError

    def start(self, order_id: str) -> None:
        """Optional. People begin to work on an order, so that it can neither be changed nor cancelled any more."""
        raise NotImplementedError

    def ship(self, order_id: str, parcels: Sequence[Parcel], *, complete: bool) -> None:
        """Optional. Hands parcels of an order to the carrier; `complete` where nothing is left to send after them.

        Each parcel takes one piece of what is left, the last one of a complete delivery all of it. Ids of parcels
        count for nothing, an empty tracking number is none.
        """
        raise NotImplementedError

    def set_stock(self, product_id: str, quantity: int) -> None:
        """Optional. That many pieces can be sold now."""
        raise NotImplementedError

    def add_unsellable(self, product_id: str, quantity: int) -> None:
        """Optional. So many pieces are there besides that can't be sold: second choice, or blocked."""
        raise NotImplementedError

    def refuse(self, product: Product) -> None:
        """Optional. From now on each write to this product, which the warehouse does not have, is refused for good."""
        raise NotImplementedError
