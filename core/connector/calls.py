"""What a plugin says about the service it talks to, and the client through which it talks.

A plugin declares its `Service` and its `Endpoint`s as data. Timeouts, limits, retries, counting and keeping
secrets out of the logs are the framework's work (`connector.http`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

import msgspec

from connector.errors import ConnectorError
from connector.secret import Secret

T = TypeVar("T")

Query = Sequence[tuple[str, str | int | bool]]
Headers = Mapping[str, str | Secret]


class Limit(msgspec.Struct, frozen=True):
    """At most `calls` in any `seconds`. `per` names a path placeholder when the limit holds for each of its values."""

    calls: int
    seconds: float
    per: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """One call of a service, as its documentation names it.

    `path` may hold placeholders (`/orders/{id}/tags`); their values are percent-encoded. `repeatable` says whether
    the call may be sent a second time when nobody knows what became of the first (SPEC R3): reading may, a write
    only where the service ignores the repetition. `reads` says of a call that is no GET that it only reads, as a
    query that is posted. `operation` tells calls apart that share a path, as those of GraphQL do. `limits` come on
    top of the service's own.
    """

    method: str
    path: str
    repeatable: bool = False
    limits: tuple[Limit, ...] = ()
    reads: bool = False
    operation: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the call changes nothing, so that it may be repeated, and sent in a rehearsal (SPEC R6)."""
        return self.reads or self.method == "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.operation}".rstrip()


class Answer(msgspec.Struct, frozen=True):
    """What a service answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def no_verdict(answer: Answer) -> ConnectorError | None:
    """Leaves it to the HTTP status whether a call went well."""
    return None


def no_pause(answer: Answer) -> float | None:
    """Asks for no pause."""
    return None


class Tariff(msgspec.Struct, frozen=True, kw_only=True):
    """What a service charges for calls: `free_calls` of a calendar month are free, each further one costs `price`.

    `key` names, as `Service.account` does, what it counts together, such as an API key that several clients use; it is
    a digest, since it is remembered and shown.
    """

    key: str
    free_calls: int
    price: Decimal
    currency: str = "EUR"


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A service as the settings describe it: where it is, who we are there, what it allows, how it says no.

    `account` names the user whose calls the service counts together, so that two clients of one user share a
    budget; it is never sent or logged. `limit` holds for each endpoint by itself. `verdict` finds in an answer of any
    status the errors that the HTTP status does not tell, None leaves it to that; `pause` finds in an answer the
    seconds to wait before anything further is sent; `remaining` the number of calls that are allowed after it, for a
    service that tells (None: this answer does not). `secrets` are those that go out in bodies, such as a password to
    log in with: they are kept out of messages as those of the headers are.
    `tariff` says what calls cost, where they do.
    """

    name: str
    base_url: str
    account: str
    headers: Headers = {}
    basic_auth: tuple[str, Secret] | None = None
    limit: Limit | None = None
    verdict: Callable[[Answer], ConnectorError | None] = no_verdict
    pause: Callable[[Answer], float | None] = no_pause
    remaining: Callable[[Answer], int | None] | None = None
    secrets: tuple[Secret, ...] = ()
    tariff: Tariff | None = None


class Http(Protocol):
    """The one way out: sends calls to one service for one client."""

    async def call(
        self,
        endpoint: Endpoint,
        answer: type[T],
        *,
        otherwise: type[T] | None = None,
        path: Mapping[str, str | int] | None = None,
        query: Query = (),
        body: object = None,
        headers: Headers | None = None,
    ) -> T:
        """Sends one call and returns its answer, decoded as `answer` (`bytes`: undecoded, `NoneType`: ignored).

        `Answer` asks for all of it, undecoded: some services put what matters into a header.
        An answer that can't be decoded so is decoded as `otherwise`, where that is given: a page whose records are read
        in one go, which is faster, and one by one where one of them can't be read.
        `headers` are for this call alone, beside those of the service, or in their place. A value that is a Secret
        is kept out of messages and logs as those of the service are.

        Raises AuthenticationError, TransientError (LimitReached, OutcomeUnknown, UnusableAnswer, Interrupted) or
        RecordRefused, after the retries that are safe.
        """
        ...
