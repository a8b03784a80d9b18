"""A service that is out of order for hours: one problem, few calls, and everything right in the first run after it."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from connector.api import Secret
from connector.calls import Service
from connector.engine import watch_client
from connector.history import PastRun, overdue_since
from connector.http import Transport, asgi_transport
from connector.ledgers import PROBLEMS
from connector.problems import Problem, read_problems
from connector.report import ClientReport
from connector.sides import Shared
from connector.testing.clock import NOON
from connector_sandbox.seed import ean13
from tests.logged import Logged
from tests.world import World, problem


class Cut(World):
    """A world in which services can be out of reach; `tries` counts the calls that came to nothing."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(state_dir)
        self.cut: set[str] = set()
        self.tries = 0

    def shared(self) -> Shared:
        reachable = super().shared()

        async def unreachable(scope: Scope, receive: Receive, send: Send) -> None:
            self.tries += 1
            raise ConnectionRefusedError("All connection attempts failed")

        def transport(service: Service) -> Transport | None:
            is_cut = service.name in self.cut
            return asgi_transport(unreachable) if is_cut else reachable.transport(service)

        return dataclasses.replace(reachable, transport=transport)


@pytest.fixture
def cut(tmp_path: Path) -> Cut:
    """A shop with 30 orders, of which 20 were sent before."""
    world = Cut(tmp_path / "state")
    piece = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup", stock=5)
    for _ in range(20):
        world.shop.add_order([(piece, 1)])
    world.run()
    for _ in range(10):
        world.shop.add_order([(piece, 1)])
    world.warehouse.set_stock(str(piece), 50)
    return world


def hourly(world: World, runs: int) -> list[ClientReport]:
    """Runs once an hour."""
    reports = []
    for _ in range(runs):
        world.later(hours=59 / 60)
        reports.append(world.run())
    return reports


def codes(report: ClientReport) -> list[str]:
    return sorted(line.code for line in report.problems)


@pytest.mark.parametrize("service", ["billbee", "wemalo"])
def test_R3_a_service_that_can_not_be_reached_costs_one_calls_attempts_per_run(
    cut: Cut, service: str
) -> None:
    cut.cut = {service}
    reports = hourly(cut, 6)
    assert cut.tries == 6 * 4
    assert [report.completed for report in reports] == [False] * 6


@pytest.mark.parametrize("service", ["billbee", "wemalo"])
def test_R3_an_outage_of_hours_is_one_problem_and_closes_by_itself(cut: Cut, service: str) -> None:
    cut.cut = {service}
    *_, last = hourly(cut, 6)
    assert codes(last) == ["freshness", "service_unreachable"]
    line = problem(last, "service_unreachable", "run")
    assert (line.record_id, line.count) == (service, 6)
    assert "All connection attempts failed" in line.reason
    cut.cut = set()
    (healed,) = hourly(cut, 1)
    assert (healed.completed, healed.problems, healed.flows["orders"].sent) == (True, [], 10)


def test_R3_both_services_out_of_reach_are_two_problems(cut: Cut) -> None:
    cut.cut = {"billbee", "wemalo"}
    (report,) = hourly(cut, 1)
    assert sorted(line.record_id for line in report.problems) == ["billbee", "wemalo"]


@pytest.mark.parametrize("kind", ["500", "502", "503", "reset", "hang"])
@pytest.mark.parametrize("service", ["billbee", "wemalo"])
def test_R3_a_service_that_fails_at_every_call_is_one_problem_after_few_calls(
    cut: Cut, service: str, kind: str
) -> None:
    getattr(cut.sandbox, service).faults.add("*", kind, times=None)
    cut.clear_audit()
    (report,) = hourly(cut, 1)
    assert codes(report) == ["service_unreachable"]
    assert getattr(cut.sandbox, service).audit.count() <= 16


def test_R3_what_waits_because_of_an_outage_is_counted(cut: Cut) -> None:
    cut.cut = {"wemalo"}
    (report,) = hourly(cut, 1)
    assert report.flows["orders"].waiting == 10
    assert report.failure.startswith(
        "orders, shipments, stock: wemalo is left alone until the next run, since it"
    )


def test_R1_a_flow_that_fails_for_a_reason_of_its_own_keeps_its_own_problem(cut: Cut) -> None:
    cut.cut = {"wemalo"}
    cut.sandbox.billbee.faults.add("GET /products", "500", times=None)
    (report,) = hourly(cut, 1)
    assert codes(report) == ["flow_failed", "service_unreachable"]
    assert problem(report, "flow_failed").flow == "products"


@pytest.mark.parametrize(
    ("past", "since"),
    [
        ([], None),  # it never ran
        ([(0, True)], None),  # two hours ago: just in time
        ([(-1, True)], -1),
        ([(-9, False), (-1, False)], -9),  # none was complete: since the first one that is known
        ([(-9, True), (-1, False)], -9),
        ([(-9, False), (1, True)], None),
    ],
)
def test_a_client_is_late_when_twice_its_interval_passed_without_a_complete_run(
    past: list[tuple[int, bool]], since: int | None
) -> None:
    found = overdue_since(Kept(past), timedelta(hours=1), NOON + timedelta(hours=2))
    assert found == (None if since is None else NOON + timedelta(hours=since))


class Kept:
    """Runs that each took no time: hours after noon, and whether each was complete."""

    def __init__(self, past: list[tuple[int, bool]]) -> None:
        self._past = past

    def stream(self, name: str) -> dict[str, object]:
        moments = [(NOON + timedelta(hours=hour), done) for hour, done in self._past]
        runs = [PastRun(run_id=f"acme-{at}", started=at, ended=at, completed=done) for at, done in moments]
        return {run.run_id: msgspec.to_builtins(run) for run in runs}


def test_freshness_opens_after_twice_the_interval_counts_runs_and_closes_with_a_complete_one(
    cut: Cut,
) -> None:
    cut.cut = {"billbee"}
    reports = hourly(cut, 5)
    assert ["freshness" in codes(report) for report in reports] == [False, True, True, True, True]
    line = problem(reports[-1], "freshness", "run")
    assert line.count == 4
    assert line.reason == "Seit 2026-03-02 12:01 UTC gab es keinen vollständigen Lauf mehr."
    cut.cut = set()
    assert hourly(cut, 1)[0].problems == []


def test_freshness_opens_for_wrong_credentials_too(cut: Cut) -> None:
    cut.later(hours=3)
    report = cut.run(api_password=Secret("x"))
    assert codes(report) == ["credentials_refused", "freshness"]


def test_freshness_opens_where_the_time_of_every_run_is_used_up(cut: Cut) -> None:
    piece = next(iter(cut.shop.assortment.ids))
    for _ in range(150):
        cut.shop.add_order([(piece, 1)])
    cut.later(hours=3)
    assert codes(cut.run(max_run_minutes=1)) == ["freshness", "time_used_up"]
    assert cut.run().problems == []


def test_freshness_keeps_to_the_interval_of_the_client(cut: Cut) -> None:
    cut.cut = {"billbee"}
    cut.later(hours=3)
    assert codes(cut.run(interval_minutes=240)) == ["service_unreachable"]


def test_an_outage_is_a_warning_only_when_it_lasts(cut: Cut, logged: Logged) -> None:
    cut.cut = {"wemalo"}
    hourly(cut, 1)
    assert logged.needs_a_person() == []
    hourly(cut, 3)
    assert [line["code"] for line in logged.needs_a_person()] == ["freshness"]


def watched(world: World, hold: bool = False) -> list[Problem]:
    """Looks after the client as the hourly loop does; returns the open problems that are then remembered."""

    async def script() -> list[Problem]:
        shared = world.shared()
        holder = await shared.store.acquire("acme") if hold else None
        await watch_client("acme", world.settings(), shared)
        if holder is not None:
            await holder.release()
        kept = await shared.store.read("acme")
        return [found for found in read_problems(kept.stream(PROBLEMS).items()) if found.is_open]

    return asyncio.run(script())


def test_a_client_that_does_not_run_at_all_gets_the_problem_from_the_hourly_loop(cut: Cut) -> None:
    assert watched(cut) == []
    cut.later(hours=3)
    assert [found.code for found in watched(cut)] == ["freshness"]
    assert cut.run().problems == []


def test_a_client_whose_run_hangs_is_told_of_in_the_log(cut: Cut, logged: Logged) -> None:
    cut.later(hours=3)
    assert watched(cut, hold=True) == []
    (line,) = logged.needs_a_person()
    assert (line["event"], line["client"]) == ("no complete run for twice the interval", "acme")
    assert line["reason"].startswith("client `acme` is being run by")
