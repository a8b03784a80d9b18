"""Billbee's source against the sandbox: reading lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.api import (
    AuthenticationError,
    SetPart,
    Source,
    UnusableAnswer,
)
from tests.plugins.bench import Bench, orders_of, pages_of, products_of

RECEIVED, FAILED = "order_received_by_wemalo", "order_failed_by_wemalo"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def offered(bench: Bench, **changes: Any) -> list[str]:
    return [order.id for order in bench.source(orders_of, **changes)]


# -- products -------------------------------------------------------------------------------------


def test_A1_all_pages_of_the_catalogue_are_read(bench: Bench) -> None:
    ids = [bench.shop.add_product(SKU=f"S{i}", EAN=f"{i:013}", Title="Kaffee") for i in range(501)]
    assert [product.id for product in bench.source(products_of)] == [str(each) for each in ids]
    assert bench.calls.counts == {"billbee GET /products": 3}


def test_A1_an_empty_catalogue_is_no_error(bench: Bench) -> None:
    assert bench.source(products_of) == []


def test_A7_the_clients_language_is_used(bench: Bench) -> None:
    bench.shop.add_product(SKU="A", Title={"EN": "Coffee", "DE": "Kaffee"})
    assert bench.source(products_of)[0].name == "Kaffee"


def test_R4_one_malformed_product_costs_only_itself(bench: Bench) -> None:
    first = bench.shop.add_product(SKU="A", Title="Kaffee")
    bench.shop.add_product(SKU="B", Title="Tee")
    bench.sandbox.billbee.faults.add("GET /products", "wrong_type", path="Data.0.Title")
    (page,) = bench.source(lambda source: pages_of(source.products()))
    assert [product.sku for product in page.records] == ["B"]
    assert [(each.record_id, each.number) for each in page.unreadable] == [(str(first), "A")]
    assert "$.Title" in page.unreadable[0].reason


@pytest.mark.parametrize("path", ["Paging", "Paging.TotalPages"])
def test_R4_without_a_total_pages_are_read_until_one_is_not_full(bench: Bench, path: str) -> None:
    for i in range(260):
        bench.shop.add_product(SKU=f"S{i}")
    bench.sandbox.billbee.faults.add("GET /products", "missing_field", path=path, times=None)
    assert len(bench.source(products_of)) == 260


def test_R4_a_list_without_data_is_no_empty_list(bench: Bench) -> None:
    bench.shop.add_product(SKU="A")
    bench.sandbox.billbee.faults.add("GET /products", "missing_field", path="Data", times=None)
    with pytest.raises(UnusableAnswer, match=r"billbee GET /products: field \$\.Data is missing on page 1"):
        bench.source(products_of)


@pytest.mark.parametrize("kind", ["html", "truncated", "empty"])
def test_R4_an_answer_that_is_no_json_names_the_call(bench: Bench, kind: str) -> None:
    bench.shop.add_product(SKU="A")
    bench.sandbox.billbee.faults.add("GET /products", kind, times=None)
    with pytest.raises(UnusableAnswer, match="billbee GET /products"):
        bench.source(products_of)


def test_R4_a_service_that_ignores_the_page_number_is_not_read_for_ever(bench: Bench) -> None:
    for i in range(300):
        bench.shop.add_product(SKU=f"S{i}")
    bench.around = always_the_first_page
    with pytest.raises(UnusableAnswer, match="page 2 is the same as page 1"):
        bench.source(products_of)


def always_the_first_page(app: Any) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].replace(b"page=2", b"page=1")
        await app({**scope, "query_string": query}, receive, send)

    return served


def test_A5_one_product_can_be_read_by_itself(bench: Bench) -> None:
    part = bench.shop.add_product(SKU="A")
    whole = bench.shop.add_product(SKU="SET", parts={part: 2})
    found = bench.source(lambda source: source.product(str(whole)))
    assert found is not None
    assert found.parts == (SetPart(product_id=str(part), sku="A", quantity=Decimal(2)),)


def test_a_product_that_does_not_exist_is_none(bench: Bench) -> None:
    assert bench.source(lambda source: source.product("4711")) is None


def test_R4_a_malformed_product_read_by_itself_names_the_field(bench: Bench) -> None:
    product = bench.shop.add_product(SKU="A", Title="Kaffee")
    bench.sandbox.billbee.faults.add("GET /products/{id}", "wrong_type", path="Data.Title")
    with pytest.raises(UnusableAnswer, match=r"GET /products/\{id\}: product \d+: .*\$\.Title"):
        bench.source(lambda source: source.product(str(product)))


# -- orders ---------------------------------------------------------------------------------------


def test_O1_only_orders_for_this_connection_are_offered(bench: Bench) -> None:
    shop = bench.shop
    wanted = shop.add_order([], Tags=["Wemalo"])
    shop.add_order([], Tags=["wemalo"], State=1)
    shop.add_order([], Tags=["other"])
    shop.add_order([], Tags=["wemalo", RECEIVED])
    shop.add_order([], IsCancelationFor="B-1")
    archived = shop.add_order([])
    shop.archive_order(archived)
    assert offered(bench) == [str(wanted)]


def test_O1_the_state_and_the_tag_are_settings(bench: Bench) -> None:
    order = bench.shop.add_order([], Tags=["Lager Nord"], State=2)
    assert offered(bench, order_state_id=2, orders_tag="lager nord") == [str(order)]


def test_O1_all_pages_of_orders_are_read(bench: Bench) -> None:
    for _ in range(251):
        bench.shop.add_order([])
    assert len(set(offered(bench))) == 251


def test_O1_an_order_that_slides_to_the_next_page_is_offered_once(bench: Bench) -> None:
    ids = [bench.shop.add_order([]) for _ in range(251)]
    shop = bench.shop

    async def while_an_order_appears_in_front(source: Source) -> list[str]:
        found = []
        async for page in source.orders():
            found += [order.id for order in page.records]
            newest = shop.add_order([])
            shop.orders = {newest: shop.orders[newest], **shop.orders}
        return found

    found = bench.source(while_an_order_appears_in_front)
    assert sorted(found) == [str(each) for each in ids]


def test_R4_one_malformed_order_costs_only_itself(bench: Bench) -> None:
    bench.shop.add_order([], OrderNumber="1001")
    good = bench.shop.add_order([], OrderNumber="1002")
    bench.sandbox.billbee.faults.add("GET /orders", "missing_field", path="Data.0.OrderItems")
    (page,) = bench.source(lambda source: pages_of(source.orders()))
    assert [order.id for order in page.records] == [str(good)]
    assert [each.number for each in page.unreadable] == ["1001"]


def test_R1_wrong_credentials_are_said_at_once(bench: Bench) -> None:
    with pytest.raises(AuthenticationError, match="billbee does not accept the credentials"):
        bench.source(orders_of, username="other@example.com")
    assert bench.calls.total == 1
