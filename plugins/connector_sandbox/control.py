"""The app of a service: its API, a page to look at, and routes below /_sandbox/ by which another process drives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connector_sandbox.exchange import JSON, Refusal
from connector_sandbox.service import Service

Reply = Callable[[Request], Awaitable[Any]]


def build_app(service: Service[Any]) -> Starlette:
    """The ASGI app of a service.

    Routes of its own, without credentials: `GET /`; `GET` and `DELETE /_sandbox/audit`; `GET`, `POST`
    and `DELETE /_sandbox/faults`; `GET` and `POST /_sandbox/habits`; `GET /_sandbox/state` and
    `/_sandbox/changes`; `POST /_sandbox/drive/{verb}` with the arguments of the state's method as JSON.
    """

    async def page(_request: Request) -> Response:
        return HTMLResponse(service.page())

    return Starlette(routes=[Route("/", page), *Control(service).routes(), *service.routes()])


class Control:
    """The routes below /_sandbox/ of one service; a mistake in a request is a 400 that says what was expected."""

    def __init__(self, service: Service[Any]) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        return [
            Route("/_sandbox/audit", _replying(self.audit), methods=["GET", "DELETE"]),
            Route("/_sandbox/faults", _replying(self.faults), methods=["GET", "POST", "DELETE"]),
            Route("/_sandbox/habits", _replying(self.habits), methods=["GET", "POST"]),
            Route("/_sandbox/state", _replying(self.state), methods=["GET"]),
            Route("/_sandbox/changes", _replying(self.changes), methods=["GET"]),
            Route("/_sandbox/drive/{verb}", _replying(self.drive), methods=["POST"]),
        ]

    async def audit(self, request: Request) -> Any:
        """The requests so far; `?calls=GET /orders` for some of them."""
        if request.method == "DELETE":
            self._service.audit.clear()
        return self._service.audit.calls(request.query_params.get("calls", "*"))

    async def faults(self, request: Request) -> Any:
        """The planned faults; a POST has the arguments of `Faults.add`."""
        if request.method == "DELETE":
            self._service.faults.clear()
        if request.method == "POST":
            self._service.faults.add(**await _arguments(request))
        return self._service.faults.planned

    async def habits(self, request: Request) -> Any:
        """The switches of the service and of its states; a POST sets those that it names."""
        states = self._service.accounts().values()
        holders = [self._service.habits, *(state.habits for state in states if hasattr(state, "habits"))]
        if request.method == "POST":
            for name, value in (await _arguments(request)).items():
                _switch(holders, name, value)
        return {name: value for holder in holders for name, value in vars(holder).items()}

    async def state(self, _request: Request) -> Any:
        """The products and orders of each account."""
        return {name: self._service.dump(state) for name, state in self._service.accounts().items()}

    async def changes(self, _request: Request) -> Any:
        """What was done in each account."""
        return {name: state.changes for name, state in self._service.accounts().items()}

    async def drive(self, request: Request) -> Any:
        """Call a method of a state, such as `add_order` or `ship`."""
        verb = self._service.drives.get(request.path_params["verb"])
        if verb is None:
            raise ValueError(f"unknown verb; there are {', '.join(sorted(self._service.drives))}")
        state = _state(self._service, request.query_params.get("account"))
        return verb(state, **await _arguments(request))


def _replying(reply: Reply) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        try:
            body, status = await reply(request), 200
        except Refusal as refusal:
            body, status = {"error": refusal.message}, 400
        except (TypeError, ValueError) as mistake:
            body, status = {"error": str(mistake)}, 400
        return Response(msgspec.json.encode(body, enc_hook=_plain), status, media_type=JSON)

    return respond


async def _arguments(request: Request) -> dict[str, Any]:
    arguments = msgspec.json.decode(await request.body() or b"{}")
    if not isinstance(arguments, dict):
        raise TypeError("the body must be a JSON object")
    return arguments


def _switch(holders: list[Any], name: str, value: Any) -> None:
    known = [holder for holder in holders if name in vars(holder)]
    if not known:
        raise ValueError(
            f"unknown habit {name!r}; there are {', '.join(n for h in holders for n in vars(h))}"
        )
    for holder in known:
        setattr(holder, name, value)


def _state(service: Service[Any], account: str | None) -> Any:
    accounts = service.accounts()
    if account is None and len(accounts) == 1:
        return next(iter(accounts.values()))
    if account is None or account not in accounts:
        raise ValueError(f"say which account: ?account= one of {', '.join(accounts)}")
    return accounts[account]


def _plain(value: Any) -> Any:
    """What msgspec can't encode itself."""
    return str(value)
