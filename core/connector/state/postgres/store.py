"""The store of states on PostgreSQL."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec

from connector.clock import Clock
from connector.errors import ClientHeld, NotDue, StateError
from connector.state.hold import Glance, Hold, Loaded, StreamChanges, Streams
from connector.state.port import Snapshot, StateStore, checked_name, sorted_out
from connector.state.postgres import leases, rows, schema, workers
from connector.state.postgres.database import Database, Row, Unreachable
from connector.state.postgres.keeper import Keeper, Lease
from connector.state.schedule import Schedule, Seen, Turn

log: Final = logging.getLogger("connector.state")

READ_AT_ONCE: Final = 20
"""Clients that are read with one statement."""

TRY_AGAIN_S: Final = 0.5
"""Seconds after which a checkpoint is written again that did not go through."""


class PostgresStore(StateStore):
    """States as rows, one for each client, stream and key; and a lease for each client that is being run.

    `lease_s` is the time after which another process takes over the client of one that vanished.
    """

    def __init__(self, url: str, clock: Clock, lease_s: float) -> None:
        """Raises ConfigurationError where the URL can't be one of a database; it is opened when it is first used."""
        self._database = Database(url, lease_s)
        self._clock = clock
        self._keeper = Keeper(self._database, clock, lease_s)
        self._holds: set[_LeaseHold] = set()
        self.schedule: Schedule = _PostgresSchedule(self._database, self._keeper)

    async def migrate(self) -> str:
        """Makes the tables, or brings them to this release."""
        name = self._database.name
        async with self._database.transaction() as connection:
            before, after = await schema.migrate(connection, name)
        if before == after:
            return f"the tables in {name} are those of this release (version {after})"
        return f"the tables in {name} were {'made' if before == 0 else 'updated'} (version {after})"

    async def read(self, client: str, only: Collection[str] | None = None) -> Snapshot:
        """Reads what the last checkpoint left, whoever runs the client now; raises StateError and changes nothing."""
        return Snapshot(client, await _load(self._database, checked_name(client), only), only)

    async def stamp(self, client: str) -> str:
        """Returns a text that is another one after each checkpoint; raises StateError."""
        query = "select saves from connector_client where client = %(client)s"
        row = await self._database.row(query, {"client": checked_name(client)})
        return str(row[0]) if row else ""

    async def holder(self, client: str) -> str | None:
        """Looks at the lease, without taking the client from anybody; raises StateError."""
        return await leases.holder(self._database, checked_name(client))

    async def glance(self, clients: Collection[str]) -> dict[str, Glance]:
        """Asks once for all of them; while the database is away, each says so."""
        names, refused = sorted_out(clients)
        found = {client: Glance(fault=str(error)) for client, error in refused.items()}
        try:
            return found | await leases.glance(self._database, names)
        except StateError as error:
            return found | {client: Glance(fault=str(error)) for client in names}

    async def read_many(
        self, clients: Collection[str], only: Collection[str] | None = None
    ) -> dict[str, Snapshot | StateError]:
        """Reads some dozens with one statement: as many as do not fill the memory."""
        names, refused = sorted_out(clients)
        found: dict[str, Snapshot | StateError] = {**refused}
        for first in range(0, len(names), READ_AT_ONCE):
            some = names[first : first + READ_AT_ONCE]
            try:
                found |= await self._read_some(some, only)
            except StateError as error:
                found |= dict.fromkeys(some, error)
        return found

    async def _read_some(
        self, clients: list[str], only: Collection[str] | None
    ) -> dict[str, Snapshot | StateError]:
        wanted = None if only is None else list(only)
        by_client: dict[str, list[Row]] = {client: [] for client in clients}
        for client, *entry in await self._database.rows(rows.LOAD_MANY, {"clients": clients, "only": wanted}):
            by_client[client].append(tuple(entry))
        found: dict[str, Snapshot | StateError] = {}
        for client, entries in by_client.items():
            try:
                found[client] = Snapshot(client, _streams(self._database, client, entries), only)
            except StateError as error:
                found[client] = error
        return found

    async def clients(self) -> tuple[str, ...]:
        """Returns the names of the clients that have rows, sorted; raises StateError."""
        found = await self._database.rows("select distinct client from connector_state order by client")
        return tuple(client for (client,) in found)

    async def close(self) -> None:
        """Gives back every client that is still held, and closes the connections."""
        for hold in tuple(self._holds):
            await hold.release(done=False)
        await self._keeper.close()
        await self._database.close()

    async def _hold(self, client: str, turn: Turn | None) -> Hold:
        if self._keeper.holds(client):
            kind = ClientHeld if turn is None else NotDue
            raise kind(f"client `{client}` is being run by this process already; wait until it has ended")
        asked_at = self._clock.monotonic()
        grant = await leases.take(self._database, client, self._keeper.lease_s, turn)
        if grant.crashes:
            who = f"the {grant.crashes} runs before" if grant.crashes > 1 else "the run before"
            log.warning(
                "client is taken over",
                extra={"client": client, "reason": f"{who} vanished: killed, stopped or cut off"},
            )
        lease = Lease(client, grant.epoch, self._keeper.ends(asked_at), self._clock)
        hold = _LeaseHold(self._database, self._keeper, lease, turn, grant.saves, self._holds.discard)
        self._holds.add(hold)
        self._keeper.add(lease)
        return hold


class _LeaseHold(Hold):
    """A client whose lease we have."""

    def __init__(
        self,
        database: Database,
        keeper: Keeper,
        lease: Lease,
        turn: Turn | None,
        saves: int,
        on_release: Callable[[_LeaseHold], None],
    ) -> None:
        self.epoch = lease.epoch
        self._database = database
        self._keeper = keeper
        self._lease = lease
        self._turn = turn
        self._saves = saves
        self._on_release = on_release
        self._is_released = False

    async def load(self) -> Loaded:
        return Loaded(streams=await _load(self._database, self._lease.client))

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        self._saves += 1
        row = await self._saved(rows.parameters(self._lease.client, self.epoch, self._saves, changes))
        if row is None or not row[0]:
            self._lease.lose(leases.TAKEN_OVER)
            self.check()

    async def _saved(self, parameters: dict[str, Any]) -> Row | None:
        """Saves, and tries on while the database is away and the lease is good; a second time does no harm."""
        clock = self._keeper.clock
        until = clock.monotonic() + self._keeper.lease_s
        while True:
            self.check()
            try:
                return await self._database.row(rows.SAVE, parameters)
            except Unreachable as error:
                if clock.monotonic() >= until:
                    raise
                log.info("saved a moment later", extra={"client": self._lease.client, "reason": str(error)})
                await clock.sleep(TRY_AGAIN_S)

    def check(self) -> None:
        self._lease.check()

    async def renew(self) -> None:
        self.check()
        asked_at = self._keeper.clock.monotonic()
        if await leases.renew(self._database, self._lease.client, self.epoch, self._keeper.lease_s):
            self._lease.ends = self._keeper.ends(asked_at)
        else:
            self._lease.lose(leases.TAKEN_OVER)
        self.check()

    def when_lost(self, end: Callable[[], object]) -> None:
        self._lease.when_lost(end)

    async def release(self, *, done: bool = True) -> None:
        if self._is_released:
            return
        self._is_released = True
        was_lost = bool(self._lease.lost)
        self._lease.give_up("it was given back")
        try:
            await leases.give_back(
                self._database, self._lease.client, self.epoch, self._turn, done=done and not was_lost
            )
        except StateError as error:
            if not was_lost:
                log.warning(
                    "client is free when its lease ends",
                    extra={"client": self._lease.client, "reason": str(error)},
                )
        finally:
            self._keeper.drop(self._lease)
            self._on_release(self)


async def _load(database: Database, client: str, only: Collection[str] | None = None) -> Streams:
    wanted = None if only is None else list(only)
    return _streams(database, client, await database.rows(rows.LOAD, {"client": client, "only": wanted}))


def _streams(database: Database, client: str, entries: list[Row]) -> Streams:
    try:
        return rows.streams_of(entries)
    except msgspec.DecodeError as error:
        raise StateError(
            f"the state of client `{client}` in the database {database.name} is damaged ({error}); "
            "restore its rows in connector_state from a backup, or delete them: the next run then starts afresh"
        ) from error


class _PostgresSchedule(Schedule):
    """The schedule in the same table as the leases."""

    def __init__(self, database: Database, keeper: Keeper) -> None:
        self._database = database
        self._keeper = keeper
        self._enrolled: dict[str, Turn] = {}

    async def join(self, places: int) -> None:
        await self._keeper.join(places)

    async def due(self, turns: Mapping[str, Turn]) -> list[str]:
        new = {
            client: turn for client, turn in turns.items() if self._enrolled.get(checked_name(client)) != turn
        }
        if new:
            await leases.enrol(self._database, new)
            self._enrolled.update(new)
        return [
            client for client in await leases.due(self._database, self._keeper.lease_s) if client in turns
        ]

    async def tidy(self) -> None:
        await self._database.execute(workers.TIDY, {"lease_s": self._keeper.lease_s})

    async def seen(self) -> Seen:
        alive = {"lease_s": self._keeper.lease_s}
        found = await self._database.rows(workers.LOOK, alive)
        return Seen(
            workers=tuple(workers.seen(row) for row in found),
            leases=await leases.look(self._database, self._keeper.lease_s),
        )
