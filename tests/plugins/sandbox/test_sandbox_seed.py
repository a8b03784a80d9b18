"""The demo data: what it holds, and that it is the same every time."""

import pytest
from stdnum import ean

from connector_sandbox.seed import ORDER_IDS, PRODUCT_IDS, demo_shop, ean13, large_shop
from tests.plugins.sandbox.calls import Ticker


def test_the_demo_shop_is_the_same_every_time() -> None:
    first, second = demo_shop(now=Ticker()), demo_shop(now=Ticker())
    assert first.orders == second.orders
    assert [first.product(p) for p in first.assortment.ids] == [
        second.product(p) for p in second.assortment.ids
    ]
    assert (len(first.assortment.ids), len(first.orders), first.changes) == (40, 32, [])


def test_names_lead_to_the_right_records() -> None:
    shop = demo_shop(now=Ticker())
    assert shop.product(PRODUCT_IDS["KANNE-1L"])["SKU"] == "KANNE-1L"
    assert shop.order(ORDER_IDS["seller_comment"])["SellerComment"].startswith("Bitte")


@pytest.mark.parametrize("number", [1, 40, 999_999])
def test_eans_are_valid(number: int) -> None:
    assert ean.is_valid(ean13(number))


def test_the_assortment_has_the_oddities_of_real_ones() -> None:
    shop = demo_shop(now=Ticker())
    products = {name: shop.product(product_id) for name, product_id in PRODUCT_IDS.items()}
    endless = products["SET-ENDLOS"]["BillOfMaterial"]
    assert PRODUCT_IDS["SET-ENDLOS"] in [part["ArticleId"] for part in endless]
    assert products["ETIKETT-ALT"]["EAN"] == products["ETIKETT-NEU"]["EAN"]
    assert [name for name, product in products.items() if product["SKU"] is None] == ["OHNE-SKU", "KURS"]
    assert [name for name, product in products.items() if product["IsDeactivated"]] == ["TEE-WINTER"]
    assert products["POSTER-FR"]["Title"][0]["LanguageCode"] == "FR"


def test_the_orders_have_what_happens_in_real_shops() -> None:
    shop = demo_shop(now=Ticker())
    orders = {name: shop.order(order_id) for name, order_id in ORDER_IDS.items()}
    assert orders["archived"]["ArchivedAt"] is not None
    assert orders["no_zip"]["ShippingAddress"]["Zip"] == ""
    assert orders["half_a_piece"]["OrderItems"][0]["Quantity"] == 0.5
    assert orders["with_coupon"]["OrderItems"][1]["IsCoupon"] is True
    credit = list(shop.orders.values())[-1]
    assert (credit["IsCancelationFor"], credit["TotalCost"]) == (orders["storno"]["Id"], -25.8)


def test_a_large_shop_has_the_size_asked_for() -> None:
    shop = large_shop(100, 10, now=Ticker())
    assert (len(shop.assortment.ids), len(shop.orders)) == (100, 10)
    assert len({shop.product(product_id)["EAN"] for product_id in shop.assortment.ids}) == 100
