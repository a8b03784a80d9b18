"""The tables, and how those of an older release become those of this one."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from connector.errors import StateError

PARTITIONS: Final = 16
"""Of the table that grows with the clients' records: each is vacuumed by itself and fits its index into memory."""

_LOCK: Final = 0x636F6E6E6563746F
"""The advisory lock that lets one process after the other migrate."""

_FIRST: Final = """
create table connector_client (
    client text collate "C" primary key,
    holder text,
    held_since timestamptz,
    lease_until timestamptz,
    epoch bigint not null default 0,
    crashes integer not null default 0,
    every_s double precision,
    offset_s double precision,
    due_at timestamptz,
    saves bigint not null default 0,
    check ((holder is null) = (lease_until is null))
) with (fillfactor = 50);

create table connector_worker (
    id text collate "C" primary key,
    name text not null,
    started timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp(),
    running integer not null,
    places integer not null
) with (fillfactor = 50);

create table connector_state (
    client text collate "C" not null,
    stream text collate "C" not null,
    key text collate "C" not null,
    long_key text,
    value text not null,
    primary key (client, stream, key)
) partition by hash (client);
""" + "\n".join(
    f"create table connector_state_{number:02} partition of connector_state "
    f"for values with (modulus {PARTITIONS}, remainder {number});"
    for number in range(PARTITIONS)
)

MIGRATIONS: Final = (_FIRST,)
"""What makes version 1 of an empty database, version 2 of version 1, and so on. What was released stays as it is."""

VERSION: Final = len(MIGRATIONS)


async def check_version(connection: psycopg.AsyncConnection[Any], name: str) -> None:
    """Raises StateError where the tables are not those of this release."""
    found = await _version(connection)
    if found == VERSION:
        return
    if found > VERSION:
        raise StateError(
            f"the database {name} was set up by a newer release (version {found}, this one knows {VERSION}); "
            "nothing was changed. Upgrade connector"
        )
    what = "has no tables for states yet" if found == 0 else f"has the tables of an older release ({found})"
    raise StateError(f"the database {name} {what}; `connector state migrate` makes those of this release")


async def migrate(connection: psycopg.AsyncConnection[Any], name: str) -> tuple[int, int]:
    """Brings the tables to this release, within the caller's transaction; returns the versions before and after.

    Raises StateError where a newer release made them.
    """
    await connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
    found = await _version(connection)
    if found > VERSION:
        await check_version(connection, name)
    if found == 0:
        await connection.execute("create table connector_version (version integer not null)")
        await connection.execute("insert into connector_version values (0)")
    for step in MIGRATIONS[found:]:
        await connection.execute(step.encode())
    await connection.execute(sql.SQL("update connector_version set version = {}").format(VERSION))
    return found, VERSION


async def _version(connection: psycopg.AsyncConnection[Any]) -> int:
    """Returns the version of the tables, 0 where there are none."""
    there = await (await connection.execute("select to_regclass('connector_version') is not null")).fetchone()
    if not there or not there[0]:
        return 0
    row = await (await connection.execute("select version from connector_version")).fetchone()
    return int(row[0]) if row else 0
