"""The shop: products, orders and stock of one Billbee account, without any HTTP.

Methods that a person uses in Billbee's web pages and methods that the API calls are the same; `by`
says who did it, and `log` keeps what was done in order.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from connector_sandbox.billbee.assortment import Assortment
from connector_sandbox.billbee.orders import (
    FIRST_ORDER_ID,
    credit_of,
    item_of,
    new_order,
    total_of,
    without_doubles,
)
from connector_sandbox.billbee.stockroom import Location, Stockroom
from connector_sandbox.billbee.wire import (
    CANCELLED,
    CARRIERS,
    ORDER_STATES,
    SHIPPED,
    Wire,
    billbee_date,
    order_item,
)
from connector_sandbox.changes import By, Change, ChangeLog
from connector_sandbox.exchange import Refusal

Line = tuple[int, float] | Wire

_UNFULFILLED_STATES = frozenset({1, 2, 3, 13, 14, 15, 16})


@dataclass(frozen=True, slots=True)
class ShippingProvider:
    """A shipping provider set up in Billbee, with its products by id."""

    id: int
    name: str
    products: tuple[tuple[int, str], ...] = ()


PROVIDERS = (
    ShippingProvider(
        100000000022240, "DHL Versenden", ((100000000288647, "DHL Paket"), (100000000288648, "DHL Warenpost"))
    ),
    ShippingProvider(100000000022241, "DPD", ((100000000288650, "DPD Classic"),)),
)


@dataclass
class Shop:
    """One merchant's Billbee account. `now` returns seconds since 1970."""

    name: str = "Demo"
    now: Callable[[], float] = time.time
    locations: Sequence[Location] = (Location(0, "Standard", is_default=True),)
    providers: Sequence[ShippingProvider] = PROVIDERS
    orders: dict[int, Wire] = field(default_factory=dict)
    webhooks: dict[str, Wire] = field(default_factory=dict)
    finds_external_ids: bool = False  # the API says "external order number"; real accounts may find ids, too

    def __post_init__(self) -> None:
        self.log = ChangeLog(self.now)
        self.assortment = Assortment(self.now)
        self.stockroom = Stockroom(self.locations)
        self._reserved: dict[int, float] | None = None
        self._order_ids = count(FIRST_ORDER_ID)
        self._other_ids = count(300000302945001)

    @property
    def changes(self) -> list[Change]:
        return self.log.entries

    def written(self, key: int | None = None, what: str = "") -> list[Change]:
        """What the API changed, oldest first; of one order or product, and of one kind, where given."""
        return self.log.written(key, what)

    # -- products ---------------------------------------------------------------------------------

    def product(self, product_id: int) -> Wire:
        """The product as the API shows it; raises Refusal (404) for an unknown id."""
        product = self.assortment.get(product_id)
        product["Stocks"] = self.stockroom.wire(product_id, self.reserved(product_id))
        product["StockCurrent"] = product["Stocks"][0]["StockCurrent"]
        return product

    def product_with_sku(self, sku: str) -> int:
        """The id of the product with this SKU, the oldest where several have it; raises Refusal (404)."""
        found = self.assortment.having("SKU", sku)
        if not found:
            raise Refusal(404, f"Article with SKU {sku!r} not found")
        return found[0]

    def add_product(self, *, stock: float | None = None, **fields: Any) -> int:
        """Add a product, its fields named as in Billbee's API; returns its id.

        Texts may be plain strings (German) or `{language code: text}`; a set has `parts`:
        `{product id: quantity}`.
        """
        product_id = self.assortment.add(fields)
        if stock is not None:
            self.stockroom.set(product_id, None, stock)
        self.log.note("person", "product added", product_id)
        return product_id

    def change_product(self, product_id: int, **fields: Any) -> None:
        self.assortment.change(product_id, fields)
        self.log.note("person", "product changed", product_id, sorted(fields))

    def remove_product(self, product_id: int) -> None:
        self.assortment.remove(product_id)
        self.log.note("person", "product removed", product_id)

    def reserved(self, product_id: int) -> float:
        """The quantity in orders that were not shipped yet."""
        if self._reserved is None:
            self._reserved = defaultdict(float)
            waiting = (order for order in self.orders.values() if order["State"] in _UNFULFILLED_STATES)
            for item in (item for order in waiting for item in order["OrderItems"] if item["Product"]):
                self._reserved[item["Product"]["BillbeeId"]] += item["Quantity"]
        return self._reserved.get(product_id, 0.0)

    def set_stock(
        self,
        product_id: int,
        quantity: float,
        location_id: int | None = None,
        subtract_reserved: bool = False,
        by: By = "person",
    ) -> tuple[float, float]:
        """Set the stock of a product; returns the old and the new quantity. Raises Refusal for an unknown one."""
        self.assortment.created_at(product_id)  # refuses an unknown product
        new = quantity - self.reserved(product_id) if subtract_reserved else quantity
        old = self.stockroom.set(product_id, location_id, new)
        self.log.note(by, "stock set", product_id, new)
        return old, new

    def stock(self, product_id: int, location_id: int | None = None) -> float:
        return self.stockroom.get(product_id, location_id)

    # -- orders -----------------------------------------------------------------------------------

    def order(self, order_id: int) -> Wire:
        """The order as the API shows it; raises Refusal (404) for an unknown id."""
        if order_id not in self.orders:
            raise Refusal(404, f"Order {order_id} not found")
        return self.orders[order_id]

    def add_order(self, lines: Iterable[Line] = (), *, to: Wire | None = None, **fields: Any) -> int:
        """Add an order: paid and tagged `wemalo` unless the fields say otherwise; returns its id.

        A line is `(product id, quantity)` or the fields of an order item.
        """
        order_id = next(self._order_ids)
        items = [self._item(line) for line in lines]
        self.orders[order_id] = new_order(order_id, items, to or {}, billbee_date(self.now()), fields)
        self._reserved = None
        self.log.note("person", "order added", order_id)
        return order_id

    def change_order(self, order_id: int, by: By = "person", **fields: Any) -> None:
        """Change fields, named as in the API; `lines` as in `add_order`, `to` changes single address fields."""
        order = self._changeable(order_id)
        if "to" in fields:
            fields["ShippingAddress"] = {**order["ShippingAddress"], **fields.pop("to")}
        if "lines" in fields:
            fields["OrderItems"] = [self._item(line) for line in fields.pop("lines")]
            fields.setdefault("TotalCost", total_of(fields["OrderItems"]))
        order.update(fields)
        self._touch(order, by, "order changed", sorted(fields))

    def set_tags(self, order_id: int, tags: Iterable[str], by: By = "person") -> None:
        """Replace all tags."""
        order = self._changeable(order_id)
        order["Tags"] = without_doubles(list(tags))
        self._touch(order, by, "tags set", list(order["Tags"]))

    def add_tags(self, order_id: int, tags: Iterable[str], by: By = "person") -> None:
        """Add tags that the order does not have yet; Billbee compares them without regard to case."""
        order = self._changeable(order_id)
        order["Tags"] = without_doubles([*order["Tags"], *tags])
        self._touch(order, by, "tags added", list(tags))

    def remove_tags(self, order_id: int, tags: Iterable[str]) -> None:
        """Take tags away, as a person does."""
        gone = {tag.casefold() for tag in tags}
        self.set_tags(order_id, [tag for tag in self.order(order_id)["Tags"] if tag.casefold() not in gone])

    def set_state(self, order_id: int, state: int, by: By = "person") -> None:
        """Set the state, e.g. 3 paid, 4 shipped, 6 deleted, 8 cancelled; raises Refusal for others than 1 to 16."""
        order = self._changeable(order_id)
        if state not in ORDER_STATES:
            raise Refusal(400, f"{state} is no order state")
        order["State"] = state
        if state == SHIPPED:
            order["ShippedAt"] = order["ShippedAt"] or billbee_date(self.now())
        self._touch(order, by, "state set", state)

    def add_shipment(
        self,
        order_id: int,
        tracking_number: str | None,
        *,
        provider_id: int | None = None,
        product_id: int | None = None,
        carrier_id: int | None = None,
        shipment_type: int = 0,
        by: By = "person",
    ) -> None:
        """Store a shipment with the order; raises Refusal for a provider, product or carrier that is not set up."""
        order = self._changeable(order_id)
        provider = self._provider(provider_id, product_id)
        if carrier_id is not None and carrier_id not in CARRIERS:
            raise Refusal(400, f"Shipping carrier {carrier_id} not found")
        order["ShippingIds"].append(
            {
                "BillbeeId": next(self._other_ids),
                "ShippingId": tracking_number,
                "Shipper": provider.name if provider else CARRIERS.get(carrier_id or -1),
                "Created": billbee_date(self.now()),
                "TrackingUrl": "-",
                "ShippingProviderId": provider_id,
                "ShippingProviderProductId": product_id,
                "ShippingCarrier": carrier_id,
                "ShipmentType": shipment_type,
            }
        )
        self._touch(order, by, "shipment added", tracking_number or "")

    def cancel_with_storno(
        self, order_id: int, refers_by: Literal["external_id", "parent"] = "external_id"
    ) -> int:
        """Billbee's button "Storno": the order stays as it is, a credit order is made; returns its id.

        The credit order refers to the original by `IsCancelationFor` (the original's external id), or
        by `BillBeeParentOrderId` together with a negative total.
        """
        original = self.order(order_id)
        lines, fields = credit_of(original, refers_by)
        return self.add_order(lines, to=original["ShippingAddress"], **fields)

    def cancel_order(self, order_id: int) -> None:
        """Set the order's state to cancelled."""
        self.set_state(order_id, CANCELLED)

    def archive_order(self, order_id: int) -> None:
        """Archive an order: from now on it refuses every change."""
        order = self._changeable(order_id)
        order["ArchivedAt"] = billbee_date(self.now())
        self._touch(order, "person", "order archived")

    def delete_order(self, order_id: int) -> None:
        """Remove an order altogether; state 6 ("Gelöscht") is `set_state(order_id, 6)`."""
        self.order(order_id)
        del self.orders[order_id]
        self._reserved = None
        self.log.note("person", "order removed", order_id)

    def orders_numbered(self, number: str) -> list[Wire]:
        """The orders with this order number (or external id, where it finds those), newest first."""
        names = ("OrderNumber", "Id")[: 1 + self.finds_external_ids]
        return [each for each in reversed(self.orders.values()) if number in [each[name] for name in names]]

    def _item(self, line: Line) -> Wire:
        item_id = next(self._other_ids)
        if isinstance(line, dict):
            return order_item(**{"BillbeeId": item_id, **line})
        product_id, quantity = line
        return item_of(self.assortment.get(product_id), quantity, item_id)

    def _changeable(self, order_id: int) -> Wire:
        order = self.order(order_id)
        if order["ArchivedAt"]:
            raise Refusal(400, f"Order {order_id} is archived and can't be changed")
        return order

    def _provider(self, provider_id: int | None, product_id: int | None) -> ShippingProvider | None:
        if provider_id is None and product_id is None:
            return None
        for provider in self.providers:
            products = dict(provider.products)
            if provider.id == provider_id and (product_id is None or product_id in products):
                return provider
        raise Refusal(400, f"Shipping provider {provider_id} with product {product_id} not found")

    def _touch(self, order: Wire, by: By, what: str, value: Any = None) -> None:
        order["LastModifiedAt"] = billbee_date(self.now())
        self._reserved = None
        self.log.note(by, what, order["BillBeeOrderId"], value)
