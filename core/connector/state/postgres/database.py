"""Connections to the database, each of whose statements is a transaction of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from connector.errors import ConfigurationError, StateError
from connector.state.postgres.schema import check_version

Row = tuple[Any, ...]
Connection = psycopg.AsyncConnection[Row]
Params = Mapping[str, Any]

MOST_CONNECTIONS: Final = 6
"""Of the pool; the lease keeper has one of its own, so that it never waits for a place."""

CONNECT_S: Final = 5.0
"""Seconds in which one attempt to connect has to succeed."""

RECONNECT_S: Final = 10.0
"""Seconds after which a pool gives up until it is asked again: its own pauses grow longer than a lease."""

_ADDRESS: Final = "postgresql://user:password@host:5432/database"
GONE: Final = (psycopg.Error, OSError, TimeoutError)
"""What is raised where a database can't be reached, does not answer, or refuses."""

_PASSING: Final = (psycopg.OperationalError, psycopg.InterfaceError, OSError, TimeoutError)


class Unreachable(StateError):
    """The database is away, or too busy to answer: the same statement may go through a moment later."""


class Database:
    """The database that a URL names; it is opened when it is first used.

    `wait_s` is how long a connection, and the answer to a statement, are waited for.
    """

    def __init__(self, url: str, wait_s: float) -> None:
        """Raises ConfigurationError where the URL can't be one of a database. Messages never hold it."""
        self._conninfo, self.name = _parsed(url, wait_s)
        self._wait_s = wait_s
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._opening = asyncio.Lock()
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # what it warns of, the errors here say

    async def rows(self, query: str, params: Params | None = None) -> list[Row]:
        """Sends one statement and returns its rows; raises StateError."""
        pool = await self._opened()
        with self.told():
            async with asyncio.timeout(2 * self._wait_s), pool.connection(self._wait_s) as connection:
                return await (await connection.execute(query.encode(), params)).fetchall()

    async def row(self, query: str, params: Params | None = None) -> Row | None:
        """Sends one statement and returns its first row, None where there is none; raises StateError."""
        return next(iter(await self.rows(query, params)), None)

    async def execute(self, query: str, params: Params | None = None) -> None:
        """Sends one statement that returns no rows; raises StateError."""
        pool = await self._opened()
        with self.told():
            async with asyncio.timeout(2 * self._wait_s), pool.connection(self._wait_s) as connection:
                await connection.execute(query.encode(), params)

    async def connect(self) -> Connection:
        """Opens a connection beside the pool; its errors are psycopg's."""
        return await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, prepare_threshold=None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Yields a connection of its own within one transaction; raises StateError."""
        with self.told():
            connection = await self.connect()
        try:
            with self.told():
                async with connection.transaction():
                    yield connection
        finally:
            await connection.close()

    async def close(self) -> None:
        """Closes all connections."""
        if self._pool is not None:
            await self._pool.close(timeout=1.0)
            self._pool = None

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turns what psycopg raises into a StateError that names the database, the reason and the way out."""
        try:
            yield
        except GONE as error:
            kind = Unreachable if isinstance(error, _PASSING) else StateError
            raise kind(
                f"the database {self.name} can't be used: {reason(error)}. "
                "Check that it is up, and the setting state.url"
            ) from error

    async def _opened(self) -> AsyncConnectionPool[Connection]:
        async with self._opening:
            if self._pool is None:
                with self.told():
                    connection = await self.connect()  # says why it fails; the pool would only say how long
                try:
                    with self.told():
                        await check_version(connection, self.name)
                finally:
                    await connection.close()
                self._pool = await self._pooled()
            return self._pool

    async def _pooled(self) -> AsyncConnectionPool[Connection]:
        """A stale connection, as after a restart of the database, is replaced before it is used."""
        pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self._conninfo,
            kwargs={"autocommit": True, "prepare_threshold": None},
            min_size=1,
            max_size=MOST_CONNECTIONS,
            timeout=self._wait_s,
            reconnect_timeout=RECONNECT_S,
            check=AsyncConnectionPool.check_connection,
            open=False,
            name="connector state",
        )
        await pool.open()
        return pool


def reason(error: BaseException) -> str:
    """Says in one line what psycopg met."""
    if isinstance(error, TimeoutError):
        return "it does not answer"
    text = " ".join(str(error).split()) or type(error).__name__
    return text.rstrip(".")


async def abandon(connection: Connection) -> None:
    """Closes a connection that may not answer any more."""
    with suppress(Exception):
        await connection.close()


def _parsed(url: str, wait_s: float) -> tuple[str, str]:
    """Returns what psycopg connects with, and the name of the database for messages."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(
            f"state.url is no address of a PostgreSQL database; it looks like {_ADDRESS}"
        )
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its text may quote the password
        raise ConfigurationError(f"state.url can't be read; it looks like {_ADDRESS}") from None
    patience: dict[str, Any] = {
        "connect_timeout": int(CONNECT_S),
        "application_name": "connector",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": int(1000 * wait_s),
    }
    host, port = given.get("host", "localhost"), given.get("port", "")
    name = f"{given.get('dbname', '')} on {host}" + (f":{port}" if port else "")
    return make_conninfo("", **{**patience, **given}), name
