"""Workers on one database: how work spreads, what a run costs beside the run itself, and how quiet idle clients are.

python -m benchmarks.cluster [spread] [overhead] [idle]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psycopg

from connector.clock import Stop, SystemClock
from connector.cluster import Pace, QueueEngine, Work
from connector.errors import NotDue
from connector.scheduler import turn
from connector.state.postgres import PostgresStore
from tests.cluster.stage import end_on_signals, staged
from tests.conftest import migrated
from tests.postgres import Server, running_server

CLIENTS: Final = 200
SPREAD_CLIENTS: Final = 80
PLACES: Final = 10
ANSWER_S: Final = 1.2
"""So long each of a run's calls waits for its answer: places are to run out, and not the cores of a small machine."""

SPREAD_AT_LEAST: Final = 0.85
OVERHEAD_RUNS: Final = 1000
MOST_OVERHEAD_MS: Final = 50.0
IDLE_S: Final = 30.0
MOST_STATEMENTS: Final = 10.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def spread(server: Server) -> list[str]:
    """Measures the time in which clients that mostly wait are run by 1, 2 and 4 workers of 10 places.

    Two places for each client that four workers have: so there is a second round, and none that is half empty.
    """
    failed = []
    base = 0.0
    for workers in (1, 2, 4):
        with server.database() as url, tempfile.TemporaryDirectory(prefix="connector-benchmark-") as folder:
            asyncio.run(migrated(url))
            seconds, ours_s, machine_s = _time_of_all(server, url, Path(folder), workers)
        base = base or seconds
        share = base / (workers * seconds)
        cores = os.cpu_count() or 1
        print(
            f"{workers} workers: {seconds:6.1f} s, {SPREAD_CLIENTS / seconds:5.1f} runs/s, {100 * share:4.0f} % of "
            f"ideal; {ours_s:.1f} s CPU of workers, sandbox and database, {100 * machine_s / (cores * seconds):.0f} % "
            f"of {cores} cores taken by everything on this machine",
            flush=True,
        )
        if share < SPREAD_AT_LEAST:
            failed.append(f"{workers} workers: {share:.2f} of ideal, not at least {SPREAD_AT_LEAST}")
    return failed


def _time_of_all(server: Server, url: str, folder: Path, workers: int) -> tuple[float, float, float]:
    """Returns the seconds from the moment at which all are due to the end of the last run, and those of CPU meanwhile.

    They are those of our processes, and of all on this machine.
    """
    options = {
        "clients": SPREAD_CLIENTS,
        "workers": workers,
        "lease_s": 20.0,
        "places": PLACES,
        "answer_s": ANSWER_S,
        "interval_minutes": 24 * 60,  # so that nobody's next slot comes meanwhile
    }
    with staged(server, url, folder, **options) as stage:  # type: ignore[arg-type]
        stage.ask("orders 1")
        stage.rows("update connector_client set due_at = clock_timestamp() + interval '1 hour' returning 1")
        for worker in stage.workers:
            worker.start()
        while len(stage.rows("select 1 from connector_worker")) < workers:
            time.sleep(0.1)
        time.sleep(2.0)
        pids = [each.process.pid for each in stage.workers if each.process] + [stage.sandbox.pid]

        def cpu_s() -> tuple[float, float]:
            return sum(map(_cpu_of, pids)) + _database_cpu_s(server), _machine_cpu_s()

        ours_s, machine_s = cpu_s()
        started = time.monotonic()
        stage.rows("update connector_client set due_at = clock_timestamp() returning 1")
        while stage.rows("select count(*) from connector_client where epoch = 0 or holder is not null")[0][0]:
            time.sleep(0.1)
        seconds, (ours_then_s, machine_then_s) = time.monotonic() - started, cpu_s()
    return seconds, ours_then_s - ours_s, machine_then_s - machine_s


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _machine_cpu_s() -> float:
    """Returns the CPU time of everything that ran on this machine: all but idle, and waiting for a disk."""
    user, nice, system, _, _, *interrupts = Path("/proc/stat").read_text(encoding="utf-8").split()[1:9]
    return sum(map(int, (user, nice, system, *interrupts))) / _TICKS


def overhead(server: Server) -> list[str]:
    """Measures the CPU time of queue, schedule and lease for one run of a client, in which nothing else happens."""
    with server.database() as url:
        asyncio.run(migrated(url))
        worker_ms, database_ms = asyncio.run(_empty_runs(server, url))
    total = worker_ms + database_ms
    print(
        f"queue and lease: {worker_ms:.1f} ms CPU of the worker and {database_ms:.1f} of the database for each run"
    )
    return [f"{total:.1f} ms, not below {MOST_OVERHEAD_MS}"] if total >= MOST_OVERHEAD_MS else []


async def _empty_runs(server: Server, url: str) -> tuple[float, float]:
    clients = {f"shop-{number}": turn(f"shop-{number}", 3600) for number in range(OVERHEAD_RUNS)}
    stop, clock = Stop(), SystemClock()
    done = 0
    async with PostgresStore(url, clock, lease_s=45) as store:

        async def run(client: str) -> None:
            nonlocal done
            try:
                async with await store.acquire(client, clients[client]) as state:
                    state.put("runs", "last", client)
                    await state.save()
            except NotDue:  # it was handed out twice
                return
            done += 1
            if done == OVERHEAD_RUNS:
                stop.request()

        async def due() -> list[str]:
            return await store.schedule.due(clients)

        await due()
        await store.schedule.join(50)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("update connector_client set due_at = clock_timestamp()")
        before = time.process_time(), _database_cpu_s(server)
        work = Work(due=due, run=run, tidy=store.schedule.tidy)
        await QueueEngine(url, work, Pace(look_s=1), clock, stop).serve()
        after = time.process_time(), _database_cpu_s(server)
    worker, database = (1000 * (b - a) / OVERHEAD_RUNS for a, b in zip(before, after, strict=True))
    return worker, database


def _database_cpu_s(server: Server) -> float:
    """Returns the CPU time of all processes of the server, those that have ended included."""
    assert server.own is not None
    assert server.own.process is not None
    postmaster = server.own.process.pid
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == postmaster:
            ticks += sum(int(field) for field in fields[11:15])  # with those of children that ended
        elif int(fields[1]) == postmaster:
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / _TICKS


def idle(server: Server) -> list[str]:
    """Counts the statements of two workers with 200 clients of which none is due."""
    with server.database() as url, tempfile.TemporaryDirectory(prefix="connector-benchmark-") as folder:
        asyncio.run(migrated(url))
        arguments = {"clients": CLIENTS, "workers": 2, "lease_s": 45.0}
        with staged(server, url, Path(folder), **arguments) as stage:  # type: ignore[arg-type]
            stage.rows(
                "update connector_client set due_at = clock_timestamp() + interval '1 hour' returning 1"
            )
            for worker in stage.workers:
                worker.environment = {**worker.environment, "CONNECTOR_WORKER__DISPATCH_SECONDS": "10"}
                worker.start()
            time.sleep(8.0)
            before = _transactions(server, url)
            time.sleep(IDLE_S)
            rate = (_transactions(server, url) - before) / IDLE_S
    print(f"{CLIENTS} idle clients, 2 workers: {rate:.1f} statements a second")
    return [f"{rate:.1f} statements a second, not below {MOST_STATEMENTS}"] if rate >= MOST_STATEMENTS else []


def _transactions(server: Server, url: str) -> int:
    """Each statement is a transaction of its own."""
    name = url.rpartition("/")[2]
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("select pg_stat_clear_snapshot()")
        row = connection.execute(
            "select xact_commit + xact_rollback from pg_stat_database where datname = %s", (name,)
        ).fetchone()
    assert row is not None
    return int(row[0])


PARTS: Final = {"spread": spread, "overhead": overhead, "idle": idle}


def main(chosen: list[str]) -> int:
    """Prints the figures; returns 1 where something does not hold."""
    failed = []
    end_on_signals()
    with running_server("fsync = on") as server:
        for name in chosen or PARTS:
            failed += PARTS[name](server)
    print("\n".join(f"FAILED {line}" for line in failed) or "all that must hold holds")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
