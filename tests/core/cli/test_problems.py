"""`connector problems`: the list, and what an operator does about one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from connector.clock import SystemClock
from connector.state import TinyStore
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run


@pytest.fixture
def missing_ean(connector: Run) -> str:
    """The id of the open problem that one run leaves: a product without EAN."""
    connector("run", "--once", "--flow", "products")
    (problem,) = listed(connector)
    return str(problem["id"])


def listed(connector: Run, *options: str) -> list[dict[str, Any]]:
    """Returns the problems of the first client."""
    problems: list[dict[str, Any]] = json.loads(connector("problems", "--json", *options).stdout)["clients"][
        0
    ]["problems"]
    return problems


def copy_client(config: Path, name: str) -> None:
    """Sets up a second client with acme's settings, and with what is remembered of acme."""
    (config / "clients" / f"{name}.toml").write_text((config / "clients" / "acme.toml").read_text())
    state = config.parent / "state"
    (state / f"{name}.json").write_bytes((state / "acme.json").read_bytes())


def test_open_problems_are_listed_with_reason_and_hint_in_the_clients_language(
    connector: Run, config: Path, missing_ean: str
) -> None:
    acme = config / "clients" / "acme.toml"
    acme.write_text(acme.read_text().replace('language = "en"', 'language = "de"'))
    result = connector("problems")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "acme: 1 open problem\n  products SKU-3 (product_ean_missing, " + missing_ean
    )
    assert "Der Artikel „No EAN“" in result.stdout
    assert "    -> Tragen Sie im Shop die EAN ein" in result.stdout


def test_with_broken_settings_the_problems_are_listed_in_english(
    connector: Run, config: Path, missing_ean: str
) -> None:
    (config / "clients" / "acme.toml").write_text("intervall_minutes = 5\n")
    result = connector("problems")
    assert result.exit_code == 0
    assert 'The product "No EAN" (SKU SKU-3) has no EAN.' in result.stdout
    assert "did you mean `interval_minutes`?" in result.stdout


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--code", "product_ean_missing"], 1),
        (["--code", "product_sku_missing"], 0),
        (["--code", "product_sku_missing", "--code", "product_ean_missing"], 1),
        (["--closed"], 0),
    ],
)
def test_the_list_can_be_narrowed(connector: Run, missing_ean: str, options: list[str], count: int) -> None:
    assert len(listed(connector, *options)) == count


def test_a_problem_that_closed_is_found_with_the_option_closed(
    connector: Run, servers: SandboxServers, missing_ean: str
) -> None:
    servers.sandbox.shop.change_product(servers.sandbox.shop.product_with_sku("SKU-3"), EAN="4260000009991")
    connector("run", "--once", "--flow", "products")
    assert listed(connector) == []
    assert [problem["id"] for problem in listed(connector, "--closed")] == [missing_ean]
    assert "    closed 20" in connector("problems", "--closed").stdout


def test_json_has_the_keys_of_the_report_and_some_more(connector: Run, missing_ean: str) -> None:
    (problem,) = listed(connector)
    assert list(problem) == [
        "id", "code", "flow", "record_id", "number", "reason", "hint", "first_seen", "last_seen", "count",
        "level", "closed_at", "ignored",
    ]  # fmt: skip


def test_a_state_that_can_not_be_read_is_told_and_the_other_clients_are_listed(
    connector: Run, config: Path, missing_ean: str
) -> None:
    copy_client(config, "zeta")
    (config.parent / "state" / "acme.json").write_text("{")
    result = connector("problems")
    assert result.exit_code == 1
    assert "acme.json is damaged" in result.stdout
    assert "zeta: 1 open problem\n" in result.stdout


def test_retry_of_a_record_that_is_tried_anyway_says_so_and_what_to_do(
    connector: Run, missing_ean: str
) -> None:
    result = connector("problems", "retry", missing_ean)
    assert result.exit_code == 0
    assert result.stdout.startswith("acme: products SKU-3 (product_ean_missing, ")
    assert (
        "  nothing has to be done for that: it is tried again in each run\n  -> Enter the EAN"
        in result.stdout
    )


def test_retry_of_a_product_that_the_warehouse_has_sends_it_again(
    connector: Run, servers: SandboxServers, missing_ean: str
) -> None:
    shop = servers.sandbox.shop
    shop.change_product(shop.product_with_sku("SKU-2"), SKU="SKU-1")
    connector("run", "--once", "--flow", "products")
    (taken,) = listed(connector, "--code", "product_sku_taken")
    assert "the next run sends the product again" in connector("problems", "retry", taken["id"]).stdout
    (client,) = json.loads(connector("run", "--once", "--flow", "products", "--json").stdout)["clients"]
    assert client["flows"]["products"]["sent"] == 1


def test_an_ignored_problem_stays_in_the_list_with_the_reason(connector: Run, missing_ean: str) -> None:
    result = connector("problems", "ignore", missing_ean, "--why", "sold in the shop only")
    assert (result.exit_code, "ignored until it closes: sold in the shop only" in result.stdout) == (0, True)
    connector("run", "--once", "--flow", "products")
    assert "    ignored: sold in the shop only\n" in connector("problems").stdout


@pytest.mark.parametrize("command", [["retry", "12345678"], ["ignore", "12345678", "--why", "no matter"]])
def test_an_id_that_nobody_has_is_one_line(connector: Run, command: list[str]) -> None:
    result = connector("problems", *command)
    assert result.exit_code == 2
    assert result.stderr == "Error: there is no open problem `12345678`; `connector problems` lists them\n"


def test_an_id_that_two_clients_have_needs_the_client(connector: Run, config: Path, missing_ean: str) -> None:
    copy_client(config, "zeta")
    result = connector("problems", "retry", missing_ean)
    assert result.exit_code == 2
    assert (
        f"several clients have a problem `{missing_ean}`: acme, zeta; choose one with --client"
        in result.stderr
    )
    assert connector("problems", "retry", missing_ean, "--client", "zeta").stdout.startswith("zeta: ")


def test_C3_a_client_that_is_being_run_is_left_alone(connector: Run, config: Path, missing_ean: str) -> None:
    state = asyncio.run(TinyStore(config.parent / "state", SystemClock()).acquire("acme"))
    result = connector("problems", "retry", missing_ean)
    asyncio.run(state.release())
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: client `acme` is being run by process ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--code", "x", "retry", "12345678"], "these options belong to the list; write them after retry"),
        (["ignore", "12345678"], "Missing option '--why'"),
        (["ignore", "12345678", "--why", " "], "--why is empty"),
        (["--client", "acne"], "there is no client `acne`"),
    ],
)
def test_exit_code_2_for_a_mistake_in_the_call(connector: Run, arguments: list[str], said: str) -> None:
    result = connector("problems", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
