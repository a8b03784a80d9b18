"""Products from the shop to the warehouse, over both services' real wire formats (SPEC A1 to A7)."""

from __future__ import annotations

from typing import Any

import pytest

from connector.flows.decision import Action, decide
from connector.flows.products import in_order
from connector.records import Product
from connector.settings import StepChoice
from connector_sandbox.seed import ean13
from tests.world import World, problem


def add(world: World, place: int, **fields: Any) -> int:
    """Adds an ordinary product; `fields` are named as in Billbee's API."""
    ordinary = {
        "SKU": f"SKU-{place}",
        "EAN": ean13(place),
        "Title": f"Product {place}",
        "Weight": 100 * place,
    }
    return world.shop.add_product(**{**ordinary, **fields})


def in_warehouse(world: World) -> list[str]:
    """Returns the SKUs that the warehouse has."""
    return [product.fields["sku"] for product in world.warehouse.products]


def stored(world: World, product_id: int) -> dict[str, object]:
    """Returns what the warehouse has of a product."""
    return world.warehouse.products.get(str(product_id)).fields


def test_A1_all_products_are_imported(world: World) -> None:
    for place in range(1, 301):
        add(world, place)
    report = world.run("products")
    assert report.flows["products"].sent == 300
    assert len(in_warehouse(world)) == 300


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"EAN": None}, "product_ean_missing"),  # null, as Billbee sends it
        ({"EAN": " "}, "product_ean_missing"),  # blanks are no EAN
        ({"SKU": ""}, "product_sku_missing"),
    ],
)
def test_A1_a_product_without_sku_or_ean_is_reported_and_goes_through_once_completed(
    world: World, missing: dict[str, object], code: str
) -> None:
    product = add(world, 1, **missing)
    assert problem(world.run("products"), code).record_id == str(product)
    assert in_warehouse(world) == []
    world.shop.change_product(product, SKU="SKU-1", EAN=ean13(1))
    assert world.run("products").problems == []
    assert in_warehouse(world) == ["SKU-1"]


@pytest.mark.parametrize(
    ("needs_ean", "sku", "action"),
    [
        (False, "A", Action.CREATE),  # a shop that has no place for EANs
        (True, "A", Action.REFUSE),
        (False, "", Action.REFUSE),  # its products go by the SKU, so that is needed all the same
    ],
)
def test_A1_a_shop_without_eans_sends_products_by_their_sku(
    needs_ean: bool, sku: str, action: Action
) -> None:
    product = Product(id="1", sku=sku, name="Cup")
    assert decide(product, None, None, None, needs_ean=needs_ean).action is action


def test_A2_a_change_is_taken_over_in_the_next_run(world: World) -> None:
    product = add(world, 1)
    world.run("products")
    world.shop.change_product(product, Title="New name", Weight=999)
    assert world.run("products").flows["products"].sent == 1
    assert (stored(world, product)["name"], stored(world, product)["grossWeight"]) == ("New name", 999)


def test_A2_nothing_is_sent_for_products_that_have_not_changed(world: World) -> None:
    for place in range(1, 301):
        add(world, place)
    world.run("products")
    world.clear_audit()
    report = world.run("products")
    assert report.flows["products"].unchanged == 300
    assert report.calls == {"billbee GET /products": 2}


def test_A2_without_the_state_the_warehouse_is_asked_and_nothing_is_sent_again(world: World) -> None:
    for place in range(1, 301):
        add(world, place)
    world.run("products")
    world.lose_state()
    world.clear_audit()
    assert world.run("products").flows["products"].unchanged == 300
    assert world.writes() == []


def test_A3_dimensions_are_sent_only_with_a_new_product(world: World) -> None:
    product = add(world, 1, LengthCm=10.0, WidthCm=20.0, HeightCm=30.0)
    world.run("products")
    assert [stored(world, product)[side] for side in ("depth", "width", "height")] == [10, 20, 30]
    world.shop.change_product(product, LengthCm=99.0, WidthCm=99.0, HeightCm=99.0, Title="New name", Weight=7)
    world.run("products")
    assert [stored(world, product)[side] for side in ("depth", "width", "height")] == [10, 20, 30]
    assert (stored(world, product)["name"], stored(world, product)["grossWeight"]) == ("New name", 7)


def test_A3_a_change_of_dimensions_alone_sends_nothing(world: World) -> None:
    product = add(world, 1, LengthCm=10.0)
    world.run("products")
    world.shop.change_product(product, LengthCm=99.0)
    assert world.run("products").flows["products"].unchanged == 1


@pytest.mark.parametrize(
    ("field", "wire", "code"), [("SKU", "sku", "product_sku_taken"), ("EAN", "ean", "product_ean_taken")]
)
def test_A4_a_value_of_another_product_is_not_taken_over_but_all_other_changes_are(
    world: World, field: str, wire: str, code: str
) -> None:
    holder, other = add(world, 1), add(world, 2)
    world.run("products")
    before = stored(world, other)[wire]
    world.shop.change_product(other, **{field: world.shop.product(holder)[field]}, Title="New name")
    conflict = problem(world.run("products"), code)
    assert (conflict.record_id, str(holder) in conflict.reason) == (str(other), True)
    assert (stored(world, other)[wire], stored(world, other)["name"]) == (before, "New name")


def test_A4_a_conflict_is_reported_once_and_nothing_is_sent_for_it_again(world: World) -> None:
    holder, other = add(world, 1), add(world, 2)
    world.run("products")
    world.shop.change_product(other, SKU=world.shop.product(holder)["SKU"])
    world.run("products")
    world.clear_audit()
    assert problem(world.run("products"), "product_sku_taken").count == 2
    assert world.writes() == []


def test_A4_the_value_is_taken_over_once_the_other_product_gave_it_up(world: World) -> None:
    holder, other = add(world, 1), add(world, 2)
    world.run("products")
    world.shop.change_product(other, SKU="SKU-1")
    world.run("products")
    world.shop.change_product(holder, SKU="SKU-9")
    world.shop.change_product(other, Title="New name")
    assert world.run("products").problems == []
    assert [stored(world, product)["sku"] for product in (holder, other)] == ["SKU-9", "SKU-1"]


def test_A4_a_new_product_with_a_value_of_another_one_is_not_created(world: World) -> None:
    add(world, 1)
    world.run("products")
    late = add(world, 1, SKU="SKU-2")
    assert problem(world.run("products"), "product_ean_taken").record_id == str(late)
    assert in_warehouse(world) == ["SKU-1"]


def test_A4_of_two_new_products_the_one_with_the_lowest_id_wins(world: World) -> None:
    first = add(world, 1)
    second = add(world, 1, Title="The same SKU and EAN")
    assert world.problems(world.run("products")) == {"SKU-1": ["product_sku_taken", "product_ean_taken"]}
    assert [product.external_id for product in world.warehouse.products] == [str(first)]
    assert second > first


def test_A4_the_product_that_the_warehouse_already_has_wins_even_with_a_higher_id(world: World) -> None:
    low, high = add(world, 1, EAN=None), add(world, 2)
    world.run("products")
    world.shop.change_product(low, EAN=ean13(2))
    assert problem(world.run("products"), "product_ean_taken").record_id == str(low)
    assert stored(world, high)["ean"] == ean13(2)


def test_A5_a_set_is_never_sent_but_its_products_are(world: World) -> None:
    cup, plate = add(world, 1), add(world, 2)
    box = add(world, 3, parts={cup: 2, plate: 1})
    add(world, 4, parts={box: 1})
    assert world.run("products").flows["products"].skipped == 2
    assert in_warehouse(world) == ["SKU-1", "SKU-2"]


def test_A5_sets_that_contain_themselves_are_reported_and_do_not_hang_the_run(world: World) -> None:
    box, other = add(world, 1), add(world, 2)
    world.shop.change_product(box, parts={other: 1})
    world.shop.change_product(other, parts={box: 1})
    expected = {"SKU-1": ["set_contains_itself"], "SKU-2": ["set_contains_itself"]}
    assert world.problems(world.run("products")) == expected
    report = world.run("products")
    assert [line.count for line in report.problems] == [2, 2]


def test_A6_digital_products_are_imported_and_never_picked(world: World) -> None:
    product = add(world, 1, IsDigital=True)
    world.run("products")
    assert stored(world, product)["ignorePicking"] is True


def test_A6_a_digital_product_without_sku_or_ean_is_not_reported(world: World) -> None:
    add(world, 1, IsDigital=True, EAN=None, SKU=None)
    report = world.run("products")
    assert (report.problems, report.flows["products"].skipped) == ([], 1)


def test_A6_skip_digital_leaves_digital_products_out(world: World) -> None:
    add(world, 1, IsDigital=True)
    world.run("products", mapping=(StepChoice("skip_digital", True),))
    assert in_warehouse(world) == []


def test_A6_deactivated_products_are_sent_as_inactive(world: World) -> None:
    product = add(world, 1, IsDeactivated=True)
    world.run("products")
    assert stored(world, product)["isActive"] is False


def test_A7_the_shops_id_is_the_warehouses_external_id_and_units_stay(world: World) -> None:
    product = add(world, 1, Weight=340, WeightNet=310, LengthCm=12.5)
    world.run("products")
    has = stored(world, product)
    assert has["externalId"] == str(product)
    assert (has["grossWeight"], has["netWeight"], has["depth"]) == (340, 310, 12.5)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("de", "Becher"),  # the client's language
        ("en", "Mug"),
        ("it", "Becher"),  # not there: the first one there is
    ],
)
def test_A7_names_are_taken_in_the_clients_language(world: World, language: str, name: str) -> None:
    product = add(world, 1, Title={"DE": "Becher", "EN": "Mug"})
    world.run("products", language=language)
    assert stored(world, product)["name"] == name


def test_R1_one_refused_product_costs_only_itself(world: World) -> None:
    add(world, 1)
    long = add(world, 2, Title="x" * 1_000)
    add(world, 3, Title="Schlüssel ⚓ 🐟")
    refused = problem(world.run("products"), "field_too_long")
    assert (refused.record_id, in_warehouse(world)) == (str(long), ["SKU-1", "SKU-3"])


def test_R1_a_product_that_the_warehouse_alone_refuses_costs_only_itself(world: World) -> None:
    world.warehouse.add_product(externalId="foreign", sku="SKU-2", ean="1", name="from elsewhere")
    world.run("products")
    world.lose_state()
    for place in (1, 2, 3):
        add(world, place)
    taken = problem(world.run("products"), "product_sku_taken")
    assert (taken.number, sorted(in_warehouse(world))) == ("SKU-2", ["SKU-1", "SKU-2", "SKU-3"])


@pytest.mark.parametrize(
    ("ids", "ordered"),
    [
        (["1", "2", "3"], ["1", "2", "3"]),
        (["3", "1", "2"], ["1", "2", "3"]),
        (["10", "9"], ["9", "10"]),  # numbers, not texts
        (["9", "10"], ["9", "10"]),
        (["a1", "22"], ["22", "a1"]),  # numbers before what is none, of the same length
        (["22", "a1"], ["22", "a1"]),
        ([], []),
    ],
)
def test_A4_products_are_taken_by_the_lowest_id(ids: list[str], ordered: list[str]) -> None:
    assert [product.id for product in in_order([Product(id=each) for each in ids])] == ordered


@pytest.mark.parametrize("first_run", ["whole", "cut off"])
def test_A4_two_products_that_hold_one_sku_in_the_warehouse_are_told_of_until_one_gives_it_up(
    world: World, first_run: str
) -> None:
    """Nothing of them changes, so that nothing is to be sent; whatever became of the first run after a lost state."""
    _, second = add(world, 1), add(world, 2)
    world.run("products")
    world.warehouse.products.get(str(second)).fields["sku"] = "SKU-1"
    world.shop.change_product(second, SKU="SKU-1")
    world.lose_state()
    if first_run == "cut off":
        world.sandbox.billbee.faults.add("GET /products", "500", times=None)
        assert world.run("products").failure
        world.sandbox.billbee.faults.clear()
    for _ in range(2):
        assert problem(world.run("products"), "product_sku_taken").number == "SKU-1"
