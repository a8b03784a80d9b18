"""A merchant's day in two stages, so that the one run after the second stage has something to do in all five flows.

    world = new_world(folder)          # both services without their limits, so that nothing waits for them
    scenario = Scenario(world)
    scenario.begin()                   # products, full shelves, the first orders
    world.run()                        # all of them are known to the warehouse
    scenario.go_on()                   # people order, change, cancel; the warehouse packs
    world.run()                        # the run to kill or to disturb: every flow has work
    violations(scenario, world.state_dir)     # invariants.py

Ids, numbers and quantities are the same each time. `ORDERS` says how every order has to stand in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from connector.testing.clock import FakeClock
from connector_sandbox.seed import ean13
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.world import World

PERSONS_TAG: Final = "Gift wrap, please"
"""Stands on every order; nothing of ours may ever take it away (SPEC O2)."""

PRODUCTS: Final = ("TEA", "MUG", "BOX", "CANDLE")
NOT_SENT: Final = ("SAMPLER", "SPOON")
"""A set (SPEC A5), and a product whose SKU the warehouse has given to one of its own (SPEC A4)."""
OWN_PRODUCT: Final = "own-1"
SHELF: Final = 100
PAID, SHIPPED, CANCELLED = 3, 4, 8


@dataclass(frozen=True)
class Ending:
    """How an order has to stand in the end.

    `pieces` by product's name, None for one that the warehouse must not have; `marks` are our tags without their
    end `_by_wemalo`; `problem` is the code that has to be open about it.
    """

    pieces: Mapping[str, int] | None
    status: str = "OPEN"
    marks: tuple[str, ...] = ("order_received",)
    state: int = PAID
    numbers: tuple[str, ...] = ()
    city: str = "Musterstadt"
    problem: str = ""


ORDERS: Final[Mapping[str, Ending]] = MappingProxyType(
    {
        "untouched": Ending({"BOX": 1}),
        "changed": Ending({"TEA": 3, "BOX": 1}, city="Hamburg"),
        "changed too late": Ending(
            {"CANDLE": 1},
            "INPROCESS",
            ("order_received", "order_change_refused"),
            problem="order_change_refused",
        ),
        "cancelled": Ending(
            {"TEA": 1}, "CANCELLED", ("order_received", "order_cancelled_received"), CANCELLED
        ),
        "cancelled too late": Ending(
            {"MUG": 2},
            "INPICKING",
            ("order_received", "order_cancel_refused"),
            CANCELLED,
            problem="order_cancel_refused",
        ),
        "two parcels": Ending({"TEA": 2, "MUG": 1}, "SHIPPED", state=SHIPPED, numbers=("T-1001", "T-1002")),
        "partly sent": Ending({"BOX": 2, "MUG": 1}, "INPICKING", numbers=("T-1003",)),
        "mended": Ending({"MUG": 1}),
        "new": Ending(
            {"TEA": 1, "LAMP": 1}, "PARTIAL"
        ),  # the new product has not arrived in the warehouse yet
        "with a set": Ending({"TEA": 4, "MUG": 2, "BOX": 1}),
        "held": Ending(None, marks=("order_failed",), problem="order_receiver_missing"),
    }
)


@dataclass
class Scenario:
    """The people on both sides; `products` and `orders` are the ids by name, as far as they exist."""

    world: World
    products: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)

    @property
    def sandbox(self) -> Sandbox:
        return self.world.sandbox

    def begin(self) -> None:
        """Opens the shop with the orders that the first run takes to the warehouse, one of them without zip code."""
        for name in PRODUCTS:
            self._add_product(name)
        self._add_product("SAMPLER", parts={self.products["TEA"]: 2, self.products["MUG"]: 1})
        self._order("untouched", BOX=1)
        self._order("changed", TEA=1, MUG=1)
        self._order("changed too late", CANDLE=1)
        self._order("cancelled", TEA=1)
        self._order("cancelled too late", MUG=2)
        self._order("two parcels", TEA=2, MUG=1)
        self._order("partly sent", BOX=2, MUG=1)
        self._order("mended", MUG=1, to={"Zip": ""})

    def fill_shelves(self) -> None:
        """Gives the products that the warehouse has by now something to sell."""
        for name in PRODUCTS:
            self.warehouse.set_stock(str(self.products[name]), SHELF)

    def go_on(self) -> None:
        """Everything that happens between the first run and the one that is killed or disturbed."""
        self._merchant_changes_the_shop()
        self._order("new", TEA=1, LAMP=1)
        self._order("with a set", SAMPLER=2, BOX=1)
        self._order("held", MUG=1, to={"Zip": ""})
        self._warehouse_works()

    @property
    def warehouse(self) -> Warehouse:
        return self.world.warehouse

    def _merchant_changes_the_shop(self) -> None:
        shop = self.world.shop
        for name in ("LAMP", "VASE", "SPOON"):
            self._add_product(name)
        shop.change_product(self.products["CANDLE"], Title="Candle, now with more wax")
        lines = [(self.products["TEA"], 3), (self.products["BOX"], 1)]
        self._offer_again("changed", lines=lines, to={"City": "Hamburg"})
        self._offer_again("changed too late", lines=[(self.products["CANDLE"], 2)])
        shop.change_order(self.orders["mended"], to={"Zip": "12345"})
        for name in ("cancelled", "cancelled too late"):
            shop.cancel_order(self.orders[name])

    def _warehouse_works(self) -> None:
        warehouse = self.warehouse
        products = {name: str(product_id) for name, product_id in self.products.items()}
        orders = {name: str(order_id) for name, order_id in self.orders.items()}
        warehouse.advance(orders["changed too late"], "INPROCESS")
        warehouse.advance(orders["cancelled too late"], "INPICKING")
        warehouse.ship(orders["two parcels"], {products["TEA"]: 2}, tracking_number="T-1001")
        warehouse.ship(orders["two parcels"], tracking_number="T-1002")
        warehouse.ship(orders["partly sent"], {products["BOX"]: 1}, tracking_number="T-1003")
        warehouse.receive(products["CANDLE"], 7)
        warehouse.add_product(externalId=OWN_PRODUCT, sku="SPOON", name="Spoon of somebody else", ean="")

    def _add_product(self, name: str, **fields: Any) -> None:
        number = ean13(len(self.products) + 1)
        product = self.world.shop.add_product(SKU=name, EAN=number, Title=name.title(), stock=0, **fields)
        self.products[name] = product

    def _order(self, name: str, to: Mapping[str, str] | None = None, **pieces: int) -> None:
        lines = [(self.products[product], quantity) for product, quantity in pieces.items()]
        tags = ["wemalo", PERSONS_TAG]
        self.orders[name] = self.world.shop.add_order(lines, to=dict(to or {}), Tags=tags)

    def _offer_again(self, name: str, **changes: Any) -> None:
        """Changes an order as SPEC O6 tells the user to: the received tag is taken away."""
        self.world.shop.change_order(self.orders[name], **changes)
        self.world.shop.remove_tags(self.orders[name], ["order_received_by_wemalo"])


def new_world(folder: Path) -> World:
    """An empty world whose services keep no limits; its clock starts an hour ago, so that a real run comes later."""
    world = World(folder / "state")
    world.clock = FakeClock(datetime.now(UTC) - timedelta(hours=1))
    world.sandbox.billbee.habits.throttled = False
    world.sandbox.wemalo.habits.limited = False
    return world


def prepared(folder: Path) -> Scenario:
    """The scenario as it stands just before the run to kill or to disturb; the audits are empty."""
    scenario = Scenario(new_world(folder))
    scenario.begin()
    scenario.world.run("products")
    scenario.fill_shelves()
    report = scenario.world.run()
    assert report.completed, report.failure
    scenario.go_on()
    scenario.world.clear_audit()
    return scenario
