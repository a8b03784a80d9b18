"""How long the web page of a large client takes on the server."""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx

from connector.clock import Stop, SystemClock
from connector.history import PastRun, note_run
from connector.installation import open_installation, shared
from connector.ledgers import ProblemEntries
from connector.problems import Ledger
from connector.state import ClientState, TinyStore
from connector.web import Terms, make_app

CLIENT = "acme"
RUNS, PROBLEMS = 200, 2_000
LOOKS = 40
MOST_MS = 50.0
"""Server time of the page, also after a checkpoint, when the state is read anew."""

_FLOWS = ("products", "orders", "cancellations", "shipments", "stock")
_CLIENT_TOML = """
[source]
plugin = "billbee"
username = "erika@example.com"
api_password = "password"
api_key = "key"
[target]
plugin = "wemalo"
token = "token"
"""


@dataclass(frozen=True)
class PageTimes:
    """Milliseconds for the page of a client with 200 runs and 2,000 problems, and so many remembered products.

    It is the time of the processor, which other processes on the machine do not make longer; the page waits for
    nothing but files that were just written.

    `fresh` holds looks after a checkpoint, `again` looks at what did not change since, `same` those of a browser that
    has the page already.
    """

    products: int
    fresh: Sequence[float]
    again: Sequence[float]
    same: Sequence[float]


def measure_page(products: int, looks: int = LOOKS) -> PageTimes:
    """Asks the application for the page, without a network in between."""
    with _quiet(), tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        clients = Path(name) / "config" / "clients"
        clients.mkdir(parents=True)
        (clients / f"{CLIENT}.toml").write_text(_CLIENT_TOML, encoding="utf-8")
        return asyncio.run(_measured(Path(name), products, looks))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the log from telling of each problem that is made here."""
    log = logging.getLogger("connector")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def page_failures(times: PageTimes) -> Iterator[str]:
    """Yields a line for everything that does not hold."""
    for kind in ("fresh", "again", "same"):
        middle = statistics.median(getattr(times, kind))
        if middle >= MOST_MS:
            yield f"page with {times.products} products, {kind}: {middle:.1f} ms, not below {MOST_MS:.0f}"


async def _measured(folder: Path, products: int, looks: int) -> PageTimes:
    inst = open_installation(folder / "config")
    app = make_app(inst, shared(inst, Stop()), Terms(allow_changes=True), share=1.0)
    times: dict[str, list[float]] = {"fresh": [], "again": [], "same": []}
    await _change(folder, partial(_fill, products=products))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        await _timed(browser, [])  # templates are read with the first page
        for look in range(looks):
            await _change(folder, partial(_touch, look=look))
            etag = await _timed(browser, times["fresh"])
            await _timed(browser, times["again"])
            await _timed(browser, times["same"], etag)
    return PageTimes(products, **times)


async def _timed(browser: httpx.AsyncClient, times: list[float], etag: str = "") -> str:
    began = time.thread_time()
    answer = await browser.get(f"/clients/{CLIENT}", headers={"If-None-Match": etag} if etag else {})
    times.append(1000 * (time.thread_time() - began))
    if answer.status_code not in {200, 304}:
        raise RuntimeError(f"the page answered {answer.status_code}: {answer.text}")
    return answer.headers["ETag"]


async def _change(folder: Path, change: Callable[[ClientState], None]) -> None:
    async with await TinyStore(folder / "state", SystemClock()).acquire(CLIENT) as state:
        change(state)
        await state.save()


def _touch(state: ClientState, look: int) -> None:
    state.put("meta", "look", look)


def _fill(state: ClientState, products: int) -> None:
    """Remembers runs, problems and products, as a client has them after some years."""
    now = SystemClock().now()
    ledger = Ledger(ProblemEntries(state), SystemClock().now, client=CLIENT)
    for number in range(PROBLEMS):
        receiver = {"name": "Erika Musterfrau", "street": "Musterweg", "city": "Köln", "country_code": "DE"}
        record = {"id": f"{number}", "receiver": receiver, "lines": [{"id": "1", "sku": "SKU-1"}] * 3}
        params = {"what": "zip"}
        ledger.report("order_receiver_missing", "orders", f"{number}", f"A-{number}", params, record=record)
    for number in range(RUNS):
        started = now - timedelta(hours=RUNS - number)
        counts = {"read": 9, "sent": number % 7, "unchanged": 5, "skipped": 0, "refused": 2, "waiting": 0}
        past = PastRun(
            run_id=f"{CLIENT}-{number}",
            started=started,
            ended=started + timedelta(seconds=20 + number % 9),
            completed=number % 50 != 0,
            failure="" if number % 50 else "billbee GET /orders could not be sent",
            flows=dict.fromkeys(_FLOWS, counts),
            calls=30,
            problems=PROBLEMS,
        )
        note_run(state, past, {"billbee GET /products": 4, "wemalo GET /goodsOrder/getStatus": 9})
    accepted = {"hash": "5d41402abc4b2a76b9719d911017c592", "sku": "SKU-1", "ean": "4006381333931"}
    state.put_many("products", {f"{10_000_000 + number}": accepted for number in range(products)})
