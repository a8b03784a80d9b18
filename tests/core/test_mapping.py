"""Mapping steps: what they do to records, and how the framework reads what they are for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.api import Catalogue, Order, OrderLine, Parcel, Product, RecordRefused, SetPart, Shipment
from connector.mapping import LeftOut, chain, connector_register_mapping_steps, describe_step

STEPS = {name: describe_step(name, step) for name, step in connector_register_mapping_steps().items()}


class Sets:
    """A catalogue of sets: set id → [(product id, quantity)]."""

    def __init__(self, **sets: list[tuple[str, str]]) -> None:
        self._sets = {
            set_id: tuple(SetPart(product_id=part, quantity=Decimal(quantity)) for part, quantity in parts)
            for set_id, parts in sets.items()
        }

    def parts(self, product_id: str) -> tuple[SetPart, ...] | None:
        return self._sets.get(product_id)


def line(product_id: str, quantity: str = "1", total: str | None = None) -> OrderLine:
    return OrderLine(
        id="l1",
        product_id=product_id,
        quantity=Decimal(quantity),
        total=None if total is None else Decimal(total),
    )


def resolved(catalogue: Catalogue, *lines: OrderLine) -> tuple[OrderLine, ...]:
    outcome = chain([("resolve_sets", True)], STEPS, Order, catalogue).apply(Order(id="1", lines=lines))
    assert isinstance(outcome, Order)
    return outcome.lines


def test_O4_a_set_becomes_its_products_times_the_quantity_of_the_set() -> None:
    lines = resolved(Sets(box=[("cup", "2"), ("plate", "1")]), line("box", "3"))
    assert [(piece.id, piece.product_id, int(piece.quantity)) for piece in lines] == [
        ("l1-cup", "cup", 6),
        ("l1-plate", "plate", 3),
    ]


def test_O4_the_price_of_a_set_is_spread_to_the_cent() -> None:
    lines = resolved(
        Sets(box=[("cup", "1"), ("plate", "1"), ("spoon", "1")]), line("box", "1", total="10.00")
    )
    assert [piece.total for piece in lines] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_A5_sets_may_contain_sets_and_a_product_that_comes_twice_is_one_line() -> None:
    lines = resolved(Sets(big=[("small", "2"), ("cup", "1")], small=[("cup", "3")]), line("big"))
    assert [(piece.product_id, int(piece.quantity)) for piece in lines] == [("cup", 7)]


@pytest.mark.parametrize(
    "sets",
    [
        {"box": [("box", "1")]},  # contains itself
        {"box": [("other", "1")], "other": [("box", "1")]},  # through another one
    ],
)
def test_A5_a_set_that_contains_itself_is_refused(sets: dict[str, list[tuple[str, str]]]) -> None:
    with pytest.raises(RecordRefused, match="set_contains_itself"):
        resolved(Sets(**sets), line("box"))


def test_A5_sets_that_share_their_parts_are_resolved_without_walking_every_path() -> None:
    levels = {f"s{n}": [(f"s{n + 1}", "1"), (f"s{n + 1}", "1")] for n in range(60)}
    (piece,) = resolved(Sets(**levels), line("s0"))
    assert (piece.product_id, int(piece.quantity)) == ("s60", 2**60)


def test_A6_skip_digital_leaves_digital_products_out() -> None:
    steps = chain([("skip_digital", True)], STEPS, Product, Sets())
    assert steps.apply(Product(id="1", is_digital=True)) == LeftOut("skip_digital")
    assert steps.apply(Product(id="2")) == Product(id="2")


def test_a_step_whose_setting_is_false_is_switched_off() -> None:
    steps = chain([("skip_digital", False)], STEPS, Product, Sets())
    assert steps.apply(Product(id="1", is_digital=True)) == Product(id="1", is_digital=True)


def test_steps_run_in_the_order_of_the_settings_each_on_its_own_kind_of_record() -> None:
    def shout(order: Order, mark: str, catalogue: Catalogue) -> Order:
        return Order(id=order.id, number=order.number + mark)

    steps = {"shout": describe_step("shout", shout), "again": describe_step("again", shout), **STEPS}
    chosen: list[tuple[str, Any]] = [("again", "?"), ("skip_digital", True), ("shout", "!")]
    assert chain(chosen, steps, Order, Sets()).apply(Order(id="1", number="A")) == Order(id="1", number="A?!")


def test_a_step_describes_itself_by_annotations_and_docstring() -> None:
    step = STEPS["skip_digital"]
    assert (step.kind, step.setting) == (Product, bool)
    assert step.help.startswith("Leaves digital products out")


def test_a_step_without_annotations_is_refused_with_the_form_it_needs() -> None:
    with pytest.raises(
        TypeError, match=r"`odd` must look like step\(record: Order, setting: bool, catalogue: Catalogue\)"
    ):
        describe_step("odd", lambda record, setting, catalogue: record)


def test_a_step_for_another_kind_of_record_is_refused() -> None:
    def step(number: int, setting: bool, catalogue: Catalogue) -> int:
        return number

    with pytest.raises(TypeError, match="must take a Product, an Order or a Shipment"):
        describe_step("odd", step)


def test_S3_shipping_profiles_renames_the_ways_of_shipping_of_all_parcels() -> None:
    names = {"Express": "DHL Express"}
    shipment = Shipment(
        order_id="1", parcels=(Parcel(id="a", product="Express"), Parcel(id="b", product="Letter"))
    )
    mapped = chain([("shipping_profiles", names)], STEPS, Shipment, Sets()).apply(shipment)
    assert isinstance(mapped, Shipment)
    assert [parcel.product for parcel in mapped.parcels] == ["DHL Express", "Letter"]


def test_O8_order_number_prefix_stands_before_the_number() -> None:
    mapped = chain([("order_number_prefix", "A-")], STEPS, Order, Sets()).apply(Order(id="1", number="17"))
    assert mapped == Order(id="1", number="A-17")


@pytest.mark.parametrize(
    ("step", "tags", "kept"),
    [
        ("only_tags", ("Stock",), True),  # case does not matter
        ("only_tags", ("other",), False),
        ("only_tags", (), False),
        ("skip_tags", ("stock",), False),
        ("skip_tags", ("other", " SAMPLE "), False),  # the second tag of the setting
        ("skip_tags", (), True),
    ],
)
def test_A1_products_are_chosen_by_their_tags_where_a_client_wants_it(
    step: str, tags: tuple[str, ...], kept: bool
) -> None:
    outcome = chain([(step, "stock, sample")], STEPS, Product, Sets()).apply(Product(id="1", tags=tags))
    assert isinstance(outcome, Product) is kept
