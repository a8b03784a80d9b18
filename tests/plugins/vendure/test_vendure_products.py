"""Variants turned into products."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import CallRefused, Product, UnusableAnswer
from connector_vendure.mapping import read_product
from tests.plugins.vendure.bench import NO_FIELDS, Bench, all_of, unreadable_of

MUG = Product(
    id="",
    sku="MUG",
    ean="4006381333931",
    name="Becher",
    weight_g=350,
    length_cm=12.0,
    width_cm=9.5,
    height_cm=10.25,
    tags=("kitchen", "new"),
)


def products(bench: Bench, **changes: Any) -> list[Product]:
    return bench.use(lambda source: all_of(source.products()), **changes)


def read(**fields: Any) -> Any:
    return read_product(msgspec.Raw(msgspec.json.encode({"id": "1", "sku": "A", **fields})))


def test_A7_a_variant_comes_with_all_that_the_shop_knows_of_it(bench: Bench) -> None:
    key = bench.vendure.add_product(MUG)
    assert products(bench) == [msgspec.structs.replace(MUG, id=key)]


def test_a_shop_without_custom_fields_tells_what_it_has(bench: Bench) -> None:
    key = bench.vendure.add_product(MUG)
    (found,) = products(bench, **NO_FIELDS)
    assert found == Product(id=key, sku="MUG", name="Becher", tags=("kitchen", "new"))


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"customFields": {"ean": 4006381333931}}, "ean", "4006381333931"),  # a field for numbers
        ({"customFields": {"ean": " "}}, "ean", ""),
        ({"customFields": {"weight": 0}}, "weight_g", None),
        ({"customFields": {"weight": 349.5}}, "weight_g", 350),
        ({"customFields": {"weight": -3}}, "weight_g", None),
        ({"customFields": {"length": 0}}, "length_cm", None),
        ({"customFields": {"length": 102.5}}, "length_cm", 10.25),
        ({"customFields": None}, "weight_g", None),
        ({"customFields": {"digital": True}}, "is_digital", True),
        ({"sku": 17}, "sku", "17"),
        ({"name": None}, "name", ""),
        ({"facetValues": [{"code": "new"}, None, {"code": ""}, {"code": "new"}]}, "tags", ("new",)),
        ({"product": {"facetValues": [{"code": "kitchen"}]}}, "tags", ("kitchen",)),
        ({"enabled": False}, "is_active", False),
        ({"product": {"enabled": False}}, "is_active", False),  # a product takes its variants with it
        ({}, "is_active", True),
    ],
)
def test_A6_A7_single_fields(fields: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read(**fields), field) == value


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, "missing required field id"),
        ({"customFields": {"weight": 1e300}}, "customFields.weight"),
        ({"customFields": {"weight": "heavy"}}, "customFields.weight"),
        ({"enabled": "yes"}, "enabled"),
        ({"facetValues": {}}, "facetValues"),
    ],
)
def test_R4_what_can_not_be_read_is_named(fields: dict[str, Any], reason: str) -> None:
    found = read(**fields)
    assert (found.record_id, found.number) == ("" if "id" in fields else "1", "A")
    assert reason.replace("missing required field id", "$.id") in found.reason


def test_A1_all_pages_are_read_in_the_order_of_the_ids(bench: Bench) -> None:
    keys = [bench.vendure.add_product(Product(id="", sku=f"S{place}")) for place in range(7)]
    assert [product.id for product in products(bench, page_size=3)] == keys
    assert [call["options"]["skip"] for call in bench.sent("ListProducts")] == [0, 3, 6]


def test_a_last_page_that_is_full_is_the_last(bench: Bench) -> None:
    for place in range(6):
        bench.vendure.add_product(Product(id="", sku=f"S{place}"))
    assert len(products(bench, page_size=3)) == 6
    assert len(bench.sent("ListProducts")) == 2


def test_R4_a_page_that_comes_again_ends_the_reading(bench: Bench) -> None:
    for place in range(7):
        bench.vendure.add_product(Product(id="", sku=f"S{place}"))
    bench.vendure.skips = False
    with pytest.raises(UnusableAnswer, match="page 2 is the same as page 1"):
        products(bench, page_size=3)


def test_R4_a_broken_variant_costs_only_itself(bench: Bench) -> None:
    keys = [bench.vendure.add_product(Product(id="", sku=f"S{place}")) for place in range(3)]
    bench.faults.add("ListProducts", "wrong_type", path="data.page.items.1.enabled", times=None)
    assert [product.id for product in products(bench)] == [keys[0], keys[2]]
    (broken,) = bench.use(lambda source: unreadable_of(source.products()))
    assert broken[:2] == (keys[1], "S1")


def test_a_field_that_the_shop_does_not_have_is_named(bench: Bench) -> None:
    bench.vendure.add_product(MUG)
    with pytest.raises(CallRefused, match=r'Cannot query field "eam".*GRAPHQL_VALIDATION_FAILED'):
        products(bench, ean_field="eam")


def test_a_page_larger_than_the_shop_allows_is_refused(bench: Bench) -> None:
    bench.vendure.most_records = 100
    with pytest.raises(CallRefused, match="Cannot take more than 100 results"):
        products(bench, page_size=250)


# -- one product ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1", "MUG"])
def test_a_product_is_found_by_its_id_and_by_its_sku(bench: Bench, number: str) -> None:
    bench.vendure.add_product(MUG)
    found = bench.use(lambda source: source.find_product(number))
    assert found is not None
    assert (found.id, found.sku) == ("1", "MUG")
    assert len(bench.operations) == 1


def test_an_id_wins_over_another_products_sku(bench: Bench) -> None:
    bench.vendure.add_product(Product(id="", sku="A"))
    bench.vendure.add_product(Product(id="", sku="1"))
    found = bench.use(lambda source: source.find_product("1"))
    assert found is not None
    assert found.sku == "A"


@pytest.mark.parametrize("number", ["99", "CUP", "", "1 or 1=1"])
def test_what_is_not_there_is_not_found(bench: Bench, number: str) -> None:
    bench.vendure.add_product(MUG)
    assert bench.use(lambda source: source.find_product(number)) is None
    assert bench.use(lambda source: source.product(number)) is None


def test_R4_a_product_that_can_not_be_read_is_no_missing_one(bench: Bench) -> None:
    bench.vendure.add_product(MUG)
    bench.faults.add("FindProduct", "wrong_type", path="data.byId.enabled", times=None)
    with pytest.raises(UnusableAnswer, match=r"FindProduct: 1: .*\$\.enabled"):
        bench.use(lambda source: source.product("1"))
