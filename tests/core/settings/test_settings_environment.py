from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigurationError
from connector.secret import Secret
from connector.settings import ClientSettings
from tests.core.settings.shop import ACME, KNOWN, SECRETS, settings_folder

OWN = "CONNECTOR_CLIENTS__ACME__"


def client(root: Path, environ: dict[str, str], files: dict[str, str] | None = None) -> ClientSettings:
    return settings_folder(root, files or {}, environ).client("acme", KNOWN).settings


TEXTS = [
    "0012",  # leading zeros are no number
    "123456",
    "true",
    "1e5",
    "null",
    "@int 5",  # dynaconf would cast
    "@format {env[HOME]}",  # dynaconf would read the environment
    "@read_file /etc/hostname",
    "'quoted'",
    '{"a" = 1}',
    " spaces ",
    "a__b.c",
    "ä€\U0001f600",
]


@pytest.mark.parametrize("text", TEXTS)
def test_C4_a_text_or_secret_in_a_variable_arrives_exactly_as_it_was_given(tmp_path: Path, text: str) -> None:
    environ = {
        f"{OWN}SOURCE__API_PASSWORD": text,
        f"{OWN}TARGET__LABEL": text,
        "CONNECTOR_MAPPING__RENAME__RED": text,
    }
    settings = client(tmp_path, environ)
    assert settings.source.settings.api_password == Secret(text)
    assert settings.target.settings.label == text
    assert settings.mapping[1].setting == {"red": text}


def test_C4_numbers_and_switches_in_variables_are_read_as_such(tmp_path: Path) -> None:
    environ = {
        f"{OWN}SOURCE__ORDER_STATE_ID": "7",
        f"{OWN}SOURCE__RECEIVED_STATE_ID": "16",
        f"{OWN}SOURCE__TAX_RATE": "0.07",
        f"{OWN}SOURCE__FAILED_TAG": "False",
        f"{OWN}SOURCE__MODE": "trial",
    }
    shop = client(tmp_path, environ).source.settings
    assert (shop.order_state_id, shop.received_state_id, shop.tax_rate) == (7, 16, 0.07)
    assert (shop.failed_tag, shop.mode) == (False, "trial")


def test_C4_a_client_can_be_set_up_by_variables_alone(tmp_path: Path) -> None:
    environ = {
        "CONNECTOR_SOURCE__PLUGIN": "corner-shop",
        "CONNECTOR_PLUGINS__CORNER_SHOP__USERNAME": "max@example.com",
        "CONNECTOR_TARGET__PLUGIN": "store",
        "CONNECTOR_MAPPING__SKIP_DIGITAL": "true",
        f"{OWN}SOURCE__API_PASSWORD": "p",
    }
    settings = client(tmp_path, environ, {"clients/acme.toml": ""})
    assert (settings.source.name, settings.source.settings.username) == ("corner-shop", "max@example.com")
    assert [step.name for step in settings.mapping] == ["resolve_sets", "skip_digital"]


def test_C4_a_dash_in_the_name_of_a_client_is_written_as_underscore(tmp_path: Path) -> None:
    files = {
        "clients/my-shop.toml": ACME,
        ".secrets.toml": SECRETS + "[clients.my-shop.source]\napi_password = 'x'",
    }
    folder = settings_folder(tmp_path, files, {"CONNECTOR_CLIENTS__MY_SHOP__INTERVAL_MINUTES": "5"})
    assert folder.client("my-shop", KNOWN).settings.interval_minutes == 5
    assert folder.client("acme", KNOWN).settings.interval_minutes == 60


def test_C4_a_step_is_switched_off_by_a_variable(tmp_path: Path) -> None:
    files = {"settings.toml": "[mapping.rename]\nred = 'rot'"}
    assert len(client(tmp_path, {"CONNECTOR_MAPPING__RENAME": "False"}, files).mapping) == 1


def test_C4_a_variable_finds_a_free_key_whatever_its_capital_letters(tmp_path: Path) -> None:
    files = {"settings.toml": "[mapping.rename]\nRed = 'rot'"}
    settings = client(tmp_path, {"CONNECTOR_MAPPING__RENAME__RED": "karmin"}, files)
    assert settings.mapping[1].setting == {"Red": "karmin"}


def test_C4_only_the_given_environment_counts_and_no_dotenv_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CONNECTOR_INTERVAL_MINUTES=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOAD_DOTENV_FOR_DYNACONF", "true")
    monkeypatch.setenv("MERGE_ENABLED_FOR_DYNACONF", "false")
    monkeypatch.setenv("CONNECTOR_INTERVAL_MINUTES", "2")
    assert (
        client(tmp_path, {"INTERVAL_MINUTES": "3", "connector_interval_minutes": "4"}).interval_minutes == 60
    )


def test_C4_files_that_dynaconf_would_find_by_itself_are_neither_read_nor_run(tmp_path: Path) -> None:
    files = {
        "settings.toml": "[plugins.shop]\nmode = 'trial'",
        "settings.local.toml": "interval_minutes = 1",
        "dynaconf_hooks.py": "raise SystemExit('run')",
    }
    assert client(tmp_path, {}, files).interval_minutes == 60


VARIABLES = [
    # not a number
    (
        {"CONNECTOR_INTERVAL_MINUTES": "soon"},
        "interval_minutes: expected a whole number of at least 1, got text "
        "(environment variable CONNECTOR_INTERVAL_MINUTES)",
    ),
    # a number out of range
    (
        {f"{OWN}INTERVAL_MINUTES": "0"},
        "interval_minutes: expected a whole number of at least 1, got another number "
        "(environment variable CONNECTOR_CLIENTS__ACME__INTERVAL_MINUTES)",
    ),
    # nothing at all
    (
        {f"{OWN}SOURCE__API_PASSWORD": ""},
        "source.api_password: expected a secret text, got an empty text "
        "(environment variable CONNECTOR_CLIENTS__ACME__SOURCE__API_PASSWORD)",
    ),
    # neither true nor false
    (
        {"CONNECTOR_FLOWS__STOCK": "yes"},
        "flows.stock: expected true or false, got text (environment variable CONNECTOR_FLOWS__STOCK)",
    ),
    # misspelt
    (
        {"CONNECTOR_FLOWS__STOK": "false"},
        "flows.stok: unknown flow, did you mean `stock`? (environment variable CONNECTOR_FLOWS__STOK)",
    ),
    # a table as a whole
    (
        {"CONNECTOR_FLOWS": "{stock=false}"},
        "flows: expected a table, got text (environment variable CONNECTOR_FLOWS)",
    ),
    # a table where a value belongs
    (
        {"CONNECTOR_LANGUAGE__DE": "x"},
        "language: expected two small letters, got a table (environment variable CONNECTOR_LANGUAGE__DE)",
    ),
    # a client that there is not
    (
        {"CONNECTOR_CLIENTS__ACMEE__LANGUAGE": "en"},
        "clients.acmee: there is no such client, did you mean `acme`? Known: acme "
        "(environment variable CONNECTOR_CLIENTS__ACMEE__LANGUAGE)",
    ),
    # a client, but no setting
    (
        {"CONNECTOR_CLIENTS__ACME": "x"},
        "environment variable CONNECTOR_CLIENTS__ACME: this is no setting; write CONNECTOR_<TABLE>__<KEY>",
    ),
    # a part is missing
    (
        {"CONNECTOR_FLOWS__": "x"},
        "environment variable CONNECTOR_FLOWS__: this is no setting; write CONNECTOR_<TABLE>__<KEY>",
    ),
    # small letters
    (
        {"CONNECTOR_flows__stock": "x"},
        "environment variable CONNECTOR_flows__stock: write it in capital letters, CONNECTOR_FLOWS__STOCK",
    ),
    # what only holds for all clients
    (
        {f"{OWN}STATE_DIR": "x"},
        "state_dir: this holds for all clients; move it to settings.toml "
        "(environment variable CONNECTOR_CLIENTS__ACME__STATE_DIR)",
    ),
    # dynaconf's own keys
    (
        {"CONNECTOR_MAPPING__RENAME__DYNACONF_MERGE": "x"},
        "environment variable CONNECTOR_MAPPING__RENAME__DYNACONF_MERGE: this is no setting; "
        "tables are always merged",
    ),
]


@pytest.mark.parametrize(("environ", "mistake"), VARIABLES)
def test_C4_a_wrong_variable_is_named_with_its_key(
    tmp_path: Path, environ: dict[str, str], mistake: str
) -> None:
    with pytest.raises(ConfigurationError, match="client `acme` has 1 mistake:") as caught:
        client(tmp_path, environ)
    assert caught.value.mistakes == (mistake,)


def test_C4_a_variable_that_could_mean_two_clients_is_refused(tmp_path: Path) -> None:
    files = {"clients/a-b.toml": ACME, "clients/a_b.toml": ACME}
    with pytest.raises(ConfigurationError, match=r"this means `a-b` and `a_b`; use \.secrets\.toml for them"):
        client(tmp_path, {"CONNECTOR_CLIENTS__A_B__LANGUAGE": "en"}, files)
