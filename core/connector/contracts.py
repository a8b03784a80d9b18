"""The two contracts that a plugin implements: `Source` (a shop system) and `Target` (a warehouse system).

A plugin implements the methods that its system has; a flow runs only where both sides can do it. An instance
serves one run of one client.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar, Literal, Protocol, Self

import msgspec

from connector.calls import Http, Service
from connector.errors import RecordRefused, TransientError
from connector.records import Order, Page, Product, SetPart, WarehouseOrder


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin may know about the client it works for. `language` has two letters (SPEC A7)."""

    client: str
    language: str = "de"


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
    the help text (`Annotated[str, msgspec.Meta(description=...)]`) of each are shown by `connector plugins`.
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

    async def check(self) -> Sequence[Finding]:
        """Looks whether the service is reachable, the credentials are accepted and the settings match what exists."""
        return ()


class Source(Plugin):
    """A shop system: what it sells and what was ordered.

    Example: a shop that is a list in memory.

        class ListSource(Source):
            settings_type = ListSettings

            async def products(self):
                yield Page(records=tuple(PRODUCTS))
    """

    def products(self) -> AsyncIterator[Page[Product]]:
        """Yields the whole catalogue, page by page, in ascending order of id where the system can sort (SPEC A1)."""
        raise NotImplementedError

    async def product(self, product_id: str) -> Product | None:
        """Reads one product, None if there is none."""
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
        """Marks the order as one that can't be shipped as it is; does nothing where the mark is there (SPEC O5)."""
        raise NotImplementedError


class ProductWrite(msgspec.Struct, frozen=True, kw_only=True):
    """A product to send; `is_new` where the target does not have it yet."""

    product: Product
    is_new: bool


class Target(Plugin):
    """A warehouse system: what it stores and what it ships.

    `batch_size` is how many products the flow hands over at once.
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


class Catalogue(Protocol):
    """What a mapping step may look up about the products of the shop."""

    def parts(self, product_id: str) -> tuple[SetPart, ...] | None:
        """Returns what a set consists of, None where the product is no set or not known."""
        ...


def can(plugin: Plugin | type[Plugin], *methods: str) -> bool:
    """Tells whether the plugin has methods of its own for these names, so that a flow may use them."""
    cls = plugin if isinstance(plugin, type) else type(plugin)
    base = Source if issubclass(cls, Source) else Target
    return all(getattr(cls, name) is not getattr(base, name) for name in methods)
