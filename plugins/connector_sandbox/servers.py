"""Both services together, in memory or served on loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

import uvicorn
from starlette.applications import Starlette

from connector_sandbox.billbee.service import BillbeeService
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.control import build_app
from connector_sandbox.delivery import SandboxProtocol, Sleep
from connector_sandbox.wemalo.service import WemaloService
from connector_sandbox.wemalo.warehouse import Warehouse

HOST = "127.0.0.1"


@dataclass
class Sandbox:
    """A shop and a warehouse with one account each, and the two services that show them.

    The credentials are the fields below. `now` gives seconds since 1970 for dates and windows, `sleep`
    is used by slow answers only.
    """

    shop: Shop
    warehouse: Warehouse
    now: Callable[[], float] = time.time
    sleep: Sleep = asyncio.sleep
    username: str = "shop@example.com"
    api_password: str = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
    api_key: str = "sandbox-key"
    token: str = "sandbox-token"  # noqa: S105 - the same
    billbee: BillbeeService = field(init=False)
    wemalo: WemaloService = field(init=False)

    def __post_init__(self) -> None:
        self.billbee = BillbeeService(now=self.now, sleep=self.sleep)
        self.billbee.open_account(self.username, self.api_password, self.api_key, self.shop)
        self.wemalo = WemaloService(now=self.now, sleep=self.sleep)
        self.wemalo.open_account(self.token, self.warehouse)

    @classmethod
    def empty(cls, now: Callable[[], float] = time.time, sleep: Sleep = asyncio.sleep) -> Sandbox:
        """A sandbox without products and orders."""
        return cls(Shop(now=now), Warehouse(now=now), now, sleep)

    def billbee_app(self) -> Starlette:
        """Billbee as an ASGI app, for a test without sockets."""
        return build_app(self.billbee)

    def wemalo_app(self) -> Starlette:
        """Wemalo as an ASGI app, for a test without sockets."""
        return build_app(self.wemalo)


class SandboxServers:
    """Serves a sandbox on 127.0.0.1 from a background thread, as long as the `with` block lasts.

    Port 0 takes any free one. Change the sandbox's state from outside only while no request is under
    way, or through `/_sandbox/drive/`.
    """

    def __init__(self, sandbox: Sandbox, billbee_port: int = 0, wemalo_port: int = 0) -> None:
        self.sandbox = sandbox
        self._ports = (billbee_port, wemalo_port)
        self._sockets: list[socket.socket] = []
        self._servers: list[_Server] = []
        self._thread: threading.Thread | None = None

    @property
    def billbee_url(self) -> str:
        """Base URL of Billbee's API."""
        return f"{self.billbee_site}{self.sandbox.billbee.prefix}"

    @property
    def wemalo_url(self) -> str:
        """Base URL of Wemalo's API."""
        return f"{self.wemalo_site}{self.sandbox.wemalo.prefix}"

    @property
    def billbee_site(self) -> str:
        """Where Billbee's page and control routes are."""
        return f"http://{HOST}:{self._sockets[0].getsockname()[1]}"

    @property
    def wemalo_site(self) -> str:
        """Where Wemalo's page and control routes are."""
        return f"http://{HOST}:{self._sockets[1].getsockname()[1]}"

    def __enter__(self) -> SandboxServers:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bind both ports and serve; returns when both answer. Raises OSError for a port that is taken."""
        # uvicorn logs every connection that a fault cuts as an error of the app
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        try:
            for port in self._ports:
                self._sockets.append(_bound(port))
        except OSError:
            self.stop()
            raise
        apps = (self.sandbox.billbee_app(), self.sandbox.wemalo_app())
        self._servers = [_Server(app) for app in apps]
        self._thread = threading.Thread(target=self._run, name="connector-sandbox", daemon=True)
        self._thread.start()
        for server in self._servers:
            if not server.ready.wait(timeout=10):
                self.stop()
                raise RuntimeError("the sandbox servers did not start within 10 seconds")

    def stop(self) -> None:
        """Stop serving; requests that hang are given up."""
        for server in self._servers:
            server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
        for bound in self._sockets:
            bound.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        await asyncio.gather(
            *(
                server.serve(sockets=[bound])
                for server, bound in zip(self._servers, self._sockets, strict=True)
            )
        )


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=SandboxProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _bound(port: int) -> socket.socket:
    # Only where the protocol is named, asyncio sends small packets at once; else each answer waits 40 ms for another.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        advice = f"port {port} of {HOST}: {error.strerror}; take another one, or 0 for any free one"
        raise OSError(error.errno, advice) from None
    return bound
