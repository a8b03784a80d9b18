"""What can go wrong on the way, on request: `faults.add("POST /goodsOrder/add", "reset", takes_effect=True)`.

A fault either replaces the answer (`spoiled`, a pure function) or breaks its delivery, which
`delivery.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from connector_sandbox.exchange import HTML, TEXT, Answer


class FaultKind(StrEnum):
    """The kinds of fault; the value is what a control request or a test writes."""

    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"  # with an HTML page, as a proxy in between sends it
    UNAVAILABLE = "503"  # with Retry-After
    TOO_MANY = "429"
    TOO_MANY_RETRY_AFTER = "429_retry_after"
    CALL_LIMIT = "419"
    CALL_LIMIT_IN_BODY = "419_body"  # HTTP 200, the status stands in the body
    UNAUTHORIZED = "401"
    REFUSED = "400"  # this one call, for good
    TRUNCATED = "truncated"  # complete HTTP, half of the JSON
    HTML_PAGE = "html"  # HTTP 200 with a web page
    EMPTY = "empty"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    RESET = "reset"  # the connection ends without an answer
    CUT_OFF = "cut_off"  # the connection ends in the middle of the answer
    HANG = "hang"  # no answer until the caller gives up
    DRIP = "drip"  # the answer comes in small pieces with a pause after each


BREAKS_DELIVERY = frozenset({FaultKind.RESET, FaultKind.CUT_OFF, FaultKind.HANG, FaultKind.DRIP})
_NEEDS_THE_ANSWER = frozenset(
    {
        FaultKind.TRUNCATED,
        FaultKind.HTML_PAGE,
        FaultKind.EMPTY,
        FaultKind.MISSING_FIELD,
        FaultKind.WRONG_TYPE,
        FaultKind.CUT_OFF,
        FaultKind.DRIP,
    }
)


@dataclass
class Fault:
    """One planned fault: for requests matching `pattern`, after `after` of them, `times` times (None: for ever).

    `takes_effect` says whether the service handles the request before the answer is lost; `path` is
    the field that a `missing_field` or `wrong_type` hits, e.g. `Data.*.Id`; `seconds` is the value of
    Retry-After, or the pause of `drip`.
    """

    pattern: str
    kind: FaultKind
    times: int | None = 1
    after: int = 0
    takes_effect: bool = False
    path: str = ""
    seconds: float = 1.0
    hits: int = 0

    def applies(self, name: str) -> bool:
        """Whether the request `name` is hit; counts it either way."""
        if not fnmatchcase(name, self.pattern):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


@dataclass
class Faults:
    """The planned faults of one service; the first that applies wins."""

    planned: list[Fault] = field(default_factory=list)

    def add(
        self,
        pattern: str,
        kind: FaultKind | str,
        *,
        times: int | None = 1,
        after: int = 0,
        takes_effect: bool | None = None,
        path: str = "",
        seconds: float = 1.0,
    ) -> Fault:
        """Plan a fault; `pattern` is e.g. `GET /products`, `* /orders/*` or `*`.

        Raises ValueError for an unknown kind, and for a field fault without `path`.
        """
        kind = FaultKind(kind)
        if kind in (FaultKind.MISSING_FIELD, FaultKind.WRONG_TYPE) and not path:
            raise ValueError(f"a fault of kind {kind} needs `path`, e.g. path='Data.*.Id'")
        effect = kind in _NEEDS_THE_ANSWER if takes_effect is None else takes_effect
        fault = Fault(pattern, kind, times, after, effect, path, seconds)
        self.planned.append(fault)
        return fault

    def take(self, name: str) -> Fault | None:
        """The fault that hits the request `name`, e.g. `GET /products`."""
        return next((fault for fault in self.planned if fault.applies(name)), None)

    def clear(self) -> None:
        self.planned.clear()


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """The answer that is sent instead of `answer`."""
    if fault.kind in _STATUS_ANSWERS:
        return _STATUS_ANSWERS[fault.kind](fault)
    if fault.kind is FaultKind.HTML_PAGE:
        return Answer(_page("Maintenance"), 200, HTML)
    if fault.kind is FaultKind.EMPTY:
        return Answer(b"", answer.status, answer.media_type, answer.headers)
    if fault.kind is FaultKind.TRUNCATED:
        content = answer.content()
        return replace(answer, body=content[: len(content) // 2])
    if fault.kind is FaultKind.MISSING_FIELD:
        return replace(answer, body=_edited(answer, fault.path, lambda parent, key: parent.pop(key)))
    if fault.kind is FaultKind.WRONG_TYPE:
        return replace(answer, body=_edited(answer, fault.path, _mistype))
    return answer


def _page(title: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


def _limit_body() -> dict[str, Any]:
    return {"Success": False, "status": 419, "message": "Call limit exceeded."}


def _retry_after(fault: Fault) -> Mapping[str, str]:
    return {"Retry-After": f"{fault.seconds:g}"}


_STATUS_ANSWERS: Mapping[FaultKind, Callable[[Fault], Answer]] = {
    FaultKind.SERVER_ERROR: lambda _: Answer({"Message": "An error has occurred."}, 500),
    FaultKind.BAD_GATEWAY: lambda _: Answer(_page("502 Bad Gateway"), 502, HTML),
    FaultKind.UNAVAILABLE: lambda f: Answer("Service Unavailable", 503, TEXT, _retry_after(f)),
    FaultKind.TOO_MANY: lambda _: Answer("Too many requests", 429, TEXT),
    FaultKind.TOO_MANY_RETRY_AFTER: lambda f: Answer("Too many requests", 429, TEXT, _retry_after(f)),
    FaultKind.CALL_LIMIT: lambda _: Answer(_limit_body(), 419),
    FaultKind.CALL_LIMIT_IN_BODY: lambda _: Answer(_limit_body(), 200),
    FaultKind.REFUSED: lambda _: Answer({"Success": False, "status": 400, "Message": "Bad request"}, 400),
    FaultKind.UNAUTHORIZED: lambda _: Answer(
        {"Success": False, "status": 401, "Message": "Unauthorized"}, 401
    ),
}


def _mistype(parent: dict[str, Any], key: str) -> None:
    parent[key] = "unexpected text" if isinstance(parent[key], dict | list) else {"unexpected": "object"}


def _edited(answer: Answer, path: str, edit: Callable[[dict[str, Any], str], object]) -> Any:
    try:
        body = msgspec.json.decode(answer.content())
    except msgspec.DecodeError:
        return answer.body  # no JSON, so no field either
    *parents, key = path.split(".")
    for parent in _walk([body], parents):
        if isinstance(parent, dict) and key in parent:
            edit(parent, key)
    return body


def _walk(nodes: list[Any], steps: list[str]) -> list[Any]:
    for step in steps:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, list):
                found += node if step == "*" else node[int(step) : int(step) + 1]
            elif isinstance(node, dict):
                found += node.values() if step == "*" else [node[step]] if step in node else []
        nodes = found
    return nodes
