from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from connector.secret import Secret
from connector.settings import ClientBasics, CommonSettings, SettingHelp, describe
from tests.core.settings.shop import ShopSettings


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Shapes(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=2, max_length=5)]
    filled: Annotated[str, Meta(min_length=1)] = "y"
    code: Annotated[str, Meta(pattern="^x")] = "x"
    colour: Colour = Colour.RED
    above: Annotated[int, Meta(gt=1, lt=9)] = 2
    key: Secret | None = None
    folder: Path = Path("out")
    either: int | str = 1
    places: dict[str, int] = {}


def test_each_setting_is_described_in_words() -> None:
    assert describe(ShopSettings)[:3] == (
        SettingHelp("username", "a text", "required", "Who we are in the shop.", secret=False),
        SettingHelp("api_password", "a secret text", "required", "Password of the interface.", secret=True),
        SettingHelp(
            "order_state_id", "a whole number from 1 to 50", "3", "State of orders to import.", secret=False
        ),
    )


WORDS = {
    "name": ("a text of at least 2 characters and of at most 5 characters", "required"),
    "filled": ("a text that is not empty", '"y"'),
    "code": ("a text of the form `^x`", '"x"'),
    "colour": ("`red` or `blue`", '"red"'),
    "above": ("a whole number above 1 and below 9", "2"),
    "key": ("a secret text", "not set"),
    "folder": ("a path", '"out"'),
    "either": ("a whole number or a text", "1"),
    "places": ("a table of names, each with a whole number", "{}"),
}


@pytest.mark.parametrize("name", WORDS)
def test_every_kind_of_type_has_its_words(name: str) -> None:
    (entry,) = (entry for entry in describe(Shapes) if entry.name == name)
    assert (entry.type, entry.default) == WORDS[name]


def test_tables_within_are_described_by_their_keys() -> None:
    assert [entry.name for entry in describe(ClientBasics)][:2] == ["flows.products", "flows.orders"]


@pytest.mark.parametrize("settings_type", [ClientBasics, CommonSettings])
def test_each_setting_of_the_framework_has_a_help_text(settings_type: type[msgspec.Struct]) -> None:
    assert [entry.name for entry in describe(settings_type) if not entry.help] == []
