"""`connector explain`, as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run


def test_an_order_is_explained_in_sentences(connector: Run) -> None:
    connector("run", "--once")
    result = connector("explain", "order", "DE-2026001", "--client", "acme")
    assert result.exit_code == 0
    head, *told = result.stdout.splitlines()
    assert head.startswith("acme: order DE-2026001 (")
    assert any("its tags: wemalo, order_received_by_wemalo" in line for line in told)
    assert told[-1].startswith("  -> ")


def test_a_product_is_explained_and_says_what_to_do(connector: Run) -> None:
    connector("run", "--once")
    result = connector("explain", "product", "SKU-3")
    assert result.exit_code == 0
    assert "  -> Enter the EAN in the shop" in result.stdout


def test_json_is_one_object_and_nothing_else(connector: Run) -> None:
    told = json.loads(connector("explain", "order", "DE-2026001", "--json").stdout)
    assert list(told) == ["client", "subject", "is_known", "sentences", "next_steps"]
    assert set(told["sentences"][0]) == {"code", "text"}


def test_exit_code_1_for_a_record_that_nobody_knows(connector: Run) -> None:
    result = connector("explain", "order", "DE-1")
    assert result.exit_code == 1
    assert "Neither the shop nor the warehouse has an order DE-1" in result.stdout


def test_nothing_is_written(connector: Run, servers: SandboxServers) -> None:
    connector("explain", "order", "DE-2026001")
    connector("explain", "product", "SKU-1")
    audits = (servers.sandbox.billbee.audit, servers.sandbox.wemalo.audit)
    assert [entry.name for audit in audits for entry in audit.writes()] == []


def test_with_several_clients_one_has_to_be_named(connector: Run, config: Path) -> None:
    acme = config / "clients" / "acme.toml"
    acme.with_name("beta.toml").write_text(acme.read_text())
    result = connector("explain", "order", "DE-2026001")
    assert result.exit_code == 2
    assert "say which client with --client NAME: there are acme, beta" in result.stderr


def test_a_client_that_there_is_not_is_one_line(connector: Run) -> None:
    result = connector("explain", "order", "DE-2026001", "--client", "acne")
    assert result.exit_code == 2
    assert "there is no client `acne`" in result.stderr
