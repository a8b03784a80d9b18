"""What happens between two calls: somebody in the warehouse acts, the power goes, or the service says something odd."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from connector_sandbox.tryton.service import DATABASE

Around = Callable[[Any], Any]


def just_before(call: str, act: Callable[[], object]) -> Around:
    """Returns what makes `act` happen once, just before the first call that matches, such as `POST stock.*/wait`."""
    waiting = [act]

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if waiting and fnmatchcase(_name(scope), call):
                waiting.pop()()
            await app(scope, receive, send)

        return served

    return around


def cut_off(writes: int) -> Around:
    """Returns what lets so many writes take effect, the last one without an answer, and nothing after that."""
    left = [writes]

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if left[0] <= 0:
                raise ConnectionRefusedError("the power is gone")
            if scope["method"] == "GET":
                await app(scope, receive, send)
                return
            left[0] -= 1
            await app(scope, receive, send if left[0] else _nobody)
            if not left[0]:
                raise ConnectionResetError("the power is gone")

        return served

    return around


def without_answer(call: str) -> Around:
    """Returns what loses the answer to the first call that matches, after it took effect."""
    waiting = [call]

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if not waiting or not fnmatchcase(_name(scope), call):
                await app(scope, receive, send)
                return
            waiting.pop()
            await app(scope, receive, _nobody)
            raise ConnectionResetError("the connection broke")

        return served

    return around


def answering(call: str, *bodies: object, status: int = 200) -> Around:
    """Returns what answers the calls that match with these bodies, one after the other, the last one for ever."""
    left = list(bodies)

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if not fnmatchcase(_name(scope), call):
                await app(scope, receive, send)
                return
            body = left.pop(0) if len(left) > 1 else left[0]
            raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": raw})

        return served

    return around


async def _nobody(message: Any) -> None:
    """Hears nothing."""


def _name(scope: Any) -> str:
    path = scope["path"].removeprefix(f"/{DATABASE}/rest/model/")
    return f"{scope['method']} {path}"
