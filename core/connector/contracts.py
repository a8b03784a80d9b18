"""The two contracts that a plugin implements: `Source` (a shop system) and `Target` (a warehouse system).

A plugin implements the methods that its system has; a flow runs only where both sides can do it. An instance
serves one run of one client.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol, Self

import msgspec

from connector.calls import Http, Service
from connector.clock import SystemClock
from connector.errors import RecordRefused, TransientError
from connector.records import (
    Order,
    OrderLine,
    Page,
    Parcel,
    Product,
    SetPart,
    Shipment,
    ShopOrder,
    StockLevel,
    WarehouseOrder,
    Withdrawal,
)
from connector.remembering import Memory, ShortMemory
from connector.secret import Secret
from connector.webhooks import WebhookCall


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin may know about the client it works for. `language` has two letters (SPEC A7).

    `now` tells the time, for a plugin that has to write one. `memory` is what the plugin remembers of this client and
    the account that its settings name; `Daily` keeps lists there.
    """

    client: str
    language: str = "de"
    now: Callable[[], datetime] = SystemClock().now
    memory: Memory = msgspec.field(default_factory=ShortMemory)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `connector check`: what was looked at, whether it is right, and what to do if it is not."""

    what: str
    ok: bool
    advice: str = ""
    level: Literal["error", "warning"] = "error"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one record that was sent: accepted, or the error that kept it out."""

    record_id: str
    error: RecordRefused | TransientError | None = None


class Plugin(ABC):
    """What source and target have in common: typed settings, one service, a check.

    `settings_type` is a frozen `msgspec.Struct` whose fields are the plugin's settings: the type, the default and
    the help text (`Annotated[str, msgspec.Meta(description=..., examples=[...])]`) of each are shown by `connector
    plugins`, asked for by `connector clients add`, and stand in the files that `connector init` makes.
    """

    settings_type: ClassVar[type[msgspec.Struct]]

    @classmethod
    @abstractmethod
    def service(cls, settings: Any) -> Service:
        """Describes the service that the plugin talks to; `settings` is an instance of `settings_type`."""

    @classmethod
    @abstractmethod
    def build(cls, settings: Any, http: Http, context: Context) -> Self:
        """Makes the instance for one run; `http` talks to the service that `service` described."""

    @classmethod
    def setup_steps(cls, settings: Any, language: str) -> Sequence[str]:
        """Says what a person has to do in the service before the first run, a sentence or two for each step.

        In `language` (two letters) where the plugin knows it, else in English; `connector clients add` shows it.
        """
        return ()

    @classmethod
    def has_own(cls, method: str) -> bool:
        """Tells whether this class, or a base of its own, implements the method of its contract."""
        base = Source if issubclass(cls, Source) else Target
        return getattr(cls, method) is not getattr(base, method)

    def has(self, method: str) -> bool:
        """Tells whether this instance can be asked for the method."""
        return self.has_own(method)

    async def check(self) -> Sequence[Finding]:
        """Looks whether the service is reachable, the credentials are accepted and the settings match what exists."""
        return ()

    @classmethod
    def webhook_flows(cls, call: WebhookCall, secret: Secret) -> Collection[str] | None:
        """Tells which flows a call of the service concerns; None where it does not prove that the service sent it.

        A pure function; `secret` is the one that was registered. What the call says is a hint and no more: the flows
        read what is true from the service.
        """
        return None

    async def register_webhooks(self, url: str, secret: Secret) -> Sequence[str]:
        """Asks the service to call `url` when something happens, with proof that it knows `secret`.

        Returns what it will tell of, in the service's own words. May be called again: what was registered for this
        url is replaced, what others registered stays.
        """
        raise NotImplementedError

    async def remove_webhooks(self, url: str) -> Sequence[str]:
        """Asks the service not to call `url` any more; returns what it told of."""
        raise NotImplementedError


class Source(Plugin):
    """A shop system: what it sells and what was ordered.

    `batch_size` is how many quantities the flow hands over at once: as many as one call of the shop takes.

    Example: a shop that is a list in memory.

        class ListSource(Source):
            settings_type = ListSettings

            async def products(self):
                yield Page(records=tuple(PRODUCTS))
    """

    batch_size: ClassVar[int] = 100

    @property
    def has_eans(self) -> bool:
        """Whether the shop has a place for EANs; where it has none, products go by their SKU alone (SPEC A1)."""
        return True

    def products(self) -> AsyncIterator[Page[Product]]:
        """Yields the whole catalogue, page by page, in ascending order of id where the system can sort (SPEC A1)."""
        raise NotImplementedError

    async def product(self, product_id: str) -> Product | None:
        """Reads one product, None if there is none. Without it, sets are known from the catalogue alone (SPEC A5)."""
        raise NotImplementedError

    def orders(self) -> AsyncIterator[Page[Order]]:
        """Yields the orders that are offered: ready to ship, meant for this target, not yet received (SPEC O1).

        Credit orders are left out. The caller writes nothing to the shop before the last page was read.
        """
        raise NotImplementedError

    async def order_received(self, order: Order) -> None:
        """Marks the order as received by the target and takes an earlier held mark away (SPEC O2, O5)."""
        raise NotImplementedError

    async def shipping_products(self) -> Sequence[str]:
        """Returns the names of the shipping products that the shop has set up (SPEC S3)."""
        raise NotImplementedError

    async def order_held(self, order: Order) -> None:
        """Marks the order as one that can't be shipped as it is; does nothing where the mark is there (SPEC O5).

        A shop without a place for such a mark has no such method; the problem is reported all the same.
        """
        raise NotImplementedError

    async def order_change_refused(self, order: Order) -> None:
        """Marks the order as received and its change as refused, so that it is not offered for ever (SPEC O7)."""
        raise NotImplementedError

    def withdrawn_orders(self, since: datetime | None) -> AsyncIterator[Page[Withdrawal]]:
        """Yields the orders that were cancelled or credited, and not yet marked as such (SPEC X1, X3).

        Among them are those that were meant for the target and lack the mark of a received one: they say so.
        Only those that changed after `since` need to come; None asks for all.
        """
        raise NotImplementedError

    async def order_cancelled(self, order_id: str) -> None:
        """Marks the order as cancelled in the target (SPEC X1)."""
        raise NotImplementedError

    async def order_cancel_refused(self, order_id: str) -> None:
        """Marks the cancellation as refused by the target, so that it is not offered again (SPEC X2)."""
        raise NotImplementedError

    async def order_shipped(self, shipment: Shipment) -> None:
        """Adds each tracking number once, then sets the order to shipped where everything was sent (SPEC S1 to S4).

        May be called again with the same shipment. Raises RecordRefused with the code `shipment_order_unknown`,
        `shipment_order_archived` or `shipment_order_cancelled` (SPEC S6).
        """
        raise NotImplementedError

    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        """Sets the quantities; a refused one never keeps another one back. Returns one outcome per level (SPEC K1)."""
        raise NotImplementedError

    async def find_order(self, number: str) -> ShopOrder | None:
        """Looks an order up by the shop's id or the number that the merchant knows; the newest where several fit."""
        raise NotImplementedError

    async def find_product(self, number: str) -> Product | None:
        """Looks a product up by the shop's id or its SKU."""
        raise NotImplementedError

    def received_orders(self, since: datetime) -> AsyncIterator[Page[ShopOrder]]:
        """Yields the orders with the mark of a received one that changed after `since`, whatever their state."""
        raise NotImplementedError

    def stock_levels(self) -> AsyncIterator[Page[StockLevel]]:
        """Yields the quantities that the shop has now."""
        raise NotImplementedError


class ProductWrite(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A product to send; `is_new` where the target does not have it yet."""

    product: Product
    is_new: bool


class Target(Plugin):
    """A warehouse system: what it stores and what it ships.

    `batch_size` is how many products the flow hands over at once: as many as one call of the warehouse takes.
    """

    batch_size: ClassVar[int] = 100

    def known_products(self) -> AsyncIterator[Page[Product]]:
        """Yields what the target has, as records; used when nothing is remembered (SPEC A3, A4).

        `id` is the shop's id where the target tells it, else empty: the product is then matched by its SKU.
        """
        raise NotImplementedError

    async def shipping_profiles(self) -> Sequence[str]:
        """Returns the names by which the target knows its shipping profiles (SPEC O8, S3)."""
        raise NotImplementedError

    def refusal(self, record: Product | Order) -> RecordRefused | None:
        """Tells what this target would refuse without being asked, such as a name that is too long (SPEC R6)."""
        return None

    async def has_product(self, product_id: str, sku: str) -> bool:
        """Tells whether the target has this product (SPEC O5)."""
        raise NotImplementedError

    async def put_products(self, writes: Sequence[ProductWrite]) -> Sequence[Outcome]:
        """Creates or updates products; one that is refused never keeps another one back.

        Dimensions are sent with new products only (SPEC A3). Returns one outcome per write. Raises what stops all
        of them: AuthenticationError, or a TransientError after which no outcome is known.
        """
        raise NotImplementedError

    async def find_order(self, order_id: str) -> WarehouseOrder | None:
        """Looks an order up by the shop's id, None if the target does not have it (SPEC O3)."""
        raise NotImplementedError

    async def create_order(self, order: Order) -> None:
        """Creates an order. The caller looked it up before.

        Raises RecordRefused where the target does not take it, OutcomeUnknown where nobody knows.
        """
        raise NotImplementedError

    async def change_order(self, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
        """Brings receiver and details to those of `order`, takes lines out by their ids and puts others in (SPEC O6).

        A line to remove that is not there does no harm. Raises RecordRefused with the code `order_in_process` where
        the target changes nothing any more, with `order_change_incomplete` where it stopped in the middle (SPEC O7),
        TransientError where it stopped in between: the caller then repeats all of it, with the ids of the lines that
        may have been put in among those to remove.
        """
        raise NotImplementedError

    async def cancel_order(self, order_id: str) -> None:
        """Cancels an order; one that is cancelled already, or not there, does no harm (SPEC X1).

        Raises RecordRefused with the code `order_cancel_refused` where it is too late (SPEC X2).
        """
        raise NotImplementedError

    def shipments(self) -> AsyncIterator[Page[Shipment]]:
        """Yields what was handed to carriers and not yet acknowledged, one shipment per order (SPEC S1).

        The caller acknowledges nothing before the last page was read.
        """
        raise NotImplementedError

    async def shipment_taken(self, shipment: Shipment) -> None:
        """Acknowledges a shipment, so that it is not offered again (SPEC S5)."""
        raise NotImplementedError

    def stock_levels(self, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
        """Yields the available quantity of each product whose stock changed after `since`; None asks for all.

        Only first choice counts; a quantity is never negative (SPEC K1, K4).
        """
        raise NotImplementedError

    async def find_product(self, product_id: str, sku: str) -> Product | None:
        """Reads a product as the target has it, None if it does not."""
        raise NotImplementedError

    async def parcels(self, order_id: str) -> Sequence[Parcel]:
        """Reads the parcels of an order, acknowledged or not."""
        raise NotImplementedError


class Catalogue(Protocol):
    """What a mapping step may look up about the products of the shop."""

    def parts(self, product_id: str) -> tuple[SetPart, ...] | None:
        """Returns what a set consists of, None where the product is no set or not known."""
        ...


def can(plugin: Plugin | type[Plugin], *methods: str) -> bool:
    """Tells whether the plugin has methods of its own for these names, so that a flow may use them."""
    has = plugin.has_own if isinstance(plugin, type) else plugin.has
    return all(has(method) for method in methods)
