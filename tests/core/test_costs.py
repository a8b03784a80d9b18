"""The cost meter: calls by client, service and month, what they cost, and where that leads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from connector.calls import Tariff
from connector.costs import Bill, CallTally, bills, forecast, usages
from connector.engine import run_client
from connector.history import calls_since, note_run, split_call
from connector.report import ClientReport
from connector.state import Snapshot
from tests.core.test_history import Kept, past
from tests.memory_store import MemoryStore
from tests.town import Town
from tests.world import World, problem

BILLBEE = Tariff(key="k1", free_calls=100_000, price=Decimal("0.0005"))
MARCH = "2026-03"


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def kept(calls: int, key: str = "k1", since: datetime | None = None) -> Snapshot:
    """What is remembered of a client that made so many calls to Billbee, and ten to Wemalo, in March."""
    tariff = msgspec.to_builtins(msgspec.structs.replace(BILLBEE, key=key))
    counted = {"billbee GET /orders": calls - 1, "billbee GET /products": 1, "wemalo GET /product/getAll": 10}
    return Snapshot(
        "acme",
        {
            "calls": {MARCH: counted},
            "calls_since": {MARCH: since.isoformat()} if since else {},
            "tariffs": {"billbee": tariff},
        },
    )


def billed(now: datetime, clients: Mapping[str, Snapshot]) -> list[Bill]:
    return bills({name: usages(state, now) for name, state in clients.items()}, MARCH)


@pytest.mark.parametrize(
    ("calls", "since", "now", "expected"),
    [
        (1_000, at(1), at(1, 23), None),  # less than a day says nothing
        (1_000, at(1), at(2), 31_000),
        (50_000, at(1), at(16, 12), 100_000),  # half of the month
        (1_000, at(30), at(31), 2_000),  # began late in the month
        (0, at(1), at(20), 0),
        (900, datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC), 930),  # the year ends
        (280, datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), 290),  # a leap year
    ],
)
def test_the_forecast_goes_on_as_the_month_went_so_far(
    calls: int, since: datetime, now: datetime, expected: int | None
) -> None:
    assert forecast(calls, since, now) == expected


def test_clients_that_share_a_key_share_what_is_free() -> None:
    clients = {"acme": kept(60_000), "beta": kept(70_000), "gamma": kept(5, key="k2")}
    shared, own = billed(at(16, 12), clients)
    assert shared.clients == {"beta": 70_000, "acme": 60_000}
    assert (shared.calls, shared.cost) == (130_000, Decimal("15.00"))  # 30,000 calls for 0.0005 each
    assert (shared.forecast, shared.forecast_cost) == (260_000, Decimal("80.00"))
    assert (own.clients, own.cost) == ({"gamma": 5}, Decimal("0.00"))


def test_a_forecast_is_missing_where_one_of_the_clients_is_new() -> None:
    (bill,) = billed(at(16, 12), {"acme": kept(60_000), "beta": kept(10, since=at(16))})
    assert (bill.forecast, bill.forecast_cost) == (None, None)


def test_a_service_that_charges_nothing_has_no_bill() -> None:
    (bill,) = billed(at(16), {"acme": kept(10)})
    assert bill.service == "billbee"


def test_a_month_is_counted_from_its_first_run() -> None:
    state = Kept()
    note_run(state, past(0), {"billbee GET /orders": 1})
    note_run(state, past(24), {"billbee GET /orders": 1})
    assert calls_since(state, MARCH) == past(0).started
    assert calls_since(state, "2026-04") == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_run_that_began_in_another_month_counts_from_the_first_moment() -> None:
    state = Kept()
    began = datetime(2026, 2, 28, 23, 59, 55, tzinfo=UTC)
    run = msgspec.structs.replace(past(), started=began, ended=at(1, 1))
    note_run(state, run, {"billbee GET /orders": 1})
    assert calls_since(state, MARCH) == at(1)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("billbee GET /orders/{id}", ("billbee", "GET /orders/{id}")),
        ("shop of acme POST /graphql orders", ("shop of acme", "POST /graphql orders")),
    ],
)
def test_a_call_is_split_into_service_and_endpoint(name: str, parts: tuple[str, str]) -> None:
    assert split_call(name) == parts


def counted(world: World, calls: int) -> None:
    """Lets it be remembered that so many calls to Billbee were made this month."""

    async def change() -> None:
        async with await world.shared().store.acquire("acme") as state:
            state.put("calls", MARCH, {"billbee GET /orders": calls})
            await state.save()

    asyncio.run(change())


@pytest.mark.parametrize(
    ("calls", "budget", "codes"),
    [
        (799, 1_000, []),
        (800, 1_000, ["call_budget"]),
        (79_999, None, []),  # without a budget, the calls that are free
        (80_000, None, ["call_budget"]),
        (150_000, 200_000, []),  # it may cost something
    ],
)
def test_a_problem_opens_at_80_percent_of_the_budget(
    world: World, calls: int, budget: int | None, codes: list[str]
) -> None:
    world.run()
    counted(world, calls)
    assert [found.code for found in world.run(call_budget_month=budget).problems] == codes


def test_the_problem_says_what_is_used_up_and_closes_with_the_month(world: World) -> None:
    world.run()
    world.later(hours=14.5 * 24)
    counted(world, 120_000)
    report = world.run(language="en")
    said = problem(report, "call_budget").reason
    assert said.startswith(
        "120 000 of 100 000 calls to billbee are used up this month (forecast for its end: "
    )
    assert "charged so far: 10.00 EUR" in said
    world.later(hours=20 * 24)
    assert world.run().problems == []


def reports_of(town: Town, hours: int, budget: int) -> dict[str, ClientReport]:
    """Lets a town live with a budget; returns the last report of each client."""
    plain = town.settings
    town.settings = lambda name: msgspec.structs.replace(plain(name), call_budget_month=budget)  # type: ignore[method-assign]
    return {report.client: report for report in asyncio.run(town.live(hours))}


def test_of_the_clients_that_share_a_budget_the_one_with_the_most_calls_says_so() -> None:
    town = Town(3)
    for _ in range(20):
        town.merchants[1].sell()
    reports = reports_of(town, hours=4, budget=60)
    with_problem = [name for name, report in reports.items() if report.problems]
    assert with_problem == ["client-01"]
    assert "Mandanten, die sie sich teilen: 3" in problem(reports["client-01"], "call_budget").reason


def test_a_process_that_starts_anew_knows_what_the_others_have_called() -> None:
    async def of_acme() -> list[Bill]:
        for name in ("acme", "beta", "gamma"):
            async with await store.acquire(name) as state:
                for stream in ("calls", "tariffs"):
                    for key, value in kept(60_000).stream(stream).items():
                        state.put(stream, key, value)
                await state.save()
        tally = CallTally(store)
        return await tally.bills("acme", await store.read("acme"), at(16))

    store = MemoryStore()
    (bill,) = asyncio.run(of_acme())
    assert bill.calls == 180_000


def test_a_state_that_is_damaged_keeps_no_other_client_from_its_bill(world: World) -> None:
    world.run()
    (world.state_dir / "beta.json").write_text("{")
    assert asyncio.run(run_client(world.settings(), world.shared())).completed


def test_the_key_itself_is_never_remembered(world: World) -> None:
    world.run()
    assert world.sandbox.api_key not in (world.state_dir / "acme.json").read_text()
