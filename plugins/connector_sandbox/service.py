"""One service over HTTP: the way of every request from its arrival to the audit.

A request passes, in this order: planned faults that keep it from being handled, credentials, limits,
the endpoint's handler, planned faults that hit the answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector_sandbox.audit import Audit, Entry
from connector_sandbox.delivery import Delivery, Sleep
from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.faults import Fault, FaultKind, Faults, spoiled

logger = logging.getLogger("connector_sandbox")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Watcher = Callable[[Entry, Literal["before", "after"]], None]
"""Is told of a request before it is handled, and after that but before its answer is sent.

A fault that it plans before is the first to hit this request.
"""


class State(Protocol):
    """What one account holds: a shop or a warehouse."""

    @property
    def changes(self) -> Sequence[object]:
        """What was changed so far, oldest first; `str()` of one says it in a line."""


S = TypeVar("S", bound=State)
Handler = Callable[[S, Call], Answer]


@dataclass(frozen=True)
class Endpoint(Generic[S]):
    """A method and path of the API; `template` as its documentation writes it, `route` where matching needs more."""

    method: str
    template: str
    handler: Handler[S]
    route: str = ""


class Service(ABC, Generic[S]):
    """What Billbee and Wemalo have in common; the two subclasses say who may call, how often, and how to say no."""

    name: str
    prefix: str
    endpoints: Sequence[Endpoint[S]]
    drives: Mapping[str, Callable[..., Any]]

    def __init__(self, now: Callable[[], float] = time.time, sleep: Sleep = asyncio.sleep) -> None:
        self.now = now
        self.sleep = sleep
        self.audit = Audit(self.name, now)
        self.faults = Faults()
        self.on_request: Watcher | None = None

    @property
    @abstractmethod
    def habits(self) -> object:
        """The switches for what the API does not document; a dataclass."""

    @abstractmethod
    def accounts(self) -> Mapping[str, S]:
        """The state of each account by the name that the audit shows."""

    @abstractmethod
    def account_of(self, call: Call) -> str:
        """The account whose credentials the call carries; raises Refusal for wrong ones."""

    @abstractmethod
    def limit(self, call: Call, account: str) -> Answer | None:
        """The refusal of a call that comes too early, None for one that may pass."""

    @abstractmethod
    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        """How this API says no."""

    @abstractmethod
    def finish(self, answer: Answer, account: str) -> Answer:
        """The answer with whatever this API adds to every answer."""

    @abstractmethod
    def dump(self, state: S) -> dict[str, Any]:
        """Everything that a state holds, for another process to look at."""

    @abstractmethod
    def page(self) -> str:
        """The HTML page that shows a person what arrived."""

    def routes(self) -> list[Route]:
        """The API's routes, ending with one that catches every unknown path below the prefix."""
        known = [
            Route(
                self.prefix + (endpoint.route or endpoint.template),
                self._serve(endpoint),
                methods=[endpoint.method],
            )
            for endpoint in self.endpoints
        ]
        unknown = [
            Route(self.prefix + "/{path:path}", self._serve(Endpoint(m, "/*", _unknown_path)), methods=[m])
            for m in METHODS
        ]
        return known + unknown

    def handle(self, endpoint: Endpoint[S], call: Call, entry: Entry) -> Answer:
        """The answer as it would be sent without faults; notes account and changes in the audit entry."""
        try:
            entry.account = self.account_of(call)
            if refused := self.limit(call, entry.account):
                return self.finish(refused, entry.account)
            state = self.accounts()[entry.account]
            before = len(state.changes)
            try:
                answer = endpoint.handler(state, call)
            finally:
                entry.changed = tuple(str(change) for change in state.changes[before:])
            return self.finish(answer, entry.account)
        except Refusal as refusal:
            return self.finish(self.refuse(call, refusal), entry.account)

    def _serve(self, endpoint: Endpoint[S]) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            call = await _read(request, endpoint, self.prefix)
            entry = self.audit.begin(call)
            self._tell(entry, "before")
            fault = self.faults.take(call.name)
            try:
                answer = self._answer(endpoint, call, entry, fault)
            except Exception:
                logger.exception("the sandbox failed in %s", call.name)
                raise
            self._tell(entry, "after")
            return Delivery(answer, fault, self.sleep)

        return serve

    def _tell(self, entry: Entry, moment: Literal["before", "after"]) -> None:
        if self.on_request is not None:
            self.on_request(entry, moment)

    def _answer(self, endpoint: Endpoint[S], call: Call, entry: Entry, fault: Fault | None) -> Answer:
        if fault is None:
            answer = self.handle(endpoint, call, entry)
        else:
            entry.fault = str(fault.kind)
            answer = self.handle(endpoint, call, entry) if fault.takes_effect else Answer()
            answer = spoiled(answer, fault)
        lost = fault is not None and fault.kind in (FaultKind.RESET, FaultKind.HANG)
        entry.status = None if lost else answer.status
        return answer


def _unknown_path(_state: State, call: Call) -> Answer:
    raise Refusal(404, f"No route {call.method} {call.path}", "UNKNOWN_ROUTE")


async def _read(request: Request, endpoint: Endpoint[Any], prefix: str) -> Call:
    content = await request.body()
    try:
        body = msgspec.json.decode(content) if content else None
    except msgspec.DecodeError:
        body = content.decode(errors="replace")
    return Call(
        method=request.method,
        template=endpoint.template,
        path=request.url.path.removeprefix(prefix),
        params={key: str(value) for key, value in request.path_params.items()},
        query=tuple(request.query_params.multi_items()),
        headers=dict(request.headers),
        body=body,
    )
