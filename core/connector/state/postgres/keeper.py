"""Keeps the leases of this process: renews all of them with one statement, and ends the runs that lost theirs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

from connector.clock import Clock
from connector.errors import ClientHeld
from connector.state.postgres import workers
from connector.state.postgres.database import GONE, Connection, Database, abandon, reason
from connector.state.postgres.leases import TAKEN_OVER, this_process

log: Final = logging.getLogger("connector.state")

BEATS: Final = 6
"""Renewals in the time of one lease: with the usual 45 s one every 7.5 s."""

BEATS_CUT_OFF: Final = 24
"""Tries in the time of one lease, while the database does not answer."""

MARGIN: Final = 2 / 9
"""The part of a lease at its end in which nothing more is sent (10 of 45 s): a call under way has time to end."""

_BEAT: Final = f"""
with renewed as (
    update connector_client c set lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
    from unnest(%(clients)s::text[], %(epochs)s::bigint[]) as h (client, epoch)
    where c.client = h.client and c.epoch = h.epoch and c.holder is not null
    returning c.client
), seen as ({workers.NOTE})
select client from renewed
"""


class Lease:
    """The lease on one client, as far as this process knows: it counts from before it was asked for or renewed."""

    def __init__(self, client: str, epoch: int, ends: float, clock: Clock) -> None:
        self.client = client
        self.epoch = epoch
        self.ends = ends
        self.lost = ""
        self._clock = clock
        self._end_run: Callable[[], object] | None = None

    def check(self) -> None:
        """Raises ClientHeld where somebody else may have the client; costs no I/O."""
        if not self.lost and self._clock.monotonic() >= self.ends:
            self.lost = "its lease could not be renewed in time, so that another process may run it by now"
        if self.lost:
            raise ClientHeld(f"client `{self.client}` is no longer held by this run: {self.lost}")

    def when_lost(self, end: Callable[[], object]) -> None:
        """Says how to end the run at once."""
        self._end_run = end

    def give_up(self, why: str) -> None:
        """Gives the client back of our own will: there is no run to end any more."""
        self.lost = why
        self._end_run = None

    def lose(self, why: str = "") -> None:
        """Ends the run, whose lease another process has, or may have."""
        self.lost = self.lost or why
        if self._end_run is not None:
            end, self._end_run = self._end_run, None
            end()


class Keeper:
    """Renews the leases that are held, in one task with a connection of its own, as long as there are any.

    `join` keeps it going without any, so that others see this process.
    """

    def __init__(self, database: Database, clock: Clock, lease_s: float) -> None:
        self.lease_s = lease_s
        self._database = database
        self.clock = clock
        self._id = f"{this_process()} {uuid4().hex}"
        self._places: int | None = None
        self._leases: dict[str, Lease] = {}
        self._connection: Connection | None = None
        self._beating: asyncio.Task[None] | None = None
        self._tries: set[asyncio.Task[None]] = set()
        self._is_cut_off = False

    def ends(self, asked_at: float) -> float:
        """Returns up to when a lease is good that was asked for at that moment."""
        return asked_at + self.lease_s * (1 - MARGIN)

    def holds(self, client: str) -> bool:
        """Tells whether a run of this process has not given the client back yet, whether or not it lost it."""
        return client in self._leases

    def add(self, lease: Lease) -> None:
        """Renews this lease from now on."""
        self._leases[lease.client] = lease
        self._start()

    def drop(self, lease: Lease) -> None:
        """Renews it no more."""
        if self._leases.get(lease.client) is lease:
            del self._leases[lease.client]

    async def join(self, places: int) -> None:
        """Makes this process seen as one that runs up to so many clients."""
        self._places = places
        with self._database.told():
            await self.beat()
        self._start()

    async def close(self) -> None:
        """Ends the task; who looked at this process sees that it left."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
            self._beating = None
        if self._connection is not None:
            if self._places is not None:
                with suppress(Exception):
                    async with asyncio.timeout(1.0):
                        await self._connection.execute(workers.LEAVE, {"id": self._id})
            await abandon(self._connection)
            self._connection = None

    async def beat(self) -> None:
        """Renews all leases that are still good, with one statement; raises what psycopg raises."""
        asked_at, held = self.clock.monotonic(), list(self._leases.values())
        renewed = await self._renewed(self._parameters(held))
        for lease in held:
            if lease.client in renewed:
                lease.ends = self.ends(asked_at)
            else:
                lease.lose(TAKEN_OVER)

    async def _renewed(self, parameters: dict[str, Any]) -> set[str]:
        connection, self._connection = self._connection, None
        if connection is None or connection.closed:
            connection = await self._database.connect()
        try:
            cursor = await connection.execute(_BEAT.encode(), parameters)
            renewed = {str(client) for (client,) in await cursor.fetchall()}
        except BaseException:
            await abandon(connection)
            raise
        self._connection = connection
        return renewed

    def end_lost(self) -> None:
        """Ends the runs whose lease is over by our own clock, before anything else: they are not renewed any more."""
        for lease in list(self._leases.values()):
            try:
                lease.check()
            except ClientHeld:
                lease.lose()

    def _start(self) -> None:
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat_on(), name="lease keeper")

    async def _beat_on(self) -> None:
        while self._leases or self._places is not None:
            await self.clock.sleep(self._pause())
            self.end_lost()
            if self._leases or self._places is not None:
                await self._try_to_beat()
                self.end_lost()

    def _pause(self) -> float:
        """Returns the seconds to the next beat, or to the end of the first lease where that comes before."""
        now, beat_s = self.clock.monotonic(), self.lease_s / (BEATS_CUT_OFF if self._is_cut_off else BEATS)
        return max(
            0.01, min((beat_s, *(lease.ends - now for lease in self._leases.values() if not lease.lost)))
        )

    async def _try_to_beat(self) -> None:
        """Waits for the answer no longer than for a beat: a server that does not answer must not hide an end."""
        beat = asyncio.create_task(self.beat(), name="lease renewal")
        self._tries.add(beat)
        beat.add_done_callback(self._tried)
        try:
            done, _ = await asyncio.wait({beat}, timeout=self._pause())
            if not done:
                raise TimeoutError
            beat.result()
        except GONE as error:
            self._note_cut_off(error)
        except Exception:  # a bug must not end the task: the next beat may go through
            log.exception("the leases could not be renewed")
        else:
            self._note_back()
        finally:
            beat.cancel()  # nobody waits for it: to give up a statement takes psycopg some seconds

    def _tried(self, beat: asyncio.Task[None]) -> None:
        self._tries.discard(beat)
        if not beat.cancelled():
            beat.exception()  # so that asyncio does not complain that nobody asked

    def _note_cut_off(self, error: Exception) -> None:
        if not self._is_cut_off:
            count = len(self._leases)
            log.warning(
                "leases can't be renewed, trying on", extra={"leases": count, "reason": reason(error)}
            )
        self._is_cut_off = True

    def _note_back(self) -> None:
        if self._is_cut_off:
            log.warning("leases are renewed again")
        self._is_cut_off = False

    def _parameters(self, held: list[Lease]) -> dict[str, Any]:
        good = [lease for lease in held if not lease.lost]
        return {
            "clients": [lease.client for lease in good],
            "epochs": [lease.epoch for lease in good],
            "lease_s": self.lease_s,
            "id": self._id,
            "name": this_process(),
            "places": self._places,
        }
