"""Billbee's answers: the envelope around every result, pages of lists, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from connector_sandbox.billbee.wire import parse_date
from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.germantime import seconds

T = TypeVar("T")

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 250


def result(data: Any) -> Answer:
    """One object, as in `ApiResult`."""
    return Answer(row_result(data))


def row_result(data: Any) -> dict[str, Any]:
    """A row that went through, and every other success."""
    return {"ErrorMessage": None, "ErrorCode": 0, "ErrorDescription": "NoError", "Data": data}


def row_error(message: str) -> dict[str, Any]:
    """A refused row among others that went through."""
    return {"ErrorMessage": message, "ErrorCode": 1, "ErrorDescription": "Error", "Data": None}


def refusal(refused: Refusal) -> Answer:
    """How Billbee says no; the credentials' and the unknown route's refusals are ASP.NET's, without the envelope."""
    if refused.status == 401 or refused.reason:
        return Answer({"Message": refused.message}, refused.status)
    return Answer(row_error(refused.message), refused.status)


def paged(call: Call, found: Sequence[T], show: Callable[[T], Any]) -> Answer:
    """The page of `found` that the call asks for, as in `ApiPagedResult`; only that page's objects are built."""
    size = min(max(number(call, "pageSize", DEFAULT_PAGE_SIZE), 1), LARGEST_PAGE_SIZE)
    page = max(number(call, "page", 1), 1)
    paging = {"Page": page, "TotalPages": -(-len(found) // size), "TotalRows": len(found), "PageSize": size}
    data = [show(item) for item in found[(page - 1) * size : page * size]]
    return Answer({"Paging": paging, **row_result(data)})


def number(call: Call, name: str, default: int = 0) -> int:
    """An integer of the query; raises Refusal (400) for anything else."""
    text = call.first(name)
    try:
        return int(text) if text else default
    except ValueError:
        raise Refusal(400, f"{name} must be a number, not {text!r}") from None


def moment(call: Call, name: str) -> float | None:
    """A date of the query in seconds since 1970, None where there is none; raises Refusal (400) for no date."""
    text = call.first(name)
    try:
        return seconds(parse_date(text)) if text else None
    except ValueError:
        raise Refusal(400, f"{name} must be a date, not {text!r}") from None


def path_number(call: Call, name: str) -> int:
    """An id of the path; raises Refusal (400) for anything but a number."""
    try:
        return int(call.params[name])
    except ValueError:
        raise Refusal(400, f"{call.params[name]!r} is no id") from None


def fields(call: Call) -> dict[str, Any]:
    """The body's fields; raises Refusal (400) for anything but a JSON object."""
    if not isinstance(call.body, dict):
        raise Refusal(400, "The body must be a JSON object")
    return call.body
