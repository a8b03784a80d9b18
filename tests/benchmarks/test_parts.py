"""The parts of the benchmark: that each measures real work, and that its bars fail where something does not hold."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.bars import Bar, row
from benchmarks.day import measure_day
from benchmarks.engine import Grown, growth_bars, measure_engine
from benchmarks.hour import Hour, measure_hour
from benchmarks.many import Many, bars, measure_many
from tests.test_day import Size

TAKES = {"cpu_s": 1.0, "wall_s": 5.0, "peak_mb": 80.0}


def test_a_day_is_measured_beside_the_fewest_calls_that_carry_it() -> None:
    day = measure_day(Size(products=100, orders=24))
    assert day.made["GET /products"] == day.fewest["GET /products"] == 26
    assert 0.9 < day.ratio < 1.3  # so small a day has few calls to carry the rest
    assert json.loads(json.dumps(asdict(day)))["made"] == day.made


def test_each_run_is_measured_beside_a_bare_loop_that_does_the_same() -> None:
    beside = measure_engine(products=300, rounds=1)
    works = beside.works
    assert works["first"]["calls"]["wemalo POST /product/addMultiple"] == 3
    assert (works["floor first"]["sent"], works["floor unchanged"]["read"]) == (300, 300)
    assert works["unchanged"]["flows"]["products"]["unchanged"] == 300
    assert min(beside.ratio("first"), beside.ratio("unchanged")) > 0


def test_many_clients_are_measured_at_once() -> None:
    (many,) = measure_many([3], products=20)
    assert min(many.run["wall_s"], many.run["peak_mb"], many.floor["cpu_s"]) > 0


def test_the_hour_of_a_client_is_measured_with_all_its_flows() -> None:
    hour = measure_hour(products=20, orders=3, rounds=1)
    assert hour.calls["wemalo POST /goodsOrder/add"] == hour.calls["billbee POST /orders/{id}/tags"] == 3
    assert hour.clients == 3600 / hour.cpu_s > 0


def test_the_limit_lets_two_calls_of_an_endpoint_through_at_once_and_two_more_each_second() -> None:
    calls = {
        "billbee GET /products": 8,
        "billbee POST /orders/{id}/tags": 3,
        "wemalo POST /goodsOrder/add": 99,
    }
    assert Hour(2_000, 20, 0.1, calls).limit_s == 3 + 1


@pytest.mark.parametrize(
    ("run", "failing"),
    [
        # the limit allows 2,000 products in three seconds
        ({"wall_s": 3.5, "peak_mb": 100.0, "busy_ms": 50.0}, []),
        # and the floor needs less than that
        ({"wall_s": 3.7, "peak_mb": 100.0, "busy_ms": 50.0}, ["50 clients: wall"]),
        # half a megabyte for each of 40 further clients
        ({"wall_s": 3.5, "peak_mb": 120.0, "busy_ms": 50.0}, ["memory per further client"]),
        ({"wall_s": 3.5, "peak_mb": 100.0, "busy_ms": 101.0}, ["longest stall"]),
    ],
)
def test_what_many_clients_may_cost(run: dict[str, float], failing: list[str]) -> None:
    few = Many(10, 2_000, {"wall_s": 3.1, "peak_mb": 100.0, "busy_ms": 10.0}, {"cpu_s": 0.3})
    failed = [bar.name for bar in bars([few, Many(50, 2_000, run, {"cpu_s": 2.0})]) if not bar.holds]
    assert [name.startswith(start) for name, start in zip(failed, failing, strict=True)] == [True] * len(
        failing
    )


@pytest.mark.parametrize(
    ("cpu_s", "peak_mb", "holds"),
    [
        (200.0, 200.0, [True, True, True]),
        (240.0, 200.0, [False, True, True]),  # a fifth more for each product
        (200.0, 240.0, [True, False, True]),  # three times the memory
        (200.0, 260.0, [True, False, False]),  # and too much of it
    ],
)
def test_what_growth_may_cost(cpu_s: float, peak_mb: float, holds: list[bool]) -> None:
    small, middle = Grown(1_000, TAKES, TAKES, 0.1, 1.0), Grown(10_000, TAKES, TAKES, 1.0, 2.0)
    large = Grown(200_000, TAKES, {**TAKES, "cpu_s": cpu_s, "peak_mb": peak_mb}, 20.0, 30.0)
    assert [bar.holds for bar in growth_bars([small, middle, large])] == holds


def test_a_bar_that_fails_is_the_exit_code_and_stands_in_the_table(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    code = main(["--part", "start", "--quick", "--json", str(figures)])
    (bar,) = json.loads(figures.read_text())["bars"]
    assert bar["holds"] is (code == 0)
    assert row(Bar("calls", 1.5, 1.02)).startswith("FAILED  calls")
