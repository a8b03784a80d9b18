"""The guides for merchants and warehouses say what the code does: tags, states, settings, problems, limits."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from connector.flows.stock import FEW_ZEROES
from connector.settings import ClientBasics, describe
from connector.texts import TEXTS
from connector_billbee.guidance import setup_steps
from connector_billbee.settings import BillbeeSettings
from connector_billbee.states import NEVER_SET_TO_SHIPPED, WITHDRAWN, state_name
from connector_billbee.tags import OrderTags
from connector_wemalo.settings import WemaloSettings
from tests.docs import README

PLUGINS = README.parent / "plugins"
ENGLISH = PLUGINS / "connector_billbee" / "README.md"
GERMAN = PLUGINS / "connector_billbee" / "README.de.md"
WAREHOUSE = PLUGINS / "connector_wemalo" / "README.md"
BOTH = pytest.mark.parametrize("guide", [ENGLISH, GERMAN], ids=lambda guide: guide.name)
TAGS = OrderTags("wemalo")

# Codes by which a merchant's products, orders, parcels and stock are reported; the others are the operator's.
OF_MERCHANTS = re.compile(r"(product|order|shipment|stock|refused|field|credit|country|set)_?")


def text_of(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def section(guide: Path, number: int) -> str:
    """Returns a section by its place, the same in both languages."""
    return text_of(guide).split("\n## ")[number]


def rows(text: str) -> list[list[str]]:
    """Returns the rows of the tables, cell by cell, without their heads."""
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [line.split(" | ") for line in lines[1:] if not line.startswith("---")]


@BOTH
def test_a_guide_names_each_tag_and_no_other(guide: Path) -> None:
    tags = {
        getattr(TAGS, name)
        for name in ("received", "failed", "change_refused", "cancelled", "cancel_refused")
    }
    assert set(re.findall(r"order_\w+_by_wemalo", text_of(guide))) == tags
    assert [row[0] for row in rows(section(guide, 4))] == [
        f"`{tag}`"
        for tag in (
            TAGS.wanted, TAGS.received, TAGS.failed, TAGS.change_refused, TAGS.cancelled, TAGS.cancel_refused,
        )
    ]  # fmt: skip


@BOTH
def test_a_guide_has_a_row_for_each_problem_that_a_merchant_can_solve(guide: Path) -> None:
    told = re.findall(r"`(\w+)`", " ".join(row[2] for row in rows(section(guide, 5))))
    assert set(told) <= set(TEXTS), "these problems do not exist"
    assert {code for code in TEXTS if OF_MERCHANTS.match(code)} <= set(told), f"add rows to {guide.name}"
    assert len(told) == len(set(told))


def test_both_guides_have_the_same_parts_in_the_same_order() -> None:
    shapes = [re.findall(r"^(#+|\d\.|-|\|)", text_of(guide), re.MULTILINE) for guide in (ENGLISH, GERMAN)]
    assert shapes[0] == shapes[1]
    words = [
        re.findall(r"`[^`\n]+`", re.sub("NUMMER", "NUMBER", text_of(guide))) for guide in (ENGLISH, GERMAN)
    ]
    assert sorted(words[0]) == sorted(words[1])


@pytest.mark.parametrize(
    ("guide", "settings_type"),
    [(ENGLISH, BillbeeSettings), (GERMAN, BillbeeSettings), (WAREHOUSE, WemaloSettings)],
    ids=["english", "german", "warehouse"],
)
def test_a_guide_lists_the_settings_with_their_defaults(
    guide: Path, settings_type: type[msgspec.Struct]
) -> None:
    words = {"erforderlich": "required", "nicht gesetzt": "not set"}
    listed = [(row[0].strip("`"), row[2].strip("`")) for row in rows(text_of(guide).rpartition("\n## ")[2])]
    assert [(name, words.get(default, default)) for name, default in listed] == [
        (setting.name, setting.default) for setting in describe(settings_type)
    ]


@BOTH
def test_a_guide_names_states_as_billbee_does(guide: Path) -> None:
    quoted = set(
        re.findall(r"[„\"](Bezahlt|Versendet|Storniert|Gelöscht|Im Fulfillment)[“\"]", text_of(guide))
    )
    assert quoted == {state_name(state) for state in (3, 4, 16, *WITHDRAWN)}
    assert {state_name(state) for state in NEVER_SET_TO_SHIPPED} >= {
        "Abgeschlossen",
        "Storniert",
        "Reklamation",
    }


@BOTH
def test_a_guide_names_the_limits_of_the_safety_net(guide: Path) -> None:
    share = int(ClientBasics().max_zeroed_share * 100)
    assert re.search(rf"{share} % .*{FEW_ZEROES}\)", text_of(guide).replace("\n", " "))


@pytest.mark.parametrize(("guide", "language"), [(ENGLISH, "en"), (GERMAN, "de")])
def test_a_guide_opens_the_same_pages_of_billbee_as_the_steps(guide: Path, language: str) -> None:
    from connector.api import Secret

    settings = BillbeeSettings(username="x", api_password=Secret("p"), api_key=Secret("k"))
    paths = re.findall(r"Einstellungen > \w+(?: API)?", " ".join(setup_steps(settings, language)))
    assert paths == ["Einstellungen > Billbee API", "Einstellungen > Automatisierung"]
    assert all(path in text_of(guide) for path in paths)


@pytest.mark.parametrize("guide", [ENGLISH, GERMAN, WAREHOUSE], ids=["english", "german", "warehouse"])
def test_the_commands_and_files_that_a_guide_names_exist(guide: Path) -> None:
    commands = set(re.findall(r"`connector (\w+(?: (?:confirm|add))?)", text_of(guide)))
    readme = README.read_text(encoding="utf-8")
    assert commands
    assert all(f"| `connector {command}" in readme for command in commands)
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text_of(guide)):
        assert (guide.parent / link).exists()
