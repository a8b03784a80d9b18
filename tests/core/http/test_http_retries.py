import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from starlette.responses import Response

from connector.calls import Answer, Endpoint, Limit
from connector.errors import (
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Interrupted,
    LimitReached,
    OutcomeUnknown,
    RecordRefused,
    TransientError,
    UnusableAnswer,
)
from connector.http import RetryPolicy
from tests.core.http.world import READ, REPEATABLE_WRITE, WRITE, Products, World, says

ORDER = {"path": {"id": 7}}


@pytest.mark.parametrize(
    "fault",
    [
        says(500),
        says(503),
        says(408),
        TimeoutError(),  # no answer in time
        ConnectionResetError(),  # broken off, it may have arrived
        ConnectionRefusedError(),  # nothing was sent
        says(429),
        says(419),
    ],
)
@pytest.mark.parametrize("endpoint", [READ, REPEATABLE_WRITE])
def test_R3_a_passing_fault_of_a_call_that_may_be_repeated_is_repeated(
    fault: Response | Exception, endpoint: Endpoint
) -> None:
    world = World(fault, fault, says())
    assert asyncio.run(world.call(endpoint, Products, **ORDER)) == Products([])
    assert world.counts.counts == {f"shop {endpoint}": 3}


@pytest.mark.parametrize("fault", [says(500), says(408), TimeoutError(), ConnectionResetError()])
def test_R3_a_write_whose_outcome_is_unknown_is_not_repeated(fault: Response | Exception) -> None:
    world = World(fault, says())
    with pytest.raises(OutcomeUnknown, match=r"shop POST /orders.*nobody knows whether it took effect"):
        asyncio.run(world.call(WRITE, Products, body={}))
    assert world.counts.total == 1


@pytest.mark.parametrize("fault", [says(429), says(419), ConnectionRefusedError()])
def test_R3_a_write_that_was_certainly_not_handled_is_repeated(fault: Response | Exception) -> None:
    world = World(fault, says())
    assert asyncio.run(world.call(WRITE, Products, body={})) == Products([])
    assert world.counts.total == 2


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (400, CallRefused, "shop refused GET /products with 400: too old"),
        (404, CallRefused, "shop refused GET /products with 404: too old"),
        (422, CallRefused, "shop refused GET /products with 422: too old"),
        (
            401,
            AuthenticationError,
            "shop does not accept the credentials: GET /products was answered with 401",
        ),
        (
            403,
            AuthenticationError,
            "shop does not accept the credentials: GET /products was answered with 403",
        ),
    ],
)
def test_R3_a_permanent_refusal_is_never_repeated(
    status: int, error: type[ConnectorError], message: str
) -> None:
    world = World(says(status, {"ErrorMessage": "too old"}), says())
    with pytest.raises(error, match=message):
        asyncio.run(world.call(READ, Products))
    assert world.counts.total == 1


def test_R3_a_service_that_stays_down_gets_four_attempts_with_growing_pauses() -> None:
    world = World(says(503))
    with pytest.raises(TransientError, match="shop GET /products was answered with 503"):
        asyncio.run(world.call(READ, Products))
    pauses = [later.at - earlier.at for earlier, later in pairwise(world.seen)]
    assert [0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses)] == [True] * 3


def test_R2_a_limit_without_a_word_on_its_length_is_waited_out_for_a_minute() -> None:
    world = World(says(429))
    with pytest.raises(LimitReached, match=r"limit of calls is reached \(status 429\)"):
        asyncio.run(world.call(WRITE, Products))
    assert world.clock.monotonic() > 60
    assert world.counts.total == 8


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        ("1.5", 1.5),  # no standard, but seen
        ("Mon, 02 Mar 2026 12:00:09 GMT", 9),
    ],
)
def test_R2_a_limit_is_waited_out_for_as_long_as_the_service_says(value: str, seconds: float) -> None:
    world = World(says(429, Retry_After=value), says())
    asyncio.run(world.call(WRITE, Products))
    assert world.clock.monotonic() == pytest.approx(seconds, abs=0.001)


def test_R2_a_limit_for_longer_than_a_minute_is_left_to_the_next_run() -> None:
    world = World(says(429, Retry_After="3600"), says())

    async def script() -> None:
        async with world.client() as client:
            with pytest.raises(LimitReached, match="wants a pause of 3600 s") as caught:
                await client.call(READ, Products)
            assert caught.value.seconds == 3600
            with pytest.raises(
                LimitReached, match=r"wants a pause of another 3600 s, .* left to the next run"
            ):
                await client.call(READ, Products)

    asyncio.run(script())
    assert world.counts.total == 1
    assert world.clock.monotonic() == 0


def test_R2_a_limit_pauses_the_endpoint_for_all_clients_of_the_account() -> None:
    world = World(says(429, Retry_After="20"), says())

    async def script() -> None:
        async with world.client() as first, world.client() as second:
            refused = asyncio.create_task(first.call(READ, Products))
            await world.clock.sleep(1)
            await second.call(WRITE, Products)  # another endpoint is free
            assert world.clock.monotonic() < 20
            await second.call(READ, Products)
            assert world.clock.monotonic() >= 20
            await refused

    asyncio.run(script())
    assert world.counts.counts == {"shop GET /products": 3, "shop POST /orders": 1}


def test_R2_a_pause_that_the_service_asks_for_beforehand_holds_for_all_its_endpoints() -> None:
    def pause(answer: Answer) -> float | None:
        return 30.0 if answer.headers.get("x-limit-remaining") == "0" else None

    world = World(says(x_limit_remaining="0"), says(), pause=pause)

    async def script() -> None:
        async with world.client() as client:
            await client.call(READ, Products)
            await client.call(WRITE, Products)

    asyncio.run(script())
    assert [seen.at for seen in world.seen] == [0, pytest.approx(30, abs=0.001)]


def test_a_run_waits_no_longer_than_its_budget_of_pauses() -> None:
    world = World(says(503, Retry_After="50"))

    async def script() -> None:
        async with world.client(policy=RetryPolicy(total_pause=120)) as client:
            for _ in range(10):
                with pytest.raises(TransientError, match="503"):
                    await client.call(READ, Products)

    asyncio.run(script())
    assert world.clock.monotonic() == pytest.approx(100)
    assert world.counts.total == 12


def test_a_run_without_budget_no_longer_waits_for_a_pause_of_the_endpoint() -> None:
    world = World(says(429, Retry_After="50"))

    async def script() -> None:
        async with world.client(policy=RetryPolicy(total_pause=60)) as client:
            with pytest.raises(LimitReached, match="limit of calls is reached"):
                await client.call(READ, Products)
            with pytest.raises(LimitReached, match="another 50 s, which is left to the next run"):
                await client.call(READ, Products)

    asyncio.run(script())
    assert world.clock.monotonic() == 50
    assert world.counts.total == 2


def test_R2_a_new_refusal_after_an_accepted_call_gets_a_short_pause_again() -> None:
    world = World(says(429), says(429), says(429), says(), says(429), says())

    async def script() -> float:
        async with world.client() as client:
            await client.call(READ, Products)
            before = world.clock.monotonic()
            await client.call(READ, Products)
            return world.clock.monotonic() - before

    assert asyncio.run(script()) <= 1


def test_R2_a_call_that_was_never_sent_takes_no_room() -> None:
    world = World(ConnectionRefusedError(), says(), limit=Limit(1, 60.0))
    asyncio.run(world.call(WRITE, Products))
    assert world.clock.monotonic() <= 1


def body_says(code: int, error: ConnectorError) -> Callable[[Answer], ConnectorError | None]:
    def verdict(answer: Answer) -> ConnectorError | None:
        return error if f'"status": {code}'.encode() in answer.body else None

    return verdict


def test_R2_a_limit_that_only_the_body_tells_is_waited_out() -> None:
    verdict = body_says(419, LimitReached("limit", 5))
    world = World(says(body={"status": 419}), says(), verdict=verdict)
    asyncio.run(world.call(WRITE, Products))
    assert world.clock.monotonic() == pytest.approx(5, abs=0.001)


def test_R3_a_write_is_not_repeated_when_only_the_body_tells_of_a_passing_fault() -> None:
    world = World(says(body={"status": 500}), verdict=body_says(500, TransientError("busy")))
    with pytest.raises(OutcomeUnknown, match="busy; nobody knows"):
        asyncio.run(world.call(WRITE, Products))
    assert world.counts.total == 1


def test_R3_a_refusal_that_only_the_body_tells_is_final() -> None:
    world = World(says(body={"status": 404}), verdict=body_says(404, RecordRefused("product_unknown")))
    with pytest.raises(RecordRefused, match="product_unknown"):
        asyncio.run(world.call(READ, Products))
    assert world.counts.total == 1


def test_R4_an_unreadable_answer_to_a_read_is_asked_for_once_more() -> None:
    world = World(says(body="<html><title>Wartung</title>"))
    with pytest.raises(UnusableAnswer, match="got an HTML page titled 'Wartung'"):
        asyncio.run(world.call(READ, Products))
    assert world.counts.total == 2


def test_R4_an_unreadable_answer_to_a_write_leaves_its_outcome_unknown() -> None:
    world = World(says(201, '{"Data": [1, 2'))
    with pytest.raises(OutcomeUnknown, match=r"answered with 201.*cut off.*nobody knows"):
        asyncio.run(world.call(WRITE, Products))
    assert world.counts.total == 1


def test_R5_the_wish_to_end_breaks_a_pause() -> None:
    world = World(says(429, Retry_After="50"))

    async def script() -> None:
        async with world.client() as client:
            calls = [asyncio.create_task(client.call(READ, Products)) for _ in range(3)]
            await world.clock.sleep(1)
            world.stop.request()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(result) for result in results] == [Interrupted] * 3

    asyncio.run(script())
    assert world.clock.monotonic() == 1


def test_nothing_goes_out_once_the_check_fails() -> None:
    world = World(says(503), says())
    checks = iter([None, None, RuntimeError("the lease is lost")])  # before a call, and before it is sent

    def check() -> None:
        if (error := next(checks)) is not None:
            raise error

    async def script() -> None:
        async with world.client(check=check) as client:
            await client.call(READ, Products)

    with pytest.raises(RuntimeError, match="the lease is lost"):
        asyncio.run(script())
    assert world.counts.total == len(world.seen) == 1
