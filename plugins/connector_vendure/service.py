"""Vendure as a service: where it is, who we are there, and how it says no.

Nearly everything comes with HTTP status 200. An error of a query stands in `errors`, with a code; a mutation says what
is wrong with a record in its own answer (a union, `errorCode`), which the module of that call reads.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    RecordRefused,
    Secret,
    Service,
    TransientError,
    decode_json,
)
from connector_vendure.settings import VendureSettings
from connector_vendure.wire import Failure, Failures, Result

NAME: Final = "vendure"
"""How settings, the log and messages name the service."""

_GRAPHQL_STATUSES: Final = frozenset({200, 400})
_CREDENTIALS: Final = frozenset({"FORBIDDEN", "UNAUTHENTICATED", "UNAUTHORIZED"})
_NOT_FOUND: Final = frozenset({"ENTITY_NOT_FOUND"})
# A fault of the database has no code at all.
_INTERNAL: Final = frozenset({"", "INTERNAL_SERVER_ERROR"})


def describe(settings: VendureSettings) -> Service:
    """Describes the shop's admin API for one client."""
    headers: dict[str, str | Secret] = {}
    if settings.api_key is not None:
        headers["vendure-api-key"] = settings.api_key
    if settings.channel_token is not None:
        headers["vendure-token"] = settings.channel_token
    base_url = settings.base_url.rstrip("/")
    who = settings.username.casefold() if settings.api_key is None else settings.api_key.reveal()
    return Service(
        name=NAME,
        base_url=base_url,
        account=sha256(f"{base_url}\n{who}".encode()).hexdigest(),
        headers=headers,
        verdict=verdict,
        secrets=() if settings.password is None else (settings.password,),
    )


def verdict(answer: Answer) -> ConnectorError | None:
    """Finds the error in a GraphQL answer; other answers are left to their HTTP status."""
    if answer.status not in _GRAPHQL_STATUSES:
        return None
    try:
        failures = decode_json(answer.body, Failures).errors
    except msgspec.DecodeError:
        return None
    return _error_of(failures) if failures else None


def refused(result: Result) -> RecordRefused:
    """Makes an error of what a mutation says in its own answer."""
    words = result.transition_error or result.message or "no reason given"
    return RecordRefused("refused_unclear", answer=f"{words} ({result.error_code})")


def _error_of(failures: list[Failure]) -> ConnectorError:
    """Returns the gravest error: one answer may hold several."""
    codes = [failure.extensions.code if failure.extensions else "" for failure in failures]
    words = "; ".join(filter(None, (failure.message for failure in failures))) or "no reason given"
    if not _CREDENTIALS.isdisjoint(codes):
        reason = f"{words}; the key, the login or its session is not valid, or its role lacks a permission"
        return AuthenticationError(NAME, reason)
    if not _INTERNAL.isdisjoint(codes):
        return TransientError(f"it answered with an error: {words}")
    status = 404 if set(codes) <= _NOT_FOUND else 400
    return CallRefused(NAME, "the call", status, f"{words} ({', '.join(dict.fromkeys(codes))})")
