"""Billbee's products and stock, through HTTP."""

import pytest

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.billbee.stockroom import Location
from connector_sandbox.seed import large_shop
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker, billbee_caller


def test_products_come_in_pages_of_fifty_at_first(billbee: Caller, shop: Shop) -> None:
    for number in range(60):
        shop.add_product(SKU=str(number))
    answer = billbee.get("/products", page=2)
    assert answer["Paging"] == {"Page": 2, "TotalPages": 2, "TotalRows": 60, "PageSize": 50}
    assert [product["SKU"] for product in answer["Data"]] == [str(number) for number in range(50, 60)]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (250, 250),  # the largest
        (1000, 250),  # cut to the largest
        (0, 1),  # the smallest
    ],
)
def test_a_page_holds_at_most_250_products(ticker: Ticker, asked: int, given: int) -> None:
    sandbox = Sandbox(large_shop(300, now=ticker), Warehouse(now=ticker), ticker)
    assert len(billbee_caller(sandbox).get("/products", pageSize=asked)["Data"]) == given


def test_products_are_filtered_by_creation_and_id(billbee: Caller, shop: Shop, ticker: Ticker) -> None:
    first = shop.add_product(SKU="old")
    ticker.later(86400)
    second = shop.add_product(SKU="new")
    assert [p["Id"] for p in billbee.get("/products", minCreatedAt="2026-11-19T00:00:00")["Data"]] == [second]
    assert [p["Id"] for p in billbee.get("/products", minimumBillBeeArticleId=second)["Data"]] == [second]
    assert [p["Id"] for p in billbee.get("/products", maximumBillBeeArticleId=first)["Data"]] == [first]


def test_a_product_is_found_by_id_sku_and_ean(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="BECHER/BLAU", EAN="4006381333931", Title="Becher")
    for path, lookup in ((str(product_id), "id"), ("BECHER/BLAU", "sku"), ("4006381333931", "ean")):
        assert billbee.get(f"/products/{path}", lookupBy=lookup)["Data"]["Id"] == product_id
    assert billbee("GET", "/products/1").status_code == 404
    assert billbee("GET", "/products/nope", lookupBy="sku").status_code == 404


def test_a_changed_sku_is_found_and_the_old_one_is_not(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="A")
    billbee.get("/products/A", lookupBy="sku")
    shop.change_product(product_id, SKU="B", Title={"DE": "Tasse", "EN": "Mug"})
    assert billbee("GET", "/products/A", lookupBy="sku").status_code == 404
    titles = billbee.get("/products/B", lookupBy="sku")["Data"]["Title"]
    assert titles == [{"Text": "Tasse", "LanguageCode": "DE"}, {"Text": "Mug", "LanguageCode": "EN"}]


def test_a_set_lists_its_parts(billbee: Caller, shop: Shop) -> None:
    part = shop.add_product(SKU="PART")
    whole = shop.add_product(SKU="SET", parts={part: 2})
    product = billbee.get(f"/products/{whole}")["Data"]
    assert (product["Type"], product["BillOfMaterial"]) == (
        2,
        [{"Amount": 2.0, "ArticleId": part, "SKU": "PART"}],
    )


def test_stock_is_set_by_id_or_sku(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="A", stock=4)
    row = billbee("POST", "/products/updatestock", {"BillbeeId": product_id, "NewQuantity": 7}).json()["Data"]
    assert (row["SKU"], row["OldStock"], row["CurrentStock"]) == ("A", 4.0, 7.0)
    billbee("POST", "/products/updatestock", {"Sku": "A", "NewQuantity": 9})
    assert billbee.get(f"/products/{product_id}")["Data"]["Stocks"][0]["StockCurrent"] == 9.0
    assert [change.value for change in shop.written(product_id)] == [7, 9]


def test_a_refused_row_does_not_keep_back_the_others(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="A")
    rows = [
        {"Sku": "nope", "NewQuantity": 1},
        {"Sku": "A", "NewQuantity": 5},
        {"Sku": "A"},
        {"BillbeeId": "x", "NewQuantity": 1},
    ]
    answers = billbee("POST", "/products/updatestockmultiple", rows).json()
    assert [answer["ErrorMessage"] for answer in answers] == [
        "Article with SKU 'nope' not found",
        None,
        "NewQuantity must be a number",
        "'x' is no id",
    ]
    assert shop.stock(product_id) == 5


def test_reserved_pieces_are_subtracted_on_request(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="A", Price=1.0)
    order_id = shop.add_order([(product_id, 3)])
    row = {"Sku": "A", "NewQuantity": 10, "AutosubtractReservedAmount": True}
    answer = billbee("POST", "/products/updatestock", row).json()["Data"]
    assert (answer["CurrentStock"], answer["UnfulfilledAmount"]) == (7.0, 3.0)
    shop.set_state(order_id, 4)
    assert billbee.get("/products/reservedamount", id=product_id)["Data"] == {"ReservedAmount": 0.0}


def test_a_shop_with_multi_stock_keeps_its_locations_apart(ticker: Ticker) -> None:
    shop = Shop(now=ticker, locations=(Location(5, "Standard", is_default=True), Location(6, "Lager 2")))
    product_id = shop.add_product(SKU="A", stock=1)
    billbee = billbee_caller(Sandbox(shop, Warehouse(now=ticker), ticker))
    billbee("POST", "/products/updatestock", {"Sku": "A", "NewQuantity": 8, "StockId": 6})
    assert (shop.stock(product_id), shop.stock(product_id, 6)) == (1, 8)
    refused = billbee("POST", "/products/updatestock", {"Sku": "A", "NewQuantity": 8, "StockId": 7})
    assert (refused.status_code, refused.json()["ErrorMessage"]) == (404, "Stock 7 not found")


def test_a_removed_product_is_gone(billbee: Caller, shop: Shop) -> None:
    product_id = shop.add_product(SKU="A")
    shop.remove_product(product_id)
    assert billbee("GET", f"/products/{product_id}").status_code == 404
    assert billbee.get("/products")["Data"] == []
