"""Wemalo as a service: its endpoints, how it says no in a good answer, and when it wants to be left alone."""

from __future__ import annotations

import functools
from hashlib import sha256
from typing import Final

import msgspec

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Endpoint,
    LimitReached,
    Secret,
    Service,
    TransientError,
    UnusableAnswer,
    decode_json,
)
from connector_wemalo.reading import said_yes
from connector_wemalo.settings import WemaloSettings
from connector_wemalo.wire import Verdict

NAME: Final = "wemalo"
"""How settings, the log and messages name the service."""

GET_ALL_PRODUCTS: Final = Endpoint("GET", "/product/getAll", repeatable=True)
GET_PRODUCT: Final = Endpoint("GET", "/product/get/{externalId}", repeatable=True)
ADD_PRODUCT: Final = Endpoint("POST", "/product/add")
ADD_PRODUCTS: Final = Endpoint("POST", "/product/addMultiple")
UPDATE_PRODUCT: Final = Endpoint("PUT", "/product/update/{externalId}", repeatable=True)
GET_ORDER_STATUS: Final = Endpoint("GET", "/goodsOrder/getStatus/{externalId}", repeatable=True)
# Whether a repetition makes a second order or is refused is not documented (SPEC O3): one whose outcome is unknown is
# looked up. A call that the limit put off (419, 429) was turned away at the door, and is repeated without a look.
ADD_ORDER: Final = Endpoint("POST", "/goodsOrder/add")
UPDATE_META: Final = Endpoint("PUT", "/goodsOrder/updateMeta/{externalId}", repeatable=True)
# A position that is gone already is answered with 404.
REMOVE_POSITION: Final = Endpoint(
    "DELETE", "/goodsOrder/removePosition/{externalId}/{positionId}", repeatable=True
)
# An identifier may stand at two positions, so a repetition doubles them.
ADD_POSITIONS: Final = Endpoint("POST", "/goodsOrder/addPosition/{externalId}")
# A repetition may be refused, since the order is cancelled already: its status tells (SPEC R3).
CANCEL_ORDER: Final = Endpoint("PUT", "/goodsOrder/cancel/{externalId}")
GET_PROFILES: Final = Endpoint("GET", "/goodsOrder/profiles", repeatable=True)
GET_PACKAGES: Final = Endpoint("GET", "/goodsOrder/packages", repeatable=True)
GET_SENT: Final = Endpoint("GET", "/goodsOrder/packages/sent/", repeatable=True)
FLAG_SENT: Final = Endpoint("PUT", "/goodsOrder/packages/sent/{bookingId}", repeatable=True)
GET_AVAILABLE_STOCK: Final = Endpoint("GET", "/product/availableStock/", repeatable=True)

SINCE_EVER: Final = "0101197000"
"""Midnight of 1 January 1970 as a `fromDate`, ddMMyyyyHH."""

_LIMITS: Final = frozenset({419, 429})
_REMAINING: Final = "x-wemalo-limit-remainingcall"
_WORDS: Final = ("message", "Message", "errorMessage", "error", "reason")
_LONGEST: Final = 300


def describe(settings: WemaloSettings) -> Service:
    """Describes Wemalo for one client. Wemalo counts calls per token."""
    token = settings.token.reveal().strip().removeprefix("JWT ").strip()
    return Service(
        name=NAME,
        base_url=settings.base_url.rstrip("/"),
        account=sha256(token.encode()).hexdigest(),
        headers={"Authorization": Secret(f"JWT {token}")},
        verdict=functools.partial(verdict, limit_pause_s=settings.limit_pause_s),
        pause=functools.partial(pause, limit_pause_s=settings.limit_pause_s),
        remaining=remaining,
    )


def verdict(answer: Answer, limit_pause_s: float) -> ConnectorError | None:
    """Finds the error that the body alone tells: Wemalo answers 200 while its body says 404."""
    # Taken for "no such order", the page for an unknown address would create orders twice (SPEC O3).
    if answer.status == 404 and not _is_json(answer.body):
        return UnusableAnswer(
            "it answered 404 with a web page, so it does not know this address; check base_url"
        )
    try:
        said = decode_json(answer.body, Verdict)
    except msgspec.DecodeError:
        return None
    status = _status(said.status) or answer.status
    if status in _LIMITS and said_yes(said.success):
        # What was put off is sent again, and this may have taken effect.
        return UnusableAnswer(f"it answered with {status}, the limit of calls, and that the call succeeded")
    if status < 400 and not _is_false(said.success):
        return None
    return _error(max(status, 400), _words(answer.body), limit_pause_s)


def pause(answer: Answer, limit_pause_s: float) -> float | None:
    """Returns how long to wait when the last allowed call was used up."""
    left = remaining(answer)
    return limit_pause_s if left is not None and left <= 0 else None


def remaining(answer: Answer) -> int | None:
    """Returns how many calls are left, None where Wemalo does not say."""
    try:
        return int(answer.headers[_REMAINING])
    except (KeyError, ValueError):
        return None


def is_missing(error: CallRefused) -> bool:
    """Tells whether Wemalo said that it does not have what was asked for."""
    return error.status == 404


def _error(status: int, words: str, limit_pause_s: float) -> ConnectorError:
    message = f"it answered with {status}: {words}"
    if status in _LIMITS:
        return LimitReached(message, limit_pause_s)
    if status in (401, 403):
        return AuthenticationError(NAME, words)
    if status == 408 or status >= 500:
        return TransientError(message)
    return CallRefused(NAME, "the call", status, words)


def _status(value: object) -> int | None:
    """Reads a status that may come as text; anything else is none."""
    said = str(value) if isinstance(value, str | int) else ""
    return int(said) if said.isdecimal() and len(said) == 3 else None


def _is_false(value: object) -> bool:
    return isinstance(value, str | int) and str(value).strip().casefold() in ("false", "0")


def _words(body: bytes) -> str:
    """Returns what an answer says for people, else all of it where it is short."""
    try:
        fields = decode_json(body, dict[str, object])
    except msgspec.DecodeError:
        fields = {}
    found = (fields.get(name) for name in _WORDS)
    words = next((word.strip() for word in found if isinstance(word, str) and word.strip()), "")
    if words or len(body) > _LONGEST:
        return words or "no reason given"
    return body.decode("utf-8", "replace")


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[")
