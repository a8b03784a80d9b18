"""Two stores on one database, as two processes would have them, and what time does to their leases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from connector.clock import SystemClock
from connector.state import Turn
from connector.state.postgres import PostgresStore

HOURLY = Turn(every_s=3600, offset_s=100, first_s=300)
SOON = Turn(every_s=3600, offset_s=100, first_s=-1)


class HandClock(SystemClock):
    """Stands where `passed` is set; who sleeps on it sleeps until the test is over, so that nothing is renewed."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


def store(database: str, clock: HandClock | None = None) -> PostgresStore:
    return PostgresStore(database, clock or HandClock(), lease_s=45)


def given(database: str, test: Callable[[PostgresStore, PostgresStore], Awaitable[None]]) -> None:
    """Runs a test with two stores, as two processes would have them."""

    async def run() -> None:
        async with store(database) as one, store(database) as other:
            await test(one, other)

    asyncio.run(run())


def change(database: str, assignments: str) -> None:
    """Changes the row of `acme`, as time would."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"update connector_client set {assignments} where client = 'acme'".encode())


def end_lease(database: str) -> None:
    change(database, "lease_until = now() - interval '1 second'")


def row(database: str, what: str) -> Any:
    with psycopg.connect(database, autocommit=True) as connection:
        found = connection.execute(f"select {what} from connector_client where client = 'acme'".encode())
        return found.fetchone()[0]  # type: ignore[index]


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what a real server does in its own time."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
