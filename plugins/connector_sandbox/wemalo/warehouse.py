"""The warehouse: what one Wemalo client has in store and under way, without any HTTP.

A goods order reserves stock when it comes in, oldest first. What the API does is told apart from what
people in the warehouse do by `by`; `log` keeps both in order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from connector_sandbox.changes import By, Change, ChangeLog
from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.catalogue import Catalogue
from connector_sandbox.wemalo.fulfilment import contents, next_status, with_street_number
from connector_sandbox.wemalo.habits import WarehouseHabits
from connector_sandbox.wemalo.history import History
from connector_sandbox.wemalo.model import (
    FINISHED,
    FIRST_CHOICE,
    NOT_PICKED,
    SECOND_CHOICE,
    Fields,
    GoodsOrder,
    Parcel,
    Position,
    Product,
    Status,
    truth,
)
from connector_sandbox.wemalo.orderbook import OrderBook
from connector_sandbox.wemalo.validation import check_meta, check_positions, whole


@dataclass
class Warehouse:
    """One client's part of a warehouse. `now` returns seconds since 1970."""

    name: str = "Demo"
    now: Callable[[], float] = time.time
    habits: WarehouseHabits = field(default_factory=WarehouseHabits)

    def __post_init__(self) -> None:
        self.products = Catalogue(self.now, self.habits)
        self.history = History(self.now)
        self.orders = OrderBook(self.now)
        self.webhooks: dict[str, Fields] = {}
        self.log = ChangeLog(self.now)
        self._parcel_ids = count(1214)

    @property
    def changes(self) -> list[Change]:
        return self.log.entries

    def written(self, key: str | None = None, what: str = "") -> list[Change]:
        """What the API changed, oldest first; of one product or order, and of one kind, where given."""
        return self.log.written(key, what)

    # -- products ---------------------------------------------------------------------------------

    def add_product(self, **fields: object) -> Product:
        """Add a product, as people do, who need not name a `productGroup`."""
        return self.take_product({"productGroup": "A", **fields}, by="person")

    def take_product(self, fields: Fields, by: By) -> Product:
        """Add a product; raises Refusal for missing parameters and identifiers in use."""
        product = self.products.add(fields)
        self.log.note(by, "product added", product.external_id)
        return product

    def take_products(self, batch: Iterable[object], by: By) -> None:
        """Add a batch of products; see `Catalogue.add_many` for refused ones."""
        known = len(self.products)
        try:
            self.products.add_many(batch)
        finally:
            for product in list(self.products)[known:]:
                self.log.note(by, "product added", product.external_id)

    def update_product(self, external_id: str, **fields: object) -> Product:
        """Change the given fields of a product, as people do."""
        return self.change_product(external_id, fields, by="person")

    def change_product(self, external_id: str, fields: Fields, by: By) -> Product:
        """Change the given fields of a product and no others."""
        product = self.products.update(external_id, fields)
        self.log.note(by, "product updated", external_id, sorted(fields))
        self.orders.offer(product)
        return product

    def remove_product(self, external_id: str) -> None:
        """Take a product out of the master data, as people in the warehouse can."""
        self.products.remove(external_id)
        self.log.note("person", "product removed", external_id)

    # -- stock ------------------------------------------------------------------------------------

    def set_stock(self, external_id: str, quantity: int) -> None:
        """Count a product: that many first-choice pieces are on the shelf, reserved ones among them."""
        self._book_stock(external_id, quantity, FIRST_CHOICE)

    def receive(self, external_id: str, quantity: int) -> None:
        """Book incoming pieces."""
        before = self.products.get(external_id).stock.get(FIRST_CHOICE, 0)
        self._book_stock(external_id, before + quantity, FIRST_CHOICE, "INCOMING")

    def set_second_choice(self, external_id: str, quantity: int) -> None:
        """Count pieces that must not be sold as new."""
        self._book_stock(external_id, quantity, SECOND_CHOICE)

    def block(self, external_id: str, quantity: int) -> None:
        """Keep that many first-choice pieces from being sold."""
        product = self.products.get(external_id)
        product.blocked, product.stock_changed_at = quantity, self.now()
        self.log.note("person", "stock blocked", external_id, quantity)
        self.orders.offer(product)

    def stock_everything(self, quantity: int) -> None:
        """Set every product's stock; no booking history is kept for it."""
        for product in self.products:
            self.products.set_stock(product, quantity)
            self.orders.offer(product)

    # -- goods orders -----------------------------------------------------------------------------

    def order(self, external_id: str) -> GoodsOrder:
        """The newest order with this external id; raises Refusal (404)."""
        return self.orders.newest(external_id)

    def add_order(self, meta: Fields, positions: list[Fields], by: By = "person") -> GoodsOrder:
        """Take a goods order in and reserve its goods; raises Refusal for what the API documents as refused."""
        meta = with_street_number(check_meta(meta))
        if self.habits.repeated_order == "refused" and self.orders.named(meta["externalId"]):
            raise Refusal(400, f"externalId is already in use: {meta['externalId']}", "NOT_UNIQUE")
        wanted = self._positions(positions, str(meta.get("externalIdMatch", "")))
        order = self.orders.add(meta, wanted)
        self.log.note(by, "order added", order.external_id)
        return order

    def update_meta(self, external_id: str, meta: Fields, by: By = "person") -> GoodsOrder:
        """Replace the given meta data of an order that is not in process yet."""
        order = self.orders.changeable(external_id)
        order.meta = {**order.meta, **with_street_number(check_meta(meta)), "externalId": order.external_id}
        self.log.note(by, "order updated", external_id)
        self.orders.settle(order)
        return order

    def add_positions(
        self, external_id: str, positions: list[Fields], match: str = "externalId", by: By = "person"
    ) -> GoodsOrder:
        """Add positions to an order that is not in process yet; an identifier may occur twice."""
        order = self.orders.changeable(external_id)
        order.positions += self._positions(positions, match)
        self.log.note(by, "positions added", external_id, len(positions))
        self.orders.reserve(order)
        return order

    def remove_position(self, external_id: str, position_id: str, by: By = "person") -> GoodsOrder:
        """Take a position, named by its own identifier or its product's external id, out of an order."""
        order = self.orders.changeable(external_id)
        named = [position for position in order.positions if position.identifier == position_id]
        found = named or [position for position in order.positions if position.external_id == position_id]
        if not found:
            raise Refusal(404, f"No position with externalId found: {position_id}", "NOT_FOUND")
        order.positions.remove(found[0])
        self.orders.release(found[:1])
        self.log.note(by, "position removed", external_id, position_id)
        self.orders.settle(order)
        return order

    def cancel(self, external_id: str, reason: str = "", by: By = "person") -> GoodsOrder:
        """Cancel an order and free its goods: the API before picking, people until it was sent."""
        order = self.order(external_id)
        if order.status in FINISHED or (by == "api" and order.status not in NOT_PICKED):
            raise Refusal(
                400, f"Goods order can't be cancelled, its status is {order.status}", "INVALID_STATUS"
            )
        order.status, order.cancel_reason, order.reason = Status.CANCELLED, reason, ""
        self.orders.release(order.positions)
        self.log.note(by, "order cancelled", external_id, reason or None)
        return order

    def add_note(self, external_id: str, text: str, by: By = "person") -> None:
        """Stick a note to an order."""
        self.order(external_id).notes.append(text)
        self.log.note(by, "note added", external_id)

    # -- picking, packing, sending ----------------------------------------------------------------

    def advance(self, external_id: str, status: str = "") -> GoodsOrder:
        """Bring an order to its next status, or to the named one; SHIPPED sends all that is left in one parcel."""
        order = self.order(external_id)
        target = Status(status) if status else next_status(order.status)
        if target is Status.SHIPPED:
            self.ship(external_id)
        elif target is Status.CANCELLED:
            self.cancel(external_id)
        else:
            blocked = target is Status.PACKED and truth(order.meta.get("blocked", 0))
            order.status = Status.BLOCKEDPACKED if blocked else target
            order.block_reason = "DOCUMENTS" if order.status is Status.BLOCKEDPACKED else ""
            self.log.note("person", "status set", external_id, str(order.status))
        return order

    def pack(
        self,
        external_id: str,
        items: Mapping[str, int] | None = None,
        *,
        tracking_number: str | None = None,
        carrier: str = "DHL",
        carrier_product: str = "DHL Paket",
    ) -> Parcel:
        """Pack a parcel: `items` (product's external id to pieces), or all that is left.

        Without `tracking_number` one is made up; an empty one is a parcel that has none.
        """
        order = self.order(external_id)
        if order.status in FINISHED:
            raise Refusal(400, f"Goods order can't be packed, its status is {order.status}", "INVALID_STATUS")
        parcel_id = next(self._parcel_ids)
        number = f"003404341610{parcel_id:08d}" if tracking_number is None else tracking_number
        parcel = Parcel(parcel_id, number, carrier, carrier_product, contents(order, items))
        for position, pieces in parcel.contents:
            position.packed += pieces
        order.parcels.append(parcel)
        everything = all(position.open == 0 for position in order.positions)
        order.status, order.reason = Status.PACKED if everything else Status.INPICKING, ""
        self.log.note("person", "parcel packed", external_id, number)
        return parcel

    def hand_over(self, external_id: str, parcel: Parcel) -> None:
        """Give a packed parcel to the carrier: its pieces leave the stock, the history gets an entry for each line."""
        order = self.order(external_id)
        parcel.handed_over_at = self.now()
        for position, pieces in parcel.contents:
            product = position.product
            freed = min(position.reserved, pieces)
            position.sent += pieces
            position.reserved -= freed
            product.reserved -= freed
            self.products.set_stock(product, product.stock.get(FIRST_CHOICE, 0) - pieces)
            self.history.sent(order, parcel, position, pieces)
        if all(position.open == 0 and position.sent == position.packed for position in order.positions):
            order.status = Status.SHIPPED
            self.orders.release(order.positions)
        self.log.note("person", "parcel handed over", external_id, parcel.tracking_number)

    def ship(
        self,
        external_id: str,
        items: Mapping[str, int] | None = None,
        *,
        tracking_number: str | None = None,
        carrier: str = "DHL",
        carrier_product: str = "DHL Paket",
    ) -> Parcel:
        """Pack a parcel (see `pack`) and hand it over at once."""
        parcel = self.pack(
            external_id,
            items,
            tracking_number=tracking_number,
            carrier=carrier,
            carrier_product=carrier_product,
        )
        self.hand_over(external_id, parcel)
        return parcel

    def flag(self, booking_id: int, by: By = "api") -> None:
        """Acknowledge a history entry; raises Refusal (404) for an unknown one."""
        self.history.flag(booking_id)
        self.log.note(by, "booking flagged", str(booking_id))

    # -- inside -----------------------------------------------------------------------------------

    def _positions(self, positions: list[Fields], match: str) -> list[Position]:
        return [
            Position(
                product=self.products.find(str(fields["externalId"]), match),
                quantity=whole(fields, "quantity", default=1),
                identifier=str(fields.get("externalPositionIdentifier") or ""),
                external_id=str(fields["externalId"]),
                total=whole(fields, "total"),
                tax=whole(fields, "tax"),
            )
            for fields in check_positions(positions)
        ]

    def _book_stock(self, external_id: str, quantity: int, attribute: int, reason: str = "") -> None:
        product = self.products.get(external_id)
        difference = self.products.set_stock(product, quantity, attribute)
        if difference:
            counted = "INVENTORY_IN" if difference > 0 else "INVENTORY_OUT"
            self.history.moved(reason or counted, product, abs(difference))
        self.log.note("person", "stock set", external_id, quantity)
        self.orders.offer(product)
