"""The network between a plugin and its fake, in memory: notes every call, and breaks those that it is told to break."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.calls import Answer
from connector.clock import Clock
from connector.http.wire import AsgiApp
from connector.testing.faults import Fault
from connector.testing.verdicts import Broken

MOST_CALLS: Final = 3000
"""More than any check needs, of a write of a dozen calls that is broken off at each of them in several ways.

A plugin that makes them goes round in circles.
"""

_SHOWN: Final = 90

Message = MutableMapping[str, Any]


@dataclass
class Exchange:
    """One call that went out, and what became of it; `status` is None where no answer came."""

    number: int
    at: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    fault: str = ""

    @property
    def url(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def __str__(self) -> str:
        sent = " ".join(self.body.decode("utf-8", "replace").split())
        became = self.fault or f"-> {self.status}"
        return f"{self.number:3} {self.method} {_cut(self.url)} {_cut(sent)}".rstrip() + f" {became}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass
class _Plan:
    fault: Fault
    after: int
    left: int | None
    spared: set[tuple[str, str, bytes]] | None


class Network:
    """An ASGI application around another one.

    `watch` is called after each call. `change` may change the body of each answer on its way to the plugin.
    """

    def __init__(self, app: AsgiApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._plan: _Plan | None = None
        self.calls: list[Exchange] = []
        self.watch: Callable[[], None] = lambda: None
        self.change: Callable[[Exchange, bytes], bytes] = lambda _call, body: body

    def fail(self, fault: Fault, *, at: int = 1, times: int | None = None, each_once: bool = False) -> None:
        """Lets the fault happen to the `at`-th call from now on, and to those after it, `times` in all.

        With `each_once`, a call that is sent again goes through.
        """
        self._plan = _Plan(fault, at - 1, times, set() if each_once else None)

    def heal(self) -> None:
        """Lets every call through again."""
        self._plan = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Any],
        send: Callable[[Message], Any],
    ) -> None:
        call = await self._note(scope, receive)
        fault = self._fault_of(call)
        good = (
            await self._answer(scope, call) if fault is None or fault.takes_effect else Answer(200, {}, b"")
        )
        self.watch()
        if fault is not None:
            call.fault = fault.name
            if fault.error is not None:
                raise fault.error(fault.name)
            good = fault.answer(good)
        call.status = good.status
        body = self.change(call, good.body)
        headers = {**good.headers, "content-length": str(len(body))}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": good.status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _note(self, scope: Message, receive: Callable[[], Any]) -> Exchange:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode("latin-1")
        call = Exchange(
            number=len(self.calls) + 1,
            at=self._clock.monotonic(),
            method=scope["method"],
            path=scope["path"],
            query=query,
            headers=headers,
            body=body,
        )
        self.calls.append(call)
        if call.number > MOST_CALLS:
            raise Broken("an end", f"{MOST_CALLS} calls, and still going on", "what ends the loop over pages")
        return call

    def _fault_of(self, call: Exchange) -> Fault | None:
        plan = self._plan
        if plan is None:
            return None
        if plan.spared is not None:
            known = (call.method, call.url, call.body) in plan.spared
            plan.spared.add((call.method, call.url, call.body))
            return None if known else plan.fault
        if plan.after > 0:
            plan.after -= 1
            return None
        if plan.left is not None:
            if plan.left == 0:
                return None
            plan.left -= 1
        return plan.fault

    async def _answer(self, scope: Message, call: Exchange) -> Answer:
        messages = [{"type": "http.request", "body": call.body, "more_body": False}]
        status, headers, body = 500, {}, bytearray()

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in message["headers"]}
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        return Answer(status, headers, bytes(body))


def pause_after(calls: Sequence[Exchange]) -> float:
    """Returns the seconds until the first of these calls was sent again, 0 where it never was."""
    first, *later = calls
    same = [call for call in later if (call.method, call.url) == (first.method, first.url)]
    return same[0].at - first.at if same else 0.0
