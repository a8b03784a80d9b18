"""Five hundred calls against the sandbox's strict windows: none comes too early, and hardly any time is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.api import Secret
from connector.calls import Endpoint, Limit, Service
from connector.clock import Stop, SystemClock
from connector.http import CallLog, HttpClient, Limits, asgi_transport
from connector.testing.clock import FakeClock
from connector_billbee import service as billbee
from connector_billbee.settings import BillbeeSettings
from connector_sandbox.billbee.service import BillbeeService
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.control import build_app
from connector_sandbox.servers import Sandbox, SandboxServers
from connector_sandbox.throttle import SlidingWindow
from connector_sandbox.wemalo.service import WemaloService
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo import service as wemalo
from connector_wemalo.settings import WemaloSettings

CALLS = 500
ALLOWED_PER_S = 2.0
KEY = "one-key-for-all"


class Bench:
    """Both services on a fake clock, with the users erika and max of one API key, and clients for them."""

    def __init__(self, jitter_s: float = 0.0) -> None:
        self.clock = FakeClock()
        self.billbee = BillbeeService(now=self.seconds, sleep=self.clock.sleep)
        for user in ("erika", "max"):
            self.billbee.open_account(user, "password", KEY, Shop(now=self.seconds))
        self.wemalo = WemaloService(now=self.seconds, sleep=self.clock.sleep, calls_per_window=50)
        self.wemalo.open_account("token", Warehouse(now=self.seconds))
        self.limits = Limits(self.clock)
        self._jitter_s = jitter_s
        self._random = Random(1)

    def seconds(self) -> float:
        return self.clock.now().timestamp()

    def shop_client(self, user: str = "erika") -> HttpClient:
        """One merchant's connection to Billbee."""
        settings = BillbeeSettings(
            username=user,
            api_password=Secret("password"),
            api_key=Secret(KEY),
            base_url="https://billbee.example.com/api/v1",
        )
        return self._client(billbee.describe(settings), build_app(self.billbee))

    def warehouse_client(self) -> HttpClient:
        settings = WemaloSettings(token=Secret("token"), base_url="https://wemalo.example.com/v1")
        return self._client(wemalo.describe(settings), build_app(self.wemalo))

    def read(self, *clients: HttpClient, calls: int = CALLS, workers: int = 4) -> float:
        """Reads products through each client as fast as is allowed; returns the seconds from first to last arrival."""

        async def script() -> None:
            await asyncio.gather(*(read(client, billbee.LIST_PRODUCTS, calls, workers) for client in clients))

        asyncio.run(script())
        times = [entry.at for entry in self.billbee.audit.entries]
        return times[-1] - times[0]

    def statuses(self, service: BillbeeService | WemaloService) -> set[int | None]:
        return {entry.status for entry in service.audit.entries}

    def _client(self, service: Service, app: ASGIApp) -> HttpClient:
        async def late(scope: Scope, receive: Receive, send: Send) -> None:
            if self._jitter_s:
                await self.clock.sleep(self._random.uniform(0, self._jitter_s))
            await app(scope, receive, send)

        return HttpClient(
            service,
            clock=self.clock,
            stop=Stop(),
            random=Random(1),
            limits=self.limits,
            counts=CallLog(),
            transport=asgi_transport(late),
        )


async def read(client: HttpClient, endpoint: Endpoint, calls: int, workers: int) -> None:
    """Makes the calls through one client, by so many workers side by side."""
    waiting: Iterator[int] = iter(range(calls))

    async def work() -> None:
        for _ in waiting:
            await client.call(endpoint, msgspec.Raw)

    async with client:
        await asyncio.gather(*(work() for _ in range(workers)))


@pytest.mark.parametrize("jitter_s", [0.0, 0.03])
def test_R2_500_calls_are_never_too_early_and_use_95_percent_of_the_allowed_rate(jitter_s: float) -> None:
    bench = Bench(jitter_s)
    seconds = bench.read(bench.shop_client())
    assert (bench.billbee.violations, bench.statuses(bench.billbee)) == (0, {200})
    assert bench.billbee.audit.count() == CALLS
    assert (CALLS - ALLOWED_PER_S) / seconds >= 0.95 * ALLOWED_PER_S  # the first window is open at once


def test_R2_users_of_one_api_key_have_a_budget_each() -> None:
    bench = Bench()
    seconds = bench.read(bench.shop_client("erika"), bench.shop_client("max"), calls=100)
    assert bench.billbee.violations == 0
    assert (200 - 2 * ALLOWED_PER_S) / seconds >= 0.95 * 2 * ALLOWED_PER_S


def test_R2_two_clients_of_one_account_share_its_budget() -> None:
    bench = Bench()
    seconds = bench.read(bench.shop_client(), bench.shop_client(), calls=100)
    assert (bench.billbee.violations, bench.statuses(bench.billbee)) == (0, {200})
    assert 0.95 * ALLOWED_PER_S <= (200 - ALLOWED_PER_S) / seconds <= ALLOWED_PER_S


def test_R2_wemalos_remaining_calls_are_respected_before_it_refuses_one() -> None:
    bench = Bench()
    asyncio.run(read(bench.warehouse_client(), wemalo.GET_PROFILES, CALLS, workers=4))
    assert bench.wemalo.audit.count() == CALLS
    assert (bench.wemalo.violations, bench.statuses(bench.wemalo)) == (0, {200})


def test_R2_two_clients_of_one_token_respect_the_remaining_calls_together() -> None:
    bench = Bench()

    async def script() -> None:
        clients = (bench.warehouse_client(), bench.warehouse_client())
        await asyncio.gather(*(read(client, wemalo.GET_PROFILES, 100, workers=4) for client in clients))

    asyncio.run(script())
    assert (bench.wemalo.audit.count(), bench.wemalo.violations) == (200, 0)


def test_R2_a_service_that_tells_no_remaining_calls_is_called_side_by_side() -> None:
    bench = Bench(jitter_s=0.03)
    bench.wemalo.habits.limited = False
    asyncio.run(read(bench.warehouse_client(), wemalo.GET_PROFILES, 100, workers=4))
    assert bench.clock.monotonic() < 100 * 0.03 / 2


def test_R2_over_a_real_connection_no_call_comes_too_early_either() -> None:
    sandbox = Sandbox.empty()
    sandbox.billbee.per_endpoint = SlidingWindow(
        2, 0.1, sandbox.now
    )  # a tenth, so that 20 calls take a second
    with SandboxServers(sandbox) as servers:
        settings = BillbeeSettings(
            username=sandbox.username,
            api_password=Secret(sandbox.api_password),
            api_key=Secret(sandbox.api_key),
            base_url=servers.billbee_url,
        )
        described = msgspec.structs.replace(billbee.describe(settings), limit=Limit(2, 0.1))
        asyncio.run(read(real_client(described), billbee.LIST_PRODUCTS, calls=20, workers=4))
    assert sandbox.billbee.violations == 0
    assert [entry.status for entry in sandbox.billbee.audit.entries] == [200] * 20


def real_client(service: Service) -> HttpClient:
    clock = SystemClock()
    means: dict[str, Any] = {"clock": clock, "limits": Limits(clock), "counts": CallLog()}
    return HttpClient(service, stop=Stop(), random=Random(1), **means)
