"""A rehearsal writes nothing to either side and says what it would write (SPEC R6)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from connector.calls import Endpoint
from connector.clock import Stop
from connector.engine import run_client
from connector.errors import CallRefused
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.report import ClientReport, PlannedWrite, RunReport, lines
from connector.testing.clock import FakeClock
from connector_billbee.source import BillbeeSource
from tests.core.flows.test_orders import order, product
from tests.world import World


def rehearse(world: World) -> ClientReport:
    world.later(hours=1)
    return asyncio.run(run_client(world.settings(), world.shared(), rehearse=True))


def planned(report: ClientReport) -> list[tuple[str, str]]:
    assert report.planned is not None
    return [(write.action, write.number or write.record_id) for write in report.planned]


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}


def busy_world(world: World) -> int:
    """Has something to write in all five flows; returns an order that was shipped."""
    cup = product(world, 1)
    world.run("products")
    world.warehouse.set_stock(str(cup), 50)
    shipped, cancelled = order(world, (cup, 1)), order(world, (cup, 1))
    world.run()
    world.shop.change_product(cup, Title="New name")
    product(world, 2)
    order(world, (cup, 3))
    order(world, (cup, 0.5))
    world.shop.cancel_order(cancelled)
    world.warehouse.ship(str(shipped), tracking_number="0034-1")
    world.warehouse.set_stock(str(cup), 40)
    return shipped


def test_R6_a_rehearsal_writes_to_neither_side_nor_to_the_state(world: World) -> None:
    busy_world(world)
    before = files(world.state_dir)
    world.clear_audit()
    report = rehearse(world)
    assert report.completed
    assert world.writes() == []
    assert world.calls("P*") + world.calls("DELETE *") == 0
    assert files(world.state_dir) == before


def test_R6_a_rehearsal_without_any_state_leaves_none_behind(world: World) -> None:
    order(world)
    rehearse(world)
    assert files(world.state_dir) == {}


def test_R6_a_rehearsal_shows_each_write_of_all_five_flows(world: World) -> None:
    shipped = busy_world(world)
    number = {key: found["OrderNumber"] for key, found in world.shop.orders.items()}
    report = rehearse(world)
    actions = planned(report)
    assert ("update product", "SKU-1") in actions
    assert ("create product", "SKU-2") in actions
    assert [action for action, _ in actions if action in {"create order", "mark as held"}] == [
        "create order",
        "mark as held",
    ]
    assert ("cancel order", str(min(set(number) - {shipped}))) in actions
    assert ("set to shipped", number[shipped]) in actions
    assert ("set stock", "SKU-1") in actions


def test_R6_a_rehearsal_shows_which_fields_of_a_product_differ(world: World) -> None:
    busy_world(world)
    report = rehearse(world)
    assert report.planned is not None
    (update,) = [write for write in report.planned if write.action == "update product"]
    assert update.changes == {"name": "'Product 1' -> 'New name'"}


def test_R6_what_was_rehearsed_is_what_the_next_run_does(world: World) -> None:
    busy_world(world)
    rehearsed = rehearse(world)
    done = world.run()
    assert {name: counts.sent for name, counts in rehearsed.flows.items()} == {
        name: counts.sent for name, counts in done.flows.items()
    }


def test_R6_what_the_warehouse_would_refuse_is_refused_in_a_rehearsal_too(world: World) -> None:
    cup = product(world, 1)
    world.shop.change_product(cup, Title="x" * 300)
    order(world, (product(world, 2), 1), to={"Street": "x" * 300})
    report = rehearse(world)
    assert sorted(line.code for line in report.problems) == ["field_too_long", "field_too_long"]
    assert ("create product", "SKU-1") not in planned(report)


def test_R6_the_report_is_a_table(world: World) -> None:
    write = PlannedWrite(side="target", action="cancel order", record_id="7", number="A-7", changes={})
    report = ClientReport.begin("acme", world.clock.now())
    report.planned = [write]
    assert "  would write 1 time:" in lines(RunReport(clients=[report]))
    assert "    target  cancel order  A-7" in lines(RunReport(clients=[report]))


def test_R6_a_client_that_may_only_read_sends_no_write_even_if_it_is_asked_to(world: World) -> None:
    clock = FakeClock()
    http = HttpClient(
        BillbeeSource.service(world.settings().source.settings),
        clock=clock,
        stop=Stop(),
        random=world.shared().random,
        limits=Limits(clock),
        counts=CallLog(),
        transport=asgi_transport(world.sandbox.billbee_app()),
        read_only=True,
    )
    with pytest.raises(RuntimeError, match="POST /x would write, and this client may only read"):
        asyncio.run(http.call(Endpoint("POST", "/x"), bytes))
    with pytest.raises(CallRefused, match="No route POST"):  # a query that is posted goes out
        asyncio.run(http.call(Endpoint("POST", "/x", reads=True), bytes))
