"""One client's run: what stops it, what does not, and what is said of it."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest

from connector.api import Secret
from connector.checkup import check_client
from connector.engine import run_client
from connector.settings import FlowSwitches, PluginChoice
from connector_sandbox.seed import ean13
from connector_wemalo.settings import WemaloSettings
from tests.logged import Logged
from tests.world import World, problem


def goods(world: World, count: int = 1) -> list[int]:
    """Adds a product and orders of one piece of it."""
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    return [world.shop.add_order([(piece, 1)]) for _ in range(count)]


def test_C5_a_flow_that_is_switched_off_does_not_run(world: World) -> None:
    goods(world)
    report = world.run(flows=FlowSwitches(orders=False))
    assert list(report.flows) == ["products", "cancellations", "shipments", "stock"]
    assert world.calls("POST /goodsOrder/add") == 0


def test_C3_a_client_never_runs_twice_at_once(world: World) -> None:
    async def twice() -> list[str]:
        shared = world.shared()
        reports = await asyncio.gather(*(run_client(world.settings(), shared) for _ in range(2)))
        return sorted(report.failure for report in reports)

    goods(world, 5)
    completed, refused = asyncio.run(twice())
    assert completed == ""
    assert "client `acme` is being run by process" in refused


@pytest.mark.parametrize(
    "wrong", [{"api_password": Secret("x")}, {"api_key": Secret("x")}, {"username": "nobody"}]
)
def test_R1_wrong_credentials_stop_the_run_at_once_with_one_clear_problem(
    world: World, wrong: dict[str, Any]
) -> None:
    goods(world, 5)
    report = world.run(**wrong)
    assert not report.completed
    assert [line.code for line in report.problems] == ["credentials_refused"]
    assert world.sandbox.billbee.audit.count() == 1


@pytest.mark.parametrize("where", ["http", "body"])
def test_R1_wrong_credentials_of_the_warehouse_stop_the_run_too(
    world: World, where: Literal["http", "body"]
) -> None:
    goods(world, 5)
    world.sandbox.wemalo.habits.unauthorized_in = where
    target = PluginChoice("wemalo", WemaloSettings(token=Secret("x"), base_url="https://wemalo.example/v1"))
    report = world.run(target=target)
    assert [line.code for line in report.problems] == ["credentials_refused"]
    assert world.calls() == 1


def test_R1_the_problem_of_wrong_credentials_closes_when_they_are_right_again(world: World) -> None:
    world.run(api_password=Secret("x"))
    assert world.run().problems == []


def test_R1_one_clients_failure_never_touches_another_client(world: World) -> None:
    async def both() -> list[bool]:
        shared = world.shared()
        broken = world.settings(name="broken", api_password=Secret("x"))
        reports = await asyncio.gather(*(run_client(s, shared) for s in (broken, world.settings())))
        return [report.completed for report in reports]

    goods(world)
    assert asyncio.run(both()) == [False, True]


def test_R1_when_products_can_not_be_read_orders_still_go_across(world: World) -> None:
    (order,) = goods(world)
    world.run("products")
    world.sandbox.billbee.faults.add("GET /products", "500", times=None)
    report = world.run()
    assert (report.completed, world.received(order)) == (False, True)
    assert problem(report, "flow_failed", "products").record_id == ""


def test_R2_the_limits_of_billbee_are_kept_without_a_single_refusal(world: World) -> None:
    goods(world, 30)
    world.run()
    audit = world.sandbox.billbee.audit
    assert audit.most_within(1.0) == 2
    assert [entry for entry in audit.entries if entry.status == 429] == []


def test_R2_the_limit_headers_of_wemalo_are_kept(world: World) -> None:
    goods(world, 30)
    world.sandbox.wemalo.call_limit.limit = 20
    report = world.run()
    assert report.flows["orders"].sent == 30
    assert [entry for entry in world.sandbox.wemalo.audit.entries if entry.status == 419] == []


@pytest.mark.parametrize("kind", ["429", "429_retry_after", "419", "500", "502", "503", "reset", "hang"])
@pytest.mark.parametrize("call", ["GET /products", "GET /orders", "POST /orders/{id}/tags"])
def test_R3_a_passing_fault_is_retried(world: World, kind: str, call: str) -> None:
    (order,) = goods(world)
    world.sandbox.billbee.faults.add(call, kind, times=2)
    assert world.run().completed
    assert world.received(order)


def test_R3_a_permanent_refusal_is_never_retried(world: World) -> None:
    goods(world)
    world.shop.change_order(next(iter(world.shop.orders)), to={"Street": "x" * 300})
    world.run()
    assert world.calls("POST /goodsOrder/add") == 0


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("html", "an HTML page titled"),  # a maintenance page with status 200
        ("truncated", "are not JSON or are cut off"),
        ("empty", "an empty answer"),
    ],
)
@pytest.mark.parametrize(
    ("service", "call", "flow"),
    [
        ("billbee", "GET /products", "products"),
        ("billbee", "GET /orders", "orders"),
        ("wemalo", "GET /product/getAll", "products"),
        ("wemalo", "GET /goodsOrder/getStatus/*", "orders"),
    ],
)
def test_R4_an_unusable_answer_is_a_clear_problem_that_names_the_call(
    world: World, kind: str, said: str, service: str, call: str, flow: str
) -> None:
    goods(world)
    getattr(world.sandbox, service).faults.add(call, kind, times=None)
    found = problem(world.run(), "flow_failed", flow)
    assert f"{service} {call.removesuffix('*')}" in found.reason
    assert said in found.reason


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Data", "missing_field"),  # the list itself
        ("Data", "wrong_type"),
        ("Paging", "wrong_type"),
    ],
)
def test_R4_a_list_without_its_fields_names_the_field(world: World, path: str, value: str) -> None:
    goods(world)
    world.sandbox.billbee.faults.add("GET /orders", value, times=None, path=path)
    assert f"$.{path}" in problem(world.run(), "flow_failed", "orders").reason


@pytest.mark.parametrize("kind", ["missing_field", "wrong_type"])
def test_R4_one_malformed_order_costs_only_itself(world: World, kind: str) -> None:
    first, second = goods(world, 2)
    world.sandbox.billbee.faults.add("GET /orders", kind, times=None, path="Data.0.BillBeeOrderId")
    report = world.run()
    assert "BillBeeOrderId" in problem(report, "order_unreadable", "orders").reason
    assert (world.received(first), world.received(second), report.completed) == (False, True, True)


@pytest.mark.parametrize("kind", ["missing_field", "wrong_type"])
def test_R4_one_malformed_product_costs_only_itself(world: World, kind: str) -> None:
    goods(world)
    world.shop.add_product(SKU="SKU-2", EAN=ean13(2), Title="Plate")
    world.sandbox.billbee.faults.add("GET /products", kind, times=None, path="Data.0.Id")
    report = world.run("products")
    assert problem(report, "product_unreadable").number == "SKU-1"
    assert report.flows["products"].sent == 1


def test_a_bug_ends_the_clients_run_with_a_traceback_in_the_log(world: World, logged: Logged) -> None:
    report = world.run(source=PluginChoice("billbee", None))
    assert report.failure.startswith("a bug, AttributeError")
    (line,) = [line for line in logged.lines if line["level"] == "error"]
    assert (line["client"], line["run_id"]) == ("acme", report.run_id)
    assert line["exception"].startswith("Traceback")


def test_a_damaged_state_is_put_aside_and_reported(world: World) -> None:
    goods(world)
    world.run()
    (world.state_dir / "acme.json").write_text('{"half": ')
    report = world.run()
    assert report.completed
    assert "acme.json.damaged-" in problem(report, "state_recovered").reason
    assert len(list(world.warehouse.orders)) == 1


def test_check_looks_at_both_sides_and_writes_nothing(world: World) -> None:
    goods(world)
    findings = asyncio.run(check_client(world.settings(), world.shared()))
    assert [finding.what for finding in findings if not finding.ok and finding.level == "error"] == []
    assert len(findings) >= 5
    assert world.writes() == []


def test_check_names_the_shipping_profiles_that_match_no_product_of_the_shop(world: World) -> None:
    findings = asyncio.run(check_client(world.settings(), world.shared()))
    (missing,) = [
        finding for finding in findings if finding.what.startswith("shipping profiles of the warehouse")
    ]
    assert missing.what == "shipping profiles of the warehouse: DHL Paket International"
    assert "name the shop's shipping products so" in missing.advice


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"api_password": Secret("x")}, "does not accept the credentials"),
        ({"order_state_id": 99}, "order_state_id"),
        ({"received_state_id": 77}, "received_state_id"),
        ({"storage_location_id": 4711}, "storage_location_id"),
        ({"orders_tag": "nobody-uses-it"}, "nobody-uses-it"),
    ],
)
def test_check_names_what_is_wrong(world: World, changes: dict[str, Any], said: str) -> None:
    goods(world)
    findings = asyncio.run(check_client(world.settings(**changes), world.shared()))
    wrong = [f"{finding.what} {finding.advice}" for finding in findings if not finding.ok]
    assert any(said in line for line in wrong)
