"""Products to Wemalo, against the sandbox."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from connector.api import (
    AuthenticationError,
    CallRefused,
    Outcome,
    OutcomeUnknown,
    Product,
    ProductWrite,
    Secret,
    TransientError,
    UnusableAnswer,
)
from tests.plugins.bench import Bench, pages_of, products_of


@pytest.fixture
def bench() -> Bench:
    return Bench()


def product(number: int, **changes: Any) -> Product:
    own = {"id": str(number), "sku": f"S{number}", "ean": f"{number:013}", "name": "Kaffee", "weight_g": 500}
    return msgspec.convert({**own, **changes}, Product)


def new(*products: Product) -> list[ProductWrite]:
    return [ProductWrite(product=each, is_new=True) for each in products]


def known(*products: Product) -> list[ProductWrite]:
    return [ProductWrite(product=each, is_new=False) for each in products]


def put(bench: Bench, writes: list[ProductWrite], **changes: Any) -> list[Outcome]:
    return list(bench.target(lambda target: target.put_products(writes), **changes))


def errors(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.record_id: str(outcome.error) for outcome in outcomes if outcome.error}


def stored(bench: Bench) -> list[str]:
    return sorted(each.external_id for each in bench.warehouse.products)


def test_A1_new_products_are_added_with_one_call(bench: Bench) -> None:
    outcomes = put(bench, new(*(product(i) for i in range(1, 101))))
    assert [outcome.record_id for outcome in outcomes] == [str(i) for i in range(1, 101)]
    assert errors(outcomes) == {}
    assert bench.calls.counts == {"wemalo POST /product/addMultiple": 1}
    assert len(bench.warehouse.products) == 100


def test_the_product_group_is_a_setting(bench: Bench) -> None:
    put(bench, new(product(1), product(2)), product_group="coffee")
    assert [each.fields["productGroup"] for each in bench.warehouse.products] == ["coffee", "coffee"]


def test_A2_a_changed_product_is_updated_and_others_are_left_alone(bench: Bench) -> None:
    put(bench, new(product(1), product(2)))
    put(bench, known(product(1, name="Espresso")))
    assert bench.warehouse.products.get("1").fields["name"] == "Espresso"
    assert bench.warehouse.products.get("2").fields["name"] == "Kaffee"


def test_A3_a_later_change_of_dimensions_is_not_sent(bench: Bench) -> None:
    put(bench, new(product(1, length_cm=10)))
    put(bench, known(product(1, length_cm=99, weight_g=600)))
    fields = bench.warehouse.products.get("1").fields
    assert (fields["depth"], fields["grossWeight"]) == (10, 600)


@pytest.mark.parametrize("habit", ["all_or_none", "others_go_through"])
def test_R1_one_refused_product_never_keeps_another_one_back(bench: Bench, habit: Any) -> None:
    bench.warehouse.habits.add_multiple = habit
    bench.warehouse.add_product(externalId="old", sku="S3")
    found = errors(put(bench, new(*(product(i) for i in range(1, 6)))))
    assert list(found) == ["3"]
    assert "sku is already in use" in found["3"]
    assert stored(bench) == ["1", "2", "4", "5", "old"]


@pytest.mark.parametrize("takes_effect", [True, False])
def test_R3_a_batch_whose_outcome_is_unknown_is_looked_at(bench: Bench, takes_effect: bool) -> None:
    bench.sandbox.wemalo.faults.add("POST /product/addMultiple", "reset", takes_effect=takes_effect)
    assert errors(put(bench, new(product(1), product(2)))) == {}
    assert stored(bench) == ["1", "2"]
    assert len(bench.sent("POST /product/add")) == (0 if takes_effect else 2)


@pytest.mark.parametrize("takes_effect", [True, False])
def test_R3_a_single_product_whose_outcome_is_unknown_is_looked_at(bench: Bench, takes_effect: bool) -> None:
    bench.sandbox.wemalo.faults.add("POST /product/add", "reset", takes_effect=takes_effect)
    (outcome,) = put(bench, new(product(1)))
    assert (outcome.error is None) is takes_effect
    assert takes_effect or isinstance(outcome.error, OutcomeUnknown)


def test_A2_a_new_product_that_is_there_already_is_brought_up_to_date(bench: Bench) -> None:
    put(bench, new(product(1, name="Kaffee")))
    assert errors(put(bench, new(product(1, name="Espresso")))) == {}
    assert bench.warehouse.products.get("1").fields["name"] == "Espresso"


def test_a_known_product_that_the_warehouse_lost_is_added_again(bench: Bench) -> None:
    assert errors(put(bench, known(product(1, length_cm=10)))) == {}
    assert bench.warehouse.products.get("1").fields["depth"] == 10


def test_A4_a_refused_update_is_reported_with_the_services_words(bench: Bench) -> None:
    put(bench, new(product(1), product(2)))
    found = put(bench, known(product(1, sku="S2"), product(2, name="Tee")))
    assert isinstance(found[0].error, CallRefused)
    assert "sku is already in use" in str(found[0].error)
    assert found[1].error is None


def test_a_name_that_does_not_fit_costs_only_its_product(bench: Bench) -> None:
    writes = new(product(1, name="K" * 1000), product(2), product(3)) + known(product(4, name="T" * 256))
    found = errors(put(bench, writes))
    assert found == {
        "1": "field_too_long (field=name, length=1000, limit=255)",
        "4": "field_too_long (field=name, length=256, limit=255)",
    }
    assert stored(bench) == ["2", "3"]


def test_R1_a_product_that_the_service_fails_on_costs_only_itself(bench: Bench) -> None:
    put(bench, new(*(product(i) for i in range(1, 4))))
    bench.sandbox.wemalo.faults.add("PUT /product/update/:externalId", "500", times=4)
    outcomes = put(bench, known(product(1, name="Tee")))
    assert isinstance(outcomes[0].error, TransientError)
    assert errors(put(bench, known(product(2, name="Tee")))) == {}


def test_R1_wrong_credentials_are_one_error_and_not_one_per_product(bench: Bench) -> None:
    with pytest.raises(AuthenticationError, match="wemalo does not accept the credentials"):
        put(bench, known(product(1), product(2)), token=Secret("wrong"))


@pytest.mark.parametrize("where", ["http", "body"])
def test_R1_wrong_credentials_are_understood_in_status_and_body(bench: Bench, where: Any) -> None:
    bench.sandbox.wemalo.habits.unauthorized_in = where
    with pytest.raises(AuthenticationError, match="Unauthorized"):
        put(bench, new(product(1)), token=Secret("wrong"))


@pytest.mark.parametrize("kind", ["419", "419_body", "503", "429"])
def test_R3_a_passing_fault_is_waited_out(bench: Bench, kind: str) -> None:
    put(bench, new(product(1)))
    bench.sandbox.wemalo.faults.add("PUT /product/update/:externalId", kind)
    assert errors(put(bench, known(product(1, name="Tee")))) == {}


# -- what the warehouse has -----------------------------------------------------------------------


def test_A2_the_warehouse_shows_products_as_they_were_sent(bench: Bench) -> None:
    written = [product(1), product(2, is_digital=True, is_active=False, manufacturer="Beispiel GmbH")]
    put(bench, new(*written))
    assert bench.target(products_of) == written


def test_A4_without_external_ids_products_are_known_by_their_sku(bench: Bench) -> None:
    put(bench, new(product(1)))
    bench.warehouse.habits.products_with_external_id = False
    (found,) = bench.target(products_of)
    assert (found.id, found.sku) == ("", "S1")


def test_booleans_and_numbers_may_come_as_texts(bench: Bench) -> None:
    written = [product(1, is_digital=True, is_active=False, weight_g=0, net_weight_g=7)]
    bench.sandbox.wemalo.habits.texts_only = True
    put(bench, new(*written))
    (found,) = bench.target(products_of)
    assert (found.is_digital, found.is_active, found.weight_g, found.net_weight_g) == (True, False, None, 7)


def test_an_empty_warehouse_is_no_error(bench: Bench) -> None:
    assert bench.target(products_of) == []


def test_R4_one_malformed_known_product_costs_only_itself(bench: Bench) -> None:
    put(bench, new(product(1), product(2)))
    bench.sandbox.wemalo.faults.add("GET /product/getAll", "wrong_type", path="products.0.name")
    (page,) = bench.target(lambda target: pages_of(target.known_products()))
    assert [each.id for each in page.records] == ["2"]
    assert [each.record_id for each in page.unreadable] == ["1"]


def test_R4_an_answer_without_products_is_no_empty_warehouse(bench: Bench) -> None:
    bench.sandbox.wemalo.faults.add("GET /product/getAll", "missing_field", path="products", times=None)
    with pytest.raises(UnusableAnswer, match=r"GET /product/getAll: field \$\.products is missing"):
        bench.target(products_of)


def test_O5_the_warehouse_says_which_products_it_has(bench: Bench) -> None:
    put(bench, new(product(1)))
    assert bench.target(lambda target: target.has_product("1", "S1"))
    assert not bench.target(lambda target: target.has_product("2", "S2"))


@pytest.mark.parametrize("kind", ["empty", "truncated", "html"])
def test_R4_an_answer_that_can_not_be_read_does_not_say_that_a_product_is_there(
    bench: Bench, kind: str
) -> None:
    bench.sandbox.wemalo.faults.add("GET /product/get/:externalId", kind, times=None)
    with pytest.raises(UnusableAnswer, match="GET /product/get"):
        bench.target(lambda target: target.has_product("2", "S2"))


@pytest.mark.parametrize("kind", ["empty", "truncated"])
def test_R4_an_answer_that_can_not_be_read_is_no_accepted_product(bench: Bench, kind: str) -> None:
    bench.warehouse.add_product(externalId="own", sku="S1")
    bench.sandbox.wemalo.faults.add("POST /product/add*", kind, times=None, takes_effect=True)
    first, second = put(bench, new(product(1), product(2)))
    assert isinstance(first.error, OutcomeUnknown)  # its SKU is taken, and nobody could read that
    assert second.error is None  # a look showed that it is there


def test_R4_a_wrong_address_is_not_a_missing_product(bench: Bench) -> None:
    with pytest.raises((CallRefused, UnusableAnswer)):
        bench.target(
            lambda target: target.has_product("1", "S1"), base_url="https://wemalo.example.com/v1/old"
        )


# -- one product ----------------------------------------------------------------------------------


def find(bench: Bench, product_id: str = "1") -> Product | None:
    return bench.target(lambda target: target.find_product(product_id, f"S{product_id}"))


@pytest.mark.parametrize("shows_external_id", [True, False])
def test_a_product_is_read_as_it_was_sent(bench: Bench, shows_external_id: bool) -> None:
    bench.warehouse.habits.products_with_external_id = shows_external_id
    put(bench, new(product(1, is_digital=True)))
    assert find(bench) == product(1, is_digital=True)


def test_a_product_that_the_warehouse_does_not_have_is_none(bench: Bench) -> None:
    assert find(bench) is None


@pytest.mark.parametrize(
    ("kind", "path", "reason"),
    [
        ("missing_field", "sku", r"product 1: field \$\.sku is missing"),
        ("wrong_type", "name", r"product 1: .*\$\.name"),
        ("html", "", "HTML page"),
    ],
)
def test_R4_a_product_that_can_t_be_read_is_no_missing_product(
    bench: Bench, kind: str, path: str, reason: str
) -> None:
    put(bench, new(product(1)))
    bench.sandbox.wemalo.faults.add("GET /product/get/:externalId", kind, path=path, times=None)
    with pytest.raises(UnusableAnswer, match=reason):
        find(bench)
