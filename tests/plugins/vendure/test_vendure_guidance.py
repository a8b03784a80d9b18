"""What a merchant is told to do in Vendure: in both languages the same, with the shop's own fields."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector_vendure.guidance import RIGHTS
from connector_vendure.source import VendureSource
from tests.plugins.vendure.bench import LOGIN, NO_FIELDS, Bench
from tests.real.vendure_shop import PERMISSIONS


def told(language: str, **changes: Any) -> list[str]:
    return list(VendureSource.setup_steps(Bench().settings(**changes), language))


@pytest.mark.parametrize("changes", [{}, LOGIN, NO_FIELDS])
def test_both_languages_say_the_same(changes: dict[str, Any]) -> None:
    english, german = told("en", **changes), told("de", **changes)
    assert english != german
    assert [re.findall(r"`[^`]+`", step) for step in english] == [
        re.findall(r"`[^`]+`", step) for step in german
    ]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "`api-key`"),
        (LOGIN, "`connector@example.com`"),
        ({"exported_field": "sentAt"}, "`sentAt`"),
        ({"status_field": "sentState"}, "`sentState`"),
        ({"ean_field": "barcode"}, "`barcode`"),
    ],
)
def test_the_clients_own_settings_are_named(language: str, changes: dict[str, Any], said: str) -> None:
    assert said in " ".join(told(language, **changes))


def test_fields_that_are_not_used_are_not_asked_for() -> None:
    assert "wms" not in " ".join(told("de", **NO_FIELDS))


def test_the_rights_are_those_that_the_real_shop_was_tried_with() -> None:
    assert list(RIGHTS) == PERMISSIONS
