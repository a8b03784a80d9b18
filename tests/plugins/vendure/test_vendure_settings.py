"""What a client may set for Vendure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

import connector_vendure
from connector.api import Secret
from connector_sandbox.contract.vendure import FIELDS
from connector_vendure.settings import VendureSettings
from connector_vendure.source import VendureSource
from tests.plugins.vendure.bench import NO_FIELDS, Bench
from tests.real.vendure_shop import PERMISSIONS

KEY, PASSWORD = Secret("key"), Secret("password")


def settings(**changes: Any) -> VendureSettings:
    own = {"base_url": "https://shop.example.com", **changes}
    return msgspec.convert(own, VendureSettings, dec_hook=lambda _, value: value)


@pytest.mark.parametrize(
    "changes",
    [{"api_key": KEY}, {"username": "erika@example.com", "password": PASSWORD}],
)
def test_C4_there_is_one_way_in(changes: dict[str, Any]) -> None:
    assert settings(**changes).base_url


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, "set either api_key, or username and password"),
        ({"api_key": KEY, "username": "erika", "password": PASSWORD}, "set either api_key"),
        ({"api_key": KEY, "username": "erika"}, "set either api_key"),
        ({"username": "erika"}, "one of them is missing"),
        ({"password": PASSWORD}, "one of them is missing"),
    ],
)
def test_C4_another_number_of_ways_in_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        settings(**changes)


@pytest.mark.parametrize("name", ["ean code", "ean}", "1ean", "ean-code", "customFields{ean}", "ëan"])
@pytest.mark.parametrize("setting", FIELDS)
def test_C4_a_name_that_would_break_a_query_is_refused(setting: str, name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        settings(api_key=KEY, **{setting: name})


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("PaymentSettled", ("PaymentSettled",)),
        (" PaymentSettled ,ReadyToShip", ("PaymentSettled", "ReadyToShip")),
    ],
)
def test_states_are_separated_by_commas(text: str, states: tuple[str, ...]) -> None:
    assert settings(api_key=KEY, order_states=text).offered_states == states


def test_two_clients_of_one_key_share_a_budget_and_others_do_not() -> None:
    accounts = [
        VendureSource.service(settings(api_key=KEY)).account,
        VendureSource.service(settings(api_key=KEY, ean_field="ean")).account,
        VendureSource.service(settings(username="erika", password=PASSWORD)).account,
    ]
    assert [accounts.index(account) for account in accounts] == [0, 0, 2]
    assert "key" not in accounts


def test_a_shop_without_custom_fields_says_what_it_can_not_do(bench: Bench) -> None:
    async def abilities(source: VendureSource) -> tuple[bool, bool, bool]:
        return source.has_eans, source.has("received_orders"), source.has("orders")

    assert bench.use(abilities) == (True, True, True)
    assert bench.use(abilities, **NO_FIELDS) == (False, False, True)


def test_the_readme_names_every_setting_and_every_right_that_is_needed() -> None:
    readme = (Path(connector_vendure.__file__).parent / "README.md").read_text(encoding="utf-8")
    names = VendureSettings.__struct_fields__
    assert [name for name in sorted(names) if name not in readme] == []
    assert [right for right in PERMISSIONS if f"`{right}`" not in readme] == []
