"""Wemalo's answers: HTTP 200 with `Success` and `status` in the body, pages from 0, HTML for unknown routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from connector_sandbox.exchange import HTML, Answer, Call, Refusal
from connector_sandbox.wemalo.model import Fields

T = TypeVar("T")

PAGE_SIZE = 50


def success(body: Fields | None = None) -> Answer:
    """The call went through."""
    return Answer({"Success": True, "status": 200, **(body or {})})


def failure(status: int, message: str, reason: str = "", http_status: int = 200) -> Answer:
    """The call was refused; only the body says so unless `http_status` is given."""
    return Answer({"Success": False, "status": status, "reason": reason, "message": message}, http_status)


def refusal(refused: Refusal) -> Answer:
    """How Wemalo says no; an unknown route is a web page."""
    if refused.reason == "UNKNOWN_ROUTE":
        return Answer("<!DOCTYPE html><html><body><pre>Cannot find this page</pre></body></html>", 404, HTML)
    return failure(refused.status, refused.message, refused.reason)


def paged(
    call: Call, name: str, found: Sequence[T], show: Callable[[T], Any], size: int = PAGE_SIZE
) -> Answer:
    """The page of `found` that the call asks for, under the field `name`; `size` records make a page."""
    page = max(number(call, "page"), 0)
    start = page * size
    more = len(found) > start + size
    shown = [show(item) for item in found[start : start + size]]
    return success({"page": page, "additionalPage": more, name: shown})


def number(call: Call, name: str) -> int:
    """A whole number of the query, 0 where there is none; raises Refusal."""
    text = call.first(name)
    try:
        return int(text) if text else 0
    except ValueError:
        raise Refusal(400, f"{name} must be a number, not {text!r}", "INVALID") from None


def fields(call: Call) -> Fields:
    """The body's fields; raises Refusal for anything but a JSON object."""
    if not isinstance(call.body, dict):
        raise Refusal(400, "the body must be a JSON object", "INVALID")
    return call.body
