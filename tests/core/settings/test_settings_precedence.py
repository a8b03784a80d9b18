from __future__ import annotations

from pathlib import Path

import pytest

from connector.secret import Secret
from connector.settings import (
    ClientSettings,
    CommonSettings,
    FlowSwitches,
    StepChoice,
    settings_path,
)
from tests.core.settings.shop import ACME, KNOWN, SECRETS, Rounding, settings_folder


def client(
    root: Path, files: dict[str, str] | None = None, environ: dict[str, str] | None = None
) -> ClientSettings:
    return settings_folder(root, files or {}, environ).client("acme", KNOWN).settings


def test_C4_a_client_runs_with_the_few_settings_that_have_no_default(tmp_path: Path) -> None:
    settings = client(tmp_path)
    assert (settings.name, settings.interval_minutes, settings.language) == ("acme", 60, "de")
    assert settings.source.name == "shop"
    assert settings.source.settings.username == "erika@example.com"
    assert settings.source.settings.api_password == Secret("acme-password")
    assert settings.target.settings.token == Secret("common-token")


LAYERS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("settings.toml", {"settings.toml": "interval_minutes = 2"}, {}),
    (".secrets.toml", {".secrets.toml": "interval_minutes = 3\n" + SECRETS}, {}),
    ("clients/acme.toml", {"clients/acme.toml": "interval_minutes = 4\n" + ACME}, {}),
    ("CONNECTOR_INTERVAL_MINUTES", {}, {"CONNECTOR_INTERVAL_MINUTES": "5"}),
    (".secrets.toml", {".secrets.toml": SECRETS + "[clients.acme]\ninterval_minutes = 6"}, {}),
    ("CLIENTS__ACME__INTERVAL_MINUTES", {}, {"CONNECTOR_CLIENTS__ACME__INTERVAL_MINUTES": "7"}),
]


@pytest.mark.parametrize("height", range(len(LAYERS)))
def test_C4_each_layer_covers_all_those_below_it(tmp_path: Path, height: int) -> None:
    files: dict[str, str] = {}
    environ: dict[str, str] = {}
    for _, layer_files, layer_environ in LAYERS[: height + 1]:
        files |= layer_files
        environ |= layer_environ
    resolved = settings_folder(tmp_path, files, environ).client("acme", KNOWN)
    (interval,) = (value for value in resolved.values if value.key == "interval_minutes")
    assert resolved.settings.interval_minutes == height + 2
    assert interval.shown == str(height + 2)
    assert interval.came_from.endswith(LAYERS[height][0])


def test_C4_common_values_of_a_plugin_lie_beneath_the_clients_own(tmp_path: Path) -> None:
    files = {
        "settings.toml": "[plugins.shop]\norder_state_id = 7\nmode = 'trial'\n",
        "clients/acme.toml": ACME.replace("username", "order_state_id = 8\nusername"),
    }
    resolved = settings_folder(tmp_path, files, {"CONNECTOR_PLUGINS__SHOP__ORDER_STATE_ID": "9"})
    settings = resolved.client("acme", KNOWN).settings.source.settings
    assert (settings.order_state_id, settings.mode) == (8, "trial")


def test_C4_the_common_settings_may_hold_a_plugin_that_the_client_does_not_use(tmp_path: Path) -> None:
    settings = client(tmp_path, {"settings.toml": "[plugins.corner-shop]\nusername = 'somebody'"})
    assert settings.source.settings.username == "erika@example.com"


def test_C1_the_api_key_of_all_clients_stands_once_in_the_common_secrets(tmp_path: Path) -> None:
    settings = client(tmp_path, {".secrets.toml": SECRETS + "[plugins.shop]\napi_password = 'for all'"})
    assert settings.source.settings.api_password == Secret("acme-password")
    assert settings.target.settings.token == Secret("common-token")


def test_C2_a_merchant_may_write_a_secret_into_the_file_of_the_client(tmp_path: Path) -> None:
    settings = client(tmp_path, {"clients/acme.toml": ACME + "token = 'own-token'"})
    assert settings.target.settings.token == Secret("own-token")


def test_C5_all_flows_are_on_and_a_client_switches_single_ones_off(tmp_path: Path) -> None:
    assert client(tmp_path).flows == FlowSwitches()
    files = {"settings.toml": "[flows]\norders = false", "clients/acme.toml": ACME + "[flows]\nstock = false"}
    assert client(tmp_path, files).flows == FlowSwitches(orders=False, stock=False)


MAPPINGS = [
    # nothing named: the default step alone
    ("", "", ["resolve_sets"]),
    # steps run in the order in which they stand, the default one first
    ("", "rename = {a = 'b'}\nskip_digital = true", ["resolve_sets", "rename", "skip_digital"]),
    # a step that is named stands where it is named
    ("", "skip_digital = true\nresolve_sets = true", ["skip_digital", "resolve_sets"]),
    # false switches a step off, whatever its setting is
    ("rename = {a = 'b'}", "resolve_sets = false\nrename = false", []),
    # common steps come first, unless the client's file names them
    ("skip_digital = true\nrename = {}", "skip_digital = true", ["resolve_sets", "rename", "skip_digital"]),
]


@pytest.mark.parametrize(("common", "own", "expected"), MAPPINGS)
def test_C4_mapping_steps_run_in_the_order_in_which_they_stand(
    tmp_path: Path, common: str, own: str, expected: list[str]
) -> None:
    files = {"settings.toml": f"[mapping]\n{common}", "clients/acme.toml": f"{ACME}[mapping]\n{own}"}
    assert [step.name for step in client(tmp_path, files).mapping] == expected


def test_C4_a_mapping_step_gets_its_setting_merged_from_all_layers(tmp_path: Path) -> None:
    files = {
        "settings.toml": "[mapping.rename]\nred = 'rot'\nblue = 'blau'",
        "clients/acme.toml": ACME + "[mapping.rename]\nred = 'karmin'",
    }
    steps = client(tmp_path, files).mapping
    assert steps[1] == StepChoice("rename", {"red": "karmin", "blue": "blau"})


def test_C4_a_mapping_step_may_have_a_table_with_fixed_keys_or_be_off(tmp_path: Path) -> None:
    files = {"settings.toml": "[mapping.round]\ndigits = 3"}
    assert client(tmp_path, files).mapping[1] == StepChoice("round", Rounding(digits=3))
    assert (
        len(client(tmp_path, files | {"clients/acme.toml": ACME + "[mapping]\nround = false"}).mapping) == 1
    )


def test_the_state_lies_beside_the_settings_folder_wherever_the_command_is_started(tmp_path: Path) -> None:
    assert settings_folder(tmp_path, {}).common() == CommonSettings(state_dir=tmp_path / "state")
    folder = settings_folder(tmp_path, {"settings.toml": "state_dir = '/var/lib/connector'"})
    assert folder.common().state_dir == Path("/var/lib/connector")


def test_the_log_level_comes_from_the_common_settings_or_the_environment(tmp_path: Path) -> None:
    files = {"settings.toml": "log_level = 'debug'"}
    assert settings_folder(tmp_path, files).common().log_level == "debug"
    assert settings_folder(tmp_path, files, {"CONNECTOR_LOG_LEVEL": "error"}).common().log_level == "error"


def test_the_settings_folder_is_the_option_else_the_variable_else_config() -> None:
    environ = {"CONNECTOR_CONFIG": "/etc/connector"}
    assert settings_path("here", environ) == Path("here")
    assert settings_path(None, environ) == Path("/etc/connector")
    assert settings_path(None, {}) == Path("config")


def test_clients_are_the_files_of_their_folder_in_alphabetical_order(tmp_path: Path) -> None:
    others = ("clients/zeta.toml", "clients/b-2.toml", "clients/x.toml.off", "clients/.#acme.toml")
    folder = settings_folder(tmp_path, dict.fromkeys(others, ""))
    assert folder.client_names() == ("acme", "b-2", "zeta")


def test_common_files_are_read_once_for_all_clients(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {"clients/beta.toml": ACME + "token = 'b'", "settings.toml": ""})
    folder.client("acme", KNOWN)
    (tmp_path / "config" / "settings.toml").write_text("this is no longer TOML")
    assert folder.client("acme", KNOWN).settings.name == "acme"


def test_settings_are_frozen(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        client(tmp_path).interval_minutes = 1  # type: ignore[misc]


def test_where_each_value_came_from_is_known(tmp_path: Path) -> None:
    resolved = settings_folder(tmp_path, {}, {"CONNECTOR_FLOWS__STOCK": "false"}).client("acme", KNOWN)
    config = tmp_path / "config"
    found = {value.key: (value.shown, value.came_from) for value in resolved.values}
    assert found["flows.stock"] == ("false", "environment variable CONNECTOR_FLOWS__STOCK")
    assert found["flows.orders"] == ("true", "default")
    assert found["mapping.resolve_sets"] == ("true", "default")
    assert found["source.username"] == ('"erika@example.com"', f"{config}/clients/acme.toml")
    assert found["source.api_password"] == ("***", f"{config}/.secrets.toml")
    assert found["source.received_state_id"] == ("not set", "default")
    assert found["target.token"] == ("***", f"{config}/.secrets.toml")
