"""`connector worker`, and several loops on one database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from connector.clock import SystemClock
from connector.state import Turn
from connector.state.postgres import PostgresStore
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run

pytestmark = pytest.mark.postgres


@pytest.fixture
def with_database(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CONNECTOR_STATE__URL", database)
    monkeypatch.setenv("CONNECTOR_WORKER__DISPATCH_SECONDS", "1")
    return database


@contextmanager
def process(config: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "connector", "--config", str(config), *arguments]
    with subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL) as started:
        try:
            yield started
        finally:
            started.kill()


def make_due(database: str) -> None:
    """Takes client `acme` into the schedule, due now."""

    async def enrol() -> None:
        async with PostgresStore(database, SystemClock(), lease_s=45) as store:
            await store.schedule.due({"acme": Turn(every_s=3600, offset_s=0, first_s=-1)})

    asyncio.run(enrol())


def wait_for(database: str, condition: str) -> None:
    """Waits until a condition holds for the row of `acme`."""
    until = time.monotonic() + 30
    query = f"select {condition} from connector_client where client = 'acme'".encode()
    with psycopg.connect(database, autocommit=True) as connection:
        while (row := connection.execute(query).fetchone()) is None or not row[0]:
            assert time.monotonic() < until, condition
            time.sleep(0.1)


DONE = "holder is null and due_at > clock_timestamp() and saves > 0"


@pytest.mark.parametrize("arguments", [("worker",), ("run",)], ids=["worker", "run"])
def test_a_client_that_is_due_is_run_and_its_next_slot_waited_for(
    connector: Run, config: Path, servers: SandboxServers, with_database: str, arguments: tuple[str, ...]
) -> None:
    make_due(with_database)
    with process(config, *arguments) as worker:
        wait_for(with_database, DONE)
        seen = json.loads(connector("status", "--json").stdout)["crew"]
        assert [each["alive"] for each in seen["workers"]] == [True]
        worker.terminate()
        assert worker.wait(20) == 0
    assert len(list(servers.sandbox.warehouse.orders)) == 2
    assert json.loads(connector("status", "--json").stdout)["crew"]["workers"] == []


def test_R5_a_worker_that_is_asked_to_end_hands_its_client_back_at_once(
    config: Path, servers: SandboxServers, with_database: str
) -> None:
    servers.sandbox.billbee.faults.add("GET /orders", "hang", times=None)
    make_due(with_database)
    with process(config, "worker") as worker:
        wait_for(with_database, "holder is not null and saves > 0")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    wait_for(with_database, "holder is null and due_at <= clock_timestamp() and crashes = 0")


def test_C3_a_run_by_hand_is_refused_while_a_worker_runs_the_client(
    connector: Run, config: Path, servers: SandboxServers, with_database: str
) -> None:
    servers.sandbox.billbee.faults.add("GET /orders", "hang", times=None)
    make_due(with_database)
    with process(config, "worker"):
        wait_for(with_database, "holder is not null and saves > 0")
        result = connector("run", "--once")
    assert result.exit_code == 1
    assert "client `acme` is being run by process " in result.stdout


def test_a_client_with_wrong_settings_uses_up_its_turn(config: Path, with_database: str) -> None:
    (config / "clients" / "acme.toml").write_text('[source]\nplugin = "bilbee"\n')
    make_due(with_database)
    with process(config, "worker"):
        wait_for(with_database, "holder is null and due_at > clock_timestamp() and epoch > 0")


def test_the_queue_is_empty_when_its_work_is_done(config: Path, with_database: str) -> None:
    make_due(with_database)
    with process(config, "worker"):
        wait_for(with_database, DONE)
        wait_for(with_database, "not exists (select from procrastinate_jobs where queue_name = 'runs')")


def test_without_a_database_there_are_no_workers(connector: Run) -> None:
    result = connector("worker")
    assert result.exit_code == 2
    assert "a worker needs a database: set state.url, or use `connector run`" in result.stderr


def test_status_fails_where_nobody_is_there_for_clients_that_are_due(
    connector: Run, with_database: str
) -> None:
    make_due(with_database)
    assert connector("status").exit_code == 0  # since a second: a worker is started again in that time
    with psycopg.connect(with_database, autocommit=True) as connection:
        connection.execute("update connector_client set due_at = now() - interval '6 minutes'")
    for arguments in (("status",), ("status", "--json")):
        assert connector(*arguments).exit_code == 1
    assert "nobody runs them: start `connector worker`, or `connector run`" in connector("status").stdout
