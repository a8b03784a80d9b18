"""What the clients of a process share, and how the plugins of one client are opened."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from connector.calls import Service
from connector.clock import Clock, Stop
from connector.contracts import Context, Plugin, Source, Target
from connector.costs import CallTally
from connector.crowd import Crowd
from connector.http import CallLog, HttpClient, Limits, Meter, NoMeter, Transport
from connector.mapping import Step
from connector.plugins import Plugins
from connector.progress import SILENT, Progress
from connector.settings import ClientSettings
from connector.state import StateStore

P = TypeVar("P", bound=Plugin)


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


@dataclass(frozen=True)
class Opener:
    """Builds the plugins of both sides, each with an HTTP client of its own, which `opened` closes.

    `services` collects those that were described.
    """

    settings: ClientSettings
    shared: Shared
    opened: AsyncExitStack
    calls: CallLog = field(default_factory=CallLog)
    may_call: Callable[[], None] = _always
    read_only: bool = False
    services: list[Service] = field(default_factory=list)

    async def source(self) -> Source:
        choice = self.settings.source
        return await self._open(self.shared.plugins.sources[choice.name].what, choice.settings)

    async def target(self) -> Target:
        choice = self.settings.target
        return await self._open(self.shared.plugins.targets[choice.name].what, choice.settings)

    async def _open(self, plugin: type[P], settings: Any) -> P:
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
        context = Context(client=client.name, language=client.language, now=self.shared.clock.now)
        return plugin.build(settings, http, context)
