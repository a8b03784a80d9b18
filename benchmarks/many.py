"""Many clients at once in one process, each with 2,000 products, with throttling on.

`python -m benchmarks.many CLIENTS PRODUCTS serve|run|floor` is one process of it: the services (until standard input
ends), the clients, or as many bare loops that keep the limit in the simplest way.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import httpx

from benchmarks import floor
from benchmarks.bars import Bar
from benchmarks.catalogue import ROOT
from benchmarks.worker import cpu_s, peak_mb
from connector.clock import Stop, SystemClock
from connector.crowd import collect_seldom
from connector.engine import run_client
from connector.http import Limits
from connector.installation import installed_plugins
from connector.secret import Secret
from connector.settings import ClientSettings, PluginChoice, StepChoice
from connector.sides import Shared
from connector.state import TinyStore
from connector_billbee.settings import BillbeeSettings
from connector_sandbox.seed import large_shop
from connector_sandbox.servers import Sandbox, SandboxServers
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_wemalo.settings import WemaloSettings

PRODUCTS = 2_000
ALLOWED = 2
"""Calls of one endpoint that Billbee allows a user in a second."""

MOST_WALL = 1.20
MOST_CLIENTS = 500
"""So many are held to the bar; more of them are shown."""
MOST_KB = 400.0
MOST_STALL_MS = 100.0

Sites = Mapping[str, str]
Stall = tuple[float, float]
"""Seconds for which the loop looked at nothing else: on the wall, and of the processor's time in them."""


@dataclass(frozen=True)
class Many:
    """So many clients at once: an unchanged run of each, and the floor's CPU for the same reads."""

    clients: int
    products: int
    run: Mapping[str, Any]
    floor: Mapping[str, Any]

    @property
    def limit_s(self) -> float:
        """What the limit allows: two pages at once, and two more in each further second."""
        return ceil(ceil(self.products / floor.PAGE_SIZE) / ALLOWED) - 1.0

    @property
    def needed_s(self) -> float:
        return max(self.limit_s, float(self.floor["cpu_s"]))


def measure_many(numbers: Sequence[int], products: int = PRODUCTS) -> list[Many]:
    """Makes the runs, each number of clients with services of its own."""
    found = []
    for clients in numbers:
        with _served(clients, products) as sites:
            run = _worked(clients, products, "run", sites)
            found.append(Many(clients, products, run, _worked(clients, products, "floor", sites)))
    return found


def lines(found: Sequence[Many]) -> Iterator[str]:
    yield "many clients at once, throttled, unchanged catalogues"
    for many in found:
        run = many.run
        yield (
            f"  {many.clients:5} clients: wall {run['wall_s']:6.1f} s  CPU {run['cpu_s']:6.1f} s"
            f"  peak {run['peak_mb']:6.1f} MB"
            f"  longest stall {run['stall_ms']:5.0f} ms, {run['busy_ms']:.0f} ms of it at work"
            f"  (limit {many.limit_s:.1f} s, floor's CPU {many.floor['cpu_s']:.1f} s)"
        )


def bars(found: Sequence[Many]) -> Iterator[Bar]:
    for many in found:
        name = f"{many.clients} clients: wall / the larger of limit and floor's CPU"
        most_wall = MOST_WALL if many.clients <= MOST_CLIENTS else None
        yield Bar(name, many.run["wall_s"] / many.needed_s, most_wall)
    few, most = found[0], found[-1]
    if most.clients > few.clients:
        more_kb = 1000 * (most.run["peak_mb"] - few.run["peak_mb"]) / (most.clients - few.clients)
        yield Bar(f"memory per further client, {few.clients} to {most.clients}", more_kb, MOST_KB, " kB")
    # on the wall it holds the turns of other processes, too
    name = f"longest stall with {most.clients} clients, the loop's own work"
    yield Bar(name, most.run["busy_ms"], MOST_STALL_MS, " ms")


@contextmanager
def _served(clients: int, products: int) -> Iterator[Sites]:
    command = [sys.executable, "-m", "benchmarks.many", str(clients), str(products), "serve"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _worked(clients: int, products: int, work: str, sites: Sites) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "benchmarks.many", str(clients), str(products), work, json.dumps(sites)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    figures: Mapping[str, Any] = json.loads(done.stdout)
    return figures


def serve(clients: int, products: int) -> None:
    """Serves the same shop to each of the clients, and a warehouse of its own that has all of it."""
    sandbox = Sandbox(large_shop(products), Warehouse())
    sandbox.wemalo.habits.limited = False
    sandbox.billbee.audit.keep_bodies = sandbox.wemalo.audit.keep_bodies = False
    for number in range(clients):
        name = _name(number)
        sandbox.billbee.open_account(name, sandbox.api_password, sandbox.api_key, sandbox.shop)
        sandbox.wemalo.open_account(f"token-{name}", Warehouse(name=name))
    with SandboxServers(sandbox) as servers:
        print(json.dumps({"billbee": servers.billbee_site, "wemalo": servers.wemalo_site}), flush=True)
        sys.stdin.read()


async def run(clients: int, sites: Sites) -> Mapping[str, Any]:
    """Lets one client import its products, gives its state to all, and runs all of them at once."""
    collect_seldom()  # as `connector run` does
    plugins, steps = installed_plugins()
    clock, stalls = SystemClock(), list[Stall]()
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        store = TinyStore(Path(name), clock)
        shared = Shared(
            plugins=plugins,
            steps=steps,
            store=store,
            limits=Limits(clock),
            clock=clock,
            stop=Stop(),
            random=random.Random(1),
        )
        await run_client(_settings(0, sites), shared, ("products",))
        learnt = (Path(name) / f"{_name(0)}.json").read_bytes()
        for number in range(1, clients):
            (Path(name) / f"{_name(number)}.json").write_bytes(learnt)
        await clock.sleep(1.1)  # the limit's window is empty again
        watching = asyncio.create_task(_watch(stalls))
        began, used = time.monotonic(), cpu_s()
        all_settings = [_settings(number, sites) for number in range(clients)]
        reports = await asyncio.gather(*(run_client(each, shared, ("products",)) for each in all_settings))
        took = {"wall_s": time.monotonic() - began, "cpu_s": cpu_s() - used, "peak_mb": peak_mb()}
        watching.cancel()
        if failed := [report.failure for report in reports if not report.completed]:
            raise RuntimeError(f"{len(failed)} runs did not complete, the first: {failed[0]}")
        if sum(report.flows["products"].sent for report in reports):
            raise RuntimeError("a catalogue that did not change was sent")
    return {
        **took,
        "stall_ms": 1000 * max(wall for wall, _ in stalls),
        "busy_ms": 1000 * max(busy for _, busy in stalls),
    }


async def bare(clients: int, products: int, sites: Sites) -> Mapping[str, Any]:
    """Reads as many catalogues side by side, each by a loop that waits a second after two pages."""

    async def read(number: int) -> int:
        async with httpx.AsyncClient(verify=False) as client:
            read = 0
            async for page in floor.pages(client, sites["billbee"], _name(number)):
                read += len(page)
                if read % (ALLOWED * floor.PAGE_SIZE) == 0 and read < products:
                    await asyncio.sleep(1.05)
            return read

    await asyncio.sleep(1.1)
    began, used = time.monotonic(), cpu_s()
    await asyncio.gather(*(read(number) for number in range(clients)))
    return {"wall_s": time.monotonic() - began, "cpu_s": cpu_s() - used}


async def _watch(stalls: list[Stall]) -> None:
    while True:
        asleep, used = time.monotonic(), time.thread_time()
        await asyncio.sleep(0.005)
        stalls.append((time.monotonic() - asleep - 0.005, time.thread_time() - used))


def _name(number: int) -> str:
    return f"client-{number:04}"


def _settings(number: int, sites: Sites) -> ClientSettings:
    billbee = BillbeeSettings(
        username=_name(number),
        api_password=Secret(Sandbox.api_password),
        api_key=Secret(Sandbox.api_key),
        base_url=f"{sites['billbee']}/api/v1",
    )
    wemalo = WemaloSettings(token=Secret(f"token-{_name(number)}"), base_url=f"{sites['wemalo']}/v1")
    return ClientSettings(
        name=_name(number),
        source=PluginChoice("billbee", billbee),
        target=PluginChoice("wemalo", wemalo),
        mapping=(StepChoice("resolve_sets", True),),
    )


def main(clients: int, products: int, work: str, *sites: str) -> None:
    if work == "serve":
        serve(clients, products)
        return
    found = json.loads(sites[0])
    done = run(clients, found) if work == "run" else bare(clients, products, found)
    print(json.dumps(asyncio.run(done)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
