"""The tables, made by one command and refused where they are of another release; addresses that can't be used."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from connector.clock import SystemClock
from connector.errors import ConfigurationError, StateError
from connector.state.postgres import PostgresStore
from connector.state.postgres.schema import VERSION
from tests.postgres import Server

pytestmark = pytest.mark.postgres


def store(url: str) -> PostgresStore:
    return PostgresStore(url, SystemClock(), lease_s=2)


def migrate(url: str) -> str:
    async def run() -> str:
        async with store(url) as one:
            return await one.migrate()

    return asyncio.run(run())


def read(url: str) -> None:
    async def run() -> None:
        async with store(url) as one:
            await one.read("acme")

    asyncio.run(run())


def set_version(url: str, version: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update connector_version set version = %s", (version,))


def test_an_empty_database_is_refused_with_the_command_that_makes_the_tables(postgres: Server) -> None:
    with postgres.database() as url:
        with pytest.raises(
            StateError, match=r"has no tables for states yet; `connector state migrate` makes"
        ):
            read(url)
        assert f"were made (version {VERSION})" in migrate(url)
        assert f"are those of this release (version {VERSION})" in migrate(url)
        read(url)


def test_two_that_migrate_at_once_do_not_disturb_each_other(postgres: Server) -> None:
    async def both(url: str) -> list[str]:
        async with store(url) as one, store(url) as other:
            return list(await asyncio.gather(one.migrate(), other.migrate()))

    with postgres.database() as url:
        assert sum("were made" in line for line in asyncio.run(both(url))) == 1


def test_tables_of_a_newer_release_are_refused_and_not_touched(database: str) -> None:
    set_version(database, VERSION + 1)
    for attempt in (read, migrate):
        with pytest.raises(StateError, match=r"set up by a newer release .* Upgrade connector"):
            attempt(database)


def test_tables_of_an_older_release_are_refused_until_they_are_migrated(database: str) -> None:
    set_version(database, -1)
    with pytest.raises(StateError, match=r"older release \(-1\); `connector state migrate` makes"):
        read(database)


WRONG = {
    "mysql://connector@db/connector": "state.url is no address of a PostgreSQL database; it looks like postgresql://",
    "/var/lib/connector": "state.url is no address of a PostgreSQL database",
    "postgresql://connector:p%ZZsecret@db/connector": "state.url can't be read; it looks like postgresql://",
    "postgresql://db/connector?pasword=secret": "state.url can't be read",
}


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_can_not_be_used_is_refused_and_never_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        store(url)
    assert str(raised.value).startswith(WRONG[url])
    assert "secret" not in str(raised.value)


def test_a_server_that_is_not_there_is_named_with_the_reason_and_without_the_password() -> None:
    with pytest.raises(StateError) as raised:
        read("postgresql://connector:secret@127.0.0.1:1/states")
    assert str(raised.value).startswith("the database states on 127.0.0.1:1 can't be used: ")
    assert "refused" in str(raised.value)
    assert "secret" not in str(raised.value)
