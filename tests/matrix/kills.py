"""The kill matrix: a run is hit by a signal at every request and at every checkpoint, and then runs again to its end.

The points are found by counting: one undisturbed run says which requests it makes and how many checkpoints of its
state. Then for each point a scenario of its own is prepared, the run is hit there, a second run comes to its end
undisturbed, and `violations` (invariants.py) must find nothing.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from connector.clock import SystemClock
from connector.errors import StateError
from connector.state import TinyStore
from connector_sandbox.audit import Entry
from connector_sandbox.faults import FaultKind
from connector_sandbox.servers import Sandbox, SandboxServers
from tests.matrix.invariants import CLIENT, violations
from tests.matrix.processes import STUCK_AFTER_S, Installation, wait
from tests.matrix.scenario import Scenario, prepared
from tests.matrix.table import Outcome

CHECKPOINT: Final = "checkpoint of the state"
ENDS_WITHIN_S: Final = 5.0
"""So soon a run has to end after SIGTERM (SPEC R5)."""

SLACK_S: Final = 15.0
"""What is granted on top before a test fails: the machine may be busy with other points."""

MOST_REQUESTS_AFTER: Final = 8
"""What it takes to finish the record under way, at most (a refused batch of three products, one by one).

A whole run lasts hardly longer than five seconds, so this tells better than a clock that a run heeds the signal.
"""

Side = Literal["before", "after"]


@dataclass(frozen=True)
class Variation:
    """A signal, and when the state is deleted: between the two runs, or before both of them."""

    name: str
    signum: signal.Signals = signal.SIGKILL
    state_deleted: Literal["never", "between", "first"] = "never"


VARIATIONS: Final = (
    Variation("SIGKILL"),
    Variation("SIGKILL, then the state deleted", state_deleted="between"),
    Variation("the state deleted, then SIGKILL", state_deleted="first"),
    Variation("SIGTERM", signal.SIGTERM),
)


@dataclass(frozen=True)
class Point:
    """Where a run is hit: before or after its request or checkpoint number `number`, which is `what`."""

    variation: Variation
    side: Side
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.side} {self.number} {self.what}"


def find_points(variations: Iterable[Variation] = VARIATIONS) -> list[Point]:
    """Every point there is, from one undisturbed run with and one without its state."""
    chosen = list(variations)
    stateless = {variation.state_deleted == "first" for variation in chosen}
    with _workers(len(stateless)) as pool:
        counted = dict(zip(stateless, pool.map(_count, stateless), strict=True))
    return [
        Point(variation, side, number, what)
        for variation in chosen
        for number, what in counted[variation.state_deleted == "first"]
        for side in ("before", "after")
    ]


def spread(points: Sequence[Point]) -> list[Point]:
    """A part that has every endpoint and the checkpoints once, with variations and sides taking turns."""
    kinds = list(dict.fromkeys(point.what for point in points))
    chosen = []
    for turn, kind in enumerate(kinds):
        found = [point for point in points if point.what == kind]
        wanted = VARIATIONS[turn % len(VARIATIONS)]
        side = ("before", "after")[turn // len(VARIATIONS) % 2]
        fitting = [point for point in found if point.variation == wanted and point.side == side] or found
        chosen.append(fitting[turn % len(fitting)])
    return chosen


def strike_all(
    points: Sequence[Point], at_once: int, done: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """Hits a run at each point, several points side by side; `done` is told of each one as soon as it is over."""
    outcomes = []
    with _workers(at_once) as pool:
        for outcome in pool.map(strike, points):
            done(outcome)
            outcomes.append(outcome)
    return outcomes


def strike(point: Point) -> Outcome:
    """Hits a run at the point, lets a second one come to its end, and looks what is wrong then."""
    started = time.monotonic()
    with _ready(point.variation) as stage:
        found = [*_struck(stage, point), *_carried_on(stage, point.variation)]
    return Outcome(point.variation.name, str(point), tuple(found), time.monotonic() - started)


def _workers(count: int) -> ProcessPoolExecutor:
    """Processes for the sandboxes: a thread that serves and one that starts children do not go well in one process."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=silence)


def silence() -> None:
    """Drops what runs log of the problems that are there on purpose; the checks look at the state instead."""
    logging.getLogger("connector").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class _Stage:
    scenario: Scenario
    installation: Installation

    def watch(self, watcher: Callable[[Entry, Side], None] | None) -> None:
        self.scenario.sandbox.billbee.on_request = watcher
        self.scenario.sandbox.wemalo.on_request = watcher


@contextmanager
def _ready(variation: Variation) -> Iterator[_Stage]:
    """A scenario just before the run to hit, served on loopback."""
    with tempfile.TemporaryDirectory(prefix="connector-matrix-") as folder:
        installation = Installation(Path(folder).resolve())
        scenario = prepared(installation.folder)
        if variation.state_deleted == "first":
            shutil.rmtree(installation.state_dir)
        with SandboxServers(scenario.sandbox) as servers:
            installation.configure(servers)
            yield _Stage(scenario, installation)


def _count(without_state: bool) -> list[tuple[int, str]]:
    """Makes the run undisturbed; returns its requests and checkpoints, each with its number."""
    variation = Variation("counting", state_deleted="first" if without_state else "never")
    names: list[str] = []
    with _ready(variation) as stage:
        stage.watch(lambda entry, side: names.append(entry.name) if side == "before" else None)
        code = stage.installation.run(str(stage.installation.state_dir), "0", "before", "SIGKILL")
        found = violations(stage.scenario, stage.installation.state_dir, state_lost=without_state)
        if code or found:
            raise RuntimeError(
                f"the undisturbed run ended with {code}: {found or stage.installation.last_line()}"
            )
        checkpoints = int(stage.installation.last_line())
    return [*enumerate(names, 1), *((number, CHECKPOINT) for number in range(1, checkpoints + 1))]


def _struck(stage: _Stage, point: Point) -> Iterator[str]:
    """Makes the run that is hit; yields what is wrong with its end."""
    watcher = _Watcher(point, stage.scenario.sandbox)
    if point.what == CHECKPOINT:
        state_dir = str(stage.installation.state_dir)
        hit = stage.installation.start(state_dir, str(point.number), point.side, point.variation.signum.name)
    else:
        stage.watch(watcher)
        hit = stage.installation.start()
        watcher.aim(hit)
    try:
        code = wait(hit, STUCK_AFTER_S)
    except subprocess.TimeoutExpired:
        yield "the run neither ended nor was it hit"
        return
    took = time.monotonic() - watcher.fired_at
    stage.watch(None)
    if point.what not in (CHECKPOINT, watcher.hit):
        yield f"not this request was hit but {watcher.hit or 'none'}: the run did not go as the counted one"
    if point.variation.signum is signal.SIGKILL and code != -signal.SIGKILL:
        yield f"the run was not killed but ended with {code}: {stage.installation.last_line()}"
    if point.variation.signum is signal.SIGTERM and code not in (0, 1):
        yield f"after SIGTERM the run ended with {code}: {stage.installation.last_line()}"
    if watcher.hit and took > ENDS_WITHIN_S + SLACK_S:
        yield f"after {point.variation.signum.name} the run went on for {took:.1f} s"
    if watcher.requests_after > MOST_REQUESTS_AFTER:
        yield f"after {point.variation.signum.name} the run made another {watcher.requests_after} requests"
    yield from _unreadable(stage.installation.state_dir)


def _unreadable(state_dir: Path) -> Iterator[str]:
    """The state must be readable as the process left it, before the next run could repair it."""
    try:
        asyncio.run(TinyStore(state_dir, SystemClock()).read(CLIENT))
    except StateError as error:
        yield f"the run left a state that can't be read: {error}"


def _carried_on(stage: _Stage, variation: Variation) -> Iterator[str]:
    """Makes the second run; yields what is wrong after it."""
    state_dir = stage.installation.state_dir
    if variation.state_deleted == "between":
        shutil.rmtree(state_dir, ignore_errors=True)
    try:
        code = stage.installation.run()
    except subprocess.TimeoutExpired:
        yield "the second run hangs"
        return
    if code:
        yield f"the second run ended with {code}: {stage.installation.last_line()}"
    yield from violations(stage.scenario, state_dir, state_lost=variation.state_deleted != "never")
    strangers = sorted({path.name for path in state_dir.iterdir()} - {f"{CLIENT}.json", f"{CLIENT}.lock"})
    if strangers:
        yield f"files were left in the state folder: {', '.join(strangers)}"


class _Watcher:
    """Counts the requests to both services, which share one thread, and sends the signal at one of them.

    A request before which the process was killed was never made: the service does not handle it.
    """

    def __init__(self, point: Point, sandbox: Sandbox) -> None:
        self.hit = ""
        self._faults = {service.name: service.faults for service in (sandbox.billbee, sandbox.wemalo)}
        self.fired_at = 0.0
        self.requests_after = 0
        self._point = point
        self._count = 0
        self._pid = 0
        self._aimed = threading.Event()

    def aim(self, process: subprocess.Popen[bytes]) -> None:
        """Says which process to hit."""
        self._pid = process.pid
        self._aimed.set()

    def __call__(self, entry: Entry, side: Side) -> None:
        self._count += side == "before"
        self.requests_after += bool(self.hit) and side == "before"
        if (self._count, side) == (self._point.number, self._point.side) and not self.hit:
            self._aimed.wait()
            self.hit = entry.name
            self.fired_at = time.monotonic()
            if (self._point.variation.signum, side) == (signal.SIGKILL, "before"):
                self._faults[entry.service].add(entry.name, FaultKind.RESET)
            os.kill(self._pid, self._point.variation.signum)
