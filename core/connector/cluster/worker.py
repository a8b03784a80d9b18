"""The engine of `connector worker`: takes clients from the queue, so many at a time, whatever becomes of the database.

Two queues are served: one for runs, and a small one for looking who is due and for cleaning up, so that long runs
never starve it. No process leads: the look is a periodic task, which the database lets happen once for each tick.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from procrastinate import App

from connector.clock import Clock, Stop
from connector.cluster.queue import (
    CONTROL,
    RUN_TASK,
    RUNS,
    QueueGone,
    drop_stalled,
    opened,
    put,
    reason,
    retell_strays,
)
from connector.cluster.work import Pace, Work
from connector.errors import Interrupted
from connector.scheduler import Engine, finish

log: Final = logging.getLogger("connector.worker")

AGAIN_AFTER_S: Final = 2.0
"""Seconds after which a queue that went away is opened again."""

_CONTROL_PLACES: Final = 2
_TIDY: Final = "7 * * * *"
_NEVER_S: Final = 86_400.0


class QueueEngine(Engine):
    """Serves the queue until the stop; opens it again when the database was gone, which no run under way notices."""

    def __init__(self, url: str, work: Work, pace: Pace, clock: Clock, stop: Stop) -> None:
        self._url = url
        self._work = work
        self._pace = pace
        self._clock = clock
        self._stop = stop
        self._running: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(pace.places)

    async def serve(self) -> None:
        """Runs until the stop is requested, then lets the runs under way end."""
        retell_strays()
        with suppress(Interrupted):
            while not self._stop.requested:
                serving = asyncio.create_task(self._serve_queue(), name="queue")
                await self._until_ended_or_stopped({serving})
                if self._stop.requested:
                    await finish(self._running.values(), self._clock)
                    await finish({serving}, self._clock)
                else:
                    error = serving.exception()
                    bug = None if isinstance(error, QueueGone) else error
                    said = {"after_s": AGAIN_AFTER_S, "reason": str(error)}
                    log.warning("the queue went away, it is opened again", extra=said, exc_info=bug)
                    await self._stop.pause(self._clock, AGAIN_AFTER_S)

    async def _serve_queue(self) -> None:
        """Serves both queues until the stop, or until one of them fails; raises QueueGone then."""
        async with opened(self._url) as app:
            self._register(app)
            serving = {
                asyncio.create_task(app.run_worker_async(**self._options(queue, places)), name=queue)
                for queue, places in ((RUNS, self._pace.places), (CONTROL, _CONTROL_PLACES))
            }
            await self._until_ended_or_stopped(serving)
            for task in serving:
                task.cancel()  # takes nothing more from the queue, and notes what has ended
            ended = await asyncio.gather(*serving, return_exceptions=True)
            failed = [error for error in ended if isinstance(error, Exception)]
        if not self._stop.requested:
            raise QueueGone(reason(failed[0]) if failed else "it ended by itself, for the reason above")

    async def _until_ended_or_stopped(self, tasks: set[asyncio.Task[None]]) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    def _register(self, app: App) -> None:
        @app.task(name=RUN_TASK, queue=RUNS)
        async def run_client(client: str) -> None:
            await self._run(client)

        @app.periodic(cron=f"* * * * * */{self._pace.look_s}")
        @app.task(name="look", queue=CONTROL, queueing_lock="control look", priority=1)
        async def look(timestamp: int) -> None:
            await put(app, await self._work.due())

        @app.periodic(cron=_TIDY)
        @app.task(name="tidy", queue=CONTROL, queueing_lock="control tidy")
        async def tidy(timestamp: int) -> None:
            await self._work.tidy()
            await drop_stalled(app, self._pace.stalled_s)

    async def _run(self, client: str) -> None:
        """Waits for the run of a client; the run itself goes on when this process loses its queue."""
        if client not in self._running:
            task = asyncio.create_task(self._in_place(client), name=f"run {client}")
            self._running[client] = task
            task.add_done_callback(lambda _: self._running.pop(client, None))
        await asyncio.wait({self._running[client]})

    async def _in_place(self, client: str) -> None:
        try:
            async with self._places:
                if not self._stop.requested:
                    await self._work.run(client)
        except Exception:  # a bug in one client's run must not end those of the others
            log.exception("run ended with a bug", extra={"client": client})

    def _options(self, queue: str, places: int) -> dict[str, Any]:
        """Nothing is retried and nothing locked by the queue: that is the schedule's and the leases' work."""
        return {
            "queues": [queue],
            "name": queue,
            "concurrency": places,
            "fetch_job_polling_interval": self._pace.poll_s if queue == RUNS else self._pace.control_poll_s,
            "abort_job_polling_interval": _NEVER_S,
            "shutdown_graceful_timeout": self._pace.grace_s,
            "listen_notify": False,
            "delete_jobs": "always",
            "install_signal_handlers": False,
            "update_heartbeat_interval": self._pace.stalled_s / 10,
            "stalled_worker_timeout": self._pace.stalled_s,
        }
