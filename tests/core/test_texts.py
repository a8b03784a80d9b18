"""The words of the problems: complete in every language, and never a reason to crash."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from connector import texts
from connector.texts import TEXTS
from connector.texts_de import GERMAN
from connector.texts_en import ENGLISH

# What an English hint asks the reader to do; a German one says "Sie".
ORDERS = re.compile(
    r"\b(assign|call|cancel|change|check|choose|compare|complete|correct|enter|follow|give"
    r"|look|open|pass|set|shorten|see|take)\b"
    r"|nothing needs to be done"
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", TEXTS)
def test_a_code_says_the_same_in_every_language(code: str) -> None:
    english, german = TEXTS[code]["en"], TEXTS[code]["de"]
    assert placeholders(english.reason) == placeholders(german.reason)
    assert placeholders(english.hint) == placeholders(german.hint) == set()


@pytest.mark.parametrize("code", TEXTS)
def test_a_hint_says_what_to_do_or_that_nothing_is_to_be_done(code: str) -> None:
    english, german = TEXTS[code]["en"].hint, TEXTS[code]["de"].hint
    assert ORDERS.search(english.lower())
    assert "Sie" in re.findall(r"\w+", german)


def test_both_language_files_know_the_same_codes() -> None:
    assert ENGLISH.keys() == GERMAN.keys()


def test_every_code_that_has_a_rule_of_its_own_exists() -> None:
    named = texts.REPORTED_ONCE | {"order_nothing_to_ship", "product_sku_taken", "outcome_unknown"}
    assert named <= TEXTS.keys()
    assert [texts.level(code) for code in ("refused", "credit_order", "order_nothing_to_ship")] == [
        "error",
        "warning",
        "info",
    ]


@pytest.mark.parametrize("language", ["en", "de", "", "klingon"])
@pytest.mark.parametrize("code", TEXTS)
def test_a_missing_parameter_becomes_a_question_mark(code: str, language: str) -> None:
    assert ("?" in texts.reason(code, {}, language)) == bool(placeholders(TEXTS[code]["en"].reason))


def test_an_empty_parameter_becomes_a_question_mark() -> None:
    assert texts.reason("product_sku_missing", {"name": ""}, "en") == 'The product "?" has no SKU.'


def test_a_parameter_is_no_template() -> None:
    assert (
        texts.reason("product_sku_missing", {"name": "{0} {x!r}"}, "en")
        == 'The product "{0} {x!r}" has no SKU.'
    )


def test_fields_are_named_as_the_merchant_knows_them() -> None:
    params = {"what": "zip, country_code, packstation"}
    assert "zip code, country, packstation" in texts.reason("order_receiver_missing", params, "en")
    assert "PLZ, Land, packstation" in texts.reason("order_receiver_missing", params, "de")


def test_a_code_of_a_plugin_that_has_no_text_shows_what_is_known() -> None:
    assert texts.reason("pallet_too_high", {"height": "3 m"}, "de") == "pallet_too_high: height=3 m"
    assert "documentation of the plugin" in texts.hint("pallet_too_high", {}, "de")
