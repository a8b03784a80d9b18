"""The admin API for one run: logs in where that is needed, sends operations, and reads lists page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from hashlib import sha256
from typing import Final, TypeVar

import msgspec

from connector.api import Answer, AuthenticationError, Headers, Http, Secret, UnusableAnswer, decode_json
from connector_vendure.queries import LOG_IN, Operation, queries_for
from connector_vendure.service import NAME
from connector_vendure.settings import VendureSettings
from connector_vendure.wire import Done, Page, Reply, Request

T = TypeVar("T")

MOST_PAGES: Final = 10_000
"""Pages of one list after which it is taken for endless."""

_SESSION: Final = "vendure-auth-token"


class Admin:
    """The way to the admin API; `queries` are its operations. Names are asked for in `language` (SPEC A7)."""

    def __init__(self, settings: VendureSettings, http: Http, language: str) -> None:
        self.settings = settings
        self.queries = queries_for(settings)
        self._http = http
        self._query = (("languageCode", language),)
        self._session: Headers | None = {} if settings.api_key is not None else None

    async def ask(self, operation: Operation[T], **variables: object) -> T:
        """Sends one operation and returns what it answers.

        A session may end at any time, so an operation that is refused for it is sent once more with a new one.
        """
        if self._session is None:
            self._session = await self._log_in()
        elif self._session:
            try:
                return await self._send(operation, variables, self._session)
            except AuthenticationError:
                self._session = await self._log_in()
        return await self._send(operation, variables, self._session)

    async def pages(
        self,
        operation: Operation[Page],
        identify: Callable[[msgspec.Raw], str],
        options: Mapping[str, object],
    ) -> AsyncIterator[tuple[list[msgspec.Raw], int | None]]:
        """Yields a list's records page by page, each as it came, with the decimal places that money has.

        `identify` returns a record's id. Raises UnusableAnswer where the list itself is missing, and where it would be
        read for ever: a page that came before, or more than `MOST_PAGES`.
        """
        read, seen = 0, dict[bytes, int]()
        for number in range(1, MOST_PAGES + 1):
            place = {"take": self.settings.page_size, "skip": read, "sort": {"id": "ASC"}}
            answer = await self.ask(operation, options={**place, **options})
            page, precision = answer.page, answer.shop.server_config.money_strategy_precision
            if page is None or page.items is None or page.total_items is None:
                field = "page" if page is None else "page.items" if page.items is None else "page.totalItems"
                raise UnusableAnswer(f"{NAME} {operation.endpoint}: field $.{field} is missing")
            if not page.items:
                return
            ends = _fingerprint(identify(page.items[0]), identify(page.items[-1]))
            if ends in seen:
                raise UnusableAnswer(
                    f"{NAME} {operation.endpoint}: page {number} is the same as page {seen[ends]}"
                )
            yield page.items, precision
            read += len(page.items)
            if read >= page.total_items:
                return
            seen[ends] = number
        raise UnusableAnswer(f"{NAME} {operation.endpoint}: the list has more than {MOST_PAGES} pages")

    async def _send(self, operation: Operation[T], variables: Mapping[str, object], session: Headers) -> T:
        reply = await self._http.call(
            operation.endpoint,
            operation.answer,
            query=self._query,
            body=_request(operation, variables),
            headers=session,
        )
        return reply.data

    async def _log_in(self) -> Headers:
        """Logs in and returns the header of the session, which Vendure gives out in a header as well."""
        settings = self.settings
        password = settings.password.reveal() if settings.password else ""
        body = _request(LOG_IN, {"username": settings.username, "password": password})
        answer = await self._http.call(LOG_IN.endpoint, Answer, body=body)
        try:
            result = decode_json(answer.body, Reply[Done]).data.result
        except msgspec.DecodeError as error:
            raise UnusableAnswer(f"{NAME} {LOG_IN.endpoint}: {error}") from None
        if result.error_code is not None:
            raise AuthenticationError(NAME, f"{result.message or 'no reason given'} ({result.error_code})")
        token = answer.headers.get(_SESSION, "")
        if not token:
            raise AuthenticationError(
                NAME, f"the login brought no header {_SESSION}; allow `bearer` in authOptions.tokenMethod"
            )
        return {"Authorization": Secret(f"Bearer {token}")}


def _request(operation: Operation[T], variables: Mapping[str, object]) -> Request:
    return Request(operation.endpoint.operation, operation.document, dict(variables))


def _fingerprint(*ids: str) -> bytes:
    """Stands for a page by the ids at its ends; an id may be as long as the service likes."""
    return sha256("\n".join(ids).encode()).digest()
