"""The hook by which a test acts between a request and its answer."""

from __future__ import annotations

from connector_sandbox.audit import Entry
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from tests.plugins.sandbox.calls import Caller


def test_a_watcher_is_told_before_a_request_is_handled_and_after_that(
    sandbox: Sandbox, shop: Shop, billbee: Caller
) -> None:
    order_id = shop.add_order()
    seen: list[tuple[str, str, int]] = []
    sandbox.billbee.on_request = lambda entry, moment: seen.append((entry.name, moment, len(shop.written())))
    billbee("POST", f"/orders/{order_id}/tags", {"Tags": ["x"]})
    assert seen == [("POST /orders/{id}/tags", "before", 0), ("POST /orders/{id}/tags", "after", 1)]


def test_a_watcher_is_told_of_requests_that_a_fault_hits(sandbox: Sandbox, billbee: Caller) -> None:
    sandbox.billbee.faults.add("GET /orders", "500")
    seen: list[Entry] = []
    sandbox.billbee.on_request = lambda entry, _moment: seen.append(entry)
    billbee("GET", "/orders")
    assert [entry.fault for entry in seen] == ["500", "500"]  # one request, told of twice


def test_a_watcher_can_let_a_fault_hit_the_request_that_it_is_told_of(
    sandbox: Sandbox, billbee: Caller
) -> None:
    def spoil(entry: Entry, moment: str) -> None:
        if moment == "before":
            sandbox.billbee.faults.add(entry.name, "503")

    sandbox.billbee.on_request = spoil
    assert billbee("GET", "/orders").status_code == 503
