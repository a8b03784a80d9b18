import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.calls import Endpoint, Http, Limit
from connector.clock import SystemClock
from connector.errors import CallRefused, ClientHeld, OutcomeUnknown, TransientError, UnusableAnswer
from connector.http import HttpClient, Limits, RetryPolicy
from connector.http.wire import LARGEST_BODY
from connector.secret import Secret
from tests.core.http.world import PASSWORD, READ, TOKEN, WRITE, Products, World, says, service

ONCE = RetryPolicy(attempts=1, unreadable_attempts=1)


@asynccontextmanager
async def real_client(port: int, **options: Any) -> AsyncIterator[HttpClient]:
    clock = SystemClock()
    limit = options.pop("limit", None)
    means = {"clock": clock, "limits": Limits(clock), "transport": None, "policy": ONCE}
    real = service(base_url=f"http://127.0.0.1:{port}", limit=limit)
    async with World().client(service=real, **(means | options)) as client:
        yield client


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    """Runs an application on a free port of this computer and yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await task


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[int]:
    """Gives the same bytes to everybody, whatever they are, and hangs up."""

    async def hang_up_after(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hang_up_after, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def test_nothing_is_sent_where_the_check_fails_while_the_connection_is_made() -> None:
    world = World()
    checks = iter([None, ClientHeld("the lease is lost")])

    def check() -> None:
        if (error := next(checks)) is not None:
            raise error

    async def script() -> None:
        async with serving(world.app) as port, real_client(port, check=check) as client:
            await client.call(READ, Products)

    with pytest.raises(ClientHeld, match="the lease is lost"):
        asyncio.run(script())
    assert not world.seen


def test_R2_over_a_real_connection_a_slot_counts_from_the_sending_not_from_the_answer() -> None:
    world = World()

    async def script() -> None:
        both_there = asyncio.Barrier(2)

        async def answers_two_at_a_time(scope: Scope, receive: Receive, send: Send) -> None:
            await both_there.wait()
            await says()(scope, receive, send)

        async with (
            serving(answers_two_at_a_time) as port,
            real_client(port, limit=Limit(1, 0.01), counts=world.counts) as client,
        ):
            await asyncio.gather(*(client.call(READ, Products) for _ in range(6)))

    asyncio.run(script())
    assert world.counts.counts == {"shop GET /products": 6}


def test_a_compressed_answer_is_unpacked() -> None:
    async def compressed(scope: Scope, receive: Receive, send: Send) -> None:
        assert b"gzip" in dict(scope["headers"])[b"accept-encoding"]
        await says(body=gzip.compress(b'{"Data": [1]}'), Content_Encoding="gzip")(scope, receive, send)

    async def script() -> Products:
        async with serving(compressed) as port, real_client(port) as client:
            return await client.call(READ, Products)

    assert asyncio.run(script()) == Products([1])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "the connection broke before the whole answer was there"),  # hung up without a word
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "the connection broke"),  # body cut off
        (b"SSH-2.0-OpenSSH_9\r\n", "the connection broke"),  # somebody else listens there
    ],
)
@pytest.mark.parametrize(("endpoint", "error"), [(READ, TransientError), (WRITE, OutcomeUnknown)])
def test_R3_a_connection_that_breaks_leaves_the_outcome_of_a_write_unknown(
    answer: bytes, message: str, endpoint: Endpoint, error: type[TransientError]
) -> None:
    async def script() -> None:
        async with raw_server(answer) as port, real_client(port) as client:
            await client.call(endpoint, Products)

    with pytest.raises(error, match=f"shop {endpoint}: {message}"):
        asyncio.run(script())


def test_R3_a_service_that_nobody_runs_is_a_passing_fault_even_for_a_write() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def script() -> None:
        async with real_client(port) as client:
            await client.call(WRITE, Products)

    with pytest.raises(TransientError, match="shop POST /orders could not be sent: ") as caught:
        asyncio.run(script())
    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (f"https://user:{PASSWORD}@elsewhere.example.com/a?b=c", "the host elsewhere.example.com"),
        ("/login", "another address of the same host"),
        ("https://[bad", "another address of the same host"),
    ],
)
def test_a_redirect_is_not_followed_and_only_its_host_is_named(location: str, target: str) -> None:
    world = World(RedirectResponse(location), says())
    with pytest.raises(
        CallRefused, match=f"with 307: it redirects to {target}, where credentials are not"
    ) as c:
        asyncio.run(world.call(WRITE, Products))
    assert PASSWORD not in str(c.value)
    assert len(world.seen) == 1


def test_R4_an_answer_that_is_too_long_is_not_read_to_its_end() -> None:
    bomb = gzip.compress(b" " * (LARGEST_BODY + 1))
    world = World(says(body=bomb, Content_Encoding="gzip"))
    with pytest.raises(UnusableAnswer, match="shop GET /products: the answer is longer than 67108864 bytes"):
        asyncio.run(world.call(READ, Products))


def test_R4_an_answer_that_can_not_be_unpacked_is_unusable() -> None:
    world = World(says(body=b"no gzip", Content_Encoding="gzip"))
    with pytest.raises(UnusableAnswer, match="shop GET /products: the answer can't be unpacked"):
        asyncio.run(world.call(READ, Products))


def test_what_is_sent_is_what_the_plugin_said() -> None:
    world = World(basic_auth=("erika", Secret(PASSWORD)), headers={"X-Api-Key": Secret(TOKEN)})
    query = [("tag", "a b"), ("tag", "ü"), ("page", 2), ("all", True)]
    endpoint = Endpoint("PUT", "/orders/{id}/tags")
    asyncio.run(world.call(endpoint, Products, path={"id": 7}, query=query, body={"Tags": ["x"]}))
    (seen,) = world.seen
    assert (seen.method, seen.path, seen.body) == ("PUT", "/api/v1/orders/7/tags", b'{"Tags":["x"]}')
    assert seen.query == "tag=a+b&tag=%C3%BC&page=2&all=true"
    assert seen.headers["content-type"] == seen.headers["accept"] == "application/json"
    assert seen.headers["x-api-key"] == TOKEN
    assert seen.headers["authorization"].startswith("Basic ")


def test_a_call_may_have_headers_of_its_own() -> None:
    world = World(headers={"X-Api-Key": Secret(TOKEN), "X-Shop": "de"})
    own = {"X-Shop": "at", "X-Session": Secret(PASSWORD)}
    asyncio.run(world.call(READ, Products, headers=own))
    asyncio.run(world.call(READ, Products))
    sent = [
        {name: seen.headers.get(name) for name in ("x-api-key", "x-shop", "x-session")} for seen in world.seen
    ]
    assert sent == [
        {"x-api-key": TOKEN, "x-shop": "at", "x-session": PASSWORD},
        {"x-api-key": TOKEN, "x-shop": "de", "x-session": None},
    ]


def test_a_call_without_a_body_sends_none() -> None:
    world = World()
    asyncio.run(world.call(WRITE, Products))
    assert world.seen[0].body == b""
    assert "content-type" not in world.seen[0].headers


def test_the_client_is_what_plugins_expect() -> None:
    http: Http = World().client()
    assert callable(http.call)
