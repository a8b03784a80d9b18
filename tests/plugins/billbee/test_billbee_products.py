"""Billbee's articles as records."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import Product, SetPart, Unreadable
from connector_billbee.mapping import read_product


def read(language: str = "de", /, **fields: Any) -> Product | Unreadable:
    return read_product(raw({"Id": 4711, **fields}), language)


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


FULL = {
    "Id": 100000060427001,
    "SKU": " CF-1 ",
    "EAN": "4006381333931",
    "Title": [{"Text": "Kaffee", "LanguageCode": "DE"}, {"Text": "Coffee", "LanguageCode": "EN"}],
    "Tags": [{"Text": "neu", "LanguageCode": "DE"}, {"Text": "", "LanguageCode": "EN"}, None],
    "Weight": 500,
    "WeightNet": 450,
    "LengthCm": 10.5,
    "WidthCm": 4,
    "HeightCm": 2.25,
    "Manufacturer": "Beispiel GmbH",
    "CountryOfOrigin": "BR",
    "TaricNumber": "09012100",
    "Type": 1,
    "IsDigital": False,
    "IsDeactivated": False,
    "BillOfMaterial": None,
    "Price": 9.99,
}


def test_A7_an_article_becomes_a_product_with_its_units() -> None:
    assert read_product(raw(FULL), "de") == Product(
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
        tags=("neu",),
    )


@pytest.mark.parametrize(
    ("language", "texts", "name"),
    [
        ("de", [("EN", "Coffee"), ("DE", "Kaffee")], "Kaffee"),  # the client's language, wherever it stands
        ("en", [("DE", "Kaffee"), ("en-GB", "Coffee")], "Coffee"),  # a country behind the language
        ("fr", [("DE", ""), ("EN", "Coffee")], "Coffee"),  # else the first that is not empty
        ("de", [("DE", "  "), ("EN", "Coffee")], "Coffee"),  # blanks are empty
        ("de", [(None, "Kaffee")], "Kaffee"),  # no language said
        ("de", [("DE", None)], ""),  # no text at all
        ("de", [], ""),
        ("de", [("DE", "☕ Kaffee 🫘")], "☕ Kaffee 🫘"),
        ("de", [("DE", "K" * 1000)], "K" * 1000),  # nothing is cut
    ],
)
def test_A7_names_are_taken_in_the_clients_language(
    language: str, texts: list[tuple[str | None, str | None]], name: str
) -> None:
    found = read(language, Title=[{"LanguageCode": code, "Text": text} for code, text in texts])
    assert isinstance(found, Product)
    assert found.name == name


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("Weight", 0, "weight_g", None),  # Billbee's way to say that it is not known
        ("Weight", -1, "weight_g", None),
        ("Weight", "500", "weight_g", 500),  # a number as text
        ("Weight", 12.5, "weight_g", 13),
        ("Weight", 0.2, "weight_g", None),
        ("LengthCm", 0.0, "length_cm", None),
        ("WidthCm", -3, "width_cm", None),
        ("HeightCm", "2.5", "height_cm", 2.5),
        ("SKU", 12345, "sku", "12345"),  # a text as number
        ("EAN", None, "ean", ""),
        ("IsDigital", "true", "is_digital", True),
        ("IsDigital", 1, "is_digital", True),
        ("IsDeactivated", True, "is_active", False),
        ("IsDeactivated", None, "is_active", True),
        ("Title", None, "name", ""),
        ("TaricNumber", 9012100, "customs_tariff_number", "9012100"),
        ("Type", 2, "is_set", True),
        ("Type", None, "is_set", False),
        ("BillOfMaterial", [{"ArticleId": 1, "Amount": 1}], "is_set", True),  # whatever its type says
        ("Unheard", {"of": [1]}, "sku", ""),  # unknown fields are no concern
    ],
)
def test_odd_values_are_understood(field: str, value: Any, name: str, expected: object) -> None:
    assert getattr(read(**{field: value}), name) == expected


def test_A6_a_digital_article_is_marked() -> None:
    found = read(IsDigital=True)
    assert isinstance(found, Product)
    assert found.is_digital


def test_A5_the_parts_of_a_set_keep_their_exact_amounts() -> None:
    parts = [{"ArticleId": "2", "SKU": "B", "Amount": 0.1}, {"ArticleId": 3, "Amount": 3.0}]
    found = read(Type=2, BillOfMaterial=parts)
    assert isinstance(found, Product)
    assert found.parts == (
        SetPart(product_id="2", sku="B", quantity=Decimal("0.1")),
        SetPart(product_id="3", quantity=Decimal(3)),
    )


@pytest.mark.parametrize(
    ("value", "record_id", "number", "reason"),
    [
        # wrong types: id and SKU are told as far as they can be read
        ({"Id": 7, "SKU": "A", "Title": "Kaffee"}, "7", "A", r"\$\.Title"),
        ({"Id": 7, "SKU": {"x": 1}}, "7", "", r"\$\.SKU"),
        ({"Id": 7, "SKU": "A", "Weight": "heavy"}, "7", "A", r"\$\.Weight"),
        ({"Id": 7, "SKU": "A", "Title": [{"Text": 5.5}]}, "7", "A", r"\$\.Title\[.*\]\.Text"),
        ({"Id": 7, "SKU": "A", "IsDigital": "maybe"}, "7", "A", r"\$\.IsDigital"),
        # no id: nothing can be done with it
        ({"SKU": "A"}, "", "A", r"\$\.Id"),
        ({"Id": None, "SKU": "A"}, "", "A", r"\$\.Id"),
        ({"Id": 0, "SKU": "A"}, "", "A", r"\$\.Id"),
        ({"Id": {"x": 1}, "SKU": "A"}, "", "A", r"\$\.Id"),
        # no article at all
        (None, "", "", "null"),
        ("Kaffee", "", "", "str"),
        ([1, 2], "", "", "array"),
        # numbers that are none
        ({"Id": 7, "SKU": "A", "Weight": "NaN"}, "7", "A", r"\$\.Weight"),
        ({"Id": 7, "SKU": "A", "WeightNet": "1e999999999"}, "7", "A", r"\$\.WeightNet"),
        # a set with a part that can't be told would be shipped without it
        (
            {"Id": 7, "SKU": "A", "BillOfMaterial": [{"Amount": 1}]},
            "7",
            "A",
            r"BillOfMaterial\[0\]\.ArticleId",
        ),
        ({"Id": 7, "SKU": "A", "BillOfMaterial": [None]}, "7", "A", r"BillOfMaterial\[0\]\.ArticleId"),
        (
            {"Id": 7, "SKU": "A", "BillOfMaterial": [{"ArticleId": 1}]},
            "7",
            "A",
            r"BillOfMaterial\[0\]\.Amount",
        ),
        (
            {"Id": 7, "SKU": "A", "BillOfMaterial": [{"ArticleId": 1, "Amount": -1}]},
            "7",
            "A",
            r"BillOfMaterial\[0\]\.Amount",
        ),
    ],
)
def test_R4_a_malformed_article_says_which_field_is_wrong(
    value: object, record_id: str, number: str, reason: str
) -> None:
    found = read_product(raw(value), "de")
    assert isinstance(found, Unreadable)
    assert (found.record_id, found.number) == (record_id, number)
    assert re.search(reason, found.reason)
