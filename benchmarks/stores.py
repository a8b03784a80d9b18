"""Load and save of one client's state in each store: `python -m benchmarks.stores [RECORDS]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from connector.clock import SystemClock
from connector.state import StateStore, open_store
from tests.postgres import running_server

RECORDS = 50_000
PAGE = 250


@dataclass(frozen=True)
class Figures:
    """Seconds: all records at once, page by page with a checkpoint for each, half of them changed, and loaded."""

    store: str
    save_s: float
    pages_s: float
    changed_s: float
    load_s: float
    stop_ms: float

    def __str__(self) -> str:
        return (
            f"{self.store:10}  {self.save_s:8.2f}  {self.pages_s:8.2f}  {self.changed_s:8.2f}  {self.load_s:8.2f}"
            f"  {self.stop_ms:12.0f}"
        )


async def measure(name: str, opened: Callable[[], StateStore], records: int) -> Figures:
    """Measures one store, with entries of the size that the products' have."""
    entries = {str(100_000_000 + n): f"{n:032x}\t{4_260_000_000_000 + n}\tSKU-{n}" for n in range(records)}
    keys = list(entries)
    async with opened() as store, await store.acquire("whole") as state:
        state.put_many("products", entries)
        save_s = await timed(state.save)
    async with opened() as store, await store.acquire("pages") as state:
        started = time.perf_counter()
        longest = 0.0
        for first in range(0, records, PAGE):
            state.put_many("products", {key: entries[key] for key in keys[first : first + PAGE]})
            longest = max(longest, await timed(state.save))
        pages_s = time.perf_counter() - started
        state.put_many("products", {key: f"{entries[key]}2" for key in keys[::2]})
        changed_s = await timed(state.save)
    async with opened() as store:
        await store.read("other")  # the connection is there
        load_s = await timed(lambda: store.read("pages"))
    return Figures(name, save_s, pages_s, changed_s, load_s, 1000 * longest)


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def main(records: int = RECORDS) -> None:
    """Prints a row for each store; the database is a real one that writes to the disk with each commit."""
    clock = SystemClock()
    print(f"{records:,} records  save all  by pages  half new      load  longest page (ms)")
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as folder:
        print(asyncio.run(measure("files", lambda: open_store(Path(folder), None, 45, clock), records)))
    with running_server("fsync = on") as server, server.database() as url:

        async def made() -> Figures:
            async with open_store(Path(), url, 45, clock) as store:
                await store.migrate()
            return await measure("PostgreSQL", lambda: open_store(Path(), url, 45, clock), records)

        print(asyncio.run(made()))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
