"""What a web page that is never left alone costs the run beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.catalogue import ROOT, sandbox
from connector_sandbox.commands import CLIENT

VIEWERS = 8
"""So many ask for a page again as soon as they have it; a person's browser asks every five seconds."""

MOST_SLOWED = 0.05


@dataclass(frozen=True)
class Beside:
    """A first run over `products` products alone, and one beside the page, which gave so many `answers` meanwhile."""

    products: int
    alone_wall_s: float
    alone_cpu_s: float
    wall_s: float
    cpu_s: float
    answers: int

    @property
    def slowed(self) -> float:
        """How much of the run's duration the page took at most: all time of the processor that came on top."""
        return max(0.0, self.cpu_s - self.alone_cpu_s) / self.alone_wall_s


def measure_beside(products: int) -> Beside:
    """Makes both runs, each with a fresh sandbox; raises RuntimeError where one does not complete."""
    alone, _ = _run(products, with_page=False)
    beside, answers = _run(products, with_page=True)
    return Beside(products, alone["wall_s"], alone["cpu_s"], beside["wall_s"], beside["cpu_s"], answers)


def beside_failures(beside: Beside) -> Iterator[str]:
    """Yields a line where the page costs too much, or was not asked for at all."""
    if beside.slowed > MOST_SLOWED:
        yield f"the page took {beside.slowed:.1%} of a run, not at most {MOST_SLOWED:.0%}"
    if not beside.answers:
        yield "the page gave no answer while the run went on"


def _run(products: int, *, with_page: bool) -> tuple[dict[str, float], int]:
    with tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name, sandbox(products, Path(name)):
        command = [sys.executable, "-m", "benchmarks.one_run", str(Path(name) / "config")]
        with subprocess.Popen(
            [*command, *(["web"] if with_page else [])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            with _viewed(url) as answers:
                process.stdin.write("go\n")
                process.stdin.flush()
                figures = json.loads(process.stdout.readline() or "{}")
            if not figures.get("completed"):
                raise RuntimeError(f"the run did not complete: {figures}")
            return figures, sum(answers)


@contextmanager
def _viewed(url: str) -> Iterator[list[int]]:
    """Lets viewers ask for the pages as long as the block lasts; yields how many answers each of them got."""
    answers = [0] * (VIEWERS if url else 0)
    ended = threading.Event()

    def view(viewer: int) -> None:
        with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            while not ended.is_set():
                try:
                    connection.request("GET", ("/", f"/clients/{CLIENT}")[answers[viewer] % 2])
                    answers[viewer] += connection.getresponse().read() != b""
                except (HTTPException, OSError):
                    connection.close()

    threads = [threading.Thread(target=view, args=(viewer,), daemon=True) for viewer in range(len(answers))]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
