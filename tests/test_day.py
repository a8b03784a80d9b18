"""A day in the life of a merchant: 24 hourly runs in which shop and warehouse go on working."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from types import MappingProxyType

import pytest

from connector_billbee.service import PAGE_SIZE
from connector_billbee.stock import BATCH_SIZE
from connector_sandbox.faults import Fault, FaultKind, Faults
from connector_sandbox.seed import ean13
from connector_wemalo.target import WemaloTarget
from tests.world import RECEIVED, World

HOURS = 24
PAID, SHIPPED, CANCELLED = 3, 4, 8
SEEDS = [1, 2, 3]


@dataclass(frozen=True)
class Size:
    """How large the merchant is."""

    products: int = 500
    orders: int = 200


class RandomFaults(Faults):
    """Lets a share of all calls fail, each time in another way; seeded, so that every day is the same again."""

    KINDS: Mapping[FaultKind, tuple[bool, ...]] = MappingProxyType(
        {  # whether the service has done what it was asked when the answer goes wrong
            FaultKind.SERVER_ERROR: (True, False),
            FaultKind.BAD_GATEWAY: (True, False),
            FaultKind.UNAVAILABLE: (False,),
            FaultKind.TOO_MANY: (False,),
            FaultKind.RESET: (True, False),
            FaultKind.HANG: (True, False),
            FaultKind.TRUNCATED: (True,),
            FaultKind.EMPTY: (True,),
            FaultKind.HTML_PAGE: (True, False),
        }
    )

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self._share = share
        self._random = random.Random(seed)

    def take(self, name: str) -> Fault | None:
        if self._random.random() >= self._share:
            return None
        kind = self._random.choice(list(self.KINDS))
        return Fault(name, kind, takes_effect=self._random.choice(self.KINDS[kind]))


@dataclass
class Day:
    """What people do in a day, hour by hour; `did` counts what the connector has to carry, for the fewest calls."""

    world: World
    random: random.Random
    size: Size = Size()
    products: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)

    def open_shop(self) -> None:
        for place in range(1, self.size.products + 1):
            product = self.world.shop.add_product(
                SKU=f"SKU-{place}", EAN=ean13(place), Title=f"Product {place}", stock=0
            )
            self.products.append(product)

    def fill_warehouse(self) -> None:
        for product in self.products:
            self.world.warehouse.set_stock(str(product), 50)

    def hour(self) -> None:
        """Orders come in, some are changed or cancelled, products are renamed, the warehouse picks and ships."""
        self._people_order(ceil(self.size.orders / HOURS))
        self._people_change_their_minds()
        self._merchant_renames(2)
        self._warehouse_works()
        self.did["pages of orders"] += self._pages_of_orders()

    def _pages_of_orders(self) -> int:
        """Counts the pages of paid and tagged orders; the shop can't leave received ones out of that list."""
        paid = [order for order in self.orders if self.world.shop.order(order)["State"] == PAID]
        return max(ceil(len(paid) / PAGE_SIZE), 1)

    def _people_order(self, count: int) -> None:
        for _ in range(min(count, self.size.orders - len(self.orders))):
            lines = [(product, self.random.randint(1, 3)) for product in self.random.sample(self.products, 2)]
            self.orders.append(self.world.shop.add_order(lines))

    def _people_change_their_minds(self) -> None:
        waiting = [
            order for order in self.orders if self._status(order) == "OPEN" and self._is_received(order)
        ]
        for order in waiting[:1]:
            self.world.shop.cancel_order(order)
            self.cancelled.add(order)
        for order in waiting[1:2]:
            product = self.random.choice(self.products)
            self.world.shop.change_order(order, lines=[(product, 4)], to={"City": "Hamburg"})
            self.world.shop.remove_tags(order, [RECEIVED])

    def _merchant_renames(self, count: int) -> None:
        for product in self.random.sample(self.products, count):
            self.world.shop.change_product(product, Title=f"Renamed {self.random.random()}")

    def _warehouse_works(self) -> None:
        """Ships a few of the oldest orders that nobody is about to change, some of them in two parcels."""
        ready = [order for order in self.orders if self._status(order) == "OPEN" and self._is_settled(order)]
        for order in ready[:6]:
            first, *others = self.world.warehouse.order(str(order)).positions
            if others and self.random.random() < 0.3:
                self.world.warehouse.ship(str(order), {first.external_id: first.quantity})
                self.did["parcels"] += 1
            self.world.warehouse.ship(str(order))
            self.did["parcels"] += 1

    def _status(self, order: int) -> str:
        found = self.world.warehouse.orders.named(str(order))
        return found[-1].status.value if found else ""

    def _is_received(self, order: int) -> bool:
        return self.world.received(order)

    def _is_settled(self, order: int) -> bool:
        return self._is_received(order) and order not in self.cancelled

    def ship_the_rest(self) -> None:
        for order in self.orders:
            if order not in self.cancelled and self._status(order) == "OPEN":
                self.world.warehouse.ship(str(order))


def live(world: World, seed: int, failing: float = 0.0, size: Size = Size()) -> Day:
    """Lives the day, which begins with full shelves; from then on the share `failing` of all calls fails."""
    day = Day(world, random.Random(seed), size)
    day.open_shop()
    world.run("products")
    day.fill_warehouse()
    world.sandbox.billbee.faults = RandomFaults(failing, seed)
    world.sandbox.wemalo.faults = RandomFaults(failing, -seed)
    for _ in range(HOURS):
        day.hour()
        world.run()
        world.later()
    return day


def both_sides_agree(day: Day) -> None:
    """Compares every order, tracking number and quantity of the shop with the warehouse's."""
    shop, warehouse = day.world.shop, day.world.warehouse
    for order in day.orders:
        (there,) = warehouse.orders.named(str(order))  # exactly one: none doubled, none missing
        here = shop.order(order)
        numbers = [shipment["ShippingId"] for shipment in here["ShippingIds"]]
        assert sorted(numbers) == sorted(parcel.tracking_number for parcel in there.parcels)
        assert here["State"] == (CANCELLED if order in day.cancelled else SHIPPED)
        assert there.status.value == ("CANCELLED" if order in day.cancelled else "SHIPPED")
        if order not in day.cancelled:
            wanted = {str(line["Product"]["BillbeeId"]): line["Quantity"] for line in here["OrderItems"]}
            assert {position.external_id: position.quantity for position in there.positions} == wanted
    for product in day.products:
        assert (
            warehouse.products.get(str(product)).fields["name"] == shop.product(product)["Title"][0]["Text"]
        )
        assert shop.stock(product) == warehouse.products.get(str(product)).pickable


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_day_in_which_every_tenth_call_fails_both_sides_agree(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path, seed=seed)
    day = live(world, seed, failing=0.1)
    world.sandbox.billbee.faults = world.sandbox.wemalo.faults = Faults()
    assert world.run().completed  # the first run after the faults puts everything right
    day.ship_the_rest()
    assert world.run().completed
    both_sides_agree(day)


def test_a_day_without_faults_makes_the_fewest_calls_possible(tmp_path: Path) -> None:
    world = World(tmp_path)
    day = live(world, seed=1)
    audits = (world.sandbox.billbee.audit, world.sandbox.wemalo.audit)
    made = Counter(entry.name for audit in audits for entry in audit.entries)
    assert made == fewest_calls(world, day)


def fewest_calls(world: World, day: Day) -> Counter[str]:
    """Computes the fewest calls that carry what happened: each list read once a run, each write made once."""
    shop = Counter(change.what for change in world.shop.written())
    warehouse = Counter(change.what for change in world.warehouse.written())
    shipped = {change.key for change in world.shop.written() if change.what == "shipment added"}
    products, orders = day.size.products, len(day.orders)
    catalogue = ceil(products / PAGE_SIZE)
    return Counter(
        {
            "GET /products": catalogue * (HOURS + 1)
            + catalogue,  # each run, and once what the shop has in stock
            "GET /product/getAll": 1,  # once, since nothing is remembered
            "POST /product/addMultiple": ceil(products / WemaloTarget.batch_size),
            "PUT /product/update/:externalId": warehouse["product updated"],
            "GET /orders": day.did["pages of orders"]  # the offered ones
            + HOURS  # those that changed lately, a page of them
            + 1,  # and once a day all that were withdrawn
            "GET /goodsOrder/getStatus/:id": orders
            + warehouse["order updated"],  # looked up before it is written
            "POST /goodsOrder/add": orders,
            "PUT /goodsOrder/updateMeta/:id": warehouse["order updated"],
            "DELETE /goodsOrder/removePosition/:externalId/:externalpositionId": warehouse[
                "position removed"
            ],
            "POST /goodsOrder/addPosition/:externalId": warehouse["order updated"],
            "PUT /goodsOrder/cancel/:id": len(day.cancelled),
            "POST /orders/{id}/tags": orders + warehouse["order updated"] + len(day.cancelled),
            "GET /goodsOrder/packages/sent/": HOURS,
            "GET /shipment/shippingproviders": bool(shipped),  # once a day
            "GET /orders/{id}": len(shipped),  # which numbers are there already
            "POST /orders/{id}/shipment": shop["shipment added"],
            "PUT /orders/{id}/orderstate": shop["state set"],
            "PUT /goodsOrder/packages/sent/:bookingId": warehouse["booking flagged"],
            "GET /product/availableStock/": HOURS,
            "POST /products/updatestockmultiple": HOURS - 1 + ceil(products / BATCH_SIZE),
        }
    )
