"""Puts news into words: one message for all that is new, in German or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from connector_notices.news import News, line_of

MOST: Final = 20
"""So many problems are listed in a message; a merchant whose catalogue lacks all EANs gets no book."""

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "new": "{count} new problem",
        "news": "{count} new problems",
        "closed": "{count} closed",
        "head_new": "New:",
        "head_closed": "Closed:",
        "more": "… and {count} more; all of them: connector problems --client {client}",
        "more_closed": "… and {count} more",
    },
    "de": {
        "new": "{count} neues Problem",
        "news": "{count} neue Probleme",
        "closed": "{count} erledigt",
        "head_new": "Neu:",
        "head_closed": "Erledigt:",
        "more": "… und {count} weitere; alle zeigt: connector problems --client {client}",
        "more_closed": "… und {count} weitere",
    },
}


def title(client: str, news: News, language: str) -> str:
    """Says in one line for which client something is new, and how much."""
    words, parts = _words(language), []
    if news.opened:
        parts.append(words["new" if len(news.opened) == 1 else "news"].format(count=len(news.opened)))
    if news.closed:
        parts.append(words["closed"].format(count=len(news.closed)))
    return f"{client}: {', '.join(parts)}"


def body(client: str, news: News, language: str) -> str:
    """Lists what is new, each with what to do, and what has closed."""
    return "\n".join(_lines(client, news, _words(language)))


def _lines(client: str, news: News, words: Mapping[str, str]) -> Iterator[str]:
    if news.opened:
        yield words["head_new"]
        for problem in news.opened[:MOST]:
            yield f"- {line_of(problem)}"
            yield f"  {problem.hint}"
        if len(news.opened) > MOST:
            yield words["more"].format(count=len(news.opened) - MOST, client=client)
    if news.opened and news.closed:
        yield ""
    if news.closed:
        yield words["head_closed"]
        yield from (f"- {line}" for line in news.closed[:MOST])
        if len(news.closed) > MOST:
            yield words["more_closed"].format(count=len(news.closed) - MOST)


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language, _WORDS["en"])
