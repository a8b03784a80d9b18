"""Credentials, limits and unknown routes of both services."""

import pytest

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.control import build_app
from connector_sandbox.servers import Sandbox
from connector_sandbox.throttle import SlidingWindow
from connector_sandbox.wemalo.service import WemaloService
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker, billbee_caller, wemalo_caller


@pytest.mark.parametrize("wrong", [{"api_key": "x"}, {"username": "x"}, {"api_password": "x"}])
def test_wrong_billbee_credentials_are_refused(sandbox: Sandbox, wrong: dict[str, str]) -> None:
    refused = billbee_caller(sandbox, **wrong)("GET", "/products")
    assert refused.status_code == 401
    assert "denied" in refused.json()["Message"]
    assert sandbox.billbee.audit.entries[-1].account == ""


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic x", "Basic /w=="])
def test_a_broken_authorization_header_is_refused(sandbox: Sandbox, header: str) -> None:
    caller = Caller(
        sandbox.billbee_app(), "/api/v1", {"Authorization": header, "X-Billbee-Api-Key": sandbox.api_key}
    )
    assert caller("GET", "/products").status_code == 401


def test_each_billbee_account_has_its_own_shop(sandbox: Sandbox) -> None:
    other = Shop(now=sandbox.now)
    sandbox.billbee.open_account("other@example.com", "secret", sandbox.api_key, other)
    other.add_product(SKU="OTHER")
    caller = billbee_caller(sandbox, username="other@example.com", api_password="secret")
    assert [product["SKU"] for product in caller.get("/products")["Data"]] == ["OTHER"]
    assert billbee_caller(sandbox).get("/products")["Data"] == []


@pytest.mark.parametrize(("unauthorized_in", "status"), [("http", 401), ("body", 200)])
def test_a_wrong_wemalo_token_is_refused(sandbox: Sandbox, unauthorized_in: str, status: int) -> None:
    sandbox.wemalo.habits.unauthorized_in = unauthorized_in  # type: ignore[assignment]
    refused = wemalo_caller(sandbox, token="x")("GET", "/product/get/1")
    assert (refused.status_code, refused.json()["status"], refused.json()["Success"]) == (status, 401, False)


def test_each_wemalo_token_has_its_own_warehouse(sandbox: Sandbox) -> None:
    other = Warehouse("Other", now=sandbox.now)
    other.add_product(externalId="1", sku="OTHER")
    sandbox.wemalo.open_account("other-token", other)
    assert wemalo_caller(sandbox, token="other-token").get("/product/get/1")["sku"] == "OTHER"
    assert wemalo_caller(sandbox).get("/product/get/1")["status"] == 404


def test_two_warehouses_of_one_name_are_refused(sandbox: Sandbox) -> None:
    sandbox.wemalo.open_account("second-token", sandbox.warehouse)
    with pytest.raises(ValueError, match="another warehouse named 'Demo'"):
        sandbox.wemalo.open_account("other-token", Warehouse())


def test_unknown_routes_answer_as_the_real_ones(billbee: Caller, wemalo: Caller) -> None:
    assert (billbee("GET", "/nowhere").status_code, billbee("DELETE", "/orders").status_code) == (404, 404)
    page = wemalo("GET", "/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("times", "admitted"),
    [
        ([0.0, 0.0, 0.0], [True, True, False]),
        ([0.0, 0.9, 0.95, 1.0], [True, True, False, True]),  # the window slides
        ([0.0, 0.5, 1.0, 1.4, 1.5], [True, True, True, False, True]),
    ],
)
def test_at_most_two_in_any_second(times: list[float], admitted: list[bool]) -> None:
    ticker = Ticker()
    window = SlidingWindow(2, 1.0, ticker)
    results = []
    for moment in times:
        ticker.at = moment
        results.append(window.admit("key") == 0.0)
    assert results == admitted
    assert window.violations["key"] == admitted.count(False)


def test_billbee_limits_each_endpoint_by_itself(sandbox: Sandbox, billbee: Caller) -> None:
    sandbox.billbee.habits.throttled = True
    statuses = [
        billbee("GET", path).status_code for path in ("/products", "/products", "/products", "/orders")
    ]
    assert statuses == [200, 200, 429, 200]
    assert sandbox.billbee.violations == 1


@pytest.mark.parametrize(("retry_after", "header"), [(False, None), (True, "1")])
def test_a_429_is_plain_text(
    sandbox: Sandbox, billbee: Caller, retry_after: bool, header: str | None
) -> None:
    sandbox.billbee.habits.throttled = True
    sandbox.billbee.habits.retry_after = retry_after
    refused = [billbee("GET", "/products") for _ in range(3)][-1]
    assert refused.headers["content-type"].startswith("text/plain")
    assert (refused.status_code, refused.headers.get("retry-after")) == (429, header)


def test_one_order_is_read_six_times_a_minute(sandbox: Sandbox, billbee: Caller, ticker: Ticker) -> None:
    sandbox.billbee.habits.throttled = True
    first, second = sandbox.shop.add_order(), sandbox.shop.add_order()
    statuses = []
    for _ in range(7):
        ticker.later(1)
        statuses.append(billbee("GET", f"/orders/{first}").status_code)
    assert statuses == [200] * 6 + [429]
    ticker.later(1)
    assert billbee("GET", f"/orders/{second}").status_code == 200
    ticker.later(60)
    assert billbee("GET", f"/orders/{first}").status_code == 200


@pytest.mark.parametrize(("limit_in", "status"), [("http", 419), ("body", 200)])
def test_wemalo_counts_calls_per_window(ticker: Ticker, limit_in: str, status: int) -> None:
    service = WemaloService(now=ticker, calls_per_window=2, window_s=60)
    service.habits.limit_in = limit_in  # type: ignore[assignment]
    service.open_account("token", Warehouse(now=ticker))
    caller = Caller(build_app(service), "/v1", {"Authorization": "JWT token"})
    left = [caller("GET", "/webhook").headers["x-wemalo-limit-remainingcall"] for _ in range(2)]
    refused = caller("GET", "/webhook")
    assert (left, refused.status_code, refused.json()["status"]) == (["1", "0"], status, 419)
    ticker.later(60)
    again = caller("GET", "/webhook")
    assert (again.status_code, again.headers["x-wemalo-limit-maxcall"], service.violations) == (200, "2", 1)
