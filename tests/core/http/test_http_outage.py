"""A service that is out of order is left alone; an answer that never ends is given up."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connector.calls import Endpoint
from connector.clock import Clock, within
from connector.errors import CallRefused, OutcomeUnknown, ServiceDown, TransientError, UnusableAnswer
from connector.http.wire import LONGEST_CALL_S
from connector.testing.clock import FakeClock
from tests.core.http.world import READ, REPEATABLE_WRITE, WRITE, Products, World, says

ORDERS = Endpoint("GET", "/orders")
REFUSED = ConnectionRefusedError("All connection attempts failed")


def errors(world: World, *endpoints: Endpoint) -> list[type[Exception]]:
    """Calls one endpoint after the other through one client; returns what each call met."""

    async def script() -> list[type[Exception]]:
        met: list[type[Exception]] = []
        async with world.client() as client:
            for endpoint in endpoints:
                try:
                    await client.call(endpoint, Products, path={"id": 1})
                except (TransientError, CallRefused) as error:
                    met.append(type(error))
        return met

    return asyncio.run(script())


def test_R3_after_one_call_that_could_not_be_sent_nothing_more_is_sent() -> None:
    world = World(REFUSED)
    assert errors(world, READ, ORDERS, WRITE, READ) == [ServiceDown] * 4
    assert world.counts.counts == {"shop GET /products": 4}  # the first call's attempts


def test_R3_what_is_said_names_the_service_and_why() -> None:
    world = World(REFUSED)
    with pytest.raises(
        ServiceDown, match=r"^shop is left alone .* GET /products could not be sent"
    ) as caught:
        asyncio.run(world.call(READ, Products))
    assert caught.value.service == "shop"


def test_R3_two_endpoints_that_fail_one_after_the_other_are_a_service_that_is_down() -> None:
    world = World(says(503))
    assert errors(world, READ, ORDERS, REPEATABLE_WRITE) == [TransientError, ServiceDown, ServiceDown]
    assert world.counts.total == 8


def test_R3_one_broken_endpoint_by_itself_does_not_close_the_others() -> None:
    world = World(says(500))
    assert errors(world, READ, READ, READ) == [TransientError] * 3


@pytest.mark.parametrize(("between", "met"), [(says(), []), (says(404), [CallRefused])])
def test_R3_any_other_answer_in_between_shows_that_the_service_works(
    between: Response, met: list[type[Exception]]
) -> None:
    world = World(*[says(500)] * 4, between, says(500))
    assert errors(world, READ, READ, ORDERS) == [TransientError, *met, TransientError]


def test_R4_answers_that_can_not_be_read_do_not_mean_that_the_service_is_down() -> None:
    world = World(says(200, "<html><title>Maintenance</title>"))
    assert errors(world, READ, ORDERS, READ) == [UnusableAnswer] * 3


def test_R3_a_write_of_unknown_outcome_stays_one_although_the_service_is_down() -> None:
    world = World(says(503))
    assert errors(world, READ, WRITE, ORDERS, WRITE) == [
        TransientError,
        OutcomeUnknown,
        ServiceDown,
        ServiceDown,
    ]


def test_each_fault_names_the_service_that_it_comes_from() -> None:
    with pytest.raises(TransientError, match="answered with 500") as caught:
        asyncio.run(World(says(500)).call(READ, Products))
    assert caught.value.service == "shop"


class Dripping(World):
    """Sends an answer so slowly that it takes an hour, with a byte every few seconds."""

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.clock.sleep(3600)
        await says()(scope, receive, send)


def test_R3_an_answer_that_takes_too_long_in_all_is_given_up() -> None:
    world = Dripping()
    with pytest.raises(UnusableAnswer, match="the whole answer was not there within 300 s"):
        asyncio.run(world.call(READ, Products))
    assert world.clock.monotonic() < 2 * LONGEST_CALL_S + 5  # two attempts and a pause


async def _after(clock: Clock, seconds: float) -> str:
    await clock.sleep(seconds)
    return "done"


@pytest.mark.parametrize(("seconds", "fits"), [(5, True), (15, False)])
def test_work_that_fits_brings_its_result_and_work_that_does_not_is_cancelled(
    seconds: float, fits: bool
) -> None:
    async def script() -> str:
        clock = FakeClock()
        try:
            return await within(clock, 10, _after(clock, seconds))
        except TimeoutError:
            return f"given up after {clock.monotonic():.0f} s"

    assert asyncio.run(script()) == ("done" if fits else "given up after 10 s")
