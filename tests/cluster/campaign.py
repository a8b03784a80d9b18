"""One run of the campaign: workers at work while faults hit them one after the other; then everything must be right."""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.cluster.stage import Stage, Worker, staged
from tests.postgres import Server

CLIENTS: Final = 200
WORKERS: Final = 4
LEASE_S: Final = 5.0
ANSWER_S: Final = 0.4
"""A run makes about ten calls, so that it takes some seconds: a worker that is stopped has clients under way."""

BUSY_S: Final = 30.0
"""So long a fault waits until the worker that it hits has clients under way."""

FAULTS: Final = 8
PAUSE_S: Final = 4.0
INTERVAL_S: Final = 60.0
PATIENCE_S: Final = 2 * INTERVAL_S
"""Two intervals after the last fault, all clients have to be complete again."""


@dataclass
class Result:
    """What one run showed; `failed` holds a line for everything that must not be."""

    seed: int
    faults: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    calls: int = 0
    runs: int = 0
    taken_over: int = 0
    complete_after_s: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """How large a run is, and with which workers; `kinds` are the faults, by their names in `FAULT_KINDS`.

    A fault lasts for `lasts` leases, at least and at most, or until the client of the worker is taken over; the next
    one comes after about `pause_s`. The clients'
    interval is `interval_s`: no setting can be as short, so that it is the test that lets their slots come.
    """

    clients: int = CLIENTS
    workers: int = WORKERS
    lease_s: float = LEASE_S
    answer_s: float = ANSWER_S
    faults: int = FAULTS
    pause_s: float = PAUSE_S
    lasts: tuple[float, float] = (1.2, 2.0)
    kinds: tuple[str, ...] = ("kill", "stop", "cut", "restart", "term")
    module: tuple[str, ...] = ("connector",)
    waits_for_takeover: bool = False
    interval_s: float = INTERVAL_S
    patience_s: float = PATIENCE_S


def run(server: Server, url: str, seed: int, plan: Plan, keep: Path | None = None) -> Result:
    """Makes one run in an empty database with the tables; the workers' logs of one that failed go to `keep`."""
    result, started = Result(seed), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="connector-cluster-") as folder:
        arguments: dict[str, Any] = {
            "lease_s": plan.lease_s,
            "answer_s": plan.answer_s,
            "module": plan.module,
        }
        with staged(
            server, url, Path(folder), clients=plan.clients, workers=plan.workers, **arguments
        ) as stage:
            stage.ask("orders 2")
            for worker in stage.workers:
                worker.start()
            _disturb(server, stage, random.Random(seed), plan, result)
            _conclude(stage, plan, result)
        if keep is not None and result.failed:
            shutil.copytree(folder, keep / str(seed), dirs_exist_ok=True)
    result.seconds = time.monotonic() - started
    return result


def _disturb(server: Server, stage: Stage, rng: random.Random, plan: Plan, result: Result) -> None:
    """Lets one fault after the other happen, each to another worker; people go on ordering meanwhile."""
    mending: list[tuple[float, Callable[[], None]]] = []
    kinds = list(_kinds(rng, plan, can_restart=server.own is not None))
    for number, kind in enumerate(kinds):
        worker = stage.workers[number % len(stage.workers)]
        lasts_s = plan.lease_s * rng.uniform(*plan.lasts)
        worker.supervise()
        stage.wait_until_busy(worker, BUSY_S)
        result.faults.append(f"{kind} {worker.number} {lasts_s:.1f}")
        held = stage.held_by(worker) if plan.waits_for_takeover else {}
        mending.append((time.monotonic() + lasts_s, FAULT_KINDS[kind](server, worker)))
        if plan.waits_for_takeover:
            stage.wait_until_taken_over(held, BUSY_S)
        until = time.monotonic() + plan.pause_s * rng.uniform(0.7, 1.3)
        while time.monotonic() < until:
            mending = _mended(mending)
            time.sleep(0.05)
    while mending:
        mending = _mended(mending)
        time.sleep(0.05)
    for worker in stage.workers:
        worker.supervise()


def _kinds(rng: random.Random, plan: Plan, *, can_restart: bool) -> Iterator[str]:
    """Yields each kind of fault as often as any other, the restart of the database once and in the middle."""
    usual = [kind for kind in plan.kinds if kind != "restart"]
    chosen = [usual[number % len(usual)] for number in range(plan.faults)]
    rng.shuffle(chosen)
    if "restart" in plan.kinds and can_restart:
        chosen[len(chosen) // 2] = "restart"
    yield from chosen


def _mended(mending: list[tuple[float, Callable[[], None]]]) -> list[tuple[float, Callable[[], None]]]:
    """Mends what has lasted long enough; returns the rest."""
    now = time.monotonic()
    for at, mend in mending:
        if at <= now:
            mend()
    return [(at, mend) for at, mend in mending if at > now]


def _conclude(stage: Stage, plan: Plan, result: Result) -> None:
    stage.ask("orders 1")
    result.complete_after_s = stage.wait_until_done(plan.patience_s, plan.interval_s)
    verdict = stage.ask("verdict")
    result.calls, result.runs = verdict["calls"], verdict["runs"]
    logs = "".join(worker.log.read_text(encoding="utf-8", errors="replace") for worker in stage.workers)
    result.taken_over = logs.count("client is taken over")
    result.failed += [overlap["text"] for overlap in verdict["overlaps"]]
    result.failed += verdict["faults"]
    result.failed += [f"{name}: {count} orders did not arrive" for name, count in verdict["waiting"].items()]
    if "Traceback" in logs:
        result.failed.append("a worker logged a traceback: " + logs[logs.index("Traceback") :][:1500])
    for worker in stage.workers:
        if not worker.is_up:
            result.failed.append(f"worker {worker.number} ended by itself")
        elif worker.end() != 0:
            result.failed.append(f"worker {worker.number} did not end in good order")


def _kill(server: Server, worker: Worker) -> Callable[[], None]:
    """Kills a worker; its supervisor starts it again."""
    worker.kill()
    return worker.start


def _term(server: Server, worker: Worker) -> Callable[[], None]:
    """Ends a worker in good order, as a new release does; it is started again."""
    worker.end()
    return worker.start


def _stop(server: Server, worker: Worker) -> Callable[[], None]:
    """Stops a worker for longer than its leases last, as a machine that is suspended, then lets it go on."""
    worker.send(signal.SIGSTOP)
    return lambda: worker.send(signal.SIGCONT)


def _cut(server: Server, worker: Worker) -> Callable[[], None]:
    """Cuts a worker off from the database; it still reaches the services."""
    worker.proxy.cut()
    return worker.proxy.mend


def _restart(server: Server, worker: Worker) -> Callable[[], None]:
    """Lets the database crash, and come up when the fault is mended."""
    assert server.own is not None
    server.own.halt("immediate")
    return server.own.go


FAULT_KINDS: Final[dict[str, Callable[[Server, Worker], Callable[[], None]]]] = {
    "kill": _kill,
    "term": _term,
    "stop": _stop,
    "cut": _cut,
    "restart": _restart,
}
