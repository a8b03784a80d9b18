"""The benchmark of the web page: that it measures, and that it fails where something does not hold."""

from __future__ import annotations

import pytest

from benchmarks.beside import Beside, beside_failures, measure_beside
from benchmarks.page import PageTimes, measure_page, page_failures

QUICK = PageTimes(1_000, fresh=(20, 90, 20), again=(10, 10, 10), same=(1, 1, 1))
SLOW = PageTimes(1_000, fresh=(20, 50, 50), again=(10, 10, 10), same=(1, 1, 1))


def test_the_page_is_measured_after_a_checkpoint_and_without_one() -> None:
    times = measure_page(products=10, looks=2)
    assert [len(times.fresh), len(times.again), len(times.same)] == [2, 2, 2]
    assert min(*times.fresh, *times.again, *times.same) > 0


def test_a_run_is_measured_alone_and_beside_a_page_that_is_asked_for() -> None:
    beside = measure_beside(products=100)
    assert min(beside.alone_wall_s, beside.wall_s, beside.alone_cpu_s, beside.answers) > 0


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (QUICK, []),  # a single slow look is nobody's fault
        (SLOW, ["page with 1000 products, fresh: 50.0 ms, not below 50"]),
    ],
)
def test_a_page_that_takes_too_long_is_told(times: PageTimes, said: list[str]) -> None:
    assert list(page_failures(times)) == said


@pytest.mark.parametrize(
    ("cpu_s", "answers", "said"),
    [
        (2.0, 100, []),  # 1 of 20 seconds
        (0.5, 100, []),  # less than alone: that much is chance
        (2.2, 100, ["the page took 6.0% of a run, not at most 5%"]),
        (1.0, 0, ["the page gave no answer while the run went on"]),
    ],
)
def test_a_page_that_slows_the_run_is_told(cpu_s: float, answers: int, said: list[str]) -> None:
    beside = Beside(1_000, alone_wall_s=20, alone_cpu_s=1.0, wall_s=20, cpu_s=cpu_s, answers=answers)
    assert list(beside_failures(beside)) == said
