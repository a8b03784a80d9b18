"""The Grafana dashboard draws only what `/metrics` has."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connector.crew import Crew, QueueSeen
from connector.metrics import Metrics
from connector.state import WorkerSeen
from connector.testing.clock import NOON
from tests.town import Town

BOARD = json.loads(
    (Path(__file__).parent.parent / "deploy" / "grafana" / "connector.json").read_text(encoding="utf-8")
)
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
TARGETS = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]

_WORDS = re.compile(r"connector_[a-z_]+")
_GROUPED = re.compile(r"by \(([^)]*)\)")
_MATCHED = re.compile(r"(\w+)\s*(?:=~|!=|=)\s*\"")
_NAMED = re.compile(r"\{\{(\w+)\}\}")


def crew() -> Crew:
    """A worker that holds a client, and a queue."""
    worker = WorkerSeen(
        name="process 7 on one",
        started=NOON,
        last_seen=NOON,
        silent_s=3.0,
        running=1,
        places=50,
        alive=True,
    )
    return Crew(
        workers=(worker,),
        held=1,
        held_by={worker.name: 1},
        overdue=0,
        longest_overdue_s=0.0,
        troubled=(),
        queue=QueueSeen(waiting=0, oldest_s=0.0, begun=1),
    )


@pytest.fixture(scope="module")
def metrics() -> dict[str, set[str]]:
    """Lets two merchants live for a day, so that every figure is there; returns the labels of each."""

    async def live() -> str:
        measured, plain = Metrics(), town.shared
        town.shared = lambda: dataclasses.replace(plain(), meter=measured)  # type: ignore[method-assign]
        await town.live(hours=25)
        states = {name: await town.store.read(name) for name in await town.store.clients()}
        return measured.render(states, town.clock.now(), crew())

    town = Town(2)
    for _ in range(5):
        town.merchants[0].sell()
    found: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(asyncio.run(live())):
        for sample in family.samples:
            found[sample.name] |= sample.labels.keys()
    return found


@pytest.mark.parametrize(("panel", "target"), TARGETS, ids=[f"{t} {x['refId']}" for t, x in TARGETS])
def test_a_panel_draws_metrics_that_there_are(
    metrics: dict[str, set[str]], panel: str, target: dict[str, Any]
) -> None:
    expression = target["expr"]
    used = set(_WORDS.findall(expression))
    assert used
    assert used <= metrics.keys()
    labels = {label for name in used for label in metrics[name]}
    grouped = {word.strip() for words in _GROUPED.findall(expression) for word in words.split(",")}
    assert grouped | set(_MATCHED.findall(expression)) <= labels
    assert set(_NAMED.findall(target["legendFormat"])) <= labels


def test_the_choice_of_clients_comes_from_a_metric_that_there_is(metrics: dict[str, set[str]]) -> None:
    (chosen,) = [each for each in BOARD["templating"]["list"] if each["name"] == "client"]
    assert chosen["definition"] == "label_values(connector_runs_total, client)"
    assert "client" in metrics["connector_runs_total"]


def test_every_metric_is_drawn_somewhere(metrics: dict[str, set[str]]) -> None:
    drawn = {name for _, target in TARGETS for name in _WORDS.findall(target["expr"])}
    assert metrics.keys() - drawn == set()


def test_panels_do_not_cover_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
