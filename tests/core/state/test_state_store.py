"""What a run may do with the state of its client, and what the next run finds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ClientHeld, StateError
from connector.state import ClientState, Hold, Loaded, StreamChanges
from tests.core.state.files import save, store_in


def test_a_save_without_changes_writes_no_file(tmp_path: Path) -> None:
    async def run() -> None:
        async with await store_in(tmp_path).acquire("acme") as state:
            state.stream("orders")
            state.delete("orders", "never there")
            state.put_many("orders", {})
            await state.save()

    asyncio.run(run())
    assert not (tmp_path / "acme.json").exists()


def test_files_of_other_kinds_are_no_clients(tmp_path: Path) -> None:
    for client in ("muster-shop", "acme"):
        save(tmp_path, client, "orders", {"4711": "accepted"})
    for other in ("acme.json.damaged-20261123T140310Z", "notes.txt", "Old Copy.json"):
        (tmp_path / other).touch()
    assert asyncio.run(store_in(tmp_path).clients()) == ("acme", "muster-shop")


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

    async def release(self, *, done: bool = True) -> None:
        self.epoch = 0

    def when_lost(self, end: Callable[[], object]) -> None:
        pass


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
