"""Measures the same job beside singer-sdk, dlt and airbyte-cdk: CPU, wall, memory, and lines of code.

The job: all products and all paid orders are read from the same Billbee sandbox, and each that changed is posted to the
sink by itself. It is done when everything is new, where all make the same calls but that we mark each order as received
in Billbee, too, and again after one record in a hundred changed, as each hour: Billbee can't be asked for the products
that changed, so the peers, which remember nothing but how far they came, post all of them again.

Where a choice was to be made, it is the peers' gain: what maps a record is plain Python, the sink gets what the tap or
source sends, connections are kept, and what their platforms do between two runs is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bars import Bar
from benchmarks.catalogue import ROOT, asked, sandbox
from benchmarks.peers.code import lines_of_code
from benchmarks.peers.environments import default_folder, python_with
from benchmarks.peers.jobs import OURS, PEERS, Desk, Peer, configure, configure_ours
from benchmarks.peers.sink import Sink
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.seed.large import large_shop

MOST_CPU = 0.2
CHANGED = 100
"""One product in so many changes before the second run, and for so many orders there is a new one."""

ALL_NEW, FEW_CHANGED = KINDS = ("all new", "1 % changed")


@dataclass(frozen=True)
class Took:
    """One run: seconds of CPU and wall, the peak of the largest process, and the calls that were made.

    `posts` counts what the sink took, `calls` those to Billbee.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    posts: int
    calls: int


@dataclass(frozen=True)
class Compared:
    """What each took, by kind of run and name, and the lines of code that an integrator writes, by name."""

    products: int
    orders: int
    took: Mapping[str, Mapping[str, Took]]
    code: Mapping[str, int]

    def best(self, kind: str) -> str:
        """Returns the name of the peer that takes the least CPU."""
        return min(self.took[kind].keys() - {OURS}, key=lambda name: self.took[kind][name].cpu_s)

    def ratio(self, kind: str) -> float:
        """Returns our CPU, divided by that of the best peer."""
        return self.took[kind][OURS].cpu_s / self.took[kind][self.best(kind)].cpu_s


def measure_peers(products: int, orders: int, rounds: int) -> Compared:
    """Lets each do the job in turn, so that a busy moment of the machine meets them alike; the best round counts."""
    pythons = {peer.name: python_of(peer) for peer in PEERS}
    found: dict[str, dict[str, list[Took]]] = {kind: {peer.name: [] for peer in PEERS} for kind in KINDS}
    for _ in range(rounds):
        for peer in PEERS:
            for kind, took in both_runs(peer, pythons[peer.name], products, orders).items():
                found[kind][peer.name].append(took)
    best = {
        kind: {name: min(took, key=lambda each: each.cpu_s) for name, took in of_kind.items()}
        for kind, of_kind in found.items()
    }
    code = {peer.name: lines_of_code(peer.code / file for file in peer.files) for peer in PEERS}
    return Compared(products, orders, best, code)


def python_of(peer: Peer) -> Path:
    """Returns the Python that it runs with; installs what is missing."""
    if peer.name == OURS:
        return Path(sys.executable)
    return python_with(peer.code / "requirements.txt", default_folder())


def both_runs(peer: Peer, python: Path, products: int, orders: int) -> dict[str, Took]:
    """Lets one of them do the job, and once more after the change; raises RuntimeError where it did another job."""
    shop = large_shop(products, orders)  # the same as the sandbox has, so that its ids are known
    known = {"/products": set(map(str, shop.assortment.ids)), "/orders": set(map(str, shop.orders))}
    with (
        tempfile.TemporaryDirectory(prefix="connector-benchmark-") as name,
        sandbox(products, Path(name), orders) as sites,
        Sink() as sink,
    ):
        desk = Desk(python, peer.code, Path(name))
        if peer.name == OURS:
            configure_ours(desk, sink.url)
        else:
            configure(desk, sites, sink.url)
        first = _run(peer, desk, sites, sink)
        check(peer.name, sink.taken, due=known, known=known)
        sink.taken.clear()
        changed = _change(sites["billbee"], shop)
        second = _run(peer, desk, sites, sink)
        check(peer.name, sink.taken, changed, {path: ids | changed[path] for path, ids in known.items()})
    return {ALL_NEW: first, FEW_CHANGED: second}


def _run(peer: Peer, desk: Desk, sites: Mapping[str, str], sink: Sink) -> Took:
    figures, log = desk.folder / "figures.json", desk.folder / "log"
    command = [sys.executable, "-m", "benchmarks.peers.clocked", peer.line(desk), str(figures)]
    # settings of the person who measures must not leak in
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
    with log.open("wb") as file:
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=file, stderr=file)
    if done.returncode:
        said = log.read_text(encoding="utf-8")[-3000:]
        raise RuntimeError(f"{peer.name} ended with {done.returncode}:\n{said}")
    peer.keep(desk)
    posts = sum(taken.total() for taken in sink.taken.values())
    calls = len(asked(sites["billbee"], "GET", "/_sandbox/audit"))
    asked(sites["billbee"], "DELETE", "/_sandbox/audit")
    return Took(**json.loads(figures.read_text(encoding="utf-8")), posts=posts, calls=calls)


def check(
    name: str, taken: Mapping[str, Counter[str]], due: Mapping[str, set[str]], known: Mapping[str, set[str]]
) -> None:
    """Raises RuntimeError where a record that is due was not posted, one came twice, or one that the shop lacks."""
    for path, ids in due.items():
        posted = taken.get(path, Counter())
        missing, unknown = ids - posted.keys(), posted.keys() - known[path]
        twice = [each for each, count in posted.items() if count > 1]
        if missing or twice or unknown:
            raise RuntimeError(
                f"{name} did another job: of {path} {len(missing)} were not posted, {len(twice)} more than once, "
                f"and {len(unknown)} are not in the shop"
            )


def _change(site: str, shop: Shop) -> dict[str, set[str]]:
    """Renames one product in a hundred, and lets new orders come in, one for a hundred; returns their ids."""
    products = shop.assortment.ids[::CHANGED]
    for product in products:
        title = {"DE": f"Artikel {product}, neu"}
        asked(site, "POST", "/_sandbox/drive/change_product", {"product_id": product, "Title": title})
    orders = [
        asked(site, "POST", "/_sandbox/drive/add_order", {"lines": [[products[0], 1]]})
        for _ in range(0, len(shop.orders), CHANGED)
    ]
    return {"/products": set(map(str, products)), "/orders": set(map(str, orders))}


def lines(compared: Compared) -> Iterator[str]:
    yield f"peers, {compared.products} products and {compared.orders} orders, one POST per record, throttling off"
    for kind in KINDS:
        for name, run in compared.took[kind].items():
            yield (
                f"  {kind:11} {name:11} CPU {run.cpu_s:6.2f} s  wall {run.wall_s:6.2f} s  peak {run.peak_mb:6.1f} MB"
                f"  {run.posts:6} posted, {run.calls:5} calls of Billbee"
            )
    shown = ", ".join(f"{name} {count}" for name, count in compared.code.items())
    yield f"  lines of code: {shown} ({OURS} for the target alone: Billbee comes with the framework)"


def bars(compared: Compared, most: float | None = MOST_CPU) -> Iterator[Bar]:
    """Holds us to the job of each hour; where all is new, each of thousands of posts costs what httpx costs."""
    for kind, at_most in zip(KINDS, (None, most), strict=True):
        yield Bar(f"peers, {kind}: our CPU / that of {compared.best(kind)}", compared.ratio(kind), at_most)
