"""Decides who is due and runs them: every client at its own interval, never twice at once, until the stop.

A small loop of our own: the libraries of the field either cancel running jobs when they stop or are not released.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Final, Protocol

from connector.clock import Clock, Stop
from connector.errors import Interrupted
from connector.state import Turn

log: Final = logging.getLogger("connector.scheduler")

FIRST_RUNS_WITHIN_S: Final = 300.0
LOOK_EVERY_S: Final = 10.0
AT_ONCE: Final = 500
GRACE_S: Final = 4.0


def spread(client: str) -> float:
    """Gives every client its own place between 0 and 1, the same one on every day and machine."""
    return int.from_bytes(blake2b(client.encode(), digest_size=8).digest()) / 2**64


def first_due(client: str, interval_s: float, now_s: float) -> float:
    """When a client runs for the first time after the start: soon, but not all at once."""
    return now_s + spread(client) * min(interval_s, FIRST_RUNS_WITHIN_S)


def next_due(client: str, interval_s: float, now_s: float) -> float:
    """The client's next slot: slots are `interval_s` apart and spread over it by the client's name.

    Times are seconds since 1970. Slots that a long run has missed are left out.
    """
    offset = spread(client) * interval_s
    return (int((now_s - offset) // interval_s) + 1) * interval_s + offset


def turn(client: str, interval_s: float) -> Turn:
    """Says when a client is to run, for a schedule that several processes share: at the same slots."""
    place = spread(client)
    first_s = place * min(interval_s, FIRST_RUNS_WITHIN_S)
    return Turn(every_s=interval_s, offset_s=place * interval_s, first_s=first_s)


async def nobody() -> Iterable[str]:
    """Says that there is no other schedule."""
    return ()


class Engine(Protocol):
    """The port of what hands clients that are due to whoever runs them: the loop of one process, a queue between many.

    An engine may lose a client, or hand it out twice: who is due stands in the schedule, and that nobody runs a client
    twice at once is for its lock or lease to see to. So it has to deliver at least once, sooner or later.
    """

    async def serve(self) -> None:
        """Has the clients that are due run, so many at a time, until the stop; then lets the runs under way end."""
        ...


class Scheduler(Engine):
    """The loop of `connector run`.

    `intervals` tells the clients and their intervals in seconds; it is asked again and again, so that clients come,
    go and change without a restart. `run_client` never raises for what a client does wrong. `watch_client` is told of
    a client whose slot came while its run was still under way. `due_elsewhere` names the clients that are due by a
    schedule that several processes share; it is asked at each look.
    """

    def __init__(
        self,
        intervals: Callable[[], Mapping[str, float]],
        run_client: Callable[[str], Awaitable[object]],
        clock: Clock,
        stop: Stop,
        watch_client: Callable[[str], Awaitable[object]],
        due_elsewhere: Callable[[], Awaitable[Iterable[str]]] = nobody,
    ) -> None:
        self._intervals = intervals
        self._run_client = run_client
        self._clock = clock
        self._stop = stop
        self._watch_client = watch_client
        self._due_elsewhere = due_elsewhere
        self._due: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def serve(self) -> None:
        """Runs until the stop is requested, then lets the runs under way end."""
        while not self._stop.requested:
            wait = self._start_due(self._intervals())
            for client in await self._due_elsewhere():
                self._start(client)
            try:
                await self._stop.pause(self._clock, wait)
            except Interrupted:
                break
        await finish((*self._running.values(), *self._watching), self._clock)

    def _start_due(self, intervals: Mapping[str, float]) -> float:
        """Starts who is due; returns the seconds until somebody may be due again."""
        now = self._clock.now().timestamp()
        for client in [client for client in self._due if client not in intervals]:
            del self._due[client]
        for client, interval in intervals.items():
            due = self._due.setdefault(client, first_due(client, interval, now))
            if due <= now and client not in self._running:
                self._start(client)
            elif due <= now:
                watching = asyncio.create_task(self._watch(client), name=f"watch {client}")
                self._watching.add(watching)
                watching.add_done_callback(self._watching.discard)
            if due <= now:  # also while it is still running: a slot that was missed is left out
                self._due[client] = next_due(client, interval, now)
        return max(0.0, min((*self._due.values(), now + LOOK_EVERY_S)) - now)

    def _start(self, client: str) -> None:
        if client not in self._running:
            self._running[client] = asyncio.create_task(self._run(client), name=f"run {client}")

    async def _run(self, client: str) -> None:
        try:
            async with self._places:
                if not self._stop.requested:
                    await self._run_client(client)
        except Exception:  # a bug in one client's run must not end those of the others
            log.exception("client %s: the run ended with a bug", client)
        finally:
            del self._running[client]

    async def _watch(self, client: str) -> None:
        try:
            await self._watch_client(client)
        except Exception:  # the same
            log.exception("client %s: looking after it ended with a bug", client)


async def finish(tasks: Iterable[asyncio.Task[None]], clock: Clock) -> None:
    """Waits until the tasks have ended; cancels those that need longer than the grace (SPEC R5)."""
    waiting = set(tasks)
    timer = asyncio.create_task(clock.sleep(GRACE_S))
    while waiting and not timer.done():
        done, _ = await asyncio.wait((*waiting, timer), return_when=asyncio.FIRST_COMPLETED)
        waiting -= done
    for task in (timer, *waiting):
        task.cancel()
    await asyncio.gather(timer, *waiting, return_exceptions=True)
