"""The task queue in the same database. This module and `worker` are the only ones that know Procrastinate.

The queue carries names of clients and nothing else. Losing it costs nothing: the next look at the schedule fills it
again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Job, Status
from procrastinate.schema import SchemaManager

from connector.errors import ConnectorError

log: Final = logging.getLogger("connector.worker")

RUNS: Final = "runs"
CONTROL: Final = "control"
RUN_TASK: Final = "run_client"
MOST_CONNECTIONS: Final = 3
"""Of one worker to its queue, beside those of its states: one statement at a time for each of its two queues."""

_TABLES: Final = "select to_regclass('procrastinate_jobs') is not null as there"
_NOTED: Final = "select obj_description('procrastinate_jobs'::regclass) as note"
_NOTE: Final = "connector: queue as of "
_WAITING: Final = """
select args ->> 'client' as client from procrastinate_jobs where status = 'todo' and queue_name = %(queue)s
"""
_LOOK: Final = """
select count(*) filter (where j.status = 'todo') as waiting,
    count(*) filter (where j.status = 'doing') as begun,
    coalesce(extract(epoch from clock_timestamp() - min(e.at) filter (where j.status = 'todo')), 0)::float8 as oldest_s
from procrastinate_jobs j left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
where j.queue_name = %(queue)s
"""


class QueueGone(ConnectorError):
    """The database of the queue can't be reached, or does not let us do what we want; `str()` says why."""


@asynccontextmanager
async def opened(url: str, most: int = MOST_CONNECTIONS) -> AsyncIterator[App]:
    """Yields the queue of a database; raises QueueGone where it can't be opened.

    Its connections need no session, so that a pooler may stand between.
    """
    connector = PsycopgConnector(
        conninfo=url,
        kwargs={"autocommit": True, "prepare_threshold": None, "application_name": "connector queue"},
        min_size=1,
        max_size=most,
        timeout=10.0,
        reconnect_timeout=10.0,
    )
    _retell()
    app = App(connector=connector)
    try:
        await app.open_async()
    except Exception as error:
        await app.close_async()
        raise QueueGone(reason(error)) from error
    try:
        yield app
    finally:
        await app.close_async()


async def make_queue(url: str) -> str:
    """Makes the tables of the queue, or brings them to the installed release; says in a line what was done."""
    scripts = _scripts()
    steps = sorted(scripts)
    async with opened(url) as app:
        connector = app.connector
        if not (await connector.execute_query_one_async(_TABLES))["there"]:
            await app.schema_manager.apply_schema_async()
            await _note(app, steps[-1])
            return "the tables of the queue were made"
        note = (await connector.execute_query_one_async(_NOTED))["note"] or ""
        done = note.removeprefix(_NOTE)
        missing = [step for step in steps if step > done] if note.startswith(_NOTE) else []
        for step in missing:
            await connector.execute_query_async(scripts[step].replace("%", "%%"))
            await _note(app, step)
    return f"the tables of the queue are those of this release ({len(missing)} steps were missing)"


async def put(app: App, clients: list[str]) -> int:
    """Puts clients into the queue that do not wait in it already; returns how many."""
    found = await app.connector.execute_query_all_async(_WAITING, queue=RUNS)
    waiting = {row["client"] for row in found}
    jobs = [_job(client) for client in clients if client not in waiting]
    if not jobs:
        return 0
    try:
        await app.job_manager.batch_defer_jobs_async(jobs)
    except exceptions.AlreadyEnqueued:
        return 0  # another process was quicker: whoever is left comes with the next look
    return len(jobs)


async def look_at_queue(url: str) -> dict[str, Any]:
    """Returns how many clients are `waiting` in the queue, the first for `oldest_s`, and how many are `begun`.

    Raises QueueGone.
    """
    async with opened(url, most=1) as app:
        try:
            return await app.connector.execute_query_one_async(_LOOK, queue=RUNS)
        except exceptions.ConnectorException as error:
            raise QueueGone(reason(error)) from error


async def drop_stalled(app: App, stalled_s: float) -> int:
    """Takes out what workers had begun that are gone; returns how many. Whoever is due is put in again."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_s))
    for job in stalled:
        with suppress(exceptions.ConnectorException):  # it ended meanwhile
            await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
    return len(stalled)


def _job(client: str) -> Job:
    return Job(
        id=None,
        queue=RUNS,
        lock=None,
        queueing_lock=f"client {client}",
        task_name=RUN_TASK,
        task_kwargs={"client": client},
    )


async def _note(app: App, step: str) -> None:
    """Writes on the table up to which step it was brought."""
    await app.connector.execute_query_async(f"comment on table procrastinate_jobs is '{_NOTE}{step}'")


def retell_strays() -> None:
    """Tells in a line what Procrastinate's own tasks raise when nobody waits for them any more."""
    loop = asyncio.get_running_loop()

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, exceptions.ProcrastinateException):
            log.warning("the queue is in trouble", extra={"reason": reason(error)})
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def _scripts() -> dict[str, str]:
    """Returns the steps by which the tables of the queue came to be, by their names, which sort by age."""
    folder = Path(SchemaManager.get_migrations_path())
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.sql")}


def reason(error: BaseException) -> str:
    """Says in a line what was at the bottom of an error."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


class _Retelling(logging.Handler):
    """Tells in a line of our own log what Procrastinate warns of: mostly a database that is away, with its reason."""

    def emit(self, record: logging.LogRecord) -> None:
        text = " ".join(record.getMessage().split())
        error = record.exc_info[1] if record.exc_info else None
        said = f"{text}: {reason(error)}" if error is not None else text
        log.log(record.levelno, "the queue says", extra={"reason": said})


def _retell() -> None:
    """Keeps Procrastinate from logging each job, and tracebacks of faults that pass by themselves."""
    logger = logging.getLogger("procrastinate")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    if not any(isinstance(each, _Retelling) for each in logger.handlers):
        logger.addHandler(_Retelling())
