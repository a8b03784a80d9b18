"""A catalogue of a given size, taken across by `connector run --once`: a first run, and one without any change."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from benchmarks.sandbox import ORDERS
from connector_sandbox.commands import CLIENT

ROOT = Path(__file__).resolve().parent.parent

Kind = Literal["first", "unchanged"]


@dataclass(frozen=True)
class Run:
    """One run of the connector's process over `products` products.

    `wall_s` holds the pauses by which the connector keeps Billbee's limit, `cpu_s` (user and system) does not.
    `calls` counts by service and endpoint ("billbee GET /products"), as the services saw them. `sent` is the number
    of products that the run says it sent.
    """

    products: int
    kind: Kind
    wall_s: float
    cpu_s: float
    peak_mb: float
    state_mb: float
    calls: Mapping[str, int]
    sent: int

    @property
    def wall_ms_per_product(self) -> float:
        return 1000 * self.wall_s / self.products

    @property
    def cpu_ms_per_product(self) -> float:
        return 1000 * self.cpu_s / self.products

    def calls_to(self, service: str) -> int:
        """Counts the calls to one service."""
        return sum(count for call, count in self.calls.items() if call.startswith(f"{service} "))


def measure(products: int) -> list[Run]:
    """Makes both runs; raises RuntimeError where one does not complete."""
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name:
        folder = Path(name)
        with sandbox(products, folder) as sites:
            return [_run(products, kind, folder, sites) for kind in ("first", "unchanged")]


@contextmanager
def sandbox(products: int, folder: Path, orders: int = ORDERS) -> Iterator[Mapping[str, str]]:
    """Keeps the sandbox up; yields the site of each service."""
    command = [sys.executable, "-m", "benchmarks.sandbox", str(products), str(folder), str(orders)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the sandbox did not start; its reason stands above")
            yield json.loads(line)
        finally:
            process.terminate()


def _run(products: int, kind: Kind, folder: Path, sites: Mapping[str, str]) -> Run:
    options = ("--config", str(folder / "config"), "run", "--once", "--json")
    code, wall_s, usage = _timed([sys.executable, "-m", "connector", *options], folder)
    if code:
        log = (folder / "stderr").read_text(encoding="utf-8")
        raise RuntimeError(f"the {kind} run over {products} products ended with {code}:\n{log[-2000:]}")
    (client,) = json.loads((folder / "stdout").read_bytes())["clients"]
    return Run(
        products=products,
        kind=kind,
        wall_s=wall_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024),
        state_mb=(folder / "state" / f"{CLIENT}.json").stat().st_size / 1_000_000,
        calls=_calls(sites),
        sent=client["flows"]["products"]["sent"],
    )


def _timed(command: list[str], folder: Path) -> tuple[int, float, resource.struct_rusage]:
    """Runs a command; returns its exit code, its seconds on the wall, and what this one child used.

    What it prints goes to the files `stdout` and `stderr` in `folder`.
    """
    # settings of the person who measures must not leak in
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
    started = time.monotonic()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
    return process.returncode, time.monotonic() - started, usage


def asked(site: str, method: str, path: str, body: Any = None) -> Any:
    """Asks one of the sandbox's services, and returns its JSON; raises RuntimeError where it refuses."""
    with closing(HTTPConnection(urlsplit(site).netloc, timeout=60)) as connection:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {said.decode()}")
        return json.loads(said)


def _calls(sites: Mapping[str, str]) -> dict[str, int]:
    """Counts what the services received since this was last asked."""
    counts: Counter[str] = Counter()
    for service, site in sites.items():
        entries = asked(site, "GET", "/_sandbox/audit")
        asked(site, "DELETE", "/_sandbox/audit")
        counts.update(f"{service} {entry['method']} {entry['template']}" for entry in entries)
    return dict(counts)
