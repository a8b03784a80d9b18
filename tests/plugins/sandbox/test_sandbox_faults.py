"""What goes wrong on request, in memory."""

import httpx
import msgspec
import pytest

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.faults import FaultKind, Faults
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, billbee_caller


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "retry_after"),
    [
        ("500", 500, "application/json", None),
        ("502", 502, "text/html", None),
        ("503", 503, "text/plain", "1"),
        ("429", 429, "text/plain", None),
        ("429_retry_after", 429, "text/plain", "1"),
        ("419", 419, "application/json", None),
        ("419_body", 200, "application/json", None),
        ("401", 401, "application/json", None),
        ("html", 200, "text/html", None),
    ],
)
def test_an_answer_is_replaced_and_the_request_not_handled(
    sandbox: Sandbox, billbee: Caller, kind: str, status: int, content_type: str, retry_after: str | None
) -> None:
    order_id = sandbox.shop.add_order()
    sandbox.billbee.faults.add("POST /orders/{id}/tags", kind, takes_effect=False)
    answer = billbee("POST", f"/orders/{order_id}/tags", {"Tags": ["x"]})
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry_after)
    assert answer.headers["content-type"].startswith(content_type)
    assert sandbox.shop.written() == []


@pytest.mark.parametrize(("kind", "error"), [("reset", httpx.ReadError), ("hang", httpx.ReadTimeout)])
@pytest.mark.parametrize("takes_effect", [False, True])
def test_no_answer_comes_before_or_after_the_request_was_handled(
    sandbox: Sandbox, billbee: Caller, kind: str, error: type[Exception], takes_effect: bool
) -> None:
    order_id = sandbox.shop.add_order()
    sandbox.billbee.faults.add("POST *", kind, takes_effect=takes_effect)
    with pytest.raises(error, match="the sandbox"):
        billbee("POST", f"/orders/{order_id}/tags", {"Tags": ["x"]})
    assert len(sandbox.shop.written()) == takes_effect
    assert sandbox.billbee.audit.entries[-1].status is None


def test_a_connection_ends_in_the_middle_of_an_answer(sandbox: Sandbox, billbee: Caller) -> None:
    sandbox.billbee.faults.add("GET /products", "cut_off")
    with pytest.raises(httpx.TransportError, match="cut the connection"):
        billbee("GET", "/products")


@pytest.mark.parametrize(("kind", "length"), [("truncated", 1), ("empty", 0)])
def test_a_body_is_not_json(sandbox: Sandbox, billbee: Caller, kind: str, length: int) -> None:
    sandbox.billbee.faults.add("GET /products", kind)
    answer = billbee("GET", "/products")
    assert answer.status_code == 200
    assert min(len(answer.content), 1) == length
    with pytest.raises(msgspec.DecodeError, match="truncated"):
        msgspec.json.decode(answer.content)


def test_a_field_is_missing_or_of_another_type(sandbox: Sandbox, shop: Shop, billbee: Caller) -> None:
    for sku in ("A", "B"):
        shop.add_product(SKU=sku)
    sandbox.billbee.faults.add("GET /products", "missing_field", path="Data.*.SKU")
    assert all("SKU" not in product for product in billbee.get("/products")["Data"])
    sandbox.billbee.faults.add("GET /products", "wrong_type", path="Data.1.Price")
    assert [product["Price"] for product in billbee.get("/products")["Data"]] == [
        0.0,
        {"unexpected": "object"},
    ]
    sandbox.billbee.faults.add("GET /products", "wrong_type", path="Data")
    assert billbee.get("/products")["Data"] == "unexpected text"


def test_a_slow_answer_pauses_between_its_pieces(shop: Shop, warehouse: Warehouse) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    sandbox = Sandbox(shop, warehouse, sleep=sleep)
    sandbox.billbee.faults.add("GET *", "drip", seconds=0.5)
    answer = billbee_caller(sandbox)("GET", "/orders")
    assert answer.json()["Data"] == []
    assert pauses == [0.5] * -(-len(answer.content) // 16)


def test_a_fault_comes_after_some_requests_and_a_number_of_times(sandbox: Sandbox, billbee: Caller) -> None:
    fault = sandbox.billbee.faults.add("GET *", "500", after=1, times=2)
    assert [billbee("GET", "/orders").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert fault.hits == 2
    sandbox.billbee.faults.add("GET *", "503", times=None)
    assert {billbee("GET", "/orders").status_code for _ in range(5)} == {503}
    sandbox.billbee.faults.clear()
    assert billbee("GET", "/orders").status_code == 200


def test_a_pattern_names_method_and_template() -> None:
    faults = Faults()
    faults.add("* /orders/*", "500", times=None)
    assert faults.take("GET /products") is None
    assert faults.take("PUT /orders/{id}/tags") is not None


def test_a_field_fault_needs_its_path() -> None:
    with pytest.raises(ValueError, match="missing_field needs `path`"):
        Faults().add("GET *", "missing_field")
    with pytest.raises(ValueError, match="'nonsense' is not a valid FaultKind"):
        Faults().add("GET *", "nonsense")


def test_the_sandbox_survives_every_kind_of_fault(sandbox: Sandbox, billbee: Caller) -> None:
    for kind in FaultKind:
        if kind is not FaultKind.DRIP:
            sandbox.billbee.faults.add("GET *", kind, path="Data")
    for _ in range(len(sandbox.billbee.faults.planned)):
        try:
            billbee("GET", "/orders")
        except httpx.TransportError:
            continue
    assert billbee.get("/orders")["ErrorCode"] == 0


def test_a_field_fault_leaves_an_answer_without_json_alone(sandbox: Sandbox, billbee: Caller) -> None:
    order_id = sandbox.shop.add_order()
    sandbox.billbee.faults.add("PUT *", "missing_field", path="Data")
    assert billbee("PUT", f"/orders/{order_id}/orderstate", {"NewStateId": 4}).content == b""
