"""A request and its answer, as the handlers of both services see them.

Handlers are plain functions `(state, Call) -> Answer`; reading from and writing to the network is
done by `service.py` alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"

_LIST_NAME = re.compile(r"^(?P<name>[^\[]+)\[\d*\]$")


@dataclass(frozen=True, slots=True)
class Call:
    """One request after its path was matched: `template` is the path as the API's documentation writes it."""

    method: str
    template: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def name(self) -> str:
        """What fault patterns and the audit know it by, e.g. `GET /orders/{id}`."""
        return f"{self.method} {self.template}"

    def first(self, name: str, default: str = "") -> str:
        """The first value of a query parameter, whatever its upper and lower case."""
        return next((value for key, value in self.query if key.lower() == name.lower()), default)

    def every(self, name: str) -> list[str]:
        """All values of a list parameter, written as `tag=a&tag=b`, `tag[0]=a` or `tag[]=a`."""
        return [value for key, value in self.query if _list_name(key).lower() == name.lower()]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: bytes and text are sent as they are, everything else as JSON."""

    body: Any = b""
    status: int = 200
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return msgspec.json.encode(self.body)


class Refusal(Exception):
    """A service says no; each service writes it down in its own way.

    `status` is the HTTP status where the service uses HTTP for it (Billbee), or the `status` in the
    body (Wemalo); `reason` is a short code for services that send one.
    """

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason


def _list_name(key: str) -> str:
    match = _LIST_NAME.match(key)
    return match["name"] if match else key
