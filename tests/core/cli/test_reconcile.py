"""`connector reconcile`, as an operator types it."""

from __future__ import annotations

import json

from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run
from tests.world import RECEIVED


def lose_mark(servers: SandboxServers) -> None:
    """Takes the received tag from the first order."""
    shop = servers.sandbox.shop
    shop.remove_tags(next(iter(shop.orders)), [RECEIVED])


def test_exit_code_0_when_both_sides_agree(connector: Run) -> None:
    connector("run", "--once")
    result = connector("reconcile", "--client", "acme")
    assert result.exit_code == 0
    assert result.stdout.startswith("acme: 0 differences, 2 orders and ")


def test_exit_code_1_with_the_cause_when_something_differs(connector: Run, servers: SandboxServers) -> None:
    connector("run", "--once")
    lose_mark(servers)
    result = connector("reconcile")
    assert result.exit_code == 1
    assert "not_marked_in_shop)" in result.stdout
    assert "-> `connector reconcile --client acme --fix` repairs it." in result.stdout


def test_fix_repairs_what_is_safe(connector: Run, servers: SandboxServers) -> None:
    connector("run", "--once")
    lose_mark(servers)
    assert "-> Repaired." in connector("reconcile", "--fix").stdout
    assert connector("reconcile").exit_code == 0


def test_json_is_one_object_and_nothing_else(connector: Run, servers: SandboxServers) -> None:
    connector("run", "--once")
    lose_mark(servers)
    told = json.loads(connector("reconcile", "--json").stdout)
    assert (told["client"], told["agrees"], told["orders"]) == ("acme", False, 2)
    assert list(told["differences"][0]) == [
        "kind", "record_id", "number", "what", "cause", "remedy", "is_repaired",
    ]  # fmt: skip


def test_wrong_credentials_are_one_line(connector: Run, servers: SandboxServers) -> None:
    servers.sandbox.billbee.faults.add("*", "401", times=None)
    result = connector("reconcile")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: billbee does not accept the credentials")
