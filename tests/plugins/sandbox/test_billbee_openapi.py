"""The sandbox's Billbee answers as Billbee's official description says."""

from typing import Any

import pytest

from connector_sandbox.seed import ORDER_IDS, PRODUCT_IDS, demo_sandbox
from connector_sandbox.servers import Sandbox
from tests.openapi import needs_description, validate_answer, validate_request
from tests.plugins.sandbox.calls import Caller, Ticker, billbee_caller

pytestmark = needs_description

EARL, ORDER = PRODUCT_IDS["TEE-EARL"], ORDER_IDS["normal"]


@pytest.fixture
def demo() -> Sandbox:
    sandbox = demo_sandbox(now=Ticker())
    sandbox.billbee.habits.throttled = False
    return sandbox


@pytest.fixture
def billbee(demo: Sandbox) -> Caller:
    return billbee_caller(demo)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/products", "/products?page=1&pageSize=250"),
        ("/products/{id}", f"/products/{EARL}"),
        ("/products/stocks", "/products/stocks"),
        ("/products/reservedamount", f"/products/reservedamount?id={EARL}"),
        ("/orders", "/orders?pageSize=250"),
        ("/orders", "/orders?orderStateId=3&tag=wemalo&minOrderDate=2026-01-01T00:00:00&excludeTags=false"),
        ("/orders/{id}", f"/orders/{ORDER}"),
        ("/orders/findbyextref/{extRef}", "/orders/findbyextref/DE-2026001"),
        ("/enums/orderstates", "/enums/orderstates"),
        ("/enums/shippingcarriers", "/enums/shippingcarriers"),
        ("/shipment/shippingproviders", "/shipment/shippingproviders"),
        ("/shipment/shippingcarriers", "/shipment/shippingcarriers"),
        ("/shipment/shipments", "/shipment/shipments"),
        ("/webhooks", "/webhooks"),
        ("/webhooks/filters", "/webhooks/filters"),
    ],
)
def test_every_read_is_answered_with_all_described_fields(
    demo: Sandbox, billbee: Caller, template: str, path: str
) -> None:
    demo.shop.add_shipment(ORDER, "0034", provider_id=100000000022240, product_id=100000000288647)
    response = billbee("GET", path)
    validate_request("GET", template, response.url.params.multi_items())
    validate_answer("GET", template, response.status_code, response.json())


@pytest.mark.parametrize(
    ("method", "template", "path", "body"),
    [
        ("POST", "/products/updatestock", "/products/updatestock", {"BillbeeId": EARL, "NewQuantity": 3.0}),
        (
            "POST",
            "/products/updatestockmultiple",
            "/products/updatestockmultiple",
            [{"Sku": "TEE-EARL", "NewQuantity": 1}, {"BillbeeId": 1, "NewQuantity": 1}],
        ),
        ("POST", "/orders/{id}/tags", f"/orders/{ORDER}/tags", {"Tags": ["vip"]}),
        ("PUT", "/orders/{id}/tags", f"/orders/{ORDER}/tags", {"Tags": ["vip"]}),
        ("PUT", "/orders/{id}/orderstate", f"/orders/{ORDER}/orderstate", {"NewStateId": 4}),
        (
            "POST",
            "/orders/{id}/shipment",
            f"/orders/{ORDER}/shipment",
            {"ShippingId": "1", "ShipmentType": 0},
        ),
        ("PATCH", "/orders/{id}", f"/orders/{ORDER}", {"SellerComment": "eilt"}),
        ("POST", "/webhooks", "/webhooks", {"WebHookUri": "https://example.com/hook", "Secret": "s" * 32}),
    ],
)
def test_every_write_is_answered_as_described(
    billbee: Caller, method: str, template: str, path: str, body: Any
) -> None:
    validate_request(method, template, body=body)
    response = billbee(method, path, body)
    validate_answer(method, template, response.status_code, response.json() if response.content else None)


def test_ids_need_more_than_32_bits(billbee: Caller) -> None:
    order = billbee.get(f"/orders/{ORDER}")["Data"]
    assert min(order["BillBeeOrderId"], order["OrderItems"][0]["Product"]["BillbeeId"]) > 2**31


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: validate_request("GET", "/nowhere"), "has no GET /nowhere"),
        (lambda: validate_request("GET", "/orders", [("state", "3")]), "no query parameter state"),
        (lambda: validate_request("GET", "/orders", [("orderStateId[0]", "paid")]), "must be an integer"),
        (lambda: validate_request("GET", "/orders", [("modifiedAtMin", "18.11.2026")]), "must be a date"),
        (lambda: validate_request("POST", "/orders/{id}/tags"), "needs a body"),
        (lambda: validate_request("POST", "/orders/{id}/tags", body={"Tags": "a"}), "is not of type"),
        (lambda: validate_request("POST", "/orders/{id}/tags", body={"tags": []}), "Additional properties"),
        (lambda: validate_answer("GET", "/orders", 200, {"Data": []}), "'Paging' is a required property"),
        (lambda: validate_answer("GET", "/orders", 204, None), "must answer one of 200"),
    ],
)
def test_the_judge_names_what_is_wrong(call: Any, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        call()
