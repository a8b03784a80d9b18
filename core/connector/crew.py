"""Who works on the clients, when several processes do: plain data for `connector status`, the web page and metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from connector.report import amount, in_words
from connector.state import LeaseSeen, StateStore, WorkerSeen

UNATTENDED_AFTER_S: Final = 300.0
"""Seconds for which clients may be due without any worker before that counts as a fault."""


class QueueSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The queue of `connector worker`: clients that wait for a place, and the seconds that the first has waited.

    `begun` counts those that were taken out and are not noted as ended.
    """

    waiting: int
    oldest_s: float
    begun: int


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """The processes that share a database, and their work.

    `held` clients are being run, so many by each holder as `held_by` says; the leases of those `past_end` were not
    renewed in time. `overdue` clients are due and wait, the first for `longest_overdue_s`. `troubled` are those whose
    last holders vanished. `queue` is None where there is none, or it can't be looked at.
    """

    workers: tuple[WorkerSeen, ...]
    held: int
    overdue: int
    longest_overdue_s: float
    troubled: tuple[LeaseSeen, ...]
    held_by: Mapping[str, int] = {}
    past_end: tuple[LeaseSeen, ...] = ()
    queue: QueueSeen | None = None

    @property
    def alive(self) -> tuple[WorkerSeen, ...]:
        """The workers that were heard of lately."""
        return tuple(worker for worker in self.workers if worker.alive)

    @property
    def places(self) -> int:
        """Counts the clients that all workers together can run at once."""
        return sum(worker.places for worker in self.alive)

    @property
    def unattended_s(self) -> float:
        """Seconds for which a client has been due while nobody is there to run it; 0 where a worker is."""
        return 0.0 if self.alive else self.longest_overdue_s

    @property
    def is_unattended(self) -> bool:
        """Tells that somebody has to start a worker: a new release, or a restart, takes less time."""
        return self.unattended_s > UNATTENDED_AFTER_S

    @property
    def others(self) -> dict[str, int]:
        """The holders that are no workers, such as a run by hand, and how many clients each holds."""
        known = {worker.name for worker in self.workers}
        return {name: count for name, count in self.held_by.items() if name not in known}


async def look_at_crew(store: StateStore, url: str | None, clients: Collection[str]) -> Crew | None:
    """Returns who works on what; None where the store belongs to one process. Raises StateError.

    `url` is the setting `state.url`, `clients` are those that there are: others that once were do not count.
    """
    if store.schedule is None or url is None:
        return None
    seen = await store.schedule.seen()
    leases = [lease for lease in seen.leases if lease.client in clients]
    waits = [lease.overdue_s for lease in leases if lease.overdue_s > 0]
    held_by = Counter(lease.holder for lease in leases if lease.holder is not None)
    return Crew(
        workers=seen.workers,
        held=held_by.total(),
        held_by=held_by,
        past_end=tuple(lease for lease in leases if lease.past_end_s),
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
    yield f"{amount(len(crew.alive), 'worker')}, {crew.held} of {amount(crew.places, 'place')} taken"
    for worker in crew.workers:
        yield f"  {worker.name}: {_load(worker, now)}"
    for name, count in crew.others.items():
        yield f"  {name}: runs {amount(count, 'client')}, and is no worker"
    if crew.overdue:
        waits = in_words(timedelta(seconds=crew.longest_overdue_s))
        yield f"{amount(crew.overdue, 'client')} due and waiting, the first for {waits}"
        if not crew.alive:
            yield "  nobody runs them: start `connector worker`, or `connector run`"
    if crew.queue is not None:
        waits = in_words(timedelta(seconds=crew.queue.oldest_s))
        first = f", the first for {waits}" if crew.queue.waiting else ""
        yield f"queue: {crew.queue.waiting} waiting{first}"
    for lease in crew.past_end:
        ended = in_words(timedelta(seconds=lease.past_end_s))
        yield f"{lease.client}: its lease ended {ended} ago, {lease.holder} does not renew it"
    for lease in crew.troubled:
        tried = (
            f"tried again at {lease.due_at:%H:%M:%S} UTC" if lease.due_at and not lease.holder else "running"
        )
        yield f"{lease.client}: its run vanished {amount(lease.crashes, 'time')} in a row, {tried}"


def _load(worker: WorkerSeen, now: datetime) -> str:
    if worker.alive:
        return f"{worker.running} of {worker.places} places taken, up for {in_words(now - worker.started)}"
    silent = in_words(timedelta(seconds=worker.silent_s))
    return f"not heard of for {silent}: it was killed, or is cut off from the database"
