"""Finds in what a service said the words that a person can use, and keeps our credentials out of them."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Collection
from typing import Final

import msgspec

from connector.calls import Answer, Service
from connector.decoding import decode_json
from connector.masking import masked
from connector.secret import Secret

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
_MOST_READ: Final = 4_000
_ASCII: Final = re.compile(r"[!-~]+")
# Looked for one after the other: in one expression, a page of nothing but beginnings takes seconds.
_TITLE: Final = re.compile(r"<title[^>]{0,200}>", re.IGNORECASE)
_TITLE_ENDS: Final = re.compile(r"</title", re.IGNORECASE)
_LOOKS_LIKE_HTML: Final = re.compile(rb"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)


def words_in(answer: Answer, hidden: Collection[str]) -> str:
    """Returns what the service said: the message in its JSON, the title of its HTML page, or its text."""
    if is_html(answer):
        return f"an HTML page titled '{title_of(answer, hidden)}'"
    try:
        found = decode_json(answer.body, object)
    except msgspec.DecodeError:
        said = answer.body.decode("utf-8", "replace")
    else:
        said = _message_in(found, 0) or _as_it_came(answer.body, found)
    return printable(said, hidden) or "no reason given"


def is_html(answer: Answer) -> bool:
    """Tells whether a web page came."""
    return _LOOKS_LIKE_HTML.match(answer.body) is not None


def title_of(answer: Answer, hidden: Collection[str]) -> str:
    """Returns the title of a web page, empty where it has none."""
    page = answer.body[:100_000].decode("utf-8", "replace")
    begins = _TITLE.search(page)
    ends = _TITLE_ENDS.search(page, begins.end()) if begins else None
    return printable(html.unescape(page[begins.end() : ends.start()]), hidden) if begins and ends else ""


def printable(text: str, hidden: Collection[str]) -> str:
    """Returns the text on one line, without what is to be hidden, and not too long."""
    # Masked before it is cut, so that no secret is cut in two; the first cut keeps ten megabytes from taking seconds.
    line = masked(text[:_MOST_READ], hidden)
    line = "".join(character if character.isprintable() else " " for character in line)
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def secrets_of(service: Service) -> tuple[str, ...]:
    """Returns all that tells who we are to a service; it may repeat a part of what it was sent."""
    sent = (*service.headers.values(), *service.secrets)
    values = [value.reveal() for value in sent if isinstance(value, Secret)]
    if service.basic_auth:
        user, password = service.basic_auth
        pair = f"{user}:{password.reveal()}"
        values += [password.reveal(), base64.b64encode(pair.encode()).decode()]
    # Without its scheme (`JWT …`), and as far as a service that reads no UTF-8 can repeat it.
    return tuple(part for value in values for part in (value, *_ASCII.findall(value)))


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


def _as_it_came(body: bytes, found: object) -> str:
    """Returns short JSON, which may name a field and what is wrong with it; long JSON may be a list of customers."""
    if len(body) <= LONGEST:
        return body.decode("utf-8", "replace")
    fields = ", ".join(map(str, found)) if isinstance(found, dict) else ""
    return f"no reason given, in JSON with the fields {fields}" if fields else ""
