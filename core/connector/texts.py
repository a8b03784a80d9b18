"""Every code that a problem can have: how bad it is, and its words in each language.

To add one: give it a level here, and a reason and a hint in each language file; placeholders are the parameters that
are reported with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from connector.texts_de import GERMAN
from connector.texts_en import ENGLISH

Level = Literal["error", "warning", "info"]


class Text(msgspec.Struct, frozen=True):
    """What a merchant reads: why something did not go through, and what to do. Placeholders stand in braces."""

    reason: str
    hint: str


TEXTS: Final[Mapping[str, Mapping[str, Text]]] = MappingProxyType(
    {code: {"en": Text(*words), "de": Text(*GERMAN[code])} for code, words in ENGLISH.items()}
)
"""Code → language → text."""

_INFO: Final = frozenset({"order_nothing_to_ship", "time_used_up"})
_WARNING: Final = frozenset(
    {
        "call_budget",
        "credit_order",
        "limit_reached",
        "order_cancelled_in_target",
        "order_change_refused",
        "order_change_unverified",
        "order_in_process",
        "outcome_unknown",
        "plugin_failed",
        "product_ean_taken",
        "product_sku_taken",
        "service_unreachable",
        "shipment_order_archived",
        "shipment_order_cancelled",
        "shipment_order_unknown",
        "state_recovered",
    }
)
_PASSING: Final = frozenset(
    {
        "answer_unusable",
        "flow_failed",
        "limit_reached",
        "outcome_unknown",
        "service_unreachable",
        "time_used_up",
    }
)
REPORTED_ONCE: Final = frozenset(
    {
        "credit_order",
        "order_cancel_refused",
        "order_cancelled_in_target",
        "order_change_incomplete",
        "order_change_refused",
        "order_change_unverified",
        "order_emptied",
        "order_in_process",
        "shipment_order_archived",
        "shipment_order_cancelled",
        "shipment_order_unknown",
        "state_recovered",
    }
)
"""Codes of what no later run offers again (SPEC O7, X2, X3, S6), although the merchant has still to act."""

_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"zip": "zip code", "country_code": "country", "house_number": "house number"},
    "de": {
        "name": "Name",
        "company": "Firma",
        "street": "Straße",
        "house_number": "Hausnummer",
        "addition": "Adresszusatz",
        "zip": "PLZ",
        "city": "Ort",
        "state": "Bundesland",
        "country_code": "Land",
        "phone": "Telefon",
        "email": "E-Mail",
        "products": "Artikel",
        "orders": "Bestellungen",
        "cancellations": "Stornierungen",
        "shipments": "Sendungen",
        "stock": "Bestand",
    },
}
_NAMING: Final = frozenset({"what", "field", "flow"})
_SENTENCES: Final = frozenset({"reason", "answer"})  # the words of others; ours put the full stop
_LONGEST: Final = 300
_UNKNOWN: Final = Text(
    reason="{code}: {details}", hint="Look this code up in the documentation of the plugin that reported it."
)


def tidy(text: str) -> str:
    """Makes one line of a text that came from outside: nothing that moves a cursor, and not endless."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


class Sentence(msgspec.Struct, frozen=True):
    """A sentence for people, and the code by which a program knows it."""

    code: str
    text: str


Sentences = Mapping[str, tuple[str, str]]
"""Code → the sentence in English, the sentence in German; placeholders stand in braces."""


def sentence(table: Sentences, code: str, params: Mapping[str, str], language: str) -> Sentence:
    """Fills a sentence of a table, in the language asked for (English where there is none)."""
    english, german = table[code]
    return Sentence(code, _filled(german if language == "de" else english, code, params, language))


def level(code: str) -> Level:
    """Returns how bad it is: error (does not go through), warning (goes on, but look at it), info (no harm)."""
    if code in _INFO:
        return "info"
    return "warning" if code in _WARNING else "error"


def is_passing(code: str) -> bool:
    """Tells whether nobody has to act yet: the next runs try again, and `freshness` opens where that is in vain."""
    return code in _PASSING


def reason(code: str, params: Mapping[str, str], language: str) -> str:
    """Says why, in the language asked for (English where there is none); never raises."""
    return _filled(_text(code, language).reason, code, params, language)


def hint(code: str, params: Mapping[str, str], language: str) -> str:
    """Says what to do, in the language asked for (English where there is none); never raises."""
    return _filled(_text(code, language).hint, code, params, language)


class _Params(dict[str, str]):
    """Fills a placeholder that nobody gave a value for with a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


def _text(code: str, language: str) -> Text:
    languages = TEXTS.get(code)
    if languages is None:
        return _UNKNOWN
    return languages.get(language) or languages["en"]


def _filled(template: str, code: str, params: Mapping[str, str], language: str) -> str:
    details = ", ".join(f"{name}={value}" for name, value in params.items()) or "no details"
    shown = {name: _named(value, language) if name in _NAMING else value for name, value in params.items()}
    values = {
        name: value.rstrip(".") if name in _SENTENCES else value for name, value in shown.items() if value
    }
    if code not in TEXTS:
        values |= {"code": code, "details": details}
    return template.format_map(_Params(values))


def _named(fields: str, language: str) -> str:
    """Turns names of fields or flows, separated by commas, into words of the language."""
    names = _NAMES.get(language, {})
    return ", ".join(names.get(field, field) for field in fields.split(", "))
