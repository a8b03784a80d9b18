"""`connector webhooks`: both services are asked to call, or not to call any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.secret import Secret
from connector.webhooks import webhook_secret
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run

URL = "https://connector.example.com"
SETTINGS = f'\n[web]\nurl = "{URL}/"\nwebhook_secret = "a long random text"\n'


@pytest.fixture
def ready(config: Path) -> None:
    """Sets what webhooks need."""
    file = config / "settings.toml"
    file.write_text(file.read_text() + SETTINGS)


@pytest.mark.usefixtures("ready")
def test_both_services_are_asked_to_call_with_a_secret_of_their_own(
    connector: Run, servers: SandboxServers
) -> None:
    result = connector("webhooks", "install")
    assert result.exit_code == 0
    assert f"  ok   source billbee calls {URL}/hooks/acme/source; it tells of: order.created" in result.stdout
    assert f"  ok   target wemalo calls {URL}/hooks/acme/target; it tells of: status_update" in result.stdout
    (hook,) = servers.sandbox.shop.webhooks.values()
    assert hook["Secret"] == webhook_secret(Secret("a long random text"), "acme", "source").reveal()
    tokens = {hook["token"] for hook in servers.sandbox.warehouse.webhooks.values()}
    assert tokens == {webhook_secret(Secret("a long random text"), "acme", "target").reveal()}
    assert hook["Secret"] not in result.output


@pytest.mark.usefixtures("ready")
def test_what_was_installed_can_be_removed(connector: Run, servers: SandboxServers) -> None:
    connector("webhooks", "install")
    result = connector("webhooks", "remove", "acme")
    assert result.exit_code == 0
    assert "source billbee does not call any more; it told of: order.created" in result.stdout
    assert (servers.sandbox.shop.webhooks, servers.sandbox.warehouse.webhooks) == ({}, {})
    assert "it told of: nothing, as before" in connector("webhooks", "remove").stdout


@pytest.mark.usefixtures("ready")
def test_a_service_that_refuses_hides_not_the_other_and_is_exit_code_1(
    connector: Run, servers: SandboxServers
) -> None:
    servers.sandbox.billbee.faults.add("* /webhooks*", "401", times=None)
    result = connector("webhooks", "install")
    assert result.exit_code == 1
    assert "  FAIL source billbee: billbee does not accept the credentials" in result.stdout
    assert "  ok   target wemalo calls" in result.stdout


@pytest.mark.parametrize(
    ("settings", "command", "said"),
    [
        ("", "install", "set web.webhook_secret"),
        ('\n[web]\nwebhook_secret = "x"\n', "install", "set web.url"),
        ('\n[web]\nurl = "connector.example.com"\nwebhook_secret = "x"\n', "install", "set web.url"),
        ("", "remove", "set web.url"),
    ],
)
def test_a_setting_that_is_missing_is_one_line(
    connector: Run, config: Path, settings: str, command: str, said: str
) -> None:
    file = config / "settings.toml"
    file.write_text(file.read_text() + settings)
    result = connector("webhooks", command)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
