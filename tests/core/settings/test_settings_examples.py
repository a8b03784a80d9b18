"""Generated settings files, read back: what is commented out changes nothing when it is taken in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ConfigurationError
from connector.installation import installed_plugins, known_settings, step_help
from connector.settings import ClientBasics, CommonSettings, Known, SettingsFolder
from connector.settings.schema import StateSettings, WebSettings
from connector.settings.template import client_text, secrets_text, settings_text
from connector_billbee.settings import BillbeeSettings
from tests.core.settings.shop import KNOWN

PLUGINS, STEPS = installed_plugins()
INSTALLED = known_settings(PLUGINS, STEPS)
CLIENT = {
    "source": {"plugin": "billbee", "username": "shop@example.com"},
    "target": {"plugin": "wemalo"},
}


def taken_in(text: str, *but: str) -> str:
    """Takes the # away from each line that sets something, but from those of the keys named."""
    kept = "|".join(but) or "nothing"
    return re.sub(rf"^# (?!(?:{kept}) =)(?=\S+ = )", "", text, flags=re.MULTILINE)


def folder(root: Path, settings: str, secrets: str, client: str) -> SettingsFolder:
    for name, text in {
        "settings.toml": settings,
        ".secrets.toml": secrets,
        "clients/acme.toml": client,
    }.items():
        file = root / "config" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    return SettingsFolder(root / "config", {})


def texts(known: Known = INSTALLED) -> tuple[str, str, str]:
    helps = step_help(STEPS)
    return settings_text(known, helps), secrets_text(known), client_text("acme", CLIENT, known, helps)


def test_generated_files_set_nothing_but_what_was_asked_for() -> None:
    settings, secrets, client = map(tomllib.loads, texts())
    assert {"billbee", "wemalo"} <= secrets["plugins"].keys() <= settings["plugins"].keys()
    nothing: dict[str, dict[str, object]] = {name: {} for name in settings["plugins"]}
    assert settings == {"flows": {}, "mapping": {}, "state": {}, "worker": {}, "web": {}, "plugins": nothing}
    assert secrets == {"state": {}, "web": {}, "plugins": {name: {} for name in secrets["plugins"]}}
    assert client == CLIENT


def test_every_setting_that_is_taken_in_has_its_default(tmp_path: Path) -> None:
    settings, secrets, client = texts()
    # by default not set: these show an example
    unset = ("max_run_minutes", "products_every_minutes", "call_budget_month", "received_state_id")
    found = folder(tmp_path, taken_in(settings, *unset), taken_in(secrets), taken_in(client, *unset))
    resolved = found.client("acme", INSTALLED).settings
    assert (
        ClientBasics(**{name: getattr(resolved, name) for name in ClientBasics.__struct_fields__})
        == ClientBasics()
    )
    billbee = resolved.source.settings
    secret = {name: getattr(billbee, name) for name in ("username", "api_password", "api_key")}
    assert billbee == BillbeeSettings(**secret)
    secret = {name: getattr(found.common().web, name) for name in ("token", "webhook_secret")}
    url = found.common().state.url
    assert found.common() == CommonSettings(
        state_dir=tmp_path / "state", state=StateSettings(url=url), web=WebSettings(**secret)
    )


def test_every_example_is_accepted(tmp_path: Path) -> None:
    settings, secrets, client = map(taken_in, texts())
    resolved = folder(tmp_path, settings, secrets, client).client("acme", INSTALLED).settings
    assert resolved.max_run_minutes == 180
    assert {choice.name for choice in resolved.mapping} == set(INSTALLED.steps)


def test_every_setting_stands_in_the_file_that_it_belongs_to() -> None:
    settings, secrets, client = texts()
    for name in (*ClientBasics.__struct_fields__, *CommonSettings.__struct_fields__, *INSTALLED.steps):
        assert re.search(rf"^(# {name} =|\[{name}\])", settings, re.MULTILINE)
    for name in BillbeeSettings.__struct_fields__:
        where = secrets if name in {"api_password", "api_key"} else client
        assert re.search(rf"^(# )?{name} = ", where, re.MULTILINE)
        assert not re.search(rf"^(# )?{name} = ", client if where is secrets else secrets, re.MULTILINE)


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ({"username": 'a "quoted" \\ name\twith\x7f'}, None),  # what TOML has to escape
        ({"username": "Jörg 😀"}, None),
        ({"username": "x", "tax_rate": 0.07}, "tax_rate = 0.07"),
        ({"username": "x", "failed_tag": False}, "failed_tag = false"),
        ({"username": "x", "profiles": {"DHL Paket": "DHL"}}, 'profiles = { "DHL Paket" = "DHL" }'),
    ],
)
def test_a_value_is_read_as_it_was_written(table: dict[str, Any], shown: str | None) -> None:
    data = {"source": {"plugin": "shop", **table}, "target": {"plugin": "store"}}
    text = client_text("acme", data, KNOWN)
    assert tomllib.loads(text) == data
    assert shown is None or shown in text.splitlines()


def test_flows_and_steps_stand_in_their_tables() -> None:
    data = {"interval_minutes": 5, "flows": {"stock": False}, "mapping": {"round": {"digits": 3}}, **CLIENT}
    known = Known(sources=INSTALLED.sources, targets=INSTALLED.targets, steps=KNOWN.steps)
    text = client_text("acme", data, known)
    assert tomllib.loads(text) == data
    assert "stock = false" in text.splitlines()
    assert "# orders = true" in text.splitlines()


def test_a_fresh_folder_has_no_client_and_says_how_to_add_one(tmp_path: Path) -> None:
    settings, secrets, _ = texts()
    fresh = folder(tmp_path, settings, secrets, "")
    (tmp_path / "config" / "clients" / "acme.toml").unlink()
    with pytest.raises(ConfigurationError, match="add one with: connector clients add NAME"):
        fresh.client_names()
    assert fresh.common() == CommonSettings(state_dir=tmp_path / "state")
