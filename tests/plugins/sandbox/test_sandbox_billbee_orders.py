"""Billbee's orders, tags, states and shipments, through HTTP."""

import re

import pytest

from connector_sandbox.billbee.shop import Shop
from tests.plugins.sandbox.calls import Caller, Ticker


def _numbers(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [order["OrderNumber"] for order in answer["Data"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["A", "B", "C", "D"]),
        ("orderStateId=3", ["A", "B", "D"]),
        ("orderStateId=1&orderStateId=8", ["C"]),
        ("orderStateId[0]=3&orderStateId[1]=1", ["A", "B", "C", "D"]),
        ("tag=wemalo", ["A", "B"]),  # whatever its case
        ("tag=WEMALO&tag=vip", ["A", "B", "C"]),  # any of them
        ("tag[0]=vip&tag[1]=nope", ["C"]),
        ("tag=wemalo&excludeTags=true", ["C", "D"]),
        ("tag=wemalo&tag=vip&excludeTags=true", ["D"]),  # the whole list turned round
    ],
)
def test_orders_are_filtered_by_state_and_tags(
    billbee: Caller, shop: Shop, query: str, found: list[str]
) -> None:
    shop.add_order(OrderNumber="A", Tags=["wemalo"])
    shop.add_order(OrderNumber="B", Tags=["Wemalo", "other"])
    shop.add_order(OrderNumber="C", Tags=["vip"], State=1)
    shop.add_order(OrderNumber="D", Tags=[])
    assert _numbers(billbee("GET", f"/orders?{query}").json()) == found


def test_orders_are_filtered_by_date_in_german_time(billbee: Caller, shop: Shop, ticker: Ticker) -> None:
    old = shop.add_order(OrderNumber="old")
    ticker.later(3600)
    shop.add_order(OrderNumber="new")
    assert _numbers(billbee.get("/orders", minOrderDate="2026-11-18T12:30:00")) == ["new"]
    assert _numbers(billbee.get("/orders", maxOrderDate="2026-11-18T11:30:00Z")) == ["old"]
    ticker.later(3600)
    shop.add_tags(old, ["vip"])
    assert _numbers(billbee.get("/orders", modifiedAtMin="2026-11-18T14:00:00")) == ["old"]


@pytest.mark.parametrize(
    "path", ["/orders?minOrderDate=18.11.2026", "/products?minCreatedAt=x", "/orders?page=first"]
)
def test_a_query_that_is_not_understood_is_refused(billbee: Caller, path: str) -> None:
    assert billbee("GET", path).status_code == 400


def test_an_order_without_a_date_is_older_than_all(billbee: Caller, shop: Shop) -> None:
    shop.add_order(OrderNumber="A", CreatedAt="0001-01-01T00:00:00")
    assert _numbers(billbee.get("/orders", maxOrderDate="1970-01-01T00:00:00")) == ["A"]
    assert _numbers(billbee.get("/orders", minOrderDate="1970-01-01T00:00:00")) == []


def test_dates_look_like_real_ones(billbee: Caller, shop: Shop) -> None:
    order = billbee.get(f"/orders/{shop.add_order(PayedAt=None)}")["Data"]
    assert re.fullmatch(r"2026-11-18T\d\d:\d\d:\d\d\.\d{7}", order["CreatedAt"])
    assert order["PayedAt"] is None


def test_an_order_is_found_by_its_number(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order(OrderNumber="2026/77")
    assert billbee.get("/orders/findbyextref/2026%2F77")["Data"]["BillBeeOrderId"] == order_id
    assert billbee("GET", "/orders/findbyextref/none").status_code == 404


@pytest.mark.parametrize(("finds_external_ids", "status"), [(False, 404), (True, 200)])
def test_whether_orders_are_found_by_their_external_id_is_a_switch(
    billbee: Caller, shop: Shop, finds_external_ids: bool, status: int
) -> None:
    shop.add_order(Id="ext-77", OrderNumber="2026/77")
    shop.finds_external_ids = finds_external_ids
    assert billbee("GET", "/orders/findbyextref/ext-77").status_code == status


def test_posted_tags_are_added_and_put_ones_replace(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order(Tags=["wemalo"])
    assert billbee("POST", f"/orders/{order_id}/tags", {"Tags": ["WEMALO", "vip"]}).status_code == 200
    assert shop.order(order_id)["Tags"] == ["wemalo", "vip"]
    billbee("PUT", f"/orders/{order_id}/tags", {"Tags": ["only"]})
    assert shop.order(order_id)["Tags"] == ["only"]


def test_tracking_before_state_can_be_told(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order()
    body = {
        "ShippingId": "0034",
        "ShippingProviderId": 100000000022240,
        "ShippingProviderProductId": 100000000288647,
    }
    assert billbee("POST", f"/orders/{order_id}/shipment", body).content == b""
    assert billbee("PUT", f"/orders/{order_id}/orderstate", {"NewStateId": 4}).content == b""
    assert [change.what for change in shop.written(order_id)] == ["shipment added", "state set"]
    order = billbee.get(f"/orders/{order_id}")["Data"]
    assert (order["ShippingIds"][0]["Shipper"], order["State"]) == ("DHL Versenden", 4)
    assert order["ShippedAt"] is not None


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "orderstate", {"NewStateId": 17}, "17 is no order state"),
        ("PUT", "orderstate", {}, "NewStateId must be a number"),
        ("POST", "tags", {"Tags": "wemalo"}, "Tags must be a list of texts"),
        ("POST", "tags", ["wemalo"], "The body must be a JSON object"),
        ("POST", "shipment", {"ShippingProviderId": 1}, "Shipping provider 1 with product None not found"),
        ("POST", "shipment", {"CarrierId": 99}, "Shipping carrier 99 not found"),
    ],
)
def test_a_wrong_body_is_refused(
    billbee: Caller, shop: Shop, method: str, path: str, body: object, message: str
) -> None:
    order_id = shop.add_order()
    refused = billbee(method, f"/orders/{order_id}/{path}", body)
    assert (refused.status_code, refused.json()["ErrorMessage"]) == (400, message)
    assert shop.written() == []


def test_an_archived_order_refuses_every_change(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order()
    shop.archive_order(order_id)
    for method, path, body in (
        ("POST", "tags", {"Tags": ["x"]}),
        ("PUT", "orderstate", {"NewStateId": 4}),
        ("POST", "shipment", {"ShippingId": "1"}),
    ):
        assert billbee(method, f"/orders/{order_id}/{path}", body).status_code == 400
    assert billbee("GET", f"/orders/{order_id}").status_code == 200


@pytest.mark.parametrize("refers_by", ["external_id", "parent"])
def test_the_button_storno_makes_a_credit_order_and_leaves_the_original(shop: Shop, refers_by: str) -> None:
    product_id = shop.add_product(SKU="A", Price=10.0)
    order_id = shop.add_order([(product_id, 2)])
    credit = shop.order(shop.cancel_with_storno(order_id, refers_by))  # type: ignore[arg-type]
    original = shop.order(order_id)
    assert (credit["TotalCost"], credit["State"], original["State"]) == (-20.0, 3, 3)
    by_id, by_parent = (original["Id"], None), (None, order_id)
    expected = by_id if refers_by == "external_id" else by_parent
    assert (credit["IsCancelationFor"], credit["BillBeeParentOrderId"]) == expected


def test_a_person_takes_a_tag_away_whatever_its_case(shop: Shop) -> None:
    order_id = shop.add_order(Tags=["Wemalo", "vip"])
    shop.remove_tags(order_id, ["WEMALO"])
    assert shop.order(order_id)["Tags"] == ["vip"]
    assert shop.written() == []


def test_a_person_changes_receiver_and_lines(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order([(shop.add_product(SKU="A", Price=2.5), 1)])
    shop.change_order(order_id, to={"Zip": "54321"}, lines=[(shop.add_product(SKU="B", Price=4.0), 2)])
    order = billbee.get(f"/orders/{order_id}")["Data"]
    assert (order["ShippingAddress"]["Zip"], order["ShippingAddress"]["LastName"]) == ("54321", "Musterfrau")
    assert ([item["Product"]["SKU"] for item in order["OrderItems"]], order["TotalCost"]) == (["B"], 8.0)


def test_few_fields_can_be_patched(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order()
    assert (
        billbee("PATCH", f"/orders/{order_id}", {"SellerComment": "eilt"}).json()["Data"]["SellerComment"]
        == "eilt"
    )
    assert billbee("PATCH", f"/orders/{order_id}", {"State": 4}).status_code == 400


def test_a_removed_order_is_gone(billbee: Caller, shop: Shop) -> None:
    order_id = shop.add_order()
    shop.delete_order(order_id)
    assert billbee("GET", f"/orders/{order_id}").status_code == 404
    assert billbee("POST", f"/orders/{order_id}/tags", {"Tags": ["x"]}).status_code == 404


def test_shipments_are_listed_by_order(billbee: Caller, shop: Shop) -> None:
    first, second = shop.add_order(), shop.add_order()
    shop.add_shipment(first, "1")
    shop.add_shipment(second, "2")
    assert [each["ShippingId"] for each in billbee.get("/shipment/shipments", orderId=second)["Data"]] == [
        "2"
    ]


def test_web_hooks_are_kept(billbee: Caller) -> None:
    hook = billbee("POST", "/webhooks", {"WebHookUri": "https://example.com", "Secret": "s" * 32}).json()
    assert billbee.get("/webhooks") == [hook]
    assert billbee("DELETE", f"/webhooks/{hook['Id']}").status_code == 200
    assert billbee("DELETE", f"/webhooks/{hook['Id']}").status_code == 404
    for refused in ({}, {"WebHookUri": "https://example.com", "Secret": "too short"}):
        assert billbee("POST", "/webhooks", refused).status_code == 400
    assert billbee("DELETE", "/webhooks").status_code == 200
