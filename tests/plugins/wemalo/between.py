"""What happens between two calls: a person in the warehouse acts, or the service says something of its own."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import msgspec

Around = Callable[[Any], Any]


def just_before(call: str, act: Callable[[], object]) -> Around:
    """Returns what makes `act` happen once, just before the first call that matches, such as `POST /goodsOrder/*`."""
    waiting = [act]

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if waiting and _matches(scope, call):
                waiting.pop()()
            await app(scope, receive, send)

        return served

    return around


def answering(call: str, *bodies: object) -> Around:
    """Returns what answers the calls that match with these bodies, one after the other, the last one for ever."""
    left = list(bodies)

    def around(app: Any) -> Any:
        async def served(scope: Any, receive: Any, send: Any) -> None:
            if not _matches(scope, call):
                await app(scope, receive, send)
                return
            body = msgspec.json.encode(left.pop(0) if len(left) > 1 else left[0])
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return served

    return around


def _matches(scope: Any, call: str) -> bool:
    return fnmatchcase(f"{scope['method']} {scope['path'].removeprefix('/v1')}", call)
