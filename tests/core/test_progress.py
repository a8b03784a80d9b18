"""How far a run is, as it is told to an observer while it runs."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from connector.engine import run_client
from connector.progress import Logged, Progress
from connector.report import ClientReport, FlowCounts
from connector_sandbox.seed import ean13
from tests.world import World


class Notes:
    """Notes all that it is told, with the records that were read by then."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        self.told.append(("begin", client, flow, counts.read))

    def expect(self, client: str, flow: str, records: int) -> None:
        self.told.append(("expect", client, flow, records))

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        self.told.append(("end", client, flow, counts.read, complete))

    def done(self, report: ClientReport) -> None:
        self.told.append(("done", report.client, "", report.completed))

    def of(self, flow: str) -> list[tuple[object, ...]]:
        return [note for note in self.told if note[2] == flow]


def run(world: World, progress: Progress, **changes: float) -> None:
    async def once() -> None:
        shared = replace(world.shared(), progress=progress)
        await run_client(world.settings(**changes), shared)
        await shared.store.close()

    asyncio.run(once())


def goods(world: World, orders: int) -> None:
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    for _ in range(orders):
        world.shop.add_order([(piece, 1)])


def test_an_observer_is_told_of_each_flow_in_the_order_in_which_they_run(world: World) -> None:
    notes = Notes()
    run(world, notes)
    begun = [note[2] for note in notes.told if note[0] == "begin"]
    assert begun == ["products", "orders", "cancellations", "shipments", "stock"]
    assert notes.told[-1] == ("done", "acme", "", True)


def test_a_flow_says_how_many_records_it_takes_and_how_many_it_took(world: World) -> None:
    goods(world, 3)
    notes = Notes()
    run(world, notes)
    assert notes.of("orders") == [
        ("begin", "acme", "orders", 0),
        ("expect", "acme", "orders", 3),
        ("end", "acme", "orders", 3, True),
    ]
    assert notes.of("stock")[-1] == ("end", "acme", "stock", 0, True)


def test_a_flow_that_a_fault_stopped_is_not_complete(world: World) -> None:
    world.sandbox.billbee.faults.add("GET /orders", "html", times=None)
    notes = Notes()
    run(world, notes)
    assert notes.of("orders") == [("begin", "acme", "orders", 0), ("end", "acme", "orders", 0, False)]
    assert notes.of("products")[-1][-1] is True


def test_a_flow_whose_time_was_used_up_is_not_complete(world: World) -> None:
    goods(world, 120)  # two a second are tagged as received
    notes = Notes()
    run(world, notes, max_run_minutes=1)
    _, expected, ended = notes.of("orders")
    assert expected[-1] == 120
    assert (ended[0], ended[-1]) == ("end", False)


def test_the_log_gets_a_line_for_each_flow(world: World, caplog: pytest.LogCaptureFixture) -> None:
    goods(world, 2)
    world.sandbox.billbee.faults.add("GET /products", "html", times=None)
    with caplog.at_level(logging.INFO, logger="connector.run"):
        run(world, Logged())
    told = [
        (record.msg, record.__dict__.get("flow"), record.__dict__.get("records")) for record in caplog.records
    ]
    assert ("flow stopped early", "products", "nothing to do") in told
    assert ("flow finished", "orders", "2 read, 2 refused") in told
