"""The figures for Prometheus: from what is remembered, and from what a process measures."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connector.engine import run_client
from connector.metrics import STREAMS, Metrics
from connector.sides import Shared
from connector.state import Snapshot
from connector_sandbox.seed import ean13
from tests.town import Town
from tests.world import World

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(text: str) -> Figures:
    """Reads the text as Prometheus does."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}


def figure(found: Figures, name: str, **labels: str) -> float | None:
    """Returns one figure, None where it is not there."""
    return found.get((f"connector_{name}", frozenset(labels.items())))


class Measured(World):
    """A world whose calls are measured."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(state_dir)
        self.metrics = Metrics()

    def shared(self) -> Shared:
        return dataclasses.replace(super().shared(), meter=self.metrics)

    def figures(self) -> Figures:
        async def read() -> Snapshot:
            return await self.shared().store.read("acme")

        state = asyncio.run(read())
        only = Snapshot("acme", {name: dict(state.stream(name)) for name in STREAMS})
        return figures(self.metrics.render({"acme": only}, self.clock.now()))


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    return Measured(tmp_path / "state")


def goods(world: World, orders: int = 1) -> None:
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup")
    world.shop.add_product(SKU="SKU-2", Title="No EAN")
    for _ in range(orders):
        world.shop.add_order([(piece, 1)])


def test_runs_and_records_are_counted_from_the_first_run_on(measured: Measured) -> None:
    goods(measured, orders=3)
    measured.run()
    measured.run(username="nobody")
    measured.run()
    found = measured.figures()
    assert figure(found, "runs_total", client="acme", result="completed") == 2
    assert figure(found, "runs_total", client="acme", result="failed") == 1
    assert figure(found, "records_total", client="acme", flow="orders", verdict="sent") == 3
    assert figure(found, "records_total", client="acme", flow="products", verdict="refused") == 2
    assert figure(found, "records_read_total", client="acme", flow="products") == 4


def test_open_problems_are_counted_by_level(measured: Measured) -> None:
    goods(measured)
    measured.run()
    found = measured.figures()
    levels = {
        level: figure(found, "problems_open", client="acme", level=level) for level in ("error", "info")
    }
    assert levels == {"error": 1, "info": 0}


def test_the_age_of_the_last_complete_run_goes_on_while_runs_fail(measured: Measured) -> None:
    measured.run()
    measured.later(hours=3)
    measured.run(username="nobody")
    found = measured.figures()
    age = figure(found, "last_complete_run_age_seconds", client="acme")
    assert age is not None
    assert 3 * 3600 < age < 3 * 3600 + 120
    assert figure(found, "last_run_completed", client="acme") == 0


def test_a_client_that_never_completed_ages_from_its_first_run(measured: Measured) -> None:
    measured.run(username="nobody")
    measured.later(hours=1)
    age = figure(measured.figures(), "last_complete_run_age_seconds", client="acme")
    assert age is not None
    assert 3600 <= age < 3660


def test_calls_are_measured_by_endpoint_with_their_status(measured: Measured) -> None:
    goods(measured)
    measured.sandbox.billbee.faults.add("GET /products", "500", times=1)
    report = measured.run()
    found = measured.figures()
    call = {"service": "billbee", "endpoint": "GET /products"}
    assert figure(found, "calls_total", **call, status="500") == 1
    made = report.calls["billbee GET /products"]
    assert figure(found, "calls_total", **call, status="200") == made - 1
    assert figure(found, "call_duration_seconds_count", **call) == made
    assert figure(found, "call_duration_seconds_bucket", **call, le="+Inf") == made
    assert figure(found, "month_calls", client="acme", **call) == made


def test_a_call_without_a_usable_answer_has_no_status(measured: Measured) -> None:
    measured.sandbox.billbee.faults.add("GET /products", "reset", times=1)
    measured.run()
    call = {"service": "billbee", "endpoint": "GET /products"}
    assert figure(measured.figures(), "calls_total", **call, status="none") == 1


def test_waits_for_a_limit_are_measured(measured: Measured) -> None:
    goods(measured, orders=5)
    measured.run()
    found = measured.figures()
    call = {"service": "billbee", "endpoint": "POST /orders/{id}/tags"}  # two a second are allowed
    waits, seconds = (
        figure(found, name, **call) for name in ("limit_waits_total", "limit_wait_seconds_total")
    )
    assert waits == 2  # the third and the fifth
    assert seconds is not None
    assert 2 < seconds < 3


def test_what_a_key_costs_is_summed_over_its_clients() -> None:
    async def live() -> tuple[str, str]:
        await town.live(hours=2)
        states = {name: await town.store.read(name) for name in await town.store.clients()}
        await town.clock.sleep(24 * 3600)
        return tuple(Metrics().render(states, town.clock.now()) for _ in range(2))  # type: ignore[return-value]

    town = Town(3)
    text, again = asyncio.run(live())
    assert text == again
    found = figures(text)
    (labels,) = [labels for name, labels in found if name == "connector_key_month_calls"]
    (service, key) = (dict(labels)[name] for name in ("service", "key"))
    monthly = {of: value for (name, of), value in found.items() if name == "connector_month_calls"}
    calls = [value for of, value in monthly.items() if ("service", service) in of]
    assert figure(found, "key_month_calls", service=service, key=key) == sum(calls)
    assert figure(found, "key_month_free_calls", service=service, key=key) == 100_000
    assert figure(found, "key_month_cost", service=service, key=key, currency="EUR") == 0
    forecast = figure(found, "key_month_calls_forecast", service=service, key=key)
    assert forecast is not None
    assert forecast > sum(calls)


def test_two_sets_of_figures_share_nothing(world: World) -> None:
    first, second = Metrics(), Metrics()
    first.called("shop", "GET /products", 200, 0.1)
    assert "GET /products" in first.render({}, world.clock.now())
    assert "GET /products" not in second.render({}, world.clock.now())


def test_what_stands_in_a_name_can_not_break_the_text(world: World) -> None:
    odd = Metrics()
    odd.called("shop", 'GET /"x"\n\\', 200, 0.1)
    found = figures(odd.render({}, world.clock.now()))
    assert figure(found, "calls_total", service="shop", endpoint='GET /"x"\n\\', status="200") == 1


def test_measuring_changes_nothing_in_a_run(world: World) -> None:
    goods(world)
    report = asyncio.run(run_client(world.settings(), world.shared()))
    assert report.completed
