"""What the clients of a process share, and how the plugins of one client are opened."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, TypeVar

from connector.calls import Service
from connector.clock import Clock, Stop
from connector.contracts import Context, Plugin, Source, Target
from connector.costs import CallTally
from connector.crowd import Crowd
from connector.http import CallLog, HttpClient, Limits, Meter, NoMeter, Transport
from connector.mapping import Step
from connector.plugins import Plugins
from connector.progress import SILENT, Progress
from connector.remembering import Memory, ShortMemory
from connector.settings import ClientSettings
from connector.state import ClientState, StateStore

P = TypeVar("P", bound=Plugin)

MEMORIES: Final = "memories"
"""The stream of what the plugins of both sides remember: "<source or target>/<key>" → the account and the value."""


def real_network(service: Service) -> Transport | None:
    """Lets the HTTP client use its own transport."""
    return None


@dataclass(frozen=True)
class Shared:
    """What the clients of one process have in common."""

    plugins: Plugins
    steps: Mapping[str, Step]
    store: StateStore
    limits: Limits
    clock: Clock
    stop: Stop
    random: random.Random
    transport: Callable[[Service], Transport | None] = real_network
    progress: Progress = SILENT
    meter: Meter = field(default_factory=NoMeter)
    crowd: Crowd = field(default_factory=Crowd)

    @cached_property
    def tally(self) -> CallTally:
        """What the clients have called this month."""
        return CallTally(self.store)


def _always() -> None:
    """Allows every call: a check needs no right to run the client."""


class SideMemory:
    """What the plugin of one side remembers of the account that it talks to (`connector.remembering.Memory`)."""

    def __init__(self, state: ClientState, side: str, service: Service) -> None:
        self._state = state
        self._side = side
        account = f"{service.name}\n{service.base_url}\n{service.account}"
        self._account = sha256(account.encode()).hexdigest()[:16]

    def get(self, key: str) -> Any:
        entry: Any = self._state.stream(MEMORIES).get(self._key(key))
        return entry["value"] if entry and entry["account"] == self._account else None

    def put(self, key: str, value: Any) -> None:
        self._state.put(MEMORIES, self._key(key), {"account": self._account, "value": value})

    def delete(self, key: str) -> None:
        self._state.delete(MEMORIES, self._key(key))

    def _key(self, key: str) -> str:
        return f"{self._side}/{key}"


@dataclass(frozen=True)
class Opener:
    """Builds the plugins of both sides, each with an HTTP client of its own, which `opened` closes.

    `services` collects those that were described. Without a `state` the plugins remember nothing of earlier runs, so
    that they tell what is there now.
    """

    settings: ClientSettings
    shared: Shared
    opened: AsyncExitStack
    calls: CallLog = field(default_factory=CallLog)
    may_call: Callable[[], None] = _always
    read_only: bool = False
    services: list[Service] = field(default_factory=list)
    state: ClientState | None = None

    async def source(self) -> Source:
        choice = self.settings.source
        return await self._open("source", self.shared.plugins.sources[choice.name].what, choice.settings)

    async def target(self) -> Target:
        choice = self.settings.target
        return await self._open("target", self.shared.plugins.targets[choice.name].what, choice.settings)

    async def _open(self, side: str, plugin: type[P], settings: Any) -> P:
        service = plugin.service(settings)
        self.services.append(service)
        http = HttpClient(
            service,
            clock=self.shared.clock,
            stop=self.shared.stop,
            random=self.shared.random,
            limits=self.shared.limits,
            counts=self.calls,
            transport=self.shared.transport(service),
            check=self.may_call,
            read_only=self.read_only,
            crowd=self.shared.crowd,
        )
        await self.opened.enter_async_context(http)
        client = self.settings
        memory: Memory = ShortMemory() if self.state is None else SideMemory(self.state, side, service)
        context = Context(
            client=client.name, language=client.language, now=self.shared.clock.now, memory=memory
        )
        return plugin.build(settings, http, context)
