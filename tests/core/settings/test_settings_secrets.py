from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigurationError
from connector.settings import SettingsFolder
from tests.core.settings.shop import ACME, KNOWN, SECRETS, settings_folder
from tests.logged import Logged

CANARY = "canary-4711"


def broken(root: Path, files: dict[str, str], environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError, match="client `acme` has") as caught:
        settings_folder(root, files, environ).client("acme", KNOWN)
    return f"{caught.value} {caught.value!r} {caught.value.mistakes}"


def test_C4_no_secret_is_shown_in_the_settings_of_a_client(tmp_path: Path, logged: Logged) -> None:
    files = {".secrets.toml": SECRETS.replace("acme-password", CANARY).replace("common-token", CANARY)}
    folder = settings_folder(tmp_path, files)
    resolved = folder.client("acme", KNOWN)
    assert (
        CANARY not in f"{resolved} {resolved!r} {resolved.settings.source.settings} {folder!r} {logged.text}"
    )
    assert resolved.settings.source.settings.api_password.reveal() == CANARY


MISTAKES = [
    # a text where a number belongs
    ({"clients/acme.toml": ACME.replace("username", f"order_state_id = '{CANARY}'\nusername")}, {}),
    # a text that is not one of the choices
    ({"clients/acme.toml": ACME.replace("username", f"mode = '{CANARY}'\nusername")}, {}),
    # under an unknown key
    ({".secrets.toml": f"{SECRETS}[clients.acme.target]\ntokn = '{CANARY}'"}, {}),
    # for an unknown client
    ({".secrets.toml": f"{SECRETS}[clients.acmee.target]\ntoken = '{CANARY}'"}, {}),
    # as a plugin's name
    ({"clients/acme.toml": ACME.replace("store", CANARY)}, {}),
    # without quotes
    ({".secrets.toml": f"{SECRETS}[clients.acme.target]\ntoken = {CANARY}"}, {}),
    # with a cast
    ({".secrets.toml": f"{SECRETS}[clients.acme.target]\ntoken = '@str {CANARY}'"}, {}),
    # in a list
    ({".secrets.toml": f"{SECRETS}[clients.acme.target]\ntoken = ['{CANARY}']"}, {}),
    # in the place of a table
    ({".secrets.toml": f"clients = '{CANARY}'"}, {}),
    ({".secrets.toml": f"{SECRETS}[clients]\nacme.target = '{CANARY}'"}, {}),
    # refused by the plugin's own rule
    ({"clients/acme.toml": ACME.replace("erika@example.com", "acme-password"), ".secrets.toml": SECRETS}, {}),
    # in variables
    ({}, {"CONNECTOR_INTERVAL_MINUTES": CANARY}),
    ({}, {"CONNECTOR_CLIENTS__ACME__SOURCE__API_PASWORD": CANARY}),
    ({}, {"CONNECTOR_CLIENTS__ACME__SOURCE": CANARY}),
    ({}, {"CONNECTOR_CLIENTS__ACMEE__SOURCE__API_PASSWORD": CANARY}),
]


@pytest.mark.parametrize(("files", "environ"), MISTAKES)
def test_C4_no_secret_is_shown_in_a_mistake(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str]
) -> None:
    message = broken(tmp_path, files, environ)
    assert CANARY not in message
    assert "acme-password" not in message


def test_C4_a_traceback_of_a_mistake_holds_no_secret_of_a_failed_conversion(tmp_path: Path) -> None:
    files = {"clients/acme.toml": f"{ACME}token = '{CANARY}'\nlabel = 5"}
    with pytest.raises(ConfigurationError, match=r"target\.label") as caught:
        settings_folder(tmp_path, files).client("acme", KNOWN)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_C4_secrets_for_an_unknown_client_are_refused(tmp_path: Path) -> None:
    message = broken(tmp_path, {".secrets.toml": SECRETS + "[clients.acmee.source]\napi_password = 'x'"})
    assert "clients.acmee: there is no such client, did you mean `acme`? Known: acme" in message


def test_R1_secrets_of_a_client_that_is_gone_refuse_nobody_else(tmp_path: Path) -> None:
    folder = settings_folder(
        tmp_path, {"clients/acme.toml": ACME, ".secrets.toml": SECRETS + "[clients.zoo]\nlanguage = 'en'"}
    )
    assert folder.client("acme", KNOWN).settings.name == "acme"
    assert [line.partition(":")[0] for line in folder.orphans()] == ["clients.zoo"]


def test_C4_secrets_of_another_client_are_not_looked_at(tmp_path: Path) -> None:
    files = {
        "clients/beta.toml": ACME,
        ".secrets.toml": SECRETS + "[clients.beta.source]\napi_password = 5\nunknown = 'x'",
    }
    assert settings_folder(tmp_path, files).client("acme", KNOWN).settings.name == "acme"


def test_C4_a_client_that_is_no_table_in_the_secrets_is_refused(tmp_path: Path) -> None:
    message = broken(tmp_path, {".secrets.toml": "clients.acme = 'x'\n"})
    assert "clients.acme: expected a table, got text" in message


def test_settings_without_a_secrets_file_are_complete_with_variables(tmp_path: Path) -> None:
    settings_folder(tmp_path, {})
    (tmp_path / "config" / ".secrets.toml").unlink()
    environ = {
        "CONNECTOR_PLUGINS__STORE__TOKEN": "t",
        "CONNECTOR_CLIENTS__ACME__SOURCE__API_PASSWORD": "p",
    }
    folder = SettingsFolder(tmp_path / "config", environ)
    assert folder.client("acme", KNOWN).settings.target.settings.token.reveal() == "t"
