"""Everything goes through a pooler in transaction mode, where each statement may get another connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.cluster import make_queue
from connector.state.postgres import PostgresStore
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run
from tests.core.cli.test_worker import DONE, make_due, process, wait_for
from tests.pooler import pooled
from tests.postgres import NoPostgres, Server

pytestmark = pytest.mark.postgres


@pytest.fixture
def empty(postgres: Server) -> Iterator[str]:
    """The address of a database without any tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def pooler(empty: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a pooler before that database; without one, this is skipped and says so."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(pooled(empty))
        except NoPostgres as error:
            pytest.skip(str(error))
        monkeypatch.setenv("CONNECTOR_STATE__URL", address)
        monkeypatch.setenv("CONNECTOR_WORKER__DISPATCH_SECONDS", "1")
        yield address


def test_states_and_leases_of_many_clients_share_few_connections(pooler: str) -> None:
    async def run(store: PostgresStore, client: str) -> int:
        async with await store.acquire(client) as state:
            for number in range(8):  # as often as a statement would be prepared, were it not for the pooler
                state.put("orders", f"{number}", client)
                await state.save()
                await state.renew()
        return len((await store.read(client)).stream("orders"))

    async def all_of_them() -> list[int]:
        async with PostgresStore(pooler, SystemClock(), lease_s=45) as one:
            await one.migrate()
            async with PostgresStore(pooler, SystemClock(), lease_s=45) as other:
                stores = (one, other)
                return await asyncio.gather(*(run(stores[n % 2], f"shop-{n}") for n in range(20)))

    assert asyncio.run(all_of_them()) == [8] * 20


def test_a_worker_and_its_queue_work_through_the_pooler(
    connector: Run, config: Path, servers: SandboxServers, empty: str, pooler: str
) -> None:
    assert connector("state", "migrate").exit_code == 0
    asyncio.run(make_queue(pooler))
    make_due(pooler)
    with process(config, "worker") as worker:
        wait_for(empty, DONE)
        seen = json.loads(connector("status", "--json").stdout)["crew"]
        assert [each["alive"] for each in seen["workers"]] == [True]
        assert seen["queue"] is not None
        worker.terminate()
        assert worker.wait(20) == 0
    assert len(list(servers.sandbox.warehouse.orders)) == 2
