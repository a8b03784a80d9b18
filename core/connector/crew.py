"""Who works on the clients, when several processes do: plain data for `connector status`, the web page and metrics."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import msgspec

from connector.report import amount, in_words
from connector.state import LeaseSeen, StateStore, WorkerSeen


class QueueSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The queue of `connector worker`: clients that wait for a place, and the seconds that the first has waited.

    `begun` counts those that were taken out and are not noted as ended.
    """

    waiting: int
    oldest_s: float
    begun: int


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """The processes that share a database, and their work.

    `held` clients are being run; `overdue` ones are due and wait, the first for `longest_overdue_s`. `troubled` are
    those whose last holders vanished. `queue` is None where there is none, or it can't be looked at.
    """

    workers: tuple[WorkerSeen, ...]
    held: int
    overdue: int
    longest_overdue_s: float
    troubled: tuple[LeaseSeen, ...]
    queue: QueueSeen | None = None

    @property
    def places(self) -> int:
        """Counts the clients that all workers together can run at once."""
        return sum(worker.places for worker in self.workers if worker.alive)


async def look_at_crew(store: StateStore, url: str | None, clients: Collection[str]) -> Crew | None:
    """Returns who works on what; None where the store belongs to one process. Raises StateError.

    `url` is the setting `state.url`, `clients` are those that there are: others that once were do not count.
    """
    if store.schedule is None or url is None:
        return None
    seen = await store.schedule.seen()
    leases = [lease for lease in seen.leases if lease.client in clients]
    waits = [lease.overdue_s for lease in leases if lease.overdue_s > 0]
    return Crew(
        workers=seen.workers,
        held=sum(lease.holder is not None for lease in leases),
        overdue=len(waits),
        longest_overdue_s=max(waits, default=0.0),
        troubled=tuple(lease for lease in leases if lease.crashes),
        queue=await _queue(url),
    )


async def _queue(url: str) -> QueueSeen | None:
    try:
        from connector.cluster import QueueGone, look_at_queue  # noqa: PLC0415  (an extra, not always installed)
    except ModuleNotFoundError:
        return None
    try:
        return QueueSeen(**await look_at_queue(url))
    except QueueGone:  # a database whose queue nobody has made, since only `connector run` uses it
        return None


def crew_lines(crew: Crew, now: datetime) -> Iterator[str]:
    """Yields what a person wants to know of it."""
    alive = [worker for worker in crew.workers if worker.alive]
    yield f"{amount(len(alive), 'worker')}, {crew.held} of {amount(crew.places, 'place')} taken"
    for worker in crew.workers:
        yield f"  {worker.name}: {_load(worker, now)}"
    if crew.overdue:
        waits = in_words(timedelta(seconds=crew.longest_overdue_s))
        yield f"{amount(crew.overdue, 'client')} due and waiting, the first for {waits}"
        if not alive:
            yield "  nobody runs them: start `connector worker`, or `connector run`"
    if crew.queue is not None:
        waits = in_words(timedelta(seconds=crew.queue.oldest_s))
        first = f", the first for {waits}" if crew.queue.waiting else ""
        yield f"queue: {crew.queue.waiting} waiting{first}"
    for lease in crew.troubled:
        tried = (
            f"tried again at {lease.due_at:%H:%M:%S} UTC" if lease.due_at and not lease.holder else "running"
        )
        yield f"{lease.client}: its run vanished {amount(lease.crashes, 'time')} in a row, {tried}"


def _load(worker: WorkerSeen, now: datetime) -> str:
    if worker.alive:
        return f"{worker.running} of {worker.places} places taken, up for {in_words(now - worker.started)}"
    return (
        f"not heard of for {in_words(now - worker.last_seen)}: it was killed, or is cut off from the database"
    )
