"""The place where one check tries one plugin: over the real HTTP client, in memory, in no time."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from typing import Generic, TypeVar

from connector.clock import Stop
from connector.contracts import Context, Plugin, Source, Target
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.records import Page, Record
from connector.testing.cases import Case, SourceCase, TargetCase
from connector.testing.network import Exchange, Network
from connector.testing.samples import Samples
from connector.testing.tables import Tables

P = TypeVar("P", bound=Plugin)
R = TypeVar("R", bound=Record)


class Lab(Generic[P]):
    """A plugin, its fake, and the network between them.

    `start` begins a run: a new client and a new instance of the plugin, as the framework makes them for each run.
    """

    def __init__(self, case: Case[P], tables: Tables) -> None:
        self.case = case
        self.tables = tables
        self.clock = case.clock
        self.network = Network(case.driver.app, case.clock)
        self.samples = Samples()
        self._opened = AsyncExitStack()
        self._limits = Limits(case.clock)
        self._clients = count(1)

    async def start(self, *, read_only: bool = False) -> P:
        """Begins a run; `read_only` as in a rehearsal, where no call may write (SPEC R6)."""
        client = HttpClient(
            self.case.plugin.service(self.case.settings),
            clock=self.clock,
            stop=Stop(),
            random=random.Random(1),  # noqa: S311  (for the length of pauses)
            limits=self._limits,
            counts=CallLog(),
            transport=asgi_transport(self.network),
            read_only=read_only,
        )
        http = await self._opened.enter_async_context(client)
        name = f"client-{next(self._clients)}"
        context = Context(client=name, language=self.case.language, now=self.clock.now)
        return self.case.plugin.build(self.case.settings, http, context)

    async def close(self) -> None:
        """Ends all runs that were begun."""
        await self._opened.aclose()

    def calls_since(self, mark: int) -> list[Exchange]:
        """Returns the calls that went out after the first `mark` of them."""
        return self.network.calls[mark:]

    @property
    def mark(self) -> int:
        """How many calls went out so far."""
        return len(self.network.calls)

    @property
    def more_than_two_pages(self) -> int:
        """So many records that the last one stands alone on the third page."""
        return 2 * self.case.driver.page_size + 1


class SourceLab(Lab[Source]):
    """A source and the fake of its shop."""

    def __init__(self, case: SourceCase, tables: Tables) -> None:
        super().__init__(case, tables)
        self.shop = case.shop


class TargetLab(Lab[Target]):
    """A target and the fake of its warehouse."""

    def __init__(self, case: TargetCase, tables: Tables) -> None:
        super().__init__(case, tables)
        self.warehouse = case.warehouse


async def all_of(pages: AsyncIterator[Page[R]]) -> list[R]:
    """Reads a list to its end and returns its records."""
    return [record async for page in pages for record in page.records]
