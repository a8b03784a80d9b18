"""A network in front of the sandbox: it refuses connections, which no service can do itself, and keeps the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from connector.calls import Service
from connector.http import Transport, asgi_transport
from connector.sides import Shared
from connector_sandbox.control import build_app
from connector_sandbox.faults import Faults
from connector_sandbox.service import Service as SandboxService
from tests.world import World


class NetworkedWorld(World):
    """Another world's sandbox, clock and state behind a network.

    `refused` has the calls of each service that never get there, `answers` what was answered to each call
    (`GET /products`).
    """

    def __init__(self, world: World) -> None:
        super().__init__(world.state_dir)
        self.clock = world.clock
        self.sandbox = world.sandbox
        self.refused: Final[Mapping[str, Faults]] = {"billbee": Faults(), "wemalo": Faults()}
        self.answers: Final[dict[str, list[bytes]]] = defaultdict(list)

    def end_faults(self) -> None:
        """Ends every planned fault."""
        for faults in (self.sandbox.billbee.faults, self.sandbox.wemalo.faults, *self.refused.values()):
            faults.clear()

    def shared(self) -> Shared:
        services: tuple[SandboxService[Any], ...] = (self.sandbox.billbee, self.sandbox.wemalo)
        apps = {each.name: _Network(each, self.refused[each.name], self.answers) for each in services}

        def transport(service: Service) -> Transport:
            return asgi_transport(apps[service.name])

        return replace(super().shared(), transport=transport)


class _Network:
    """A service's app as it is reached from outside."""

    def __init__(
        self, service: SandboxService[Any], refused: Faults, answers: dict[str, list[bytes]]
    ) -> None:
        self._app = build_app(service)
        self._name = _namer(service)
        self._refused = refused
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = self._name(scope)
        if self._refused.take(name) is not None:
            raise ConnectionRefusedError("connection refused")

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.body":
                self._answers[name].append(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, keep)


def _namer(service: SandboxService[Any]) -> Callable[[Scope], str]:
    """Returns a function that names a request as the audit does; unknown paths have no name."""
    known = [
        (endpoint, route)  # the routes for unknown paths come last
        for endpoint, route in zip(service.endpoints, service.routes(), strict=False)
    ]

    def name(scope: Scope) -> str:
        found = next((endpoint for endpoint, route in known if route.matches(scope)[0] is Match.FULL), None)
        return f"{found.method} {found.template}" if found else ""

    return name
