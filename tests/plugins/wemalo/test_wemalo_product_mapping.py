"""Products as Wemalo's JSON and back."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from connector.api import (
    Product,
    RecordRefused,
    Unreadable,
)
from connector_wemalo.mapping import (
    changed_product,
    new_product,
    read_product,
)

COFFEE = Product(
    id="100000060427001",
    sku="CF-1",
    ean="4006381333931",
    name="Kaffee",
    weight_g=500,
    net_weight_g=450,
    length_cm=10.5,
    width_cm=4.0,
    height_cm=2.25,
    manufacturer="Beispiel GmbH",
    country_of_origin="BR",
    customs_tariff_number="09012100",
)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def sent(value: object) -> Any:
    """Returns what the service gets to see."""
    return msgspec.json.decode(_encode(value))


def changed(record: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(record, **changes)


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def test_A7_a_new_product_is_sent_with_all_it_has() -> None:
    assert sent(new_product(COFFEE, "default")) == {
        "externalId": "100000060427001",
        "sku": "CF-1",
        "productGroup": "default",
        "name": "Kaffee",
        "ean": "4006381333931",
        "grossWeight": 500,
        "netWeight": 450,
        "depth": 10.5,
        "width": 4.0,
        "height": 2.25,
        "producerName": "Beispiel GmbH",
        "originCountry": "BR",
        "customsTariffNumber": "09012100",
        "isActive": True,
        "ignorePicking": False,
    }


def test_what_a_new_product_does_not_have_is_left_out() -> None:
    bare = sent(new_product(Product(id="1", sku="A"), "default"))
    assert bare.keys() == {"externalId", "sku", "productGroup", "isActive", "ignorePicking"}


def test_A3_dimensions_are_sent_only_with_a_new_product() -> None:
    assert {"depth", "width", "height"} <= sent(new_product(COFFEE, "default")).keys()
    assert not {"depth", "width", "height"} & sent(changed_product(COFFEE)).keys()


def test_A3_a_change_of_weight_is_sent() -> None:
    assert sent(changed_product(changed(COFFEE, weight_g=510)))["grossWeight"] == 510


def test_A2_what_was_emptied_is_emptied_in_the_warehouse_too() -> None:
    fields = sent(changed_product(Product(id="1", sku="A", ean="E", name="Kaffee")))
    assert (fields["producerName"], fields["grossWeight"], fields["netWeight"]) == ("", 0, 0)


def test_A4_an_empty_sku_never_replaces_one() -> None:
    assert "sku" not in sent(changed_product(Product(id="1", is_digital=True)))


@pytest.mark.parametrize("write", [lambda product: new_product(product, "default"), changed_product])
def test_A6_digital_products_are_never_picked_and_deactivated_ones_inactive(write: Any) -> None:
    fields = sent(write(changed(COFFEE, is_digital=True, is_active=False)))
    assert (fields["ignorePicking"], fields["isActive"]) == (True, False)


@pytest.mark.parametrize(
    "product",
    [
        COFFEE,
        changed(COFFEE, is_digital=True, is_active=False),
        Product(id="1", sku="A", ean="E"),  # nothing but what is mandatory
        changed(COFFEE, name="☕ Kaffee 🫘"),
    ],
)
def test_A2_an_unchanged_product_reads_back_as_it_was_written(product: Product) -> None:
    without_dimensions = changed(product, length_cm=None, width_cm=None, height_cm=None)
    assert read_product(raw(sent(new_product(product, "default")))) == without_dimensions


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sku": "A"}, {"id": "", "sku": "A"}),  # as documented, without external id
        ({"externalId": 4711, "sku": 5}, {"id": "4711", "sku": "5"}),  # texts as numbers
        ({"grossWeight": "500", "netWeight": "0"}, {"weight_g": 500, "net_weight_g": None}),
        ({"grossWeight": 12.5}, {"weight_g": 13}),
        ({"grossWeight": ""}, {"weight_g": None}),
        ({"grossWeight": None}, {"weight_g": None}),
        ({"isActive": "false", "ignorePicking": "true"}, {"is_active": False, "is_digital": True}),
        ({"isActive": 0, "ignorePicking": "1"}, {"is_active": False, "is_digital": True}),
        ({}, {"is_active": True, "is_digital": False, "name": ""}),
        ({"unheard": [1], "status": 200, "Success": True}, {"name": ""}),
    ],
)
def test_odd_values_of_known_products_are_understood(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = read_product(raw(fields))
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("value", "record_id", "reason"),
    [
        ({"externalId": "7", "sku": "A", "name": ["x"]}, "7", r"\$\.name"),
        ({"sku": "A", "grossWeight": "heavy"}, "A", r"\$\.grossWeight"),
        ({"sku": "A", "grossWeight": "NaN"}, "A", r"\$\.grossWeight"),
        ({"sku": "A", "grossWeight": "1e999999999"}, "A", r"\$\.grossWeight"),
        ({"sku": {"x": 1}}, "", r"\$\.sku"),
        (None, "", "null"),
        ("product", "", "str"),
    ],
)
def test_R4_a_malformed_product_says_which_field_is_wrong(value: object, record_id: str, reason: str) -> None:
    found = read_product(raw(value))
    assert isinstance(found, Unreadable)
    assert found.record_id == record_id
    assert re.search(reason, found.reason)


def test_a_product_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(RecordRefused, match=r"field_too_long \(field=name, length=1000, limit=255\)"):
        new_product(changed(COFFEE, name="K" * 1000), "default")
