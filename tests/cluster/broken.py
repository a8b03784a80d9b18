"""Workers that are broken on purpose: the tests that pass with the real ones must fail with these.

    python -m tests.cluster.broken VARIANT ARGUMENTS-OF-CONNECTOR...

`no-fencing`: leases are taken and end, but nobody heeds the end of one, and writes count whoever makes them.
`queue-lock`: instead of leases, the lock of the queue and its documented recipe for jobs of workers that vanished.
"""

from __future__ import annotations

import runpy
import sys
from contextlib import suppress
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.utils import utcnow

from connector.cluster import queue, worker
from connector.state.postgres import keeper, leases, rows
from connector.state.postgres.database import Database
from connector.state.schedule import Turn


def no_fencing() -> None:
    """Nobody looks at the end of a lease, nor at the epoch."""

    def nothing(*_: Any, **__: Any) -> None:
        """Takes no notice."""

    condition = "and epoch = %(epoch)s and holder is not null and saves < %(number)s"
    assert condition in rows.SAVE
    _break(keeper.Lease, check=nothing, lose=nothing)
    _break(rows, SAVE=rows.SAVE.replace(condition, ""))


def queue_lock() -> None:
    """The queue gives a client out once at a time, and again when it has not heard of its worker for a while."""
    no_fencing()
    _break(
        leases,
        take=_take_always,
        _DUE="select client from connector_client where due_at <= clock_timestamp()",
    )
    _break(worker.QueueEngine, _options=_options)
    _break(worker, _TIDY="* * * * * */1", drop_stalled=_retry_stalled)
    _break(queue, _job=_locked_job)


def _break(place: object, **parts: Any) -> None:
    """Puts broken parts in the place of real ones; fails where there are none, so that no variant heals unnoticed."""
    for name, part in parts.items():
        assert hasattr(place, name)
        setattr(place, name, part)


async def _take_always(database: Database, client: str, lease_s: float, turn: Turn | None) -> leases.Grant:
    params = {"client": client, "holder": leases.this_process(), "lease_s": lease_s, **leases._turn(turn)}
    head, where, tail = leases._TAKE_DUE.partition("\nwhere ")
    assert where
    row = await database.row(f"{head}\n{tail[tail.index('returning') :]}", params)
    assert row is not None
    return leases.Grant(row)


def _options(self: worker.QueueEngine, name: str, places: int) -> dict[str, Any]:
    return {
        **_real_options(self, name, places),
        "update_heartbeat_interval": 0.5,
        "stalled_worker_timeout": 2.0,
    }


async def _retry_stalled(app: App, _: float) -> int:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=2.0):
        with suppress(
            ConnectorException
        ):  # another one waits already: as documented, nobody is retried after it
            await app.job_manager.retry_job(job, retry_at=utcnow())
    return 0


def _locked_job(client: str) -> Job:
    return _real_job(client).evolve(lock=client)


_real_options = worker.QueueEngine._options
_real_job = queue._job

VARIANTS = {"no-fencing": no_fencing, "queue-lock": queue_lock}


if __name__ == "__main__":
    VARIANTS[sys.argv[1]]()
    sys.argv = ["connector", *sys.argv[2:]]
    runpy.run_module("connector", run_name="__main__")
