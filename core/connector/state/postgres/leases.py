"""Who may run a client: the statements on one row for each, with its holder, epoch and the end of the lease.

All times are the database's, so that the clocks of the machines need not agree. A lease is taken anew by each run;
the epoch grows with it, and nothing is written with an older one.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from datetime import UTC, datetime
from os import getpid
from typing import Any, Final

from connector.errors import ClientHeld, NotDue
from connector.state.hold import Glance
from connector.state.postgres.database import Database, Params, Row
from connector.state.schedule import LeaseSeen, Turn

TAKEN_OVER: Final = "another process has taken it over"

LONGEST_PAUSE_S: Final = 3600.0
FIRST_PAUSE: Final = 2 / 9
"""The part of a lease that a client waits whose second holder in a row vanished (10 s of 45); it doubles each time."""

_SLOT: Final = """to_timestamp(
    (floor((extract(epoch from clock_timestamp()) - %(offset_s)s) / %(every_s)s) + 1) * %(every_s)s + %(offset_s)s
)"""

_DUE_AT: Final = f"""case when c.holder is null then c.due_at else c.lease_until + make_interval(secs =>
    case when c.crashes = 0 then 0 else least({LONGEST_PAUSE_S}, {FIRST_PAUSE} * %(lease_s)s * 2 ^ (c.crashes - 1)) end
) end"""
"""When a client is due. One that is held is, when its lease has ended, which it never does while somebody renews it.

Where that was not the first holder in a row to vanish, the pauses grow: the client may be what kills them.
"""

_TAKE: Final = """
insert into connector_client as c (client, holder, held_since, lease_until, epoch, every_s, offset_s, due_at)
values (
    %(client)s, %(holder)s, clock_timestamp(), clock_timestamp() + make_interval(secs => %(lease_s)s), 1,
    %(every_s)s, %(offset_s)s, {slot}
)
on conflict (client) do update set
    holder = excluded.holder,
    held_since = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s),
    epoch = c.epoch + 1,
    crashes = case when c.holder is null then c.crashes else c.crashes + 1 end,
    every_s = coalesce(excluded.every_s, c.every_s),
    offset_s = coalesce(excluded.offset_s, c.offset_s),
    due_at = coalesce(excluded.due_at, c.due_at)
where {free}
returning c.epoch, c.crashes, c.saves
"""
_TAKE_FREE: Final = _TAKE.format(slot="null", free="c.holder is null or c.lease_until < clock_timestamp()")
_TAKE_DUE: Final = _TAKE.format(slot=_SLOT, free=f"{_DUE_AT} <= clock_timestamp()")

_GIVE_BACK: Final = """
update connector_client set
    holder = null, held_since = null, lease_until = null,
    crashes = case when %(done)s then 0 else crashes end,
    due_at = {due_at}
where client = %(client)s and epoch = %(epoch)s and holder is not null
"""
_GIVE_BACK_DONE: Final = _GIVE_BACK.format(due_at=_SLOT)
_GIVE_BACK_DUE: Final = _GIVE_BACK.format(due_at="clock_timestamp()")
_GIVE_BACK_UNSCHEDULED: Final = _GIVE_BACK.format(due_at="due_at")

_RENEW: Final = """
update connector_client set lease_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
where client = %(client)s and epoch = %(epoch)s and holder is not null returning epoch
"""

_ENROL: Final = """
insert into connector_client as c (client, every_s, offset_s, due_at)
select t.client, t.every_s, t.offset_s, clock_timestamp() + make_interval(secs => t.first_s)
from unnest(%(clients)s::text[], %(every_s)s::float8[], %(offset_s)s::float8[], %(first_s)s::float8[])
    as t (client, every_s, offset_s, first_s)
on conflict (client) do update set
    every_s = excluded.every_s, offset_s = excluded.offset_s, due_at = least(c.due_at, excluded.due_at)
where c.every_s is distinct from excluded.every_s
"""

_DUE: Final = f"""
select client from connector_client c where {_DUE_AT} <= clock_timestamp() order by {_DUE_AT}
"""

_GLANCE: Final = """
select client, saves, holder, held_since, lease_until, clock_timestamp() from connector_client
where client = any(%(clients)s::text[])
"""

_LOOK: Final = f"""
select client, holder, held_since, lease_until, crashes,
    case when c.lease_until >= clock_timestamp() then c.due_at else {_DUE_AT} end,
    greatest(0, extract(epoch from clock_timestamp() - {_DUE_AT}))::float8,
    greatest(0, extract(epoch from clock_timestamp() - c.lease_until))::float8
from connector_client c order by client
"""


class Grant:
    """A lease as it was granted: its `epoch`, how many holders in a row vanished before, and the last checkpoint."""

    def __init__(self, row: Row) -> None:
        self.epoch, self.crashes, self.saves = (int(value) for value in row)


def this_process() -> str:
    """Says in words who runs a client."""
    return f"process {getpid()} on {socket.gethostname()}"


async def take(database: Database, client: str, lease_s: float, turn: Turn | None) -> Grant:
    """Takes the lease of a client; raises ClientHeld, NotDue or StateError."""
    params = {"client": client, "holder": this_process(), "lease_s": lease_s, **_turn(turn)}
    row = await database.row(_TAKE_FREE if turn is None else _TAKE_DUE, params)
    if row is not None:
        return Grant(row)
    if turn is not None:
        raise NotDue(f"client `{client}` is not due: it was run meanwhile, or somebody runs it now")
    who = await holder(database, client)
    raise ClientHeld(
        f"client `{client}` is being run by {who or 'another process'}; wait until it has ended, or stop it"
    )


async def renew(database: Database, client: str, epoch: int, lease_s: float) -> bool:
    """Renews one lease; returns whether it is still ours. Raises StateError."""
    params = {"client": client, "epoch": epoch, "lease_s": lease_s}
    return await database.row(_RENEW, params) is not None


async def give_back(database: Database, client: str, epoch: int, turn: Turn | None, *, done: bool) -> None:
    """Ends a lease, if it is still ours; raises StateError."""
    query = _GIVE_BACK_UNSCHEDULED if turn is None else _GIVE_BACK_DONE if done else _GIVE_BACK_DUE
    await database.execute(query, {"client": client, "epoch": epoch, "done": done, **_turn(turn)})


async def holder(database: Database, client: str) -> str | None:
    """Says who runs a client, since when, and up to when its lease lasts unless it is renewed; raises StateError."""
    return (await glance(database, (client,)))[client].holder


async def glance(database: Database, clients: Collection[str]) -> dict[str, Glance]:
    """Returns of each client the number of its last checkpoint and who runs it; raises StateError."""
    rows = await database.rows(_GLANCE, {"clients": list(clients)})
    seen = {client: Glance(stamp=str(saves), holder=_holder(*lease)) for client, saves, *lease in rows}
    return {client: seen.get(client, Glance(stamp="")) for client in clients}


def _holder(who: str | None, since: datetime, until: datetime, now: datetime) -> str | None:
    if who is None or until < now:
        return None
    day = "" if _utc(since).date() == _utc(now).date() else f"{_utc(since):%Y-%m-%d} "
    return f"{who} since {day}{_utc(since):%H:%M:%S} UTC (lease up to {_utc(until):%H:%M:%S} UTC, renewed meanwhile)"


async def enrol(database: Database, turns: dict[str, Turn]) -> None:
    """Takes clients into the schedule, or their new intervals; raises StateError."""
    params: Params = {
        "clients": list(turns),
        "every_s": [turn.every_s for turn in turns.values()],
        "offset_s": [turn.offset_s for turn in turns.values()],
        "first_s": [turn.first_s for turn in turns.values()],
    }
    await database.execute(_ENROL, params)


async def due(database: Database, lease_s: float) -> list[str]:
    """Returns the clients that are due, the longest waiting first; raises StateError."""
    return [str(client) for (client,) in await database.rows(_DUE, {"lease_s": lease_s})]


async def look(database: Database, lease_s: float) -> tuple[LeaseSeen, ...]:
    """Returns all clients as the schedule has them, in alphabetical order; raises StateError."""
    return tuple(_seen(row) for row in await database.rows(_LOOK, {"lease_s": lease_s}))


def _seen(row: Row) -> LeaseSeen:
    client, who, since, until, crashes, due_at, overdue_s, past_end_s = row
    return LeaseSeen(
        client=client,
        holder=who,
        held_since=since and _utc(since),
        lease_until=until and _utc(until),
        crashes=crashes,
        due_at=due_at and _utc(due_at),
        overdue_s=overdue_s or 0.0,
        past_end_s=past_end_s or 0.0,
    )


def _turn(turn: Turn | None) -> dict[str, Any]:
    every_s, offset_s = (turn.every_s, turn.offset_s) if turn else (None, None)
    return {"every_s": every_s, "offset_s": offset_s}


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
