"""What a run may do with the state of its client, and what the next run finds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ClientHeld, StateError
from connector.state import ClientState, Hold, Loaded, StreamChanges
from tests.core.state.files import load, save, store_in


@pytest.mark.parametrize("seed", range(20))
def test_what_was_saved_is_what_the_next_run_finds(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    expected: dict[str, dict[str, Any]] = {"orders": {}, "products": {}}

    async def run_several_times() -> None:
        for _ in range(rng.randint(1, 5)):
            async with await store_in(tmp_path).acquire("acme") as state:
                for _ in range(rng.randint(0, 4)):
                    change_at_random(rng, state, expected)
                    await state.save()

    asyncio.run(run_several_times())
    assert {stream: load(tmp_path, "acme", stream) for stream in expected} == expected


def change_at_random(rng: random.Random, state: ClientState, expected: dict[str, dict[str, Any]]) -> None:
    """Puts and deletes entries of one stream, both in the state and in what is expected of it."""
    stream = rng.choice(list(expected))
    keys = ["", "1", "ä/ö", "\t\n", "_format", "9" * 40]
    values = ["", "ß", 0, -1.5, None, True, {"at": ["2026-11-23T14:03:10Z", {}]}, 2**53]
    for key in rng.choices(keys, k=5):
        if rng.random() < 0.3:
            state.delete(stream, key)
            expected[stream].pop(key, None)
        else:
            expected[stream][key] = rng.choice(values)
            state.put(stream, key, expected[stream][key])


def test_a_view_of_a_stream_is_live_and_can_not_be_written(tmp_path: Path) -> None:
    async def run() -> None:
        async with await store_in(tmp_path).acquire("acme") as state:
            view = state.stream("orders")
            state.put("orders", "4711", "accepted")
            assert dict(view) == {"4711": "accepted"}
            view["4712"] = "accepted"  # type: ignore[index]

    with pytest.raises(TypeError, match="does not support item assignment"):
        asyncio.run(run())


def test_a_run_that_does_not_save_leaves_the_last_checkpoint(tmp_path: Path) -> None:
    async def run() -> None:
        async with await store_in(tmp_path).acquire("acme") as state:
            state.put("orders", "4711", "forgotten")

    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    asyncio.run(run())
    assert load(tmp_path, "acme", "orders") == {"4711": "accepted"}


def test_a_save_without_changes_writes_no_file(tmp_path: Path) -> None:
    async def run() -> None:
        async with await store_in(tmp_path).acquire("acme") as state:
            state.stream("orders")
            state.delete("orders", "never there")
            state.put_many("orders", {})
            await state.save()

    asyncio.run(run())
    assert not (tmp_path / "acme.json").exists()


def test_a_state_that_was_given_back_is_no_longer_ours(tmp_path: Path) -> None:
    async def run() -> None:
        state = await store_in(tmp_path).acquire("acme")
        state.check()
        await state.release()
        await state.release()
        state.put("orders", "4711", "too late")
        await state.save()

    with pytest.raises(ClientHeld, match="client `acme` is no longer held by this run: it was given back"):
        asyncio.run(run())


def test_closing_the_store_gives_back_what_is_held(tmp_path: Path) -> None:
    async def run() -> None:
        store = store_in(tmp_path)
        first = await store.acquire("acme")
        await store.close()
        second = await store.acquire("acme")
        assert (first.epoch, second.epoch) == (1, 2)

    asyncio.run(run())


def test_the_clients_with_a_state_are_listed(tmp_path: Path) -> None:
    assert store_in(tmp_path / "not made yet").clients() == ()
    for client in ("muster-shop", "acme"):
        save(tmp_path, client, "orders", {"4711": "accepted"})
    for other in ("acme.json.damaged-20261123T140310Z", "notes.txt", "Old Copy.json"):
        (tmp_path / other).touch()
    assert store_in(tmp_path).clients() == ("acme", "muster-shop")


def test_a_client_that_never_ran_has_an_empty_state(tmp_path: Path) -> None:
    assert load(tmp_path / "not made yet", "acme", "orders") == {}
    assert not (tmp_path / "not made yet").exists()


@pytest.mark.parametrize("name", ["", "_format", "Orders", "two words"])
def test_a_stream_that_no_store_could_keep_is_a_bug(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="use a-z, 0-9 and _, a letter first"):
        load(tmp_path, "acme", name)


class LeasedRows(Hold):
    """A store as a database server would be: rows in a table, and a lease that somebody else may take over."""

    def __init__(self) -> None:
        self.epoch = 1
        self.newest_epoch = 1
        self.rows: dict[tuple[str, str], Any] = {}
        self.broken = False

    async def load(self) -> Loaded:
        return Loaded(streams={"orders": {key: value for (_, key), value in self.rows.items()}})

    async def write(self, changes: Mapping[str, StreamChanges]) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise ConnectionError("the server went away")
        for stream, change in changes.items():
            self.rows |= {(stream, key): value for key, value in change.put.items()}
            for key in change.deleted:
                self.rows.pop((stream, key), None)

    def check(self) -> None:
        if self.epoch != self.newest_epoch:
            raise ClientHeld("client `acme` was taken over by another worker")

    async def renew(self) -> None:
        self.check()

    async def release(self) -> None:
        self.epoch = 0


def leased(rows: LeasedRows) -> ClientState:
    return ClientState("acme", rows, Loaded(streams={}))


def test_a_store_of_rows_is_given_only_what_changed() -> None:
    async def run() -> None:
        rows = LeasedRows()
        state = leased(rows)
        state.put("orders", "4711", "pending")
        await state.save()
        rows.rows[("orders", "4711")] = "left alone"
        state.put("orders", "4712", "pending")
        state.put("orders", "4713", "pending")
        state.delete("orders", "4713")
        await state.save()
        assert rows.rows == {("orders", "4711"): "left alone", ("orders", "4712"): "pending"}

    asyncio.run(run())


def test_what_changes_during_a_save_is_written_by_the_next_one() -> None:
    async def run() -> None:
        rows = LeasedRows()
        state = leased(rows)
        state.put("orders", "4711", "pending")
        saving = asyncio.create_task(state.save())
        await asyncio.sleep(0)
        state.put("orders", "4711", "accepted")
        await asyncio.gather(saving, state.save())
        assert rows.rows == {("orders", "4711"): "accepted"}

    asyncio.run(run())


def test_changes_survive_a_store_that_fails_for_a_while() -> None:
    async def run() -> None:
        rows = LeasedRows()
        state = leased(rows)
        state.put("orders", "4711", "accepted")
        rows.broken = True
        with pytest.raises(ConnectionError, match="went away"):
            await state.save()
        rows.broken = False
        await state.save()
        assert rows.rows == {("orders", "4711"): "accepted"}

    asyncio.run(run())


def test_a_run_that_lost_its_lease_writes_nothing() -> None:
    async def run() -> None:
        rows = LeasedRows()
        state = leased(rows)
        state.put("orders", "4711", "accepted")
        rows.newest_epoch = 2
        with pytest.raises(ClientHeld, match="taken over by another worker"):
            await state.save()
        assert not rows.rows

    asyncio.run(run())


def test_who_reads_single_streams_gets_these_and_is_told_of_a_mistake(tmp_path: Path) -> None:
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    save(tmp_path, "acme", "products", {"1": "hash"})
    snapshot = asyncio.run(store_in(tmp_path).read("acme", {"orders", "runs"}))
    assert (dict(snapshot.stream("orders")), dict(snapshot.stream("runs"))) == ({"4711": "accepted"}, {})
    with pytest.raises(ValueError, match="the stream 'products' was not read, only orders, runs"):
        snapshot.stream("products")


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"_format": {"1": {"version": 1}}, "orders": {"1": []}}'])
def test_a_damaged_file_is_told_of_also_where_single_streams_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "acme.json").write_bytes(content)
    with pytest.raises(StateError, match=r"acme\.json is damaged"):
        asyncio.run(store_in(tmp_path).read("acme", {"orders"}))


def test_the_stamp_changes_with_each_checkpoint_and_with_nothing_else(tmp_path: Path) -> None:
    stamps = [asyncio.run(store_in(tmp_path).stamp("acme"))]
    for value in ("a", "b"):
        save(tmp_path, "acme", "orders", {"1": value})
        stamps += [asyncio.run(store_in(tmp_path).stamp("acme")) for _ in range(2)]
    assert [stamps[1] == stamps[2], stamps[3] == stamps[4], len(set(stamps))] == [True, True, 3]
