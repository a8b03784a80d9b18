"""A few days in the life of an installation, served on loopback, for a browser to look at."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from starlette.types import ASGIApp

from connector.clock import Stop
from connector.web import Address, WebServer
from tests.core.web.office import Office
from tests.world import World

T = TypeVar("T")

HOURS: Final = 36
HOSTILE: Final = '"><script>document.title = "broken into"</script><img src=x onerror="document.title = 1">'


def aside(call: Callable[[], T]) -> T:
    """Calls in a thread of its own: Playwright's event loop occupies the test's."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()


def lived_in(folder: Path) -> Office:
    """Lives some hours with orders coming in, an outage, orders without zip code, and clients in every state."""
    world = World(folder / "state")
    office = Office(folder, world)
    shop, rng = world.shop, random.Random(7)
    products = office.stock_the_shop(12)
    mug = shop.add_product(SKU="MUG-BLUE", Title="Mug, blue")
    for hour in range(HOURS):
        if hour == 17:
            world.sandbox.billbee.faults.add("GET /orders", "500", times=None)
        elif hour == 19:
            world.sandbox.billbee.faults.clear()
        for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
            shop.add_order([(rng.choice(products), 1)])
        if hour in {9, 25}:
            shop.add_order([(products[0], 1)], to={"Zip": ""})
        if hour == 30:
            shop.add_order([(mug, 2)])
        world.run()
        world.later(hours=59 / 60)
    for name in ("bergladen", "feinkost-nord", "teehaus"):
        office.add(name)
    world.run(name="bergladen")
    world.run(name="feinkost-nord")
    office.write("clients/umzug.toml", '[source]\nplugin = "bilbee"\n')
    return office


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serves the page from a thread as long as the block lasts; yields where, without the last slash."""
    loop, stop = asyncio.new_event_loop(), Stop()
    server = WebServer(app, Address("127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(stop),), daemon=True)
    thread.start()
    try:
        yield server.url.rstrip("/")
    finally:
        loop.call_soon_threadsafe(stop.request)
        thread.join(timeout=10)
        loop.close()
