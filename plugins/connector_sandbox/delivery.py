"""Sending an answer, or breaking the connection over it.

Over real sockets the connection is really cut: `SandboxProtocol` puts the transport's `abort` into
the ASGI scope. An in-memory transport has no connection, so there the same faults raise
`ConnectionLost` and `NoAnswer`, which the transport turns into the errors of its HTTP library.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connector_sandbox.exchange import Answer
from connector_sandbox.faults import BREAKS_DELIVERY, Fault, FaultKind

Sleep = Callable[[float], Awaitable[None]]
_ABORT = "connector_sandbox.abort"
_DRIP_BYTES = 16


class ConnectionLost(ConnectionError):
    """In memory: the connection ended without an answer, or in the middle of one."""


class NoAnswer(TimeoutError):
    """In memory: no answer came before the caller's patience ended."""


class SandboxProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with a way for the app to cut the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner: Any = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), _ABORT: transport.abort}
            await inner(scope, receive, send)

        self.app = app


class Delivery(Response):
    """An answer on its way, with the fault (if any) that hits it there."""

    def __init__(self, answer: Answer, fault: Fault | None, sleep: Sleep) -> None:
        super().__init__(answer.content(), answer.status, dict(answer.headers), answer.media_type)
        self._fault = fault
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fault is None or self._fault.kind not in BREAKS_DELIVERY:
            await super().__call__(scope, receive, send)
        elif self._fault.kind is FaultKind.RESET:
            await _lose_connection(scope, receive)
        elif self._fault.kind is FaultKind.CUT_OFF:
            await self._send_start(send)
            await self._send_piece(send, self.body[: len(self.body) // 2])
            await _lose_connection(scope, receive)
        elif self._fault.kind is FaultKind.HANG:
            await _hang(scope, receive)
        else:
            await self._drip(send, self._fault.seconds)

    async def _send_start(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _send_piece(self, send: Send, piece: bytes | memoryview, more: bool = True) -> None:
        await send({"type": "http.response.body", "body": bytes(piece), "more_body": more})

    async def _drip(self, send: Send, pause_s: float) -> None:
        await self._send_start(send)
        for start in range(0, len(self.body), _DRIP_BYTES):
            await self._send_piece(send, self.body[start : start + _DRIP_BYTES])
            await self._sleep(pause_s)
        await self._send_piece(send, b"", more=False)


async def _lose_connection(scope: Scope, receive: Receive) -> None:
    abort: Callable[[], None] | None = scope.get("extensions", {}).get(_ABORT)
    if abort is None:
        raise ConnectionLost("the sandbox cut the connection")
    await asyncio.sleep(0)  # lets the pieces sent so far leave before the connection goes
    abort()
    await _until_disconnected(receive)


async def _hang(scope: Scope, receive: Receive) -> None:
    if _ABORT not in scope.get("extensions", {}):
        raise NoAnswer("the sandbox does not answer")
    await _until_disconnected(receive)


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
