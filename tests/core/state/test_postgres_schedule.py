"""The schedule that several processes share: who is due, who waits, and who works."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from connector.errors import NotDue
from connector.state import Seen, Turn
from connector.state.postgres import PostgresStore
from tests.core.state.conftest import Place, child
from tests.core.state.leasing import HOURLY, SOON, change, end_lease, given, row, store

pytestmark = pytest.mark.postgres


def test_a_client_is_due_once_for_each_slot(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        assert await one.schedule.due({"acme": SOON}) == ["acme"]
        async with await one.acquire("acme", SOON):
            assert await other.schedule.due({"acme": SOON}) == []
            with pytest.raises(NotDue, match="not due: it was run meanwhile, or somebody runs it now"):
                await other.acquire("acme", SOON)
        assert await other.schedule.due({"acme": SOON}) == []
        with pytest.raises(NotDue):
            await other.acquire("acme", SOON)
        assert 0 < (row(database, "extract(epoch from due_at - now())")) <= 3600
        assert row(database, "extract(epoch from due_at)::bigint % 3600") == 100

    given(database, test)


def test_a_new_client_is_due_after_its_first_pause_and_a_changed_interval_counts_at_once(
    database: str,
) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        later = Turn(every_s=7200, offset_s=0, first_s=300)
        assert await one.schedule.due({"acme": later}) == []
        assert 290 < row(database, "extract(epoch from due_at - now())") <= 300
        assert await other.schedule.due({"acme": later}) == []
        assert await other.schedule.due({"acme": SOON}) == ["acme"]

    given(database, test)


def test_a_client_that_is_none_of_ours_is_left_to_others(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.schedule.due({"acme": SOON})
        assert await other.schedule.due({"other": HOURLY}) == []

    given(database, test)


def test_a_run_that_was_cut_short_is_due_again_at_once(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        state = await one.acquire("acme", HOURLY)
        state.cut_short()
        await state.release()
        assert await other.schedule.due({"acme": HOURLY}) == ["acme"]

    given(database, test)


def test_a_run_by_hand_leaves_the_schedule_as_it_was(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.schedule.due({"acme": Turn(every_s=3600, offset_s=0, first_s=300)})
        before = row(database, "due_at")
        await (await other.acquire("acme")).release()
        assert row(database, "due_at") == before

    given(database, test)


def test_a_client_whose_holder_vanished_is_due_when_its_lease_ends(database: str) -> None:
    with child(Place(Path("unused"), database), "hold"):
        pass

    async def test(one: PostgresStore, other: PostgresStore) -> None:
        assert await one.schedule.due({"acme": HOURLY}) == []
        end_lease(database)
        assert await one.schedule.due({"acme": HOURLY}) == ["acme"]
        async with await other.acquire("acme", HOURLY):
            assert row(database, "crashes") == 1
        assert row(database, "crashes") == 0  # it came to its end: the client is not what kills

    given(database, test)


# how often a client's holder vanished before, seconds that it then has to wait after the end of the lease
PAUSES = [(0, 0), (1, 10), (2, 20), (3, 40), (5, 160), (9, 2560), (10, 3600), (60, 3600)]


@pytest.mark.parametrize(("crashes", "pause"), PAUSES)
def test_a_client_that_kills_its_workers_again_and_again_waits_longer_each_time(
    database: str, crashes: int, pause: int
) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.acquire("acme", HOURLY)
        for margin, due in ((-2, []), (2, ["acme"])):
            ended = f"now() - interval '{max(pause + margin, 0 if due else -margin)} seconds'"
            if not due and pause == 0:
                ended = "now() + interval '2 seconds'"
            change(database, f"crashes = {crashes}, lease_until = {ended}")
            assert await other.schedule.due({"acme": HOURLY}) == due

    given(database, test)


def test_closing_hands_the_clients_back_at_once(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.acquire("acme", HOURLY)
        await one.close()
        assert await other.schedule.due({"acme": HOURLY}) == ["acme"]

    given(database, test)


def test_who_works_on_what_can_be_seen(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.schedule.due({"acme": SOON, "late": SOON})
        await one.schedule.join(50)
        state = await one.acquire("acme", SOON)
        await one._keeper.beat()
        found = await other.schedule.seen()
        (worker,) = found.workers
        assert (worker.running, worker.places, worker.alive) == (1, 50, True)
        assert [lease.holder is not None for lease in found.leases] == [True, False]
        assert [lease.overdue_s >= 1 for lease in found.leases] == [False, True]
        await state.release()

    given(database, test)
    assert seen(database).workers == ()  # it left in good order


def test_a_worker_that_was_not_heard_of_for_a_lease_is_not_alive_and_forgotten_after_a_day(
    database: str,
) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.schedule.join(50)
        for ago, alive in (("46 seconds", [False]), ("25 hours", [])):
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(
                    f"update connector_worker set last_seen = now() - interval '{ago}'".encode()
                )
            await other.schedule.tidy()
            assert [worker.alive for worker in (await other.schedule.seen()).workers] == alive

    given(database, test)


@pytest.mark.parametrize(
    ("ago", "places"),
    [
        ("46 seconds", [20]),
        ("1 second", [10, 20]),  # two machines may have one name: both live
    ],
)
def test_a_process_that_was_started_again_under_the_same_name_is_forgotten(
    database: str, ago: str, places: list[int]
) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        await one.schedule.join(10)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"update connector_worker set last_seen = now() - interval '{ago}'".encode())
        await other.schedule.join(20)  # the same process, as far as its name tells
        await other.schedule.tidy()
        assert [worker.places for worker in (await other.schedule.seen()).workers] == places

    given(database, test)


def seen(database: str) -> Seen:
    async def look() -> Seen:
        async with store(database) as one:
            return await one.schedule.seen()

    return asyncio.run(look())
