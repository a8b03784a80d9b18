"""What may go wrong between a plugin and its service. The suite brings it about; no fake has to help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from connector.calls import Answer

RETRY_AFTER_S: Final = 7


@dataclass(frozen=True)
class Fault:
    """What becomes of one call. `name` completes a sentence that begins with the call.

    The service does its work only where the fault `takes_effect`. Then either the network breaks with `error`, or an
    answer comes: made by `answer` from the one that the service gave (an empty 200 where it did nothing).
    """

    name: str
    takes_effect: bool = False
    error: type[OSError] | None = None
    answer: Callable[[Answer], Answer] = lambda good: good


def _says(status: int, body: bytes, **headers: str) -> Callable[[Answer], Answer]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Answer(status, {"content-type": "application/json", **named}, body)


def _page(status: int, title: str) -> Callable[[Answer], Answer]:
    body = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>".encode()
    return lambda _: Answer(status, {"content-type": "text/html"}, body)


def _with(change: Callable[[bytes], bytes]) -> Callable[[Answer], Answer]:
    return lambda good: msgspec.structs.replace(good, body=change(good.body))


NO_CONNECTION: Final = Fault("could not be sent", error=ConnectionRefusedError)
LOST_AFTER: Final = Fault(
    "took effect, but the connection broke before its answer came",
    takes_effect=True,
    error=ConnectionResetError,
)
TIMEOUT_AFTER: Final = Fault("took effect, but its answer did not come in time", True, TimeoutError)
UNAVAILABLE: Final = Fault("was answered with 503", answer=_says(503, b'{"message": "down for maintenance"}'))
SERVER_ERROR: Final = Fault("was answered with 500", answer=_says(500, b'{"message": "internal error"}'))
BAD_GATEWAY: Final = Fault(
    "took effect, but was answered with 502 and a web page", True, answer=_page(502, "Bad Gateway")
)
LIMITED: Final = Fault(
    f"was answered with 429 and Retry-After: {RETRY_AFTER_S}",
    answer=_says(429, b'{"message": "too many calls"}', retry_after=str(RETRY_AFTER_S)),
)
UNAUTHORIZED: Final = Fault("was answered with 401", answer=_says(401, b'{"message": "unauthorized"}'))
FORBIDDEN: Final = Fault("was answered with 403", answer=_says(403, b'{"message": "forbidden"}'))
REFUSED: Final = Fault("was answered with 400", answer=_says(400, b'{"message": "this can not be done"}'))
WEB_PAGE: Final = Fault("was answered with 200 and a web page", answer=_page(200, "Maintenance"))
CUT_OFF: Final = Fault(
    "took effect, but its answer was cut off in the middle",
    True,
    answer=_with(lambda body: body[: len(body) // 2] or b'{"cut": '),
)
WRONG_TYPE: Final = Fault(
    "took effect, but was answered with a JSON text in place of an object",
    True,
    answer=_with(lambda _: b'"unexpected"'),
)
EMPTY: Final = Fault("took effect, but its answer was empty", True, answer=_with(lambda _: b""))

OUTAGES: Final = (NO_CONNECTION, TIMEOUT_AFTER, UNAVAILABLE, SERVER_ERROR, BAD_GATEWAY)
"""Passing faults that the HTTP status or the network itself tells."""

SHORT: Final = (TIMEOUT_AFTER, UNAVAILABLE)
"""Those that often happen only once."""

UNREADABLE: Final = (WEB_PAGE, CUT_OFF, WRONG_TYPE, EMPTY)
"""Answers with status 200 in which nothing can be read."""
