"""One piece of work in a process of its own: `python -m benchmarks.worker WORK SITES FOLDER`.

Prints what it took as JSON. `SITES` is what `benchmarks.sandbox` prints. CPU and wall time are those of the run, after
imports and settings; the peak of the memory is the process's.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import floor
from connector.calls import Endpoint, Service
from connector.clock import Clock, Stop, SystemClock
from connector.crowd import collect_seldom
from connector.engine import run_client
from connector.http import Limits
from connector.http.limits import Lane
from connector.installation import open_installation, shared
from connector_sandbox.commands import CLIENT

Figures = dict[str, Any]


class Unlimited(Limits):
    """Lets every call through at once: what is measured is the engine, not the waiting."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._free: dict[Endpoint, Endpoint] = {}

    def lane(self, service: Service, endpoint: Endpoint) -> Lane:
        free = self._free.setdefault(endpoint, msgspec.structs.replace(endpoint, limits=()))
        return super().lane(msgspec.structs.replace(service, limit=None, remaining=None), free)


async def run(_: Mapping[str, str], folder: Path, *flows: str) -> Figures:
    """Runs the client as the folder's settings say."""
    collect_seldom()  # as `connector run` does
    inst = open_installation(folder / "config")
    common = replace(shared(inst, Stop()), limits=Unlimited(SystemClock()))
    settings = inst.client(CLIENT).settings
    began, used = time.monotonic(), cpu_s()
    report = await run_client(settings, common, flows)
    took = {"wall_s": time.monotonic() - began, "cpu_s": cpu_s() - used}
    await common.store.close()
    if not report.completed:
        raise RuntimeError(report.failure)
    counts = {name: msgspec.to_builtins(counted) for name, counted in report.flows.items()}
    return {**took, "flows": counts, "calls": dict(report.calls)}


async def products(sites: Mapping[str, str], folder: Path) -> Figures:
    """Runs the flow `products` alone."""
    return await run(sites, folder, "products")


async def save(_: Mapping[str, str], folder: Path) -> Figures:
    """Saves one change to the state that a run left."""
    inst = open_installation(folder / "config")
    common = shared(inst, Stop())
    took = []
    async with await common.store.acquire(CLIENT) as state:
        for number in range(5):
            state.put("meta", "measured", number)
            began = time.monotonic()
            await state.save()
            took.append(1000 * (time.monotonic() - began))
        state.delete("meta", "measured")
        await state.save()
    return {"save_ms": min(took)}


WORKS: Mapping[str, Callable[[Mapping[str, str], Path], Awaitable[Figures]]] = {
    "run": run,
    "products": products,
    "save": save,
    "floor first": floor.first_import,
    "floor unchanged": floor.unchanged,
}


def cpu_s() -> float:
    """Returns the seconds of the processor that this process has used, in user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """Returns the most memory that this process has had.

    Linux counts that of the process that started this one in `ru_maxrss`, too, so there its own peak is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 * 1024 if sys.platform == "darwin" else 1024
    )


async def main(work: str, sites: Mapping[str, str], folder: Path) -> None:
    began, used = time.monotonic(), cpu_s()
    done = await WORKS[work](sites, folder)
    took = {"wall_s": time.monotonic() - began, "cpu_s": cpu_s() - used, "peak_mb": peak_mb()}
    print(json.dumps(took | done), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3])))
