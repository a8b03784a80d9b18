"""Decides who is due and runs them: every client at its own interval, never twice at once, until the stop.

A small loop of our own: the libraries of the field either cancel running jobs when they stop or are not released.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Protocol

from connector.clock import Clock, Stop
from connector.errors import Interrupted
from connector.state import Turn

log: Final = logging.getLogger("connector.scheduler")

FIRST_RUNS_WITHIN_S: Final = 300.0
LOOK_EVERY_S: Final = 10.0
AT_ONCE: Final = 500
SETTLE_S: Final = 2.0
"""How long a hint waits for others of its kind: a service often calls several times for one thing."""

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


def unheard() -> None:
    """Tells nobody that the loop is alive."""


@dataclass(frozen=True)
class _Hint:
    """Flows that somebody asked to run for a client, and from when on."""

    flows: frozenset[str]
    due: float


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
    a client whose slot came while its run was still under way. `alive` is called at each turn of the loop, at the
    latest after `look_every_s`: whoever listens knows that clients are still being started. `run_flows` runs
    some flows that `hint` asked for.
    With `due_elsewhere`, slots are those of a schedule that several processes share: it names the clients that are due
    by it, and is asked at each look.
    """

    def __init__(
        self,
        intervals: Callable[[], Mapping[str, float]],
        run_client: Callable[[str], Awaitable[object]],
        clock: Clock,
        stop: Stop,
        watch_client: Callable[[str], Awaitable[object]],
        alive: Callable[[], None] = unheard,
        look_every_s: float = LOOK_EVERY_S,
        run_flows: Callable[[str, frozenset[str]], Awaitable[object]] | None = None,
        hint_pause_s: float = 60.0,
        due_elsewhere: Callable[[], Awaitable[Iterable[str]]] | None = None,
    ) -> None:
        self._intervals = intervals
        self._run_client = run_client
        self._clock = clock
        self._stop = stop
        self._watch_client = watch_client
        self._alive = alive
        self._look_every_s = look_every_s
        self._run_flows = run_flows
        self._hint_pause_s = hint_pause_s
        self._hints: dict[str, _Hint] = {}
        self._rested: dict[str, float] = {}
        self._at_once: set[str] = set()
        self._woken = asyncio.Event()
        self._due_elsewhere = due_elsewhere
        self._next_look = 0.0
        self._due: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def serve(self) -> None:
        """Runs until the stop is requested, then lets the runs under way end."""
        while not self._stop.requested:
            wait = self._start_due(self._intervals())
            self._alive()
            wait = min(wait, await self._start_due_elsewhere())
            try:
                await self._pause(wait)
            except Interrupted:
                break
        await finish((*self._running.values(), *self._watching), self._clock)

    def hint(self, client: str, flows: Collection[str]) -> None:
        """Lets these flows of a client run within seconds, beside its slots.

        Never while the client is being run, and not more often than is allowed: hints that come meanwhile make one
        run of all their flows.
        """
        now = self._clock.now().timestamp()
        known = self._hints.get(client)
        due = known.due if known else max(now + SETTLE_S, self._rested.get(client, 0.0))
        self._hints[client] = _Hint((known.flows if known else frozenset()) | frozenset(flows), due)
        self._woken.set()

    async def _pause(self, seconds: float) -> None:
        """Waits, for a hint at most; raises Interrupted when the stop is requested."""
        sleeping = asyncio.create_task(self._stop.pause(self._clock, seconds))
        waking = asyncio.create_task(self._woken.wait())
        try:
            await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
            if sleeping.done():
                sleeping.result()
            elif self._stop.requested:
                raise Interrupted("the loop was asked to end")
        finally:
            sleeping.cancel()
            waking.cancel()
            self._woken.clear()

    def _start_due(self, intervals: Mapping[str, float]) -> float:
        """Starts who is due; returns the seconds until somebody may be due again."""
        now = self._clock.now().timestamp()
        slots = intervals if self._due_elsewhere is None else {}
        for client in [client for client in self._due if client not in slots]:
            del self._due[client]
        for client, interval in slots.items():
            due = self._due.setdefault(client, first_due(client, interval, now))
            if client in self._at_once:
                continue  # its slot waits for the end of these flows
            if due <= now and client not in self._running:
                self._start(client)
            elif due <= now:
                watching = asyncio.create_task(_tell(client, self._watch_client), name=f"watch {client}")
                self._watching.add(watching)
                watching.add_done_callback(self._watching.discard)
            if due <= now:  # also while it is still running: a slot that was missed is left out
                self._due[client] = next_due(client, interval, now)
        hinted = self._start_hinted(intervals, now)
        ahead = (due for due in self._due.values() if due > now)
        return max(0.0, min((*ahead, *hinted, now + self._look_every_s)) - now)

    async def _start_due_elsewhere(self) -> float:
        """Starts who is due by the shared schedule; returns the seconds to the next look at it.

        Runs that end do not bring that look forward: one that can't even begin would be tried again at once.
        """
        if self._due_elsewhere is None:
            return self._look_every_s
        now = self._clock.monotonic()
        if now >= self._next_look:
            self._next_look = now + self._look_every_s
            for client in await self._due_elsewhere():
                self._start(client)
        return max(0.0, self._next_look - self._clock.monotonic())

    def _start(self, client: str) -> None:
        if client not in self._running:
            self._hints.pop(client, None)  # the whole run does what they ask for
            self._running[client] = asyncio.create_task(self._run(client), name=f"run {client}")

    def _start_hinted(self, intervals: Mapping[str, float], now: float) -> list[float]:
        """Starts flows that hints ask for; returns when the others are due that no run holds back."""
        for client in [client for client in self._hints if client not in intervals]:
            del self._hints[client]
        waiting = {client: hint for client, hint in self._hints.items() if client not in self._running}
        for client, hint in waiting.items():
            if hint.due <= now:
                del self._hints[client]
                self._rested[client] = now + self._hint_pause_s
                self._at_once.add(client)
                run = self._run(client, hint.flows)
                self._running[client] = asyncio.create_task(run, name=f"run {client} at once")
        return [hint.due for hint in waiting.values() if hint.due > now]

    async def _run(self, client: str, flows: frozenset[str] = frozenset()) -> None:
        """Runs a client, or only some of its flows."""
        try:
            async with self._places:
                if self._stop.requested:
                    return
                if flows and self._run_flows is not None:
                    await self._run_flows(client, flows)
                else:
                    await self._run_client(client)
        except Exception:  # a bug in one client's run must not end those of the others
            log.exception("run ended with a bug", extra={"client": client})
        finally:
            del self._running[client]
            self._at_once.discard(client)
            self._woken.set()


async def watched(
    run: Coroutine[Any, Any, object],
    client: str,
    interval_s: float,
    clock: Clock,
    missed: Callable[[str], Awaitable[object]],
) -> None:
    """Awaits the run of a client; `missed` is told of each of its slots that comes meanwhile, and is left out.

    Whoever is being told when the run ends is waited for, but not where the run is cancelled.
    For schedules that several processes share: there the process that runs the client is the one that knows.
    """
    telling: set[asyncio.Task[None]] = set()
    watching = asyncio.create_task(_watch_slots(client, interval_s, clock, missed, telling))
    try:
        await run
    except asyncio.CancelledError:
        for task in telling:
            task.cancel()
        raise
    finally:
        watching.cancel()
        await asyncio.gather(watching, *telling, return_exceptions=True)


async def _watch_slots(
    client: str,
    interval_s: float,
    clock: Clock,
    missed: Callable[[str], Awaitable[object]],
    telling: set[asyncio.Task[None]],
) -> None:
    """Waits for one slot after the other; whoever is being told of one is not disturbed by the end of this."""
    slot = clock.now().timestamp()
    while True:
        slot = next_due(client, interval_s, max(slot, clock.now().timestamp()))
        await clock.sleep(slot - clock.now().timestamp())
        task = asyncio.create_task(_tell(client, missed), name=f"watch {client}")
        telling.add(task)
        task.add_done_callback(telling.discard)


async def _tell(client: str, missed: Callable[[str], Awaitable[object]]) -> None:
    try:
        await missed(client)
    except Exception:  # a bug in it must not end the run
        log.exception("looking after a client ended with a bug", extra={"client": client})


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
