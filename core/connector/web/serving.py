"""Offers the page over HTTP, in the event loop of who calls, until the stop is requested."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from connector.clock import Stop
from connector.errors import ConfigurationError
from connector.web.terms import Address

log: Final = logging.getLogger("connector.web")

MOST_CONNECTIONS: Final = 100
_BACKLOG: Final = 128
_KEEP_ALIVE_S: Final = 10
_GRACE_S: Final = 2


class WebServer:
    """Listens from the moment it is made; raises ConfigurationError where that is not possible."""

    def __init__(self, app: ASGIApp, address: Address) -> None:
        self._address = address
        self._socket = _listening(address)
        # what clients of the page do wrong is no matter of ours; a bug still has its traceback
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        self._server = _Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        port = self._socket.getsockname()[1]
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        return f"http://{host}:{port}/"

    async def serve(self, stop: Stop) -> None:
        """Answers until the stop is requested; never raises for what happens to the server."""
        ending = asyncio.create_task(self._end_at(stop))
        try:
            await self._server.serve(sockets=[self._socket])
        except Exception:  # runs go on without the page
            log.exception("the web page ended with a bug; start connector again to have it back")
        finally:
            ending.cancel()
            with suppress(asyncio.CancelledError):
                await ending
            self._socket.close()

    async def _end_at(self, stop: Stop) -> None:
        await stop.wait()
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves the signals to the command that runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(address: Address) -> socket.socket:
    try:
        family, kind, protocol, _, name = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(name)
            listening.listen(_BACKLOG)
        except BaseException:
            listening.close()
            raise
    except OSError as error:
        raise ConfigurationError(
            f"the web page can't be offered at {address.host}:{address.port}: {error.strerror or error}; choose "
            "another address, or port 0 for any free one"
        ) from error
    return listening
