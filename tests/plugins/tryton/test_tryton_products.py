"""Products to Tryton and back, against the fake."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import (
    AuthenticationError,
    ConfigurationError,
    Outcome,
    OutcomeUnknown,
    Product,
    RecordRefused,
    Secret,
    Unreadable,
)
from connector_tryton.product_mapping import is_valid_ean
from tests.plugins.tryton.bench import PRODUCT, Bench, pages_of
from tests.plugins.tryton.between import answering, without_answer

OTHER = msgspec.structs.replace(PRODUCT, id="4712", sku="MUG-2", ean="96385074", name="Becher rot")


def changed(**changes: Any) -> Product:
    return msgspec.structs.replace(PRODUCT, **changes)


def known(bench: Bench) -> list[Any]:
    pages = bench.target(lambda target: pages_of(target.known_products()))
    return [found for page in pages for found in (*page.records, *page.unreadable)]


def why(outcome: Outcome) -> RecordRefused:
    assert isinstance(outcome.error, RecordRefused)
    return outcome.error


def test_A7_a_product_arrives_whole() -> None:
    bench = Bench()
    assert bench.put(PRODUCT, is_new=True) == [Outcome(record_id="4711")]
    assert bench.warehouse.products() == [PRODUCT]


def test_A7_what_arrived_is_read_back_as_it_was_but_for_dimensions(bench: Bench) -> None:
    without = changed(length_cm=None, width_cm=None, height_cm=None)
    assert known(bench) == [without]
    assert bench.target(lambda target: target.find_product("4711", "")) == without
    assert bench.target(lambda target: target.find_product("4712", "")) is None


def test_A3_a_change_is_taken_over_but_no_dimensions(bench: Bench) -> None:
    bench.put(changed(name="Becher", weight_g=400, ean="96385074", sku="MUG-1B", length_cm=99.0))
    assert bench.warehouse.products() == [
        changed(name="Becher", weight_g=400, ean="96385074", sku="MUG-1B", length_cm=12.5)
    ]


def test_A3_dimensions_are_sent_only_with_a_new_product(bench: Bench) -> None:
    bench.put(changed(length_cm=99.0), is_new=True)  # it is there already: an answer got lost
    assert bench.warehouse.products() == [PRODUCT]


def test_A2_a_product_that_is_there_as_it_should_be_is_not_written(bench: Bench) -> None:
    bench.put(PRODUCT)
    assert bench.fake.writes() == []


def test_A2_what_was_emptied_is_emptied(bench: Bench) -> None:
    bench.put(changed(weight_g=None, ean=""))
    assert bench.warehouse.products() == [changed(weight_g=None, ean="")]


def test_A4_a_refused_product_never_keeps_another_one_back(bench: Bench) -> None:
    wrong = changed(id="1", sku="X-1", ean="4006381333930")
    refused = changed(id="2", sku="X-2", ean="")
    bench.warehouse.refuse(refused)
    outcomes = bench.put(wrong, refused, OTHER, is_new=True)
    assert [type(outcome.error).__name__ for outcome in outcomes] == [
        "RecordRefused",
        "CallRefused",
        "NoneType",
    ]
    assert why(outcomes[0]).params["answer"].startswith("the EAN 4006381333930 is not valid")
    assert "A rule of this company forbids that" in str(outcomes[1].error)
    assert [product.id for product in bench.warehouse.products()] == ["4711", "4712"]


def test_A4_a_new_product_whose_sku_is_taken_is_refused_with_the_one_that_holds_it(bench: Bench) -> None:
    (outcome,) = bench.put(changed(id="1"), is_new=True)
    assert (why(outcome).code, why(outcome).params) == (
        "product_sku_taken",
        {"sku": "MUG-1", "holder": "Becher blau"},
    )
    assert len(bench.warehouse.products()) == 1


def test_A4_a_changed_sku_that_is_taken_keeps_the_old_one_and_takes_over_the_rest(bench: Bench) -> None:
    bench.put(OTHER, is_new=True)
    (outcome,) = bench.put(changed(sku="MUG-2", name="Becher"))
    assert why(outcome).code == "product_sku_taken"
    assert bench.warehouse.products()[0] == changed(name="Becher")


def test_A4_an_sku_that_another_product_of_the_batch_gives_up_is_free(bench: Bench) -> None:
    outcomes = bench.put(changed(sku="MUG-0"), changed(id="1", ean="96385074"))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert [product.sku for product in bench.warehouse.products()] == ["MUG-0", "MUG-1"]


def test_A4_an_inactive_product_holds_no_sku(bench: Bench) -> None:
    bench.put(changed(is_active=False))
    assert bench.put(changed(id="1"), is_new=True) == [Outcome(record_id="1")]


def test_A6_a_digital_product_is_no_goods_so_that_nobody_picks_it() -> None:
    bench = Bench()
    bench.put(changed(is_digital=True), is_new=True)
    assert bench.fake.records.all("product.template")[-1]["type"] == "service"


def test_A6_a_deactivated_product_is_inactive_even_while_there_is_stock(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 5)
    assert bench.put(changed(is_active=False)) == [Outcome(record_id="4711")]
    assert not bench.warehouse.products()[0].is_active
    bench.put(PRODUCT)
    assert bench.warehouse.products()[0].is_active


def test_a_product_of_which_there_was_stock_keeps_its_type_unasked(bench: Bench) -> None:
    bench.warehouse.set_stock("4711", 5)
    assert bench.put(changed(name="Becher")) == [Outcome(record_id="4711")]
    (outcome,) = bench.put(changed(is_digital=True))
    assert "You cannot change the type of a product" in str(outcome.error)


def test_a_product_that_people_have_entered_is_found_by_its_sku_and_gets_the_key() -> None:
    bench = Bench()
    bench.fake.add_product("MUG-1", ("ean", "96385074"), name="Tasse", weight=0.4, weight_uom=3)
    (found,) = known(bench)
    assert (found.id, found.sku, found.weight_g) == ("", "MUG-1", 400)
    bench.put(PRODUCT)
    (product,) = bench.warehouse.products()
    assert (product.id, product.ean, product.name) == ("4711", PRODUCT.ean, "Becher blau")


def test_a_product_of_another_shop_is_never_taken_for_ours() -> None:
    bench = Bench()
    bench.fake.add_product("MUG-1", (None, "4711@other"))
    assert known(bench) == []
    assert not bench.target(lambda target: target.has_product("4711", "MUG-1"))
    (outcome,) = bench.put(PRODUCT, is_new=True)
    assert why(outcome).code == "product_sku_taken"


def test_what_people_have_added_to_a_product_stays(bench: Bench) -> None:
    product = bench.fake.product("MUG-1")["id"]
    for kind, code in (("ean", "2000000000015"), ("mpn", "X1")):
        bench.fake.records.add("product.identifier", product=product, type=kind, code=code)
    bench.put(changed(ean="96385074"))
    codes = [each["code"] for each in bench.fake.records.all("product.identifier")]
    assert codes == ["4711@acme", "96385074", "2000000000015", "X1"]


def test_one_of_several_variants_keeps_what_it_shares_with_the_others(bench: Bench) -> None:
    template = bench.fake.product("MUG-1")["template"]
    bench.fake.records.add("product.product", template=template, suffix_code="MUG-1-L")
    assert bench.put(changed(name="Becher", weight_g=1, sku="MUG-1-S")) == [Outcome(record_id="4711")]
    product = bench.warehouse.products()[0]
    assert (product.sku, product.name, product.weight_g) == ("MUG-1-S", "Becher blau", 350)


def test_a_code_that_tryton_gives_its_products_is_taken_away(bench: Bench) -> None:
    template = bench.fake.product("MUG-1")["template"]
    bench.fake.records.get("product.template", template)["code"] = "0001-"
    bench.put(PRODUCT)
    assert bench.warehouse.products() == [PRODUCT]


def test_A1_two_products_with_the_same_key_are_told_of(bench: Bench) -> None:
    bench.fake.add_product("MUG-1 COPY", (None, "4711@acme"))
    assert known(bench)[1] == Unreadable(
        record_id="4711",
        number="MUG-1 COPY",
        reason="two products in Tryton carry the key of the shop's product 4711; take it from the copy",
    )
    bench.put(changed(name="Becher"))
    assert [product.name for product in bench.warehouse.products()] == ["Becher", "MUG-1 COPY"]


def test_R4_a_product_that_can_not_be_read_costs_only_itself(bench: Bench) -> None:
    good = {"id": 1, "code": "S1", "active": 1, "identifiers": [], "template": _template()}
    bench.around = answering("GET product.product", [good, {**good, "id": 2, "code": "S2", "template": None}])
    found = known(bench)
    assert (found[0].sku, found[1].record_id, found[1].number) == ("S1", "2", "S2")


def _template() -> dict[str, Any]:
    texts = {"id": 1, "name": "x", "code": None, "type": "goods", "active": 1, "products": [1]}
    return {**texts, "weight": None, "weight_uom": None, "default_uom": {"id": 1}}


def test_R3_a_product_whose_answer_got_lost_is_there_once() -> None:
    bench = Bench()
    bench.around = without_answer("POST product.template")
    assert bench.put(PRODUCT, is_new=True) == [Outcome(record_id="4711")]
    assert bench.warehouse.products() == [PRODUCT]


def test_R3_a_change_whose_answer_got_lost_is_left_to_the_next_run(bench: Bench) -> None:
    bench.around = without_answer("PUT product.template/*")
    (outcome,) = bench.put(changed(name="Becher"))
    assert isinstance(outcome.error, OutcomeUnknown)


def test_R1_a_wrong_key_stops_all_of_them(bench: Bench) -> None:
    bench.warehouse.revoke()
    with pytest.raises(AuthenticationError, match="application key is unknown"):
        bench.put(PRODUCT, OTHER)


def test_a_name_on_several_lines_is_sent_on_one_and_none_is_the_sku() -> None:
    bench = Bench()
    outcomes = bench.put(changed(name="Becher\n\tblau "), changed(id="1", sku="X", name=""), is_new=True)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert [product.name for product in bench.warehouse.products()] == ["Becher blau", "X"]


def test_R6_what_tryton_would_refuse_is_told_without_asking(bench: Bench) -> None:
    told = bench.target(_refusals)
    assert [refusal.params["answer"] if refusal else None for refusal in told] == [
        None,
        "the EAN 123 is not valid: its length or its check digit is wrong",
        r"the SKU 'A\tB' holds a tab or a line break",
    ]


async def _refusals(target: Any) -> list[RecordRefused | None]:
    return [target.refusal(product) for product in (PRODUCT, changed(ean="123"), changed(sku="A\tB"))]


@pytest.mark.parametrize(
    ("ean", "is_valid"),
    [
        ("4006381333931", True),
        ("96385074", True),
        ("036000291452", True),  # a UPC
        ("10012345678902", True),
        ("4006381 333931", True),  # as people write it
        ("4006381333930", False),
        ("400638133393", False),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", False),  # digits of another script
        ("MUG-1", False),
    ],
)
def test_which_eans_tryton_takes(ean: str, is_valid: bool) -> None:
    assert is_valid_ean(ean) is is_valid


def test_a_unit_that_is_not_there_stops_the_client() -> None:
    bench = Bench()
    bench.fake.records.tables["product.uom"].pop(4)
    with pytest.raises(ConfigurationError, match="no unit of measure with the symbol cm"):
        bench.put(PRODUCT, is_new=True)


def test_the_key_is_shown_nowhere(bench: Bench) -> None:
    with pytest.raises(AuthenticationError) as caught:
        bench.target(lambda target: target.find_order("1"), application_key=Secret("not-the-right-one"))
    assert "not-the-right-one" not in str(caught.value)
