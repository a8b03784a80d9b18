"""Connections on asyncio's own streams, which ask whether anything may leave in the very moment in which it leaves.

httpx brings its network from httpcore, which takes another implementation of `AsyncNetworkBackend`. Its usual one
lets the event loop look around between the last question and the write; a process that is suspended just then sends
when it wakes, hours later, in the name of a client that somebody else has by now. The only module that knows httpcore.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpcore
import httpx

Check = Callable[[], None]

_PIECE: Final = 64 * 1024
"""Bytes that are handed over at once: it is asked before each piece, and the next one waits until it has left."""

_BUFFER: Final = 256 * 1024
"""Bytes that are read ahead of whoever takes them; twice as many pause the service."""

_NEXT_ADDRESS_S: Final = 0.25
"""Seconds after which the host's next address is tried beside one that does not answer (RFC 8305)."""


def guard(client: httpx.AsyncClient, check: Check) -> None:
    """Lets all connections of a client, those through a proxy included, call `check` before each piece of a request."""
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            transport._pool._network_backend = _Network(check)


class _Network(httpcore.AsyncNetworkBackend):
    def __init__(self, check: Check) -> None:
        self._check = check

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        with _named(httpcore.ConnectTimeout, httpcore.ConnectError):
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(
                    host,
                    port,
                    limit=_BUFFER,
                    happy_eyeballs_delay=_NEXT_ADDRESS_S,
                    local_addr=(local_address, 0) if local_address else None,
                )
        for option in socket_options or ():
            writer.get_extra_info("socket").setsockopt(*option)
        return _Stream(reader, writer, self._check)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, check: Check) -> None:
        self._reader = reader
        self._writer = writer
        self._check = check
        self._keep_nothing_back()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _named(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        with _named(httpcore.WriteTimeout, httpcore.WriteError):
            async with asyncio.timeout(timeout):
                for start in range(0, len(buffer), _PIECE):
                    piece = buffer[start : start + _PIECE]
                    # Nothing may come between these two lines.
                    self._check()
                    self._writer.write(piece)
                    await self._writer.drain()

    async def aclose(self) -> None:
        """Closes the connection at once: what has not left by now belongs to a request that was given up."""
        self._writer.transport.abort()

    def _keep_nothing_back(self) -> None:
        """Lets `drain` wait until all of a piece has left, so that none leaves later, when nobody asks any more.

        With 0 as the most that may wait, asyncio's TLS would wait for ever.
        """
        self._writer.transport.set_write_buffer_limits(high=1, low=0)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            with _named(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._writer.transport.abort()
            raise
        self._keep_nothing_back()
        return self

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "is_readable":
                # An idle connection is: closed by the service, or with an answer that nobody asked for.
                return self._writer.is_closing() or self._has_received() or self._has_input()
            case "client_addr":
                return self._writer.get_extra_info("sockname")
            case "server_addr":
                return self._writer.get_extra_info("peername")
            case _:
                return self._writer.get_extra_info(info)

    def _has_received(self) -> bool:
        """Tells whether the stream holds bytes that nobody has taken; it has no public way to say so."""
        return self._reader.at_eof() or bool(getattr(self._reader, "_buffer", True))

    def _has_input(self) -> bool:
        """Tells whether the loop will find bytes, or the end, when it looks at the socket again."""
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))


@contextmanager
def _named(late: type[Exception], broken: type[Exception]) -> Iterator[None]:
    """Names errors as httpcore does."""
    try:
        yield
    except TimeoutError as error:
        raise late(error) from error
    except OSError as error:
        raise broken(error) from error
