"""Finds in what a service said the words that a person can use, and keeps our credentials out of them."""

from __future__ import annotations

import base64
import html
import re
from typing import Final

import msgspec

from connector.calls import Answer, Service
from connector.decoding import decode_json
from connector.secret import MASK, Secret

LONGEST: Final = 200
"""Characters of a service's words that stand in a message."""

USUAL_FIELDS: Final = (
    "errormessage",
    "error_message",
    "message",
    "msg",
    "detail",
    "errordescription",
    "error_description",
    "description",
    "title",
    "reason",
    "error",
    "errors",
)
"""Where services put their words, in lower case; the first that is there wins."""

_DEEPEST: Final = 3
_SHORTEST_SECRET: Final = 4
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_LOOKS_LIKE_HTML: Final = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)


def words_in(answer: Answer, service: Service) -> str:
    """Returns what the service said: the message in its JSON, the title of its HTML page, or its text."""
    if is_html(answer):
        return f"an HTML page titled '{title_of(answer, service)}'"
    try:
        said = _message_in(decode_json(answer.body, object), 0)
    except msgspec.DecodeError:
        said = ""
    return printable(said or answer.body.decode("utf-8", "replace"), service) or "no reason given"


def is_html(answer: Answer) -> bool:
    """Tells whether a web page came."""
    return _LOOKS_LIKE_HTML.match(answer.body) is not None


def title_of(answer: Answer, service: Service) -> str:
    """Returns the title of a web page, empty where it has none."""
    found = _TITLE.search(answer.body[:100_000].decode("utf-8", "replace"))
    return printable(html.unescape(found[1]), service) if found else ""


def printable(text: str, service: Service) -> str:
    """Returns the text on one line, without our credentials, and not too long."""
    for secret in _secrets(service):
        text = text.replace(secret, MASK)
    line = "".join(character if character.isprintable() else " " for character in text)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _message_in(value: object, depth: int) -> str:
    match value:
        case str():
            return value.strip()
        case dict() if depth < _DEEPEST:
            fields = {str(name).lower(): inner for name, inner in value.items()}
            found = (_message_in(fields[name], depth + 1) for name in USUAL_FIELDS if name in fields)
            return next(filter(None, found), "")
        case list() if depth < _DEEPEST:
            return "; ".join(filter(None, (_message_in(inner, depth + 1) for inner in value[:3])))
        case _:
            return ""


def _secrets(service: Service) -> list[str]:
    """Returns all that must not be shown, the longest first: a service may repeat a part of what it was sent."""
    values = [value.reveal() for value in service.headers.values() if isinstance(value, Secret)]
    if service.basic_auth:
        user, password = service.basic_auth
        pair = f"{user}:{password.reveal()}"
        values += [pair, password.reveal(), base64.b64encode(pair.encode()).decode()]
    parts = {part for value in values for part in (value, *value.split()) if len(part) >= _SHORTEST_SECRET}
    return sorted(parts, key=len, reverse=True)
