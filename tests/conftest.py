"""Fixtures for all tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.cluster import make_queue
from connector.state.postgres import PostgresStore
from tests.logged import Logged, logging_into_memory
from tests.postgres import NoPostgres, Server, running_server
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def logged() -> Iterator[Logged]:
    with logging_into_memory() as lines:
        yield lines


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The PostgreSQL server of this test run; without one the tests that need it are skipped, and say so."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except NoPostgres as error:
            pytest.skip(str(error))
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server) -> Iterator[str]:
    """The name of a database with the tables of this release, to copy."""
    with postgres.database() as url:
        asyncio.run(migrated(url))
        yield url.rpartition("/")[2]


@pytest.fixture
def database(postgres: Server, template: str) -> Iterator[str]:
    """The address of a database of this test's own, with the tables and nothing in them."""
    with postgres.database(template) as url:
        yield url


async def migrated(url: str) -> None:
    """Makes the tables of states and of the queue."""
    async with PostgresStore(url, SystemClock(), lease_s=45) as store:
        await store.migrate()
    await make_queue(url)
