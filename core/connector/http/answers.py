"""Reads answers: did the call go well, what went wrong, what is in it (SPEC R3, R4). No network, no clock."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Generic, NamedTuple, TypeVar, get_origin
from urllib.parse import urlsplit

import msgspec

from connector.calls import Answer, Endpoint, Service
from connector.decoding import decode_json
from connector.errors import (
    AuthenticationError,
    CallRefused,
    ConnectorError,
    LimitReached,
    OutcomeUnknown,
    TransientError,
    UnusableAnswer,
)
from connector.http.retry import Effect, Fault, may_repeat
from connector.http.wording import is_html, printable, secrets_of, title_of, words_in
from connector.masking import personal_in

T = TypeVar("T")

LIMIT_STATUSES: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, 419})
AUTHENTICATION_STATUSES: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_WHERE: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<field>[^`]*)`)?$", re.DOTALL)


class Call(msgspec.Struct, frozen=True):
    """Which call of which service; `str()` is how messages and the log name it. `sent` is its body."""

    service: Service
    endpoint: Endpoint
    sent: object = None

    @property
    def hidden(self) -> tuple[str, ...]:
        """What no message about the call shows: our credentials, and what it says about a customer."""
        return (*secrets_of(self.service), *personal_in(self.sent))

    def __str__(self) -> str:
        return f"{self.service.name} {self.endpoint}"


def fault_in(answer: Answer, call: Call, now: datetime) -> Fault | None:
    """Returns what went wrong: by the service's own verdict, else by the HTTP status."""
    verdict = call.service.verdict(answer)
    if verdict is not None:
        return fault_from(_named(verdict, call), answer, now)
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status in LIMIT_STATUSES:
        asked = retry_after(answer, now)
        wish = "" if asked is None else f", it wants a pause of {asked:.0f} s"
        message = f"{call}: the service's limit of calls is reached (status {status}{wish})"
        return fault_from(LimitReached(message, asked), answer, now)
    if status in AUTHENTICATION_STATUSES:
        reason = f"{call.endpoint} was answered with {status}: {words_in(answer, call.hidden)}"
        return Fault(error=AuthenticationError(call.service.name, reason), effect=Effect.FINAL)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        error = TransientError(f"{call} was answered with {status}: {words_in(answer, call.hidden)}")
        return fault_from(error, answer, now)
    said = _redirect(answer, call) if status < HTTPStatus.BAD_REQUEST else words_in(answer, call.hidden)
    refusal = CallRefused(call.service.name, str(call.endpoint), status, said)
    return Fault(error=refusal, effect=Effect.FINAL)


def _named(verdict: ConnectorError, call: Call) -> ConnectorError:
    """Names the call in a plugin's verdict, and keeps our credentials out of its words."""
    match verdict:
        case CallRefused():
            said = printable(verdict.params["answer"], call.hidden)
            return CallRefused(call.service.name, str(call.endpoint), verdict.status, said)
        case AuthenticationError():
            return AuthenticationError(
                call.service.name, f"{call.endpoint}: {printable(verdict.reason, call.hidden)}"
            )
        case LimitReached():
            return LimitReached(f"{call}: {printable(str(verdict), call.hidden)}", verdict.seconds)
        case TransientError():
            return type(verdict)(f"{call}: {printable(str(verdict), call.hidden)}")
        case _:
            return verdict


def fault_from(error: ConnectorError, answer: Answer, now: datetime) -> Fault:
    """Sorts an error by what may be done about it."""
    match error:
        case LimitReached():  # a limit turns a call away before it is looked at, so that even a write may be repeated
            said = error.seconds is not None and error.seconds > 0
            asked = error.seconds if said else retry_after(answer, now)
            return Fault(error=error, effect=Effect.NONE, pause=asked)
        case TransientError():
            return Fault(error=error, effect=Effect.UNKNOWN, pause=retry_after(answer, now))
        case _:
            return Fault(error=error, effect=Effect.FINAL)


def retry_after(answer: Answer, now: datetime) -> float | None:
    """Returns the seconds that the header `Retry-After` asks for, None where it asks for nothing that makes sense.

    Both forms of RFC 9110 (seconds, date) are read, and fractions of a second, which some services send.
    """
    value = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value, now)
    return seconds if math.isfinite(seconds) and seconds > 0 else None


class Wanted(NamedTuple, Generic[T]):
    """What an answer is decoded as, and what `otherwise`, where it can't be decoded so."""

    kind: type[T]
    otherwise: type[T] | None = None


def decoded(answer: Answer, wanted: Wanted[T], call: Call) -> T | Fault:
    """Returns the body as is `wanted` (`bytes`: as it came, `Answer`: with its headers, None: ignored), or a fault.

    A web page is never ignored: a proxy or a maintenance page sends it with status 200, and the service behind it
    has done nothing.
    """
    # `None` is what a caller writes, although its type is NoneType.
    kind = wanted.kind
    ignored = kind is None or kind is type(None)
    if ignored and not is_html(answer):
        return None  # type: ignore[return-value]
    if kind is bytes:
        return answer.body  # type: ignore[return-value]
    if kind is Answer:
        return answer  # type: ignore[return-value]
    try:
        return _decoded(answer.body.removeprefix(_BYTE_ORDER_MARK), wanted)
    except msgspec.ValidationError as error:
        problem = _wrong_type(str(error))
    except msgspec.DecodeError as error:
        problem = f"expected a JSON {_kind(kind)}, got {_no_json(answer, call.hidden, str(error))}"
    problem = printable(problem, call.hidden)
    if may_repeat(call.endpoint):
        return unreadable(call, problem)
    what = f"{call} was answered with {answer.status}, but unreadably ({problem})"
    return Fault(error=OutcomeUnknown(f"{what}; nobody knows whether it took effect"), effect=Effect.UNKNOWN)


def _decoded(body: bytes, wanted: Wanted[T]) -> T:
    try:
        return decode_json(body, wanted.kind, strict=False)
    except msgspec.DecodeError:
        if wanted.otherwise is None:
            raise
    return decode_json(body, wanted.otherwise, strict=False)


def unreadable(call: Call, problem: str) -> Fault:
    """Says that an answer came which is of no use; what the call did is unknown."""
    return Fault(error=UnusableAnswer(f"{call}: {problem}"), effect=Effect.UNKNOWN)


def _seconds_until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return math.nan
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()


def _redirect(answer: Answer, call: Call) -> str:
    """Says where a redirect leads, by its host alone: the rest of the address may hold anything."""
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname
    except ValueError:
        host = None
    target = f"the host {printable(host, call.hidden)}" if host else "another address of the same host"
    return (
        f"it redirects to {target}, where credentials are not sent; correct base_url if the service has moved"
    )


def _wrong_type(message: str) -> str:
    found = _WHERE.match(message)
    what, field = (found["what"], found["field"] or "$") if found else (message, "$")
    what = what.replace("`", "")
    return f"field {field}: {what[:1].lower()}{what[1:]}"


def _kind(wanted: object) -> str:
    return "array" if (get_origin(wanted) or wanted) in {list, tuple, set, frozenset} else "object"


def _no_json(answer: Answer, hidden: Collection[str], reason: str) -> str:
    if not answer.body.strip():
        return "an empty answer"
    if is_html(answer):
        return f"an HTML page titled '{title_of(answer, hidden)}'"
    return f"{len(answer.body)} bytes that are not JSON or are cut off ({reason})"
