"""The sentences of `explain` and `reconcile`: the same in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

import pytest

from connector import texts
from connector.explain.order_texts import ORDER_SENTENCES
from connector.explain.product_texts import PRODUCT_SENTENCES
from connector.reconcile.texts import SENTENCES
from connector.texts import Sentences

TABLES: Mapping[str, Sentences] = {
    "order": ORDER_SENTENCES,
    "product": PRODUCT_SENTENCES,
    "reconcile": SENTENCES,
}


@pytest.mark.parametrize(
    ("table", "code"), [(name, code) for name, table in TABLES.items() for code in table]
)
def test_a_sentence_says_the_same_in_both_languages(table: str, code: str) -> None:
    english, german = TABLES[table][code]
    assert english
    assert german
    assert placeholders(english) == placeholders(german)


@pytest.mark.parametrize("table", ["order", "product"])
def test_a_sentence_has_no_code_of_a_problem(table: str) -> None:
    assert TABLES[table].keys() & texts.TEXTS.keys() == set()


@pytest.mark.parametrize(("language", "told"), [("de", "ist 1"), ("en", "is 1"), ("fr", "is 1")])
def test_a_language_that_there_is_not_becomes_english(language: str, told: str) -> None:
    table = {"count": ("is {count}", "ist {count}")}
    assert texts.sentence(table, "count", {"count": "1"}, language).text == told


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
