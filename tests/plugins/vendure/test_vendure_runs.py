"""Whole runs between the fake shop and a warehouse, over both services' real wire formats."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from connector.api import Product, Service
from connector.clock import Stop
from connector.engine import run_client
from connector.http import Limits, Transport, asgi_transport
from connector.report import ClientReport
from connector.secret import Secret
from connector.settings import ClientSettings, PluginChoice
from connector.sides import Shared
from connector.state import TinyStore
from connector_sandbox.servers import Sandbox
from connector_wemalo.settings import WemaloSettings
from tests.plugins.vendure.bench import NO_FIELDS, Bench
from tests.plugins.vendure.test_vendure_orders import order
from tests.world import PLUGINS, STEPS

FIELDS_OR_NONE = pytest.mark.parametrize("fields", [{}, NO_FIELDS], ids=["all fields", "no field"])


class Pair:
    """One client between the fake shop and the sandbox's warehouse; `run` is one hourly run."""

    def __init__(self, state_dir: Path) -> None:
        self.bench = Bench()
        self.vendure = self.bench.vendure
        self.clock = self.bench.clock
        self.sandbox = Sandbox.empty(now=lambda: self.clock.now().timestamp(), sleep=self.clock.sleep)
        self.warehouse = self.sandbox.warehouse
        self.state_dir = state_dir

    def run(self, fields: dict[str, Any] | None = None, *, rehearse: bool = False) -> ClientReport:
        return asyncio.run(self._run(fields or {}, rehearse))

    def sell(self, sku: str = "MUG", ean: str = "4006381333931") -> str:
        """Puts a product on sale, and so many on the shelf that nothing is sold out."""
        key = self.vendure.add_product(Product(id="", sku=sku, ean=ean, name=sku))
        self.vendure.shop.stock_of(key)["stockOnHand"] = 50
        return key

    def lose_state(self) -> None:
        for file in self.state_dir.iterdir():
            file.unlink()

    def status(self, key: str) -> str:
        return self.warehouse.order(key).status.value

    async def _run(self, fields: dict[str, Any], rehearse: bool) -> ClientReport:
        await self.clock.sleep(3600)
        wemalo = WemaloSettings(token=Secret(self.sandbox.token), base_url="https://wemalo.example/v1")
        settings = ClientSettings(
            name="acme",
            source=PluginChoice("vendure", self.bench.settings(**fields)),
            target=PluginChoice("wemalo", wemalo),
        )
        store = TinyStore(self.state_dir, self.clock)
        shared = Shared(
            plugins=PLUGINS,
            steps=STEPS,
            store=store,
            limits=Limits(self.clock),
            clock=self.clock,
            stop=Stop(),
            random=random.Random(1),
            transport=self._transport,
        )
        try:
            return await run_client(settings, shared, rehearse=rehearse)
        finally:
            await store.close()

    def _transport(self, service: Service) -> Transport:
        return (
            self.bench.transport if service.name == "vendure" else asgi_transport(self.sandbox.wemalo_app())
        )


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path / "state")


@FIELDS_OR_NONE
def test_an_order_goes_to_the_warehouse_and_comes_back_in_two_parcels(
    pair: Pair, fields: dict[str, Any]
) -> None:
    mug = pair.sell()
    pair.run(fields)
    pair.warehouse.set_stock(mug, 50)
    key = pair.vendure.add_order(order(mug, 3))
    report = pair.run(fields)
    assert (report.completed, report.problems, len(pair.warehouse.orders)) == (True, [], 1)
    pair.warehouse.ship(key, {mug: 1}, tracking_number="0034-1")
    pair.run(fields)
    assert pair.vendure.order(key).state_name == "PartiallyShipped"
    pair.warehouse.ship(key, tracking_number="0034-2")
    report = pair.run(fields)
    shown = pair.vendure.order(key)
    assert (shown.state_name, shown.tracking_numbers) == ("Shipped", ("0034-1", "0034-2"))
    assert report.problems == []


@FIELDS_OR_NONE
def test_K1_K4_both_sides_show_the_same_stock_whatever_was_reported_when(
    pair: Pair, fields: dict[str, Any]
) -> None:
    mug = pair.sell()
    pair.run(fields)
    pair.warehouse.set_stock(mug, 20)
    key = pair.vendure.add_order(order(mug, 3))
    pair.run(fields)
    assert pair.vendure.stock(mug) == 17
    pair.warehouse.ship(key, tracking_number="0034")
    pair.run(fields)
    assert pair.vendure.stock(mug) == 17
    pair.warehouse.set_stock(mug, 5)
    pair.run(fields)
    assert pair.vendure.stock(mug) == 5


def test_A1_a_shop_without_eans_sends_its_products_by_their_sku(pair: Pair) -> None:
    pair.sell(ean="")
    report = pair.run(NO_FIELDS)
    assert report.problems == []
    assert [product.fields["sku"] for product in pair.warehouse.products] == ["MUG"]


def test_A1_a_shop_with_eans_is_told_which_is_missing(pair: Pair) -> None:
    pair.sell(ean="")
    assert [problem.code for problem in pair.run().problems] == ["product_ean_missing"]


@FIELDS_OR_NONE
def test_O3_an_order_arrives_once_even_when_the_state_is_lost(pair: Pair, fields: dict[str, Any]) -> None:
    pair.vendure.add_order(order(pair.sell()))
    for _ in range(3):
        pair.run(fields)
        pair.lose_state()
    assert len(pair.warehouse.orders) == 1


@FIELDS_OR_NONE
@pytest.mark.parametrize("takes_effect", [True, False])
def test_O3_a_mark_that_was_cut_off_makes_no_second_order(
    pair: Pair, fields: dict[str, Any], takes_effect: bool
) -> None:
    key = pair.vendure.add_order(order(pair.sell()))
    pair.bench.faults.add("MarkOrder", "reset", times=None, takes_effect=takes_effect)
    pair.run(fields)
    pair.bench.faults.clear()
    report = pair.run(fields)
    assert (len(pair.warehouse.orders), report.problems) == (1, [])
    assert pair.vendure.order(key).is_received != bool(fields)


def test_O3_without_a_mark_an_open_order_costs_a_look_in_each_run_and_no_write(pair: Pair) -> None:
    pair.vendure.add_order(order(pair.sell()))
    pair.run(NO_FIELDS)
    report = pair.run(NO_FIELDS)
    assert (report.flows["orders"].unchanged, report.flows["orders"].sent) == (1, 0)
    assert pair.bench.sent("MarkOrder") == []


def test_O6_without_a_mark_a_change_is_taken_over_by_itself(pair: Pair) -> None:
    mug = pair.sell()
    key = pair.vendure.add_order(order(mug, 3))
    pair.run(NO_FIELDS)
    pair.vendure.shop.orders[key]["shippingAddress"]["city"] = "Dresden"
    report = pair.run(NO_FIELDS)
    assert report.flows["orders"].sent == 1
    assert pair.warehouse.order(key).meta["receiver"][0]["city"] == "Dresden"


def test_O5_an_order_that_can_not_be_shipped_is_held_and_goes_through_once_mended(pair: Pair) -> None:
    key = pair.vendure.add_order(order(pair.sell()))
    address = pair.vendure.shop.orders[key]["shippingAddress"]
    address["city"] = ""
    assert [problem.code for problem in pair.run().problems] == ["order_receiver_missing"]
    assert pair.vendure.order(key).is_held
    address["city"] = "Berlin"
    assert pair.run().problems == []
    shown = pair.vendure.order(key)
    assert (shown.is_received, shown.is_held) == (True, False)


@pytest.mark.parametrize("fields", [{}, {"status_field": ""}, NO_FIELDS], ids=["all", "no status", "none"])
def test_X1_a_cancelled_order_is_cancelled_in_the_warehouse_and_then_left_alone(
    pair: Pair, fields: dict[str, Any]
) -> None:
    key = pair.vendure.add_order(order(pair.sell()))
    pair.run(fields)
    pair.vendure.cancel_order(key)
    assert pair.run(fields).problems == []
    assert pair.status(key) == "CANCELLED"
    for _ in range(5):
        report = pair.run(fields)
    assert (report.flows["cancellations"].read, report.problems) == (0, [])


def test_X2_a_cancellation_that_comes_too_late_is_reported_once(pair: Pair) -> None:
    mug = pair.sell()
    pair.run()
    pair.warehouse.set_stock(mug, 5)
    key = pair.vendure.add_order(order(mug))
    pair.run()
    pair.warehouse.advance(key, "PACKED")
    pair.vendure.cancel_order(key)
    assert [problem.code for problem in pair.run().problems] == ["order_cancel_refused"]
    assert pair.vendure.order(key).order.tags == ("cancel_refused",)
    assert [problem.count for problem in pair.run().problems] == [1]


def test_R6_a_rehearsal_reads_the_shop_and_writes_nothing(pair: Pair) -> None:
    mug = pair.sell()
    pair.run()
    pair.vendure.add_order(order(mug))
    pair.bench.vendure.calls.clear()
    report = pair.run(rehearse=True)
    assert report.completed
    assert [write.action for write in report.planned or ()] == ["create order", "mark as received"]
    assert not {"MarkOrder", "AddFulfillment", "ShipFulfillment", "SetStock"} & set(pair.bench.operations)


def test_R1_an_outage_of_the_shop_is_one_problem(pair: Pair) -> None:
    for number in range(3):
        pair.vendure.add_order(order(pair.sell(f"S{number}", f"400638133393{number}")))
    pair.bench.faults.add("*", "503", times=None)
    assert [problem.code for problem in pair.run().problems] == ["service_unreachable"]
    pair.bench.faults.clear()
    assert (pair.run().problems, len(pair.warehouse.orders)) == ([], 3)
