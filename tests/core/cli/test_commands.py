"""`connector --help`, `plugins`, `clients` and `check`, as an operator types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import COMMANDS, main
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\nfrom connector.cli import main\nmain(['--help'], standalone_mode=False)\n"
        "slow = {'httpx', 'dynaconf', 'asyncio', 'rich', 'msgspec', 'tinydb', 'structlog'}\n"
        "print('LOADED', sorted(slow & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in result.stdout
    assert all(f"  {name} " in result.stdout for name in (*COMMANDS, "demo", "sandbox"))


@pytest.mark.parametrize("command", [*COMMANDS, "demo", "sandbox"])
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert COMMANDS.get(command, "").rstrip(".")[:20] in " ".join(result.output.split())


def test_an_unknown_command_is_one_line() -> None:
    result = CliRunner().invoke(main, ["synchronise"])
    assert result.exit_code == 2
    assert "No such command 'synchronise'" in result.output


def test_plugins_tells_package_version_flows_and_every_setting() -> None:
    output = CliRunner().invoke(main, ["plugins"]).output
    assert "source billbee from connector-framework 0.1.0" in output
    assert "flows: products, orders" in output
    assert 'orders_tag: a tag without comma and without blanks at its ends, default "wemalo"' in output
    assert "api_password: a secret text, required" in output
    assert "mapping step skip_digital (products, true or false)" in output


def test_plugins_as_json() -> None:
    found = json.loads(CliRunner().invoke(main, ["plugins", "--json"]).stdout)
    assert "billbee" in [source["name"] for source in found["sources"]]
    assert {"name", "type", "default", "help", "secret", "example"} == set(found["targets"][0]["settings"][0])


def test_clients_lists_who_is_set_up(connector: Run) -> None:
    result = connector("clients")
    assert (result.exit_code, result.stdout) == (0, "acme: billbee to wemalo, every 60 minutes\n")


def test_clients_show_tells_where_each_value_came_from_and_masks_secrets(
    connector: Run, config: Path
) -> None:
    result = connector("clients", "show", "acme")
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines()}
    assert rows["source.orders_tag"][1:] == ['"wemalo"', "default"]
    assert rows["source.username"][2] == str(config / "clients" / "acme.toml")
    assert rows["source.api_password"][1] == "***"
    assert "sandbox-password" not in result.output


def test_C4_all_mistakes_of_a_client_are_told_at_once(connector: Run, config: Path) -> None:
    (config / "clients" / "acme.toml").write_text(
        'intervall_minutes = 5\n[source]\nplugin = "billbee"\norder_state_id = "paid"\n[target]\nplugin = "wemalo"\n'
    )
    result = connector("check", "acme")
    assert result.exit_code == 1
    for said in (
        "did you mean `interval_minutes`?",
        "source.order_state_id",
        "source.username",
        "target.token",
    ):
        assert said in result.stdout


def test_without_a_settings_folder_the_message_says_how_to_name_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--config", str(tmp_path / "none"), "run", "--once"])
    assert result.exit_code == 2
    assert "there is no settings folder" in result.stderr
    assert "--config" in result.stderr


def test_check_says_ok_for_each_thing_that_it_looked_at(connector: Run) -> None:
    result = connector("check")
    assert result.exit_code == 0
    assert "  ok   settings" in result.stdout
    assert "FAIL" not in result.stdout


def test_check_fails_with_what_to_do_about_it(connector: Run, servers: SandboxServers) -> None:
    servers.sandbox.billbee.faults.add("*", "401", times=None)
    result = connector("check", "acme")
    assert result.exit_code == 1
    assert "does not accept the credentials" in result.stdout
    assert "the API password is not the login password" in result.stdout
