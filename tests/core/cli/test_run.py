"""`connector run`: its report, its exit codes, and how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.history import PastRun, note_run
from connector.state import TinyStore
from connector.testing.clock import NOON
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run


def test_a_run_takes_products_and_orders_across_and_says_so(connector: Run, servers: SandboxServers) -> None:
    result = connector("run", "--once")
    assert result.exit_code == 0
    assert "products       3 read, 2 sent, 1 refused" in result.stdout
    assert "orders         2 read, 2 sent" in result.stdout
    assert "product_ean_missing" in result.stdout
    assert len(list(servers.sandbox.warehouse.orders)) == 2


def test_json_is_one_object_and_nothing_else(connector: Run) -> None:
    report = json.loads(connector("run", "--once", "--json").stdout)
    (client,) = report["clients"]
    assert list(client) == ["client", "run_id", "started", "ended", "completed", "flows", "calls", "problems"]
    assert client["flows"]["orders"] == {
        "read": 2,
        "sent": 2,
        "unchanged": 0,
        "skipped": 0,
        "refused": 0,
        "waiting": 0,
    }
    assert client["calls"]["billbee POST /orders/{id}/tags"] == 2
    assert list(client["problems"][0]) == [
        "id", "code", "flow", "record_id", "number", "reason", "hint", "first_seen", "last_seen", "count",
    ]  # fmt: skip


def test_a_run_in_which_nothing_changed_makes_the_fewest_calls_and_writes_nothing(
    connector: Run, servers: SandboxServers
) -> None:
    connector("run", "--once")
    audits = (servers.sandbox.billbee.audit, servers.sandbox.wemalo.audit)
    for audit in audits:
        audit.clear()
    connector("run", "--once")
    calls = [entry.name for audit in audits for entry in audit.entries]
    assert Counter(calls) == Counter(
        {
            "GET /products": 1,
            "GET /orders": 2,  # those that are offered, and those that changed
            "GET /goodsOrder/packages/sent/": 1,
            "GET /product/availableStock/": 1,
        }
    )


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),  # single refused records are listed, not fatal
        (["--strict"], 1),
    ],
)
def test_exit_code_with_a_refused_record(connector: Run, options: list[str], code: int) -> None:
    assert connector("run", "--once", *options).exit_code == code


def test_exit_code_1_when_a_run_did_not_complete(connector: Run, servers: SandboxServers) -> None:
    servers.sandbox.billbee.faults.add("GET /orders", "html", times=None)
    result = connector("run", "--once")
    assert result.exit_code == 1
    assert "NOT COMPLETED" in result.stdout


def test_exit_code_2_for_a_mistake_in_the_settings_and_the_other_clients_run(
    connector: Run, config: Path
) -> None:
    (config / "clients" / "broken.toml").write_text(
        '[source]\nplugin = "bilbee"\n[target]\nplugin = "wemalo"\n'
    )
    result = connector("run", "--once")
    assert result.exit_code == 2
    assert "did you mean `billbee`?" in result.stdout
    assert "acme: completed" in result.stdout


def test_freshness_opens_for_a_client_whose_settings_are_wrong(connector: Run, config: Path) -> None:
    asyncio.run(remember(config, PastRun(run_id="acme-1", started=NOON, ended=NOON, completed=True)))
    acme = config / "clients" / "acme.toml"
    acme.write_text(acme.read_text().replace('plugin = "billbee"', 'plugin = "bilbee"'))
    assert connector("run", "--once").exit_code == 2
    (client,) = json.loads(connector("problems", "--json").stdout)["clients"]
    assert [problem["code"] for problem in client["problems"]] == ["freshness"]


async def remember(config: Path, run: PastRun) -> None:
    """Writes a run into the state of acme."""
    store = TinyStore(config.parent / "state", SystemClock())
    async with await store.acquire("acme") as state:
        note_run(state, run, {})
        await state.save()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--once", "--client", "acne"], "there is no client `acne`"),
        (["run", "--once", "--flow", "prodcts"], "'prodcts' is not one of"),
        (["run", "--json"], "--json, --dry-run and --strict go with --once"),
    ],
)
def test_exit_code_2_for_a_mistake_in_the_call(connector: Run, arguments: list[str], said: str) -> None:
    result = connector(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_only_the_named_client_and_flow_run(connector: Run, config: Path) -> None:
    acme = config / "clients" / "acme.toml"
    (config / "clients" / "other.toml").write_text(acme.read_text())
    report = json.loads(connector("run", "--once", "--json", "--client", "other", "--flow", "orders").stdout)
    assert [(client["client"], list(client["flows"])) for client in report["clients"]] == [
        ("other", ["orders"])
    ]


def test_a_service_that_is_down_is_one_line_and_exit_code_1(config: Path, servers: SandboxServers) -> None:
    servers.stop()
    command = [
        sys.executable,
        "-m",
        "connector",
        "--config",
        str(config),
        "run",
        "--once",
        "--flow",
        "orders",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "billbee GET /orders could not be sent" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def terminated(config: Path, waited_for: str, *options: str) -> int:
    """Starts `connector run`, sends SIGTERM when a line of the log holds `waited_for`, and returns the exit code."""
    command = [
        sys.executable,
        "-m",
        "connector",
        "--config",
        str(config),
        "--log-level",
        "debug",
        "run",
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if waited_for in line)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    return process.returncode


def test_R5_sigterm_ends_a_run_that_hangs_with_its_state_saved(config: Path, servers: SandboxServers) -> None:
    servers.sandbox.wemalo.faults.add("POST /goodsOrder/add", "hang", times=None)
    assert terminated(config, "GET /goodsOrder/getStatus", "--once") == 1
    assert b'"pending"' in (config.parent / "state" / "acme.json").read_bytes()


def test_R5_sigterm_ends_the_hourly_loop(config: Path) -> None:
    assert terminated(config, '"clients":"acme"') == 0
