"""What happens to the state when processes are killed, or meet."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.errors import ClientHeld
from connector.state import TinyStore
from tests.core.state.conftest import Place, child, read_line
from tests.core.state.files import save, store_in


def test_R5_the_client_of_a_killed_process_is_free_at_once_and_its_temporary_files_go(tmp_path: Path) -> None:
    with child(Place(tmp_path), "save") as process:
        read_line(process)
    (tmp_path / "acme.json.half-written.tmp").write_text('{"_format"')
    save(tmp_path, "acme", "orders", {"4711": "accepted"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.json", "acme.lock"]


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
    with child(Place(tmp_path), "hold") as process:
        running = asyncio.run(store.holder("acme"))
    assert running is not None
    assert running.startswith(f"process {process.pid} on ")
    assert asyncio.run(store.holder("acme")) is None  # it was killed, and its note is still there


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
