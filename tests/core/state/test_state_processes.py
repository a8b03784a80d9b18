"""What happens to the state when processes are killed, or meet."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.errors import ClientHeld
from connector.state import TinyStore
from tests.core.state.files import load, save, store_in

CHILD = Path(__file__).with_name("child.py")


@contextmanager
def child(folder: Path, what: str) -> Iterator[subprocess.Popen[str]]:
    """Starts a process that holds client `acme`, and kills it (-9) in the end."""
    command = [sys.executable, str(CHILD), str(folder), what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert read_line(process) == "held"
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("saves", [1, 2, 3, 5, 8])
def test_R5_a_kill_in_the_middle_of_saves_leaves_a_whole_checkpoint(tmp_path: Path, saves: int) -> None:
    with child(tmp_path, "save") as process:
        for number in range(1, saves + 1):
            assert read_line(process) == str(number)
    orders, products = load(tmp_path, "acme", "orders"), load(tmp_path, "acme", "products")
    assert orders["number"] == products["number"] >= saves
    assert {len(products[str(key)]) for key in range(20_000)} == {orders["number"] % 7}


def test_R5_the_client_of_a_killed_process_is_free_at_once_and_its_temporary_files_go(tmp_path: Path) -> None:
    with child(tmp_path, "save") as process:
        read_line(process)
    (tmp_path / "acme.json.half-written.tmp").write_text('{"_format"')
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.json", "acme.lock"]


def test_C3_a_client_that_another_process_runs_is_refused_and_that_process_named(tmp_path: Path) -> None:
    with child(tmp_path, "hold") as process:
        says = rf"client `acme` is being run by process {process.pid} on .+ since .+ UTC; wait until it has ended"
        with pytest.raises(ClientHeld, match=says):
            save(tmp_path, "acme", "orders", {})


def test_C3_a_client_is_refused_a_second_time_in_the_same_process(tmp_path: Path) -> None:
    async def acquire_twice() -> None:
        store = store_in(tmp_path)
        async with await store.acquire("acme"):
            await store.acquire("acme")

    with pytest.raises(ClientHeld, match="since 14:03:10 UTC"):
        asyncio.run(acquire_twice())


def test_reading_needs_no_lock(tmp_path: Path) -> None:
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    with child(tmp_path, "hold"):
        assert load(tmp_path, "acme", "orders") == {"4711": "accepted"}


def test_another_client_is_free_while_one_runs(tmp_path: Path) -> None:
    with child(tmp_path, "hold"):
        save(tmp_path, "other", "orders", {"4711": "accepted"})
    assert load(tmp_path, "other", "orders") == {"4711": "accepted"}


def test_a_run_whose_lock_file_was_deleted_writes_nothing_more(tmp_path: Path) -> None:
    async def lose_the_lock() -> None:
        async with await store_in(tmp_path).acquire("acme") as state:
            (tmp_path / "acme.lock").unlink()
            state.put("orders", "4711", "accepted")
            await state.save()

    with pytest.raises(
        ClientHeld, match=r"no longer held by this run: the lock file .*acme\.lock was removed"
    ):
        asyncio.run(lose_the_lock())
    assert not (tmp_path / "acme.json").exists()


def test_who_runs_a_client_can_be_seen_without_taking_it(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with child(tmp_path, "hold") as process:
        running = asyncio.run(store.holder("acme"))
    assert running is not None
    assert running.startswith(f"process {process.pid} on ")
    assert asyncio.run(store.holder("acme")) is None  # it was killed, and its note is still there


def test_a_client_that_never_ran_is_held_by_nobody(tmp_path: Path) -> None:
    assert asyncio.run(store_in(tmp_path).holder("acme")) is None
    assert list(tmp_path.iterdir()) == []


def test_C3_looking_who_runs_a_client_never_keeps_a_run_out(tmp_path: Path) -> None:
    store = TinyStore(tmp_path, SystemClock())

    async def take_often() -> None:
        for _ in range(50):
            async with await store.acquire("acme"):
                pass

    def look(ended: threading.Event) -> None:
        while not ended.is_set():
            asyncio.run(store.holder("acme"))

    ended = threading.Event()
    looking = threading.Thread(target=look, args=(ended,))
    looking.start()
    try:
        asyncio.run(take_often())
    finally:
        ended.set()
        looking.join()
