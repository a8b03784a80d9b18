"""Leases: who may run a client when many processes want to, and what one that lost it can still do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

from connector.clock import SystemClock
from connector.errors import ClientHeld, StateError
from connector.state import StreamChanges
from connector.state.postgres import PostgresStore
from connector.state.postgres.rows import SAVE, parameters
from tests.cluster.proxy import Proxy
from tests.core.state.leasing import HandClock, change, end_lease, given, row, store, until

pytestmark = pytest.mark.postgres


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


def rename(database: str, before: str, after: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"alter table {before} rename to {after}".encode())
