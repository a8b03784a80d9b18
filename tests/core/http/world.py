"""A service in memory that answers from a list, and the client under test in front of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector.calls import Endpoint, Service
from connector.clock import Stop
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.secret import Secret
from connector.testing.clock import FakeClock

T = TypeVar("T")

READ = Endpoint("GET", "/products")
WRITE = Endpoint("POST", "/orders")
REPEATABLE_WRITE = Endpoint("PUT", "/orders/{id}/tags", repeatable=True)

TOKEN = "t0ken-0f-erika"
PASSWORD = "pa55word-0f-max"


class Products(msgspec.Struct):
    """An answer, as a plugin describes it."""

    Data: list[int]


def service(**changes: Any) -> Service:
    plain = Service(
        name="shop",
        base_url="https://shop.example.com/api/v1/",
        account="erika@example.com",
        headers={"Authorization": Secret(f"JWT {TOKEN}")},
    )
    return msgspec.structs.replace(plain, **changes)


def says(status: int = 200, body: object = None, **headers: str) -> Response:
    """Makes an answer; a body that is no text is sent as JSON, `_` in the name of a header is a dash."""
    content = body if isinstance(body, str | bytes) else json.dumps({"Data": []} if body is None else body)
    return Response(content, status, {name.replace("_", "-"): value for name, value in headers.items()})


class Seen(msgspec.Struct):
    """One request as the service got it."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class World:
    """`answers` are given out in their order, the last one again and again; an exception is raised instead."""

    def __init__(self, *answers: Response | Exception, **service_changes: Any) -> None:
        self.service = service(**service_changes)
        self.clock = FakeClock()
        self.stop = Stop()
        self.limits = Limits(self.clock)
        self.counts = CallLog()
        self.seen: list[Seen] = []
        self._answers = list(answers) or [says()]

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        body = await request.body()
        at = self.clock.monotonic()
        self.seen.append(Seen(request.method, path, query, dict(request.headers), body, at))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        await answer(scope, receive, send)

    def client(self, **options: Any) -> HttpClient:
        means: dict[str, Any] = {
            "clock": self.clock,
            "stop": self.stop,
            "random": Random(1),
            "limits": self.limits,
            "counts": self.counts,
            "transport": asgi_transport(self.app),
        }
        return HttpClient(options.pop("service", self.service), **(means | options))

    async def call(self, endpoint: Endpoint, answer: type[T], **arguments: Any) -> T:
        async with self.client() as client:
            return await client.call(endpoint, answer, **arguments)
