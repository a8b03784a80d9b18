"""The page in the reader's language: which one that is, and how it writes words, numbers and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from connector.flows import FLOW_NAMES
from connector.web.texts_de import GERMAN
from connector.web.texts_en import ENGLISH

LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"en": "English", "de": "Deutsch"})
"""Code → the language's name in the language itself."""

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {"en": ENGLISH, "de": GERMAN}
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,20})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*"
)


def language_of(*wishes: str, header: str = "") -> str:
    """Returns the first wish that there is, else the language that the header Accept-Language likes best."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    liked = [
        (float(found[2] or 1), -place, found[1].lower())
        for place, part in enumerate(header[:500].split(","))
        if (found := _RANGE.fullmatch(part)) and found[1].lower() in LANGUAGES
    ]
    return max(liked, default=(0.0, 0, "en"))[2]


class Words:
    """One language; calling it gives the text of a code."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _TEXTS[language]

    def __call__(self, code: str, **params: str) -> str:
        text = self._texts[code]
        return text.format(**params) if params else text

    def amount(self, noun: str, count: int) -> str:
        """Returns a number with its noun: 1 problem, 2 problems."""
        return self(f"{noun}_one" if count == 1 else f"{noun}_many", n=self.number(count))

    def number(self, value: int) -> str:
        """Returns a whole number as people write it."""
        return f"{value:,}".replace(",", self._texts["thousands"])

    def money(self, value: Decimal, currency: str) -> str:
        """Returns an amount of money with its currency."""
        whole, _, rest = f"{value:.2f}".partition(".")
        return f"{self.number(int(whole))}{self._texts['point']}{rest} {currency}"

    def span(self, span: timedelta) -> str:
        """Returns how long something took."""
        seconds = span.total_seconds()
        if seconds < 10:
            return self("seconds", n=f"{seconds:.1f}".replace(".", self._texts["point"]))
        minutes, rest = divmod(round(seconds), 60)
        if minutes == 0:
            return self("seconds", n=str(rest))
        hours, left = divmod(minutes, 60)
        if hours:
            return self("hours", hours=str(hours), minutes=f"{left:02}")
        return self("minutes", minutes=str(minutes), seconds=f"{rest:02}")

    def seconds(self, seconds: float) -> str:
        """Returns a number of seconds as how long something took."""
        return self.span(timedelta(seconds=seconds))

    def moment(self, at: datetime) -> str:
        """Returns a time; the browser shows it as that of its own place."""
        return at.astimezone(UTC).strftime(self._texts["moment"])

    def ago(self, span: timedelta) -> str:
        """Says how long ago something was, in the largest unit."""
        minutes = int(span.total_seconds() // 60)
        if minutes < 1:
            return self("just_now")
        if minutes < 120:
            return self("minutes_ago", n=str(minutes))
        if minutes < 48 * 60:
            return self("hours_ago", n=str(minutes // 60))
        return self("days_ago", n=str(minutes // (24 * 60)))

    def past(self, seconds: float) -> str:
        """Says the same of a number of seconds."""
        return self.ago(timedelta(seconds=seconds))

    def flow(self, name: str) -> str:
        """Returns the name of a flow, or of the run as a whole."""
        return self(f"flow_{name}") if name in (*FLOW_NAMES, "run") else name
