"""Leases: who may run a client when many processes want to, and what one that lost it can still do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from connector.clock import SystemClock
from connector.errors import ClientHeld, NotDue, StateError
from connector.state import Seen, StreamChanges, Turn
from connector.state.postgres import PostgresStore
from connector.state.postgres.rows import SAVE, parameters
from tests.cluster.proxy import Proxy
from tests.core.state.conftest import Place, child

pytestmark = pytest.mark.postgres

HOURLY = Turn(every_s=3600, offset_s=100, first_s=300)
SOON = Turn(every_s=3600, offset_s=100, first_s=-1)


class HandClock(SystemClock):
    """Stands still but for `pass_`; who sleeps on it sleeps until the test is over, so that nothing is renewed."""

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


def test_C3_whoever_lost_the_client_writes_nothing_more(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        stale = await one.acquire("acme")
        stale.put("orders", "4711", "stale")
        end_lease(database)
        async with await other.acquire("acme") as state:
            assert state.epoch == stale.epoch + 1
            state.put("orders", "4711", "fresh")
            await state.save()
        with pytest.raises(ClientHeld, match="no longer held by this run: another process has taken it over"):
            await stale.save()
        assert (await one.read("acme")).stream("orders") == {"4711": "fresh"}

    given(database, test)


def test_C3_a_client_that_was_given_back_takes_no_late_write_either(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        stale = await one.acquire("acme")
        stale.put("orders", "4711", "stale")
        end_lease(database)
        await (await other.acquire("acme")).release()
        with pytest.raises(ClientHeld, match="taken it over"):
            await stale.save()

    given(database, test)


def test_C3_before_the_lease_ends_nobody_else_gets_the_client(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        async with await one.acquire("acme"):
            with pytest.raises(
                ClientHeld, match=r"client `acme` is being run by process \d+ on .* wait until"
            ):
                await other.acquire("acme")

    given(database, test)


def test_C3_a_lease_that_could_not_be_renewed_is_over_for_us_before_anybody_else_can_have_it(
    database: str,
) -> None:
    clock = HandClock()

    async def run() -> None:
        async with store(database, clock) as one:
            state = await one.acquire("acme")
            for passed in (0, 34.9):
                clock.passed = passed
                state.check()
            clock.passed = 35.1
            with pytest.raises(ClientHeld, match="its lease could not be renewed in time"):
                state.check()
            with pytest.raises(ClientHeld, match="could not be renewed"):
                await state.renew()

    asyncio.run(run())


def test_a_lease_counts_from_before_it_was_asked_for(database: str) -> None:
    clock = HandClock()

    async def run() -> None:
        async with store(database, clock) as one:
            state = await one.acquire("acme")
            clock.passed = 30
            await state.renew()
            clock.passed = 64
            state.check()

    asyncio.run(run())


def test_all_leases_of_a_process_are_renewed_with_one_statement(database: str) -> None:
    async def run() -> None:
        async with PostgresStore(database, SystemClock(), lease_s=600) as one:
            states = [await one.acquire(client) for client in ("acme", "other")]
            change(database, "lease_until = now() + interval '1 second'")
            before = row(database, "lease_until")
            await one._keeper.beat()
            assert row(database, "lease_until") > before + timedelta(seconds=500)
            for state in states:
                state.check()

    asyncio.run(run())


def test_a_run_whose_client_was_taken_over_is_ended_at_the_next_renewal(database: str) -> None:
    ended: list[str] = []

    async def test(one: PostgresStore, other: PostgresStore) -> None:
        stale = await one.acquire("acme")
        stale.when_lost(lambda: ended.append("acme"))
        end_lease(database)
        await other.acquire("acme")
        await one._keeper.beat()
        with pytest.raises(ClientHeld, match="taken it over"):
            stale.check()

    given(database, test)
    assert ended == ["acme"]


def test_a_run_is_ended_at_the_end_of_its_lease_although_the_database_does_not_answer(database: str) -> None:
    ended: list[str] = []
    clock = HandClock()

    async def run() -> None:
        async with store(database, clock) as one:
            state = await one.acquire("acme")
            state.when_lost(lambda: ended.append("acme"))
            clock.passed = 35.1
            one._keeper.end_lost()

    asyncio.run(run())
    assert ended == ["acme"]


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


def seen(database: str) -> Seen:
    async def look() -> Seen:
        async with store(database) as one:
            return await one.schedule.seen()

    return asyncio.run(look())


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


def test_a_database_that_went_away_is_told_of_and_what_was_not_saved_is_saved_later(database: str) -> None:
    async def run() -> None:
        async with PostgresStore(database, HandClock(), lease_s=1) as one:
            state = await one.acquire("acme")
            state.put("orders", "4711", "accepted")
            rename(database, "connector_state", "gone")
            with pytest.raises(StateError, match=r"can't be used: relation .* does not exist.*state\.url"):
                await state.save()
            rename(database, "gone", "connector_state")
            await state.save()
            assert (await one.read("acme")).stream("orders") == {"4711": "accepted"}

    asyncio.run(run())


def rename(database: str, before: str, after: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"alter table {before} rename to {after}".encode())


def test_connections_that_the_server_closed_are_replaced(database: str) -> None:
    async def run() -> None:
        async with store(database) as one, await one.acquire("acme") as state:
            await one._keeper.beat()
            with psycopg.connect(database, autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            state.put("orders", "4711", "accepted")
            await state.save()
            await one._keeper._try_to_beat()
            await one._keeper._try_to_beat()
            state.check()

    asyncio.run(run())


def test_single_streams_can_be_read_and_the_stamp_changes_with_each_checkpoint_only(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        stamps = [await other.stamp("acme")]
        async with await one.acquire("acme") as state:
            for stream in ("orders", "products"):
                state.put(stream, "4711", "accepted")
                await state.save()
                stamps += [await other.stamp("acme"), await other.stamp("acme")]
        assert (await other.read("acme", {"orders"})).copy() == {"orders": {"4711": "accepted"}}
        assert [stamps[1] == stamps[2], stamps[3] == stamps[4], len(set(stamps))] == [True, True, 3]

    given(database, test)


def test_leases_are_renewed_as_long_as_they_are_held(database: str) -> None:
    async def run() -> None:
        async with PostgresStore(database, SystemClock(), lease_s=1.2) as one:
            state = await one.acquire("acme")
            first = row(database, "lease_until")
            await until(lambda: row(database, "lease_until") > first + timedelta(seconds=1.5))
            state.check()

    asyncio.run(run())


def test_a_database_that_does_not_answer_is_told_of_once_and_when_it_is_back(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    given_port = int(psycopg.conninfo.conninfo_to_dict(database)["port"] or 0)

    async def run(proxy: Proxy) -> None:
        url = database.replace(f":{given_port}/", f":{proxy.port}/")
        async with PostgresStore(url, SystemClock(), lease_s=1.2) as one:
            await one.schedule.join(50)
            proxy.cut()
            await until(lambda: "can't be renewed" in caplog.text)
            proxy.mend()
            await until(lambda: "leases are renewed again" in caplog.text)

    with Proxy(given_port) as proxy:
        asyncio.run(run(proxy))
    assert caplog.text.count("can't be renewed") == 1


def test_a_checkpoint_that_arrives_late_or_twice_never_covers_a_newer_one(database: str) -> None:
    async def test(one: PostgresStore, other: PostgresStore) -> None:
        async with await one.acquire("acme") as state:
            for value in ("first", "second"):
                state.put("orders", "4711", value)
                await state.save()
            late = parameters(
                "acme", state.epoch, 1, {"orders": StreamChanges(put={"4711": "first"}, deleted=frozenset())}
            )
            assert await one._database.row(SAVE, late) == (True,)  # it was saved, long ago
            assert (await one.read("acme")).stream("orders") == {"4711": "second"}
        assert await one._database.row(SAVE, late) == (False,)

    given(database, test)
