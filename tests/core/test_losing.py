"""A run whose client another process takes over, and one that somebody else made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from connector.clock import SystemClock
from connector.engine import run_client
from connector.errors import ClientHeld, NotDue
from connector.http import Limits, asgi_transport
from connector.state import Hold, Loaded, StreamChanges, TinyStore, Turn
from tests.world import World


class LosingHold(Hold):
    """A client that another process takes over as soon as the run has begun."""

    epoch = 1

    def __init__(self, store: LosingStore) -> None:
        self._store = store
        self._lost = False

    async def load(self) -> Loaded:
        return Loaded(streams={})

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        self._store.written += 1

    def check(self) -> None:
        if self._lost:
            raise ClientHeld("client `acme` is no longer held by this run: another process has taken it over")

    async def renew(self) -> None:
        self.check()

    async def release(self, *, done: bool = True) -> None:
        self._store.released.append(done)

    def when_lost(self, end: Callable[[], object]) -> None:
        def lose() -> None:
            self._lost = True
            end()

        asyncio.get_running_loop().call_later(0.05, lose)


class LosingStore(TinyStore):
    def __init__(self, world: World) -> None:
        super().__init__(world.state_dir, world.clock)
        self.written = 0
        self.released: list[bool] = []

    async def _hold(self, client: str, turn: Turn | None) -> Hold:
        if turn is not None:
            raise NotDue("client `acme` is not due")
        return LosingHold(self)


def test_C3_a_run_that_loses_its_client_ends_at_once_also_in_the_middle_of_a_call(world: World) -> None:
    store, clock = (
        LosingStore(world),
        SystemClock(),
    )  # the world's own would let the longest call pass at once
    shared = replace(
        world.shared(),
        store=store,
        clock=clock,
        limits=Limits(clock),
        transport=lambda service: asgi_transport(never_answers),
    )
    report = asyncio.run(run_client(world.settings(), shared))
    assert "another process has taken it over" in report.failure
    assert store.written == 0
    assert len(store.released) == 1


async def never_answers(scope: object, receive: object, send: object) -> None:
    await asyncio.Event().wait()


def test_a_turn_that_somebody_else_took_is_no_failed_run(world: World) -> None:
    shared = replace(world.shared(), store=LosingStore(world))
    with pytest.raises(NotDue):
        asyncio.run(run_client(world.settings(), shared, turn=Turn(every_s=3600, offset_s=0)))
