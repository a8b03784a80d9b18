"""Why a product is where it is, told from both sides, the state and the rules; nothing is written."""

from __future__ import annotations

import pytest

from connector.explain import explain_product
from connector.settings import StepChoice
from connector_sandbox.seed import ean13
from tests.core.explaining import Situation, codes, explained, steps, text
from tests.core.flows.test_orders import order, product
from tests.world import World


def sent_product(world: World) -> int:
    found = product(world, 1, LengthCm=10)
    world.run("products")
    return found


def changed_product(world: World) -> int:
    found = sent_product(world)
    world.shop.change_product(found, Weight=5)
    return found


def without_ean(world: World) -> int:
    found = product(world, 1)
    world.shop.change_product(found, EAN=None)
    order(world, (found, 1))
    world.run()
    return found


def sku_taken(world: World) -> int:
    sent_product(world)
    return world.shop.add_product(SKU="SKU-1", EAN=ean13(2), Title="Plate")


def removed_product(world: World) -> int:
    found = sent_product(world)
    world.warehouse.remove_product(str(found))
    return found


def set_of_two(world: World) -> int:
    return product(world, 2, parts={product(world, 1): 2})


def download(world: World) -> int:
    return world.shop.add_product(SKU="", EAN="", Title="Download", IsDigital=True)


def told_stock(world: World) -> int:
    found = sent_product(world)
    world.warehouse.set_stock(str(found), 7)
    world.run()
    return found


def refused_stock(world: World) -> int:
    found = told_stock(world)
    world.warehouse.set_stock(str(found), 9)
    world.sandbox.billbee.faults.add("POST /products/updatestockmultiple", "500", times=None)
    world.run("stock")
    world.sandbox.billbee.faults.clear()
    return found


@pytest.mark.parametrize(
    ("situation", "told", "step"),
    [
        (product, "product_goes_next_run", "nothing_to_do"),  # never sent yet
        (sent_product, "product_unchanged", "nothing_to_do"),
        (sent_product, "warehouse_has", "nothing_to_do"),
        (changed_product, "product_change_goes_next_run", "nothing_to_do"),  # A2
        (without_ean, "product_ean_missing", "product_ean_missing"),  # A1
        (without_ean, "problem_known", "product_ean_missing"),
        (without_ean, "orders_wait", "product_ean_missing"),  # and who waits for it
        (sku_taken, "product_sku_taken", "product_sku_taken"),  # A4
        (removed_product, "warehouse_lost", "send_again"),
        (set_of_two, "product_is_set", "nothing_to_do"),  # A5
        (download, "product_digital_incomplete", "nothing_to_do"),  # A6
        (told_stock, "stock_remembered", "nothing_to_do"),  # K1
        (refused_stock, "stock_waits", "nothing_to_do"),  # K2
    ],
)
def test_a_product_is_explained(world: World, situation: Situation, told: str, step: str) -> None:
    explanation = explained(world, situation(world), explain_product)
    assert explanation.is_known
    assert told in codes(explanation)
    assert step in steps(explanation)


def test_a_product_that_waits_for_the_next_reading_of_the_catalogue_says_when_that_is(world: World) -> None:
    explanation = explained(world, changed_product(world), explain_product, products_every_minutes=600)
    assert "it is due at 2026-03-02 22:01 UTC (products_every_minutes)" in text(explanation)
    assert "catalogue_not_due" not in codes(explained(world, "SKU-1", explain_product))


def test_a_product_is_found_by_its_sku_and_by_the_shops_id(world: World) -> None:
    found = sent_product(world)
    assert explained(world, "SKU-1", explain_product) == explained(world, found, explain_product)


def test_zeroes_that_are_held_back_are_told(world: World) -> None:
    found = [product(world, place) for place in range(1, 41)]
    world.run("products")
    for each in found:
        world.warehouse.set_stock(str(each), 5)
    world.run("stock")
    for each in found[:15]:
        world.warehouse.set_stock(str(each), 0)
    world.run("stock")
    explanation = explained(world, found[0], explain_product)
    assert "stock_guarded" in codes(explanation)
    assert "confirm_stock" in steps(explanation)


def test_a_product_that_a_step_leaves_out_is_told(world: World) -> None:
    found = product(world)
    explanation = explained(world, found, explain_product, mapping=(StepChoice("only_tags", "shippable"),))
    assert "The mapping step only_tags leaves it out." in text(explanation)


def test_a_product_that_nobody_knows_says_what_may_be_wrong(world: World) -> None:
    explanation = explained(world, "SKU-9", explain_product)
    assert (explanation.is_known, codes(explanation)) == (False, ["product_unknown"])


def test_a_product_is_explained_without_the_shop(world: World) -> None:
    found = sent_product(world)
    world.sandbox.billbee.faults.add("*", "500", times=None)
    explanation = explained(world, "SKU-1", explain_product)
    assert codes(explanation)[:2] == ["shop_failed", "warehouse_has"]
    assert explanation.subject == f"product SKU-1 ({found})"
