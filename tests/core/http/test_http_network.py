"""Real connections: what is asked before bytes leave, TLS, proxies, and connections that the service has closed."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import trustme

from connector.calls import Endpoint
from connector.clock import SystemClock
from connector.errors import ClientHeld, OutcomeUnknown, TransientError
from connector.http import HttpClient, Limits, RetryPolicy
from connector.http.network import guard
from connector.http.wire import shared_ssl_context
from tests.core.http.world import READ, WRITE, Products, World, service

ONCE = RetryPolicy(attempts=1, unreadable_attempts=1)
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"Data": [1]}'

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def listening(answer: Answering, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serves on a free port of this computer and yields the port."""
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls) as server:  # type: ignore[arg-type]
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def client_of(base_url: str, check: Callable[[], None] = lambda: None) -> AsyncIterator[HttpClient]:
    clock = SystemClock()
    means = {"clock": clock, "limits": Limits(clock), "transport": None, "policy": ONCE, "check": check}
    async with World().client(service=service(base_url=base_url, limit=None), **means) as client:
        yield client


async def answers_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers one request, and closes the connection without a word of it."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


def test_nothing_happens_between_the_last_question_and_the_moment_in_which_a_request_leaves() -> None:
    """A process may be suspended for hours wherever its loop looks around."""
    assert asyncio.run(_arrived_at_the_next_turn()).startswith(b"GET /products HTTP/1.1\r\n")


async def _arrived_at_the_next_turn() -> bytes:
    """Returns what the service has received when the loop looks around for the first time after the last question."""
    questions = iter(["before the call", "there is a connection", "something leaves"])
    arrived = asyncio.get_running_loop().create_future()
    with socket.create_server(("127.0.0.1", 0)) as taken:

        def look() -> None:
            with taken.accept()[0] as peer:
                peer.setblocking(False)
                try:
                    arrived.set_result(peer.recv(1024))
                except BlockingIOError:
                    arrived.set_result(b"nothing yet")

        def check() -> None:
            if next(questions) == "something leaves":
                asyncio.get_running_loop().call_soon(look)

        async with client_of(f"http://127.0.0.1:{taken.getsockname()[1]}", check) as client:
            with pytest.raises(TransientError):  # the service hangs up
                await client.call(READ, Products)
    return bytes(await arrived)


@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_a_write_whose_client_is_lost_on_the_way_never_arrives_whole(allowed: int) -> None:
    """Whatever the question is at which the lease is lost: before the call, at the headers, at the body."""
    received: list[bytes] = []
    asked = iter([None] * allowed)

    def check() -> None:
        if next(asked, "lost") == "lost":
            raise ClientHeld("the lease is lost")

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read())
        writer.close()

    async def script() -> None:
        async with listening(keep) as port, client_of(f"http://127.0.0.1:{port}", check) as client:
            await client.call(WRITE, Products, body={"name": "Cup"})

    with pytest.raises(ClientHeld, match="the lease is lost"):
        asyncio.run(script())
    assert b"Cup" not in b"".join(received)


def test_a_connection_that_the_service_has_closed_meanwhile_is_not_used_again() -> None:
    async def script() -> list[Products]:
        async with listening(answers_once) as port, client_of(f"http://127.0.0.1:{port}") as client:
            return [await client.call(READ, Products) for _ in range(3)]

    assert asyncio.run(script()) == [Products([1])] * 3


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    """A service that answers twice, or a proxy that mixes its answers up."""
    stale = ANSWER.replace(b"[1]", b"[9]")

    async def script() -> list[Products]:
        is_idle, is_sent = asyncio.Event(), asyncio.Event()

        async def answers_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            await is_idle.wait()
            writer.write(stale)
            is_sent.set()
            await reader.read()
            writer.close()

        async with listening(answers_twice) as port, client_of(f"http://127.0.0.1:{port}") as client:
            first = await client.call(READ, Products)
            is_idle.set()
            await is_sent.wait()
            await asyncio.sleep(0)  # the loop reads what has come
            return [first, await client.call(READ, Products)]

    assert asyncio.run(script()) == [Products([1])] * 2


def test_a_request_that_is_given_up_is_not_sent_to_its_end() -> None:
    received: list[int] = []

    async def script() -> None:
        has_begun, may_go_on, has_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def is_slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            has_begun.set()
            await may_go_on.wait()
            received.append(len(await reader.read()))
            writer.close()
            has_ended.set()

        async with listening(is_slow) as port, client_of(f"http://127.0.0.1:{port}") as client:
            calling = asyncio.create_task(client.call(WRITE, Products, body="x" * 50_000_000))
            await has_begun.wait()
            calling.cancel()
            await asyncio.wait([calling])
            may_go_on.set()
            await has_ended.wait()

    asyncio.run(script())
    assert received[0] < 50_000_000


def large(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> object:
    """Answers what it is sent, as the only entry of a list, as often as it is asked."""

    async def serve() -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            body = b'{"Data": [%s]}' % await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()

    return serve()


async def _echoed(tls: ssl.SSLContext) -> list[object]:
    numbers = list(range(500_000))  # some megabytes, which arrive in many pieces
    async with (
        listening(large, tls) as port,
        client_of(f"https://localhost:{port}") as client,
    ):
        echo = Endpoint("POST", "/echo", repeatable=True)
        found = [await client.call(echo, dict[str, list[list[int]]], body=numbers) for _ in range(2)]
        return [each["Data"] == [numbers] for each in found]


def test_large_bodies_go_both_ways_through_tls_and_the_connection_is_used_again() -> None:
    authority = trustme.CA()
    authority.configure_trust(shared_ssl_context())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    assert asyncio.run(_echoed(tls)) == [True, True]


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_a_service_whose_certificate_is_not_its_own_is_sent_nothing(name: str) -> None:
    """One that nobody vouches for, and one for another host."""
    authority = trustme.CA()
    if name != "localhost":
        authority.configure_trust(shared_ssl_context())
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(tls)
    with pytest.raises(TransientError, match=r"could not be sent: .*certificate verify failed") as caught:
        asyncio.run(_echoed(tls))
    assert not isinstance(caught.value, OutcomeUnknown)


def test_what_goes_through_a_proxy_is_asked_for_too() -> None:
    asked: list[str] = []

    async def script() -> int:
        async with (
            listening(answers_once) as port,
            httpx.AsyncClient(proxy=f"http://127.0.0.1:{port}") as client,
        ):
            guard(client, lambda: asked.append("may this leave?"))
            return (await client.get("http://shop.example/products")).status_code

    assert asyncio.run(script()) == 200
    assert asked
