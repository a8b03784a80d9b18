"""The record of requests, and the routes by which another process drives the sandbox."""

from typing import Any

import pytest

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker


@pytest.fixture
def billbee_control(sandbox: Sandbox) -> Caller:
    return Caller(sandbox.billbee_app(), "/_sandbox")


@pytest.fixture
def wemalo_control(sandbox: Sandbox) -> Caller:
    return Caller(sandbox.wemalo_app(), "/_sandbox")


def test_every_request_is_recorded_with_what_it_changed(
    sandbox: Sandbox, shop: Shop, billbee: Caller
) -> None:
    order_id = shop.add_order()
    billbee("GET", "/orders", page=1)
    billbee("PUT", f"/orders/{order_id}/orderstate", {"NewStateId": 4})
    read, write = sandbox.billbee.audit.entries
    assert (read.name, read.query, read.status, read.changed) == ("GET /orders", (("page", "1"),), 200, ())
    assert (write.path, write.body) == (f"/orders/{order_id}/orderstate", {"NewStateId": 4})
    assert write.changed == (f"state set {order_id} 4",)
    assert sandbox.billbee.audit.writes() == [write]
    assert (read.sequence, write.sequence, write.account) == (1, 2, sandbox.username)


def test_requests_are_counted_by_pattern_and_account(sandbox: Sandbox, billbee: Caller) -> None:
    for path in ("/orders", "/orders", "/products"):
        billbee("GET", path)
    audit = sandbox.billbee.audit
    assert (audit.count("GET /orders"), audit.count("GET *"), audit.count(account="nobody")) == (2, 3, 0)


def test_a_refused_batch_shows_what_went_through(sandbox: Sandbox, wemalo: Caller) -> None:
    sandbox.warehouse.habits.add_multiple = "others_go_through"
    batch = [{"externalId": "1", "sku": "A", "productGroup": "A"}, {"externalId": "2"}]
    wemalo("POST", "/product/addMultiple", {"products": batch})
    assert sandbox.wemalo.audit.entries[0].changed == ("product added 1",)


@pytest.mark.parametrize(
    ("pauses", "most"),
    [
        ([0, 0, 0], 3),
        ([0, 0.6, 0.6], 2),  # 0, 0.6 and 1.2: two of them within a second
        ([0, 1, 1], 1),  # a second apart is not within a second
    ],
)
def test_the_busiest_second_is_found(
    sandbox: Sandbox, billbee: Caller, ticker: Ticker, pauses: list[float], most: int
) -> None:
    for pause in pauses:
        ticker.later(pause)
        billbee("GET", "/orders")
        billbee("GET", "/products")
    assert sandbox.billbee.audit.most_within(1.0) == most


def test_bodies_are_left_out_on_request(sandbox: Sandbox, wemalo: Caller) -> None:
    sandbox.wemalo.audit.keep_bodies = False
    wemalo("POST", "/product/add", {"externalId": "1"})
    assert sandbox.wemalo.audit.entries[0].body is None


def test_another_process_reads_and_clears_the_audit(billbee: Caller, billbee_control: Caller) -> None:
    billbee("GET", "/orders")
    billbee("GET", "/products")
    assert [entry["path"] for entry in billbee_control.get("/audit", calls="GET /orders")] == ["/orders"]
    assert billbee_control("DELETE", "/audit").json() == []


def test_another_process_plans_faults(billbee: Caller, billbee_control: Caller) -> None:
    planned = billbee_control(
        "POST", "/faults", {"pattern": "GET /orders", "kind": "500", "times": None}
    ).json()
    assert (planned[0]["kind"], planned[0]["times"]) == ("500", None)
    assert billbee("GET", "/orders").status_code == 500
    assert billbee_control("DELETE", "/faults").json() == []
    assert billbee("GET", "/orders").status_code == 200


def test_another_process_drives_shop_and_warehouse(
    shop: Shop, warehouse: Warehouse, billbee_control: Caller, wemalo_control: Caller
) -> None:
    product_id = billbee_control("POST", "/drive/add_product", {"SKU": "A", "Price": 2.5}).json()
    order_id = billbee_control(
        "POST", "/drive/add_order", {"lines": [[product_id, 2]], "to": {"Zip": "1"}}
    ).json()
    assert (shop.order(order_id)["TotalCost"], shop.order(order_id)["ShippingAddress"]["Zip"]) == (5.0, "1")
    wemalo_control("POST", "/drive/add_product", {"externalId": "1", "sku": "A"})
    wemalo_control("POST", "/drive/set_stock", {"external_id": "1", "quantity": 4})
    assert warehouse.products.get("1").pickable == 4
    assert [change["what"] for change in wemalo_control.get("/changes")["Demo"]] == [
        "product added",
        "stock set",
    ]


def test_another_process_reads_the_whole_state(
    shop: Shop, warehouse: Warehouse, sandbox: Sandbox, billbee_control: Caller, wemalo_control: Caller
) -> None:
    order_id = shop.add_order([(shop.add_product(SKU="A"), 1)])
    warehouse.add_product(externalId="1", sku="A")
    to = {"name1": "Erika", "street": "Weg 1", "countryCode2Letter": "DE", "city": "Ort", "zip": "12345"}
    warehouse.add_order({"externalId": "77", "receiver": [to]}, [{"externalId": "1"}])
    assert billbee_control.get("/state")[sandbox.username]["orders"][0]["BillBeeOrderId"] == order_id
    (order,) = wemalo_control.get("/state")["Demo"]["orders"]
    assert (order["status"], order["positions"][0]["product"]["fields"]["sku"]) == ("PARTIAL", "A")


def test_another_process_switches_habits(
    sandbox: Sandbox, billbee_control: Caller, wemalo_control: Caller
) -> None:
    assert billbee_control("POST", "/habits", {"retry_after": True}).json() == {
        "throttled": False,
        "retry_after": True,
    }
    shown = wemalo_control("POST", "/habits", {"repeated_order": "refused", "texts_only": True}).json()
    assert (shown["repeated_order"], sandbox.warehouse.habits.repeated_order) == ("refused", "refused")


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/drive/explode", {}, "unknown verb; there are add_order"),
        ("/drive/set_state", {"order_id": 1}, "missing 1 required positional argument: 'state'"),
        ("/drive/set_state", {"order_id": 1, "state": 4}, "Order 1 not found"),
        ("/drive/add_order?account=nobody", {}, "say which account: ?account= one of shop@example.com"),
        ("/faults", {"pattern": "*", "kind": "x"}, "'x' is not a valid FaultKind"),
        ("/faults", [], "the body must be a JSON object"),
        ("/habits", {"polite": True}, "unknown habit 'polite'; there are throttled"),
    ],
)
def test_a_mistake_in_a_control_request_is_explained(
    billbee_control: Caller, path: str, body: Any, message: str
) -> None:
    refused = billbee_control("POST", path, body)
    assert refused.status_code == 400
    assert message in refused.json()["error"]


def test_pages_show_what_arrived_and_escape_it(
    sandbox: Sandbox, shop: Shop, billbee: Caller, wemalo: Caller
) -> None:
    product_id = shop.add_product(SKU="A", Title="<script>alert(1)</script>", IsDigital=True, stock=3)
    order_id = shop.add_order([(product_id, 1)])
    billbee("POST", f"/orders/{order_id}/shipment", {"ShippingId": "0034"})
    wemalo(
        "POST", "/product/add", {"externalId": "1", "sku": "A", "productGroup": "A", "ignorePicking": True}
    )
    shop_page = Caller(sandbox.billbee_app(), "")("GET", "/").text
    warehouse_page = Caller(sandbox.wemalo_app(), "")("GET", "/").text
    assert "&lt;script&gt;alert(1)" in shop_page
    assert "<script" not in shop_page
    assert all(text in shop_page for text in ("0034", "DE-2026001", "digital", "Requests (1)"))
    assert all(text in warehouse_page for text in ("product added", "not picked"))


def test_a_page_shows_the_newest_orders_of_a_warehouse(sandbox: Sandbox, warehouse: Warehouse) -> None:
    warehouse.add_product(externalId="1", sku="A")
    to = {"name1": "Erika", "street": "Weg 1", "countryCode2Letter": "DE", "city": "", "zip": "12345"}
    for number in range(201):
        warehouse.add_order({"externalId": str(number), "receiver": [to]}, [{"externalId": "1"}])
    page = Caller(sandbox.wemalo_app(), "")("GET", "/").text
    assert "Goods orders of Demo (201)" in page
    assert "PARTIAL ADDRESS" in page
