"""The Vendure plugin by itself in front of a fake shop, over the real HTTP client."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, TypeVar

import msgspec

from connector.api import Context, Page, Record, Secret
from connector.clock import Stop
from connector.http import CallLog, HttpClient, Limits, Transport, asgi_transport
from connector.remembering import ShortMemory
from connector.testing import FakeClock
from connector_sandbox.contract.vendure import FIELDS
from connector_sandbox.exchange import Answer
from connector_sandbox.faults import Faults, spoiled
from connector_sandbox.vendure.service import API_KEY, PASSWORD, USERNAME, FakeVendure
from connector_vendure.settings import VendureSettings
from connector_vendure.source import VendureSource

T = TypeVar("T")
R = TypeVar("R", bound=Record)

NO_FIELDS: dict[str, Any] = dict.fromkeys(FIELDS, "")
LOGIN: dict[str, Any] = {"api_key": None, "username": USERNAME, "password": Secret(PASSWORD)}
"""Changes of the settings: a shop without custom fields, and a login in the place of the API key."""


class Sent(msgspec.Struct):
    """What went along with a call."""

    headers: dict[str, str]
    query: str


class Bench:
    """A shop, a clock and a network that may fail, by the name of the operation; `use` does one thing as one run.

    `memory` is what runs remember, where one is set.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.memory: ShortMemory | None = None
        self.vendure = FakeVendure(self.clock.now)
        self.faults = Faults()
        self.counts = CallLog()
        self.requests: list[Sent] = []
        self.heard: Callable[[str, bytes], object] = lambda _operation, _body: None

    def use(
        self, act: Callable[[VendureSource], Awaitable[T]], *, read_only: bool = False, **changes: Any
    ) -> T:
        """Uses the source; `changes` go to its settings."""

        async def inside() -> T:
            client = HttpClient(
                VendureSource.service(self.settings(**changes)),
                clock=self.clock,
                stop=Stop(),
                random=random.Random(1),
                limits=Limits(self.clock),
                counts=self.counts,
                transport=self.transport,
                read_only=read_only,
            )
            async with client as http:
                context = Context(client="acme", now=self.clock.now, memory=self.memory or ShortMemory())
                return await act(VendureSource.build(self.settings(**changes), http, context))

        return asyncio.run(inside())

    @property
    def transport(self) -> Transport:
        """The network in front of the shop."""
        return asgi_transport(self._network)

    def settings(self, **changes: Any) -> VendureSettings:
        """The settings of a shop that has all custom fields."""
        own = {"base_url": "https://shop.example.com", "api_key": Secret(API_KEY), **FIELDS}
        return VendureSettings(**{**own, **changes})

    def sent(self, operation: str) -> list[Any]:
        """Returns the variables of the calls of one operation that reached the shop."""
        return [variables for name, variables in self.vendure.calls if name == operation]

    @property
    def operations(self) -> list[str]:
        """The names of all operations that reached the shop, in their order."""
        return [name for name, _ in self.vendure.calls]

    async def _network(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Passes a call on, unless a fault is planned for its operation."""
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append(Sent(headers, scope["query_string"].decode()))
        operation = msgspec.json.decode(body)["operationName"]
        fault = self.faults.take(operation)
        answer: list[MutableMapping[str, Any]] = []

        async def again() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: MutableMapping[str, Any]) -> None:
            answer.append(message)

        if fault is None or fault.takes_effect:
            await self.vendure.app(scope, again, keep)
        self.heard(operation, b"".join(message.get("body", b"") for message in answer))
        if fault is not None:
            if fault.kind == "reset":
                raise ConnectionResetError("reset")
            whole = b"".join(message.get("body", b"") for message in answer)
            spoilt = spoiled(Answer(msgspec.json.decode(whole or b"null")), fault)
            spoilt_headers = {"content-type": spoilt.media_type, **spoilt.headers}
            raw = [(name.encode(), value.encode()) for name, value in spoilt_headers.items()]
            answer = [
                {"type": "http.response.start", "status": spoilt.status, "headers": raw},
                {"type": "http.response.body", "body": spoilt.content()},
            ]
        for message in answer:
            await send(message)


async def all_of(pages: AsyncIterator[Page[R]]) -> list[R]:
    """Returns the records of all pages."""
    return [record async for page in pages for record in page.records]


async def unreadable_of(pages: AsyncIterator[Page[R]]) -> list[tuple[str, str, str]]:
    """Returns id, number and reason of all that can't be read."""
    return [(each.record_id, each.number, each.reason) async for page in pages for each in page.unreadable]
