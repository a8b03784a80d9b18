"""What a merchant is told to do in Billbee: in both languages the same, with the client's own tags."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector.api import Secret
from connector_billbee.settings import BillbeeSettings
from connector_billbee.source import BillbeeSource


def told(language: str, **changes: Any) -> list[str]:
    settings = BillbeeSettings(username="x", api_password=Secret("p"), api_key=Secret("k"), **changes)
    return list(BillbeeSource.setup_steps(settings, language))


@pytest.mark.parametrize("changes", [{}, {"failed_tag": False}, {"storage_location_id": 7}])
def test_both_languages_say_the_same(changes: dict[str, Any]) -> None:
    english, german = told("en", **changes), told("de", **changes)
    assert english != german
    assert [set(re.findall(r"`\w+`|\d", step)) for step in english] == [
        set(re.findall(r"`\w+`|\d", step)) for step in german
    ]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"orders_tag": "acme"}, "`acme`"),
        ({"orders_tag": "acme"}, "`order_failed_by_acme`"),
        ({"order_state_id": 13}, "Gepackt"),
        ({"storage_location_id": 4711}, "4711"),
    ],
)
def test_the_clients_own_settings_are_named(language: str, changes: dict[str, Any], said: str) -> None:
    assert said in " ".join(told(language, **changes))


def test_an_order_that_gets_no_failed_tag_is_not_told_of() -> None:
    assert "order_failed_by" not in " ".join(told("de", failed_tag=False))
