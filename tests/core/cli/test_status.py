"""`connector status`: a row for each client, whatever state it is in."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.cli.status import ago
from connector.clock import SystemClock
from connector.overview import View, status_of
from connector.state import Snapshot, TinyStore
from connector.testing.clock import NOON
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run


def row(connector: Run, client: str = "acme") -> dict[str, Any]:
    rows = json.loads(connector("status", "--json").stdout)["clients"]
    return next(row for row in rows if row["client"] == client)


def test_a_row_tells_how_the_last_run_was_and_what_waits(connector: Run, servers: SandboxServers) -> None:
    shop = servers.sandbox.shop
    shop.add_order([(shop.product_with_sku("SKU-1"), 1)], to={"Zip": ""})
    connector("run", "--once")
    head, acme, *_ = connector("status").stdout.splitlines()
    assert head.split("  ")[0] == "client"
    assert " UTC, just now  completed " in acme
    assert "  2 errors  " in acme
    assert row(connector)["orders_waiting"] == 1


def test_calls_of_this_month_are_added_up(connector: Run) -> None:
    reports = [json.loads(connector("run", "--once", "--json").stdout)["clients"][0] for _ in range(2)]
    made = sum(count for report in reports for count in report["calls"].values())
    assert row(connector)["calls_this_month"] == made


def test_what_calls_cost_stands_below_the_table(connector: Run) -> None:
    connector("run", "--once")
    made = row(connector)["calls_this_month"]
    lines = connector("status").stdout.splitlines()
    assert lines[-1].startswith("billbee, acme: ")
    assert lines[-1].endswith(" of 100,000 free calls, 0.00 EUR")
    (bill,) = json.loads(connector("status", "--json").stdout)["costs"]
    assert bill["clients"]["acme"] == bill["calls"] < made  # those to Wemalo cost nothing
    assert (bill["free_calls"], bill["cost"], bill["forecast"]) == (100_000, "0.00", None)


def test_a_client_without_any_run_has_a_row(connector: Run) -> None:
    result = connector("status")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].startswith("acme    never     -       -     none ")
    assert row(connector)["last_run"] is None
    assert row(connector)["next_run"] is not None


def test_a_run_that_did_not_complete_is_told_with_its_reason(connector: Run, servers: SandboxServers) -> None:
    servers.sandbox.billbee.faults.add("GET /orders", "html", times=None)
    connector("run", "--once")
    result = connector("status")
    assert result.exit_code == 0
    assert "  NOT COMPLETED  " in result.stdout
    assert "(last complete run: never)" in result.stdout


def test_a_client_with_broken_settings_has_a_row_and_says_why(connector: Run, config: Path) -> None:
    (config / "clients" / "broken.toml").write_text('[source]\nplugin = "bilbee"\n')
    result = connector("status")
    assert result.exit_code == 0
    assert "did you mean `billbee`?" in result.stdout
    assert row(connector, "broken")["next_run"] is None


def test_a_client_whose_state_is_damaged_has_a_row_and_says_why(connector: Run, config: Path) -> None:
    connector("run", "--once", "--flow", "products")
    (config.parent / "state" / "acme.json").write_text("{")
    result = connector("status")
    assert result.exit_code == 0
    assert "acme.json is damaged" in result.stdout


def test_a_client_that_is_being_run_says_since_when(connector: Run, config: Path) -> None:
    state = asyncio.run(TinyStore(config.parent / "state", SystemClock()).acquire("acme"))
    result = connector("status")
    asyncio.run(state.release())
    assert "  running now: process " in result.stdout
    assert "running now" not in connector("status").stdout


def test_an_ignored_problem_is_not_counted(connector: Run) -> None:
    connector("run", "--once", "--flow", "products")
    (problem,) = json.loads(connector("problems", "--json").stdout)["clients"][0]["problems"]
    assert row(connector)["problems"] == {"error": 1, "warning": 0, "info": 0}
    connector("problems", "ignore", problem["id"], "--why", "sold in the shop only")
    assert row(connector)["problems"] == {"error": 0, "warning": 0, "info": 0}


@pytest.mark.parametrize(
    ("fields", "waiting"),
    [
        ({"code": "order_receiver_missing"}, 1),
        ({"code": "order_change_refused"}, 0),  # the warehouse has it, and keeps it as it was
        ({"code": "order_emptied"}, 0),  # the same, though it is an error
        ({"code": "order_nothing_to_ship"}, 0),  # an information
        ({"code": "order_cancel_refused", "flow": "cancellations"}, 0),
        ({"code": "flow_failed", "record_id": ""}, 0),  # no single order
        ({"code": "order_receiver_missing", "ignored": "collected by the customer"}, 0),
        ({"code": "order_receiver_missing", "closed_at": NOON.isoformat()}, 0),
    ],
)
def test_O5_orders_that_are_held_back_are_counted(fields: dict[str, str], waiting: int) -> None:
    at = NOON.isoformat()
    entry = {"id": "1", "flow": "orders", "record_id": "77", "first_seen": at, "last_seen": at, **fields}
    view = View("acme", None, Snapshot("acme", {"problems": {"1": entry}}))
    assert status_of(view, NOON).orders_waiting == waiting


def test_an_order_with_two_problems_waits_once() -> None:
    at = {"first_seen": NOON.isoformat(), "last_seen": NOON.isoformat()}
    entries = {
        code: {"id": code, "code": code, "flow": "orders", "record_id": "77", **at}
        for code in ("order_receiver_missing", "order_product_unknown")
    }
    status = status_of(View("acme", None, Snapshot("acme", {"problems": entries})), NOON)
    assert (status.orders_waiting, status.problems["error"]) == (1, 2)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.9, "just now"),
        (1, "1 min ago"),
        (119, "119 min ago"),
        (120, "2 h ago"),
        (2 * 24 * 60, "2 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(minutes: float, said: str) -> None:
    assert ago(timedelta(minutes=minutes)) == said
