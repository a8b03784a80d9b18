"""The page of all clients over a database: `python -m benchmarks.overview [CLIENTS]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx

from connector.clock import Stop, SystemClock
from connector.history import PastRun, note_run
from connector.installation import Installation, open_installation, shared
from connector.state import ClientState, StateStore
from connector.web import Terms, make_app
from tests.conftest import migrated
from tests.postgres import running_server

CLIENTS: Final = 500
RUNS: Final = 50
_CLIENT: Final = """
[source]
plugin = "billbee"
username = "erika@example.com"
api_password = "password"
api_key = "key"
[target]
plugin = "wemalo"
token = "token"
"""


async def measure(inst: Installation, clients: int) -> None:
    """Prints how long the page takes at first, when nothing changed, and after one client's run."""
    common = shared(inst, Stop())
    app = make_app(inst, common, Terms(), share=1.0)
    async with common.store as store:
        for number in range(clients):
            await _remember(store, f"shop-{number:04}")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", timeout=600
        ) as browser:
            etag = await _timed(browser, "first look")
            await _timed(browser, "nothing changed")
            await _timed(browser, "kept by the browser", etag)
            await _remember(store, "shop-0000")
            await _timed(browser, "after one client's run")


async def _timed(browser: httpx.AsyncClient, what: str, etag: str = "") -> str:
    began, cpu = time.perf_counter(), time.process_time()
    answer = await browser.get("/", headers={"If-None-Match": etag} if etag else {})
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    assert answer.status_code in {200, 304}, answer.text
    print(f"  {what:24} {seconds:6.2f} s, of which CPU of this process {cpu_s:5.2f} s", flush=True)
    await asyncio.sleep(2 * seconds)  # the page takes no more than its share
    return answer.headers["ETag"]


async def _remember(store: StateStore, client: str) -> None:
    async with await store.acquire(client) as state:
        _note_runs(state, client)
        await state.save()


def _note_runs(state: ClientState, client: str) -> None:
    now = SystemClock().now()
    counts = {"read": 9, "sent": 3, "unchanged": 5, "skipped": 0, "refused": 2, "waiting": 0}
    for number in range(RUNS):
        started = now - timedelta(hours=RUNS - number)
        past = PastRun(
            run_id=f"{client}-{number}",
            started=started,
            ended=started + timedelta(seconds=20),
            completed=number % 9 != 0,
            flows=dict.fromkeys(("products", "orders", "shipments", "stock"), counts),
            calls=30,
        )
        note_run(state, past, {"billbee GET /products": 4})


@contextmanager
def _installed(clients: int, url: str) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        folder = Path(name) / "config" / "clients"
        folder.mkdir(parents=True)
        for number in range(clients):
            (folder / f"shop-{number:04}.toml").write_text(_CLIENT, encoding="utf-8")
        os.environ["CONNECTOR_STATE__URL"] = url
        yield open_installation(folder.parent)


def main(arguments: list[str]) -> int:
    """Prints the figures."""
    clients = int(arguments[0]) if arguments else CLIENTS
    with running_server() as server, server.database() as url:
        asyncio.run(migrated(url))
        with _installed(clients, url) as inst:
            print(f"the page of {clients} clients with {RUNS} runs each, on a database:", flush=True)
            asyncio.run(measure(inst, clients))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
