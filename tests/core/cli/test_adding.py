"""`connector clients add`: by a person at a terminal, by a script, and what it leaves behind."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.cli import main
from connector_sandbox.servers import SandboxServers
from tests.core.cli.conftest import Run
from tests.core.cli.ptys import Screen, in_terminal

SECRETS = (
    "--secret-from-env", "source.api_password=SHOP_PASSWORD",
    "--secret-from-env", "target.token=STORE_TOKEN",
)  # fmt: skip
USER = ("--set", "source.username=shop@example.com")
SIDES = ("--source", "billbee", "--target", "wemalo")


@pytest.fixture
def settings(servers: SandboxServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings folder as `connector init` makes it, with the sandbox's addresses, and no client yet."""
    folder = tmp_path / "config"
    CliRunner().invoke(main, ["--config", str(folder), "init"], catch_exceptions=False)
    common = folder / "settings.toml"
    addresses = {"[plugins.billbee]": servers.billbee_url, "[plugins.wemalo]": servers.wemalo_url}
    for head, address in addresses.items():
        common.write_text(common.read_text().replace(head, f'{head}\nbase_url = "{address}"'))
    box = servers.sandbox
    for name, value in {"PASSWORD": box.api_password, "KEY": box.api_key}.items():
        monkeypatch.setenv(f"SHOP_{name}", value)
    monkeypatch.setenv("STORE_TOKEN", box.token)
    return folder


@pytest.fixture
def connector(settings: Path) -> Run:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["--config", str(settings), *arguments], catch_exceptions=False)

    return run


def with_key(settings: Path) -> None:
    """Puts the key of the application where all clients find it."""
    file = settings / ".secrets.toml"
    file.write_text(
        file.read_text().replace("[plugins.billbee]", '[plugins.billbee]\napi_key = "sandbox-key"')
    )


def client_file(settings: Path, name: str = "beta") -> dict[str, Any]:
    return tomllib.loads((settings / "clients" / f"{name}.toml").read_text())


def secrets_file(settings: Path) -> dict[str, Any]:
    return tomllib.loads((settings / ".secrets.toml").read_text())


def test_a_script_adds_a_client_that_runs(connector: Run, settings: Path, servers: SandboxServers) -> None:
    key = ("--secret-from-env", "source.api_key=SHOP_KEY")
    result = connector(
        "clients", "add", "beta", *SIDES, *USER, *SECRETS, *key, "--set", "interval_minutes=30"
    )
    assert result.exit_code == 0
    assert "  ok   token is accepted by Wemalo" in result.stdout
    assert client_file(settings) == {
        "interval_minutes": 30,
        "source": {"plugin": "billbee", "username": "shop@example.com"},
        "target": {"plugin": "wemalo"},
    }
    assert connector("run", "--once").exit_code == 0
    assert len(servers.sandbox.warehouse.orders) == 2


def test_C4_secrets_stand_in_the_secrets_file_and_nowhere_else(connector: Run, settings: Path) -> None:
    before = (settings / ".secrets.toml").read_text()
    key = ("--secret-from-env", "source.api_key=SHOP_KEY")
    result = connector("clients", "add", "beta", *SIDES, *USER, *SECRETS, *key)
    assert secrets_file(settings)["clients"] == {
        "beta": {
            "source": {"api_password": "sandbox-password", "api_key": "sandbox-key"},
            "target": {"token": "sandbox-token"},
        }
    }
    assert (settings / ".secrets.toml").read_text().startswith(before.rstrip())
    assert (settings / ".secrets.toml").stat().st_mode & 0o777 == 0o600
    client = (settings / "clients" / "beta.toml").read_text()
    for secret in ("sandbox-password", "sandbox-key", "sandbox-token"):
        assert secret not in client + result.output


def test_a_secret_that_all_clients_share_is_neither_needed_nor_copied(connector: Run, settings: Path) -> None:
    with_key(settings)
    assert connector("clients", "add", "beta", *SIDES, *USER, *SECRETS).exit_code == 0
    assert "api_key" not in secrets_file(settings)["clients"]["beta"]["source"]


def test_what_is_missing_is_told_at_once_and_nothing_is_written(connector: Run, settings: Path) -> None:
    before = (settings / ".secrets.toml").read_text()
    result = connector("clients", "add", "beta", *SIDES, "--set", "source.order_state_id=4", *SECRETS)
    assert result.exit_code == 2
    assert "source.username: missing, expected a text that is not empty" in result.stderr
    assert "source.api_key: missing, expected a secret text" in result.stderr
    assert "--set KEY=VALUE, a secret with --secret-from-env KEY=VARIABLE" in result.stderr
    assert (settings / ".secrets.toml").read_text() == before
    assert list((settings / "clients").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        # the words are those of the settings check
        (
            ["--set", "source.order_state_id=paid"],
            "source.order_state_id: expected a whole number of at least 1",
        ),
        (["--set", "source.orders_tag=a,b"], "source.orders_tag: expected a tag without comma"),
        (["--set", "source.usrname=x"], "source.usrname: unknown key, did you mean `source.username`?"),
        (["--set", "source.username"], "--set source.username: write it as KEY=..."),
        (["--language", "german"], "language: expected two small letters, got another text"),
        # a secret never stands in a command, where other users of the machine see it
        (["--set", "target.token=x"], "target.token is a secret: give it with --secret-from-env"),
        (
            ["--secret-from-env", "source.username=SHOP_KEY"],
            "source.username is no secret: give it with --set",
        ),
        (
            ["--secret-from-env", "target.token=NOBODY"],
            "there is no environment variable NOBODY (for target.token)",
        ),
        (["--source", "bilbee"], "there is no source plugin `bilbee`; installed: billbee"),
    ],
)
def test_a_wrong_option_is_told(connector: Run, settings: Path, options: list[str], said: str) -> None:
    result = connector("clients", "add", "beta", *SIDES, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list((settings / "clients").iterdir()) == []


@pytest.mark.parametrize("name", ["Beta", "be ta", "../beta", "-"])
def test_a_name_that_a_client_can_not_have_is_refused(connector: Run, settings: Path, name: str) -> None:
    result = connector("clients", "add", "--", name)
    assert result.exit_code == 2
    assert "only small letters and digits" in result.stderr


def test_a_client_that_is_there_is_never_changed(connector: Run, settings: Path) -> None:
    with_key(settings)
    connector("clients", "add", "beta", *SIDES, *USER, *SECRETS)
    files = {file: file.read_bytes() for file in settings.rglob("*") if file.is_file()}
    result = connector("clients", "add", "beta", *SIDES, "--set", "source.username=other", *SECRETS)
    assert result.exit_code == 2
    assert "there is a client `beta` already: " in result.stderr
    assert files == {file: file.read_bytes() for file in settings.rglob("*") if file.is_file()}


def test_a_check_that_fails_says_so_and_the_client_stays(
    connector: Run, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(settings)
    monkeypatch.setenv("SHOP_PASSWORD", "wrong")
    result = connector("clients", "add", "beta", *SIDES, *USER, *SECRETS)
    assert result.exit_code == 1
    assert "FAIL username, api_password and api_key" in result.stdout
    assert client_file(settings)["source"]["plugin"] == "billbee"


def test_a_value_that_no_file_may_hold_is_refused(
    connector: Run, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(settings)
    monkeypatch.setenv("STORE_TOKEN", "@format {env[HOME]}")
    result = connector("clients", "add", "beta", *SIDES, *USER, *SECRETS)
    assert "clients.beta.target.token: a value in a file must not begin with `@format`" in result.stderr
    assert list((settings / "clients").iterdir()) == []


def typed(screen: Screen, answers: Iterable[tuple[str, str]]) -> None:
    """Answers each prompt when it comes."""
    for prompt, keys in answers:
        screen.until(prompt)
        screen.text = screen.text.rpartition(prompt)[2]
        screen.type(f"{keys}\n")


def test_a_person_is_asked_for_what_is_missing(settings: Path) -> None:
    with_key(settings)
    with in_terminal(settings, "clients", "add", "beta", *SIDES, stdout_too=True) as (process, screen):
        typed(
            screen,
            [
                ("language [de]: ", "english"),
                ("expected two small letters, got another text", ""),
                ("username: ", " shop@example.com "),
                ("api_password (not shown): ", "sandbox-password"),
                ("token (not shown): ", "sandbox-token"),
                ("Change some of them? [y/N]: ", ""),
            ],
        )
        shown = screen.rest()
    assert process.returncode == 0
    assert "ok   token is accepted by Wemalo" in shown
    assert "sandbox-password" not in shown
    assert client_file(settings)["source"]["username"] == "shop@example.com"
    assert secrets_file(settings)["clients"]["beta"]["source"] == {"api_password": "sandbox-password"}


def test_a_person_may_change_what_has_a_default(settings: Path) -> None:
    with_key(settings)
    options = ("--language", "en", *USER, "--no-input")
    with in_terminal(settings, "clients", "add", "beta", *SIDES, *options, stdout_too=True) as (
        process,
        screen,
    ):
        assert "missing, expected a secret text" in screen.rest()  # nothing was asked
    with in_terminal(settings, "clients", "add", "beta", *SIDES, *options[:-1], stdout_too=True) as (
        process,
        screen,
    ):
        typed(
            screen,
            [
                ("api_password (not shown): ", "sandbox-password"),
                ("token (not shown): ", "sandbox-token"),
                ("Change some of them? [y/N]: ", "y"),
                ("username [shop@example.com]: ", ""),
                ("api_key (not shown) [***]: ", ""),
                ("order_state_id [3]: ", "13"),
                ("storage_location_id [0]: ", ""),
                ("orders_tag [wemalo]: ", "acme"),
                ("received_state_id [not set]: ", "16"),
                ("failed_tag [true]: ", "false"),
                ("auto_subtract_reserved [false]: ", ""),
                ("base_url [", ""),
                ("product_group [default]: ", ""),
                ("limit_pause_s [60.0]: ", ""),
                ("base_url [", ""),
            ],
        )
        shown = screen.rest()
    assert process.returncode == 0
    assert client_file(settings)["source"] == {
        "plugin": "billbee",
        "username": "shop@example.com",
        "order_state_id": 13,
        "orders_tag": "acme",
        "received_state_id": 16,
        "failed_tag": False,
    }
    assert "`order_received_by_acme`" not in shown  # it is told with the failed tag, which is off
    assert "the order gets the tag" in shown


def test_a_person_who_stops_half_way_leaves_nothing_behind(settings: Path) -> None:
    with in_terminal(settings, "clients", "add", "beta", *SIDES, stdout_too=True) as (process, screen):
        screen.until("language [de]: ")
        screen.type("\x04")
        assert "Aborted!" in screen.rest()
    assert process.returncode == 1
    assert list((settings / "clients").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Wechselt der Bestellstatus"),  # the client's language
        (["--language", "en"], "Add a rule in Settings > Automation"),
        (["--language", "fr"], "Add a rule in Settings > Automation"),  # nobody wrote it in French
    ],
)
def test_what_is_to_be_done_at_both_services_can_be_asked_for_again(
    connector: Run, settings: Path, options: list[str], said: str
) -> None:
    with_key(settings)
    connector("clients", "add", "beta", *SIDES, *USER, *SECRETS)
    result = connector("clients", "steps", "beta", *options)
    assert result.exit_code == 0
    assert said in " ".join(result.stdout.split())
