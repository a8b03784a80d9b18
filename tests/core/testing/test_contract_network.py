"""The network of the contract tests: it notes every call, breaks those that it is told to, and watches what is done."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connector.api import AuthenticationError, TransientError
from connector.testing.cases import SourceCase
from connector.testing.contract.source_tables import SOURCE
from connector.testing.faults import LOST_AFTER, NO_CONNECTION, UNAUTHORIZED, UNAVAILABLE
from connector.testing.guard import Guard, Noticed, WatchedLoop, guarded
from connector.testing.lab import SourceLab, all_of
from tests.core.testing.small_shop import SmallShop, small_case


def in_lab(use: Callable[[SourceLab], Awaitable[None]]) -> SourceLab:
    """Tries something in a lab with the small shop."""
    lab = SourceLab(small_case(), SOURCE)

    async def inside() -> None:
        await use(lab)
        await lab.close()

    asyncio.run(inside())
    return lab


async def read(lab: SourceLab) -> None:
    await all_of((await lab.start()).products())


def test_every_call_is_noted() -> None:
    (call,) = in_lab(read).network.calls
    assert (call.method, call.url, call.status) == ("GET", "/products?after=", 200)
    assert str(call) == "  1 GET /products?after= -> 200"


def test_a_fault_happens_to_the_call_that_was_named() -> None:
    async def use(lab: SourceLab) -> None:
        lab.network.fail(UNAVAILABLE, at=2, times=1)
        for _ in range(2):
            await read(lab)

    assert [call.status for call in in_lab(use).network.calls] == [200, 503, 200]


def test_a_fault_goes_on_until_it_is_mended() -> None:
    async def use(lab: SourceLab) -> None:
        lab.network.fail(NO_CONNECTION)
        with pytest.raises(TransientError):
            await read(lab)
        lab.network.heal()
        await read(lab)

    assert [call.status for call in in_lab(use).network.calls][-2:] == [None, 200]


def test_a_call_whose_answer_is_lost_has_taken_effect() -> None:
    async def use(lab: SourceLab) -> None:
        source = await lab.start()
        world = await SOURCE.furnish(lab)
        (order,) = await all_of(source.orders())
        lab.network.fail(LOST_AFTER, times=1)
        await source.order_received(order)
        assert lab.shop.order(world.order_id).is_received

    assert "took effect, but the connection broke" in in_lab(use).network.calls[-2].fault


def test_wrong_credentials_are_told_at_once() -> None:
    async def use(lab: SourceLab) -> None:
        lab.network.fail(UNAUTHORIZED)
        with pytest.raises(AuthenticationError):
            await read(lab)

    assert len(in_lab(use).network.calls) == 1


def test_a_fake_that_does_not_accept_the_settings_is_found_out() -> None:
    case = small_case()
    other = SourceCase(case.plugin, case.settings, SmallShop("another-token"), clock=case.clock)

    async def use() -> None:
        lab = SourceLab(other, SOURCE)
        with pytest.raises(AuthenticationError, match="who are you"):
            await read(lab)
        await lab.close()

    asyncio.run(use())


# -- the guard -------------------------------------------------------------------------------------


def watched(work: Callable[[], Any]) -> Guard:
    """Does something under the eyes of the guard."""

    loop = WatchedLoop()

    async def inside() -> Guard:
        loop.hurried = True
        with guarded() as guard:
            try:
                found = work()
                if asyncio.iscoroutine(found):
                    await found
            except Noticed:
                pass
        loop.hurried = False
        return guard

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(inside())


@pytest.mark.parametrize(
    ("work", "noticed", "place"),
    [
        (lambda: time.sleep(60), "blocks the event loop with time.sleep", "test_contract_network.py"),
        (lambda: socket.create_connection(("192.0.2.1", 9)), "looks up a host", "test_contract_network.py"),
        (lambda: asyncio.sleep(60), "waits by itself", "test_contract_network.py"),
        (lambda: asyncio.to_thread(socket.getaddrinfo, "shop.example.com", 443), "looks up", "in a thread"),
    ],
)
def test_the_guard_stops_what_a_plugin_must_not_do(work: Callable[[], Any], noticed: str, place: str) -> None:
    (seen,) = watched(work).seen
    assert noticed in seen
    assert place in seen


def test_the_guard_lets_everything_else_pass() -> None:
    assert watched(lambda: asyncio.sleep(0)).seen == []


def test_nothing_is_noticed_once_the_guard_is_off() -> None:
    guard = watched(lambda: None)
    time.sleep(0)
    socket.getaddrinfo("127.0.0.1", 9)
    assert guard.seen == []
