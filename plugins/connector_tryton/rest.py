"""Tryton's REST API: which records and fields are asked for, in which context, page by page."""

from __future__ import annotations

import typing
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Final, TypeVar

import msgspec

from connector.api import Endpoint, Headers, Http, UnusableAnswer, decode_json
from connector_tryton.service import NAME
from connector_tryton.wire import Body, Label

T = TypeVar("T", bound=msgspec.Struct)
A = TypeVar("A")

Domain = Sequence[Any]
"""Which records: clauses such as `["state", "=", "waiting"]`, all of which hold, or any where the first is `"OR"`."""

_ASCENDING: Final = [["id", "ASC"]]


class Rest:
    """One client's way into one database.

    `context` goes with every call, and may be added to for a single one: Tryton works out by it for which company it
    acts, whether inactive records are there, and which stock is meant.
    """

    def __init__(self, http: Http, page_size: int) -> None:
        self._http = http
        self._page_size = page_size
        self.context: Mapping[str, object] = {}

    async def search(
        self, endpoint: Endpoint, row: type[T], domain: Domain, context: Mapping[str, object] | None = None
    ) -> list[T]:
        """Reads all records that fit; for those of which there are few."""
        query = [("d", _packed(domain)), *_asked_for(row)]
        return await self._http.call(endpoint, list[row], query=query, headers=self._headers(context))  # type: ignore[valid-type]

    async def pages(
        self, endpoint: Endpoint, row: type[T], domain: Domain, context: Mapping[str, object] | None = None
    ) -> AsyncIterator[list[msgspec.Raw]]:
        """Reads all records that fit, page by page and each by itself, in the order of their ids.

        The next page begins behind the last id, so that a record which drops out meanwhile keeps no other one back.
        """
        last = 0
        while True:
            query = [
                ("d", _packed([*domain, ["id", ">", last]])),
                *_asked_for(row),
                ("o", _packed(_ASCENDING)),
                ("s", self._page_size),
            ]
            page = await self._http.call(
                endpoint, list[msgspec.Raw], query=query, headers=self._headers(context)
            )
            if page:
                yield page
            if len(page) < self._page_size:
                return
            last = _last_id(page, last, endpoint)

    async def create(
        self, endpoint: Endpoint, row: type[T], body: Body, context: Mapping[str, object] | None = None
    ) -> T:
        """Adds a record and returns what became of it."""
        return await self._http.call(
            endpoint, row, query=_asked_for(row), body=body, headers=self._headers(context)
        )

    async def write(
        self,
        endpoint: Endpoint,
        record_id: int,
        row: type[T],
        body: Body,
        context: Mapping[str, object] | None = None,
    ) -> T:
        """Changes a record, or presses one of its buttons, and returns what became of it."""
        return await self._http.call(
            endpoint,
            row,
            path={"id": record_id},
            query=_asked_for(row),
            body=body,
            headers=self._headers(context),
        )

    async def delete(self, endpoint: Endpoint, record_id: int) -> None:
        """Deletes a record."""
        await self._http.call(endpoint, NoneType, path={"id": record_id}, headers=self._headers(None))

    async def ask(self, endpoint: Endpoint, answer: type[A], body: Body) -> A:
        """Asks a question that is no search."""
        return await self._http.call(endpoint, answer, body=body, headers=self._headers(None))

    def _headers(self, more: Mapping[str, object] | None) -> Headers:
        context = {**self.context, **(more or {})}
        return {"X-Tryton-Context": _packed(context)} if context else {}


def fields_of(row: type[msgspec.Struct]) -> Iterator[str]:
    """Names the fields that a row holds, as Tryton wants to be asked for them, such as `packages.number`."""
    for field in msgspec.structs.fields(row):
        inner = _struct_in(field.type)
        if inner is None:
            yield field.encode_name
        else:
            yield from (f"{field.encode_name}.{name}" for name in fields_of(inner))


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """Finds the struct in a type such as `list[PackageRow]` or `PartyRow | None`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    return next((found for part in typing.get_args(kind) if (found := _struct_in(part))), None)


def _asked_for(row: type[msgspec.Struct]) -> list[tuple[str, str | int | bool]]:
    return [("f", name) for name in fields_of(row)]


def _packed(value: object) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode()


def _last_id(page: Sequence[msgspec.Raw], last: int, endpoint: Endpoint) -> int:
    """Returns the id at which the next page begins; raises UnusableAnswer where that would go on for ever."""
    try:
        found = decode_json(page[-1], Label).id
    except msgspec.DecodeError as error:
        raise UnusableAnswer(f"{NAME} {endpoint}: the last record of a page has no id: {error}") from None
    if found <= last:
        raise UnusableAnswer(f"{NAME} {endpoint}: a page brings nothing new and says that more follow")
    return found
