from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from connector.errors import ConfigurationError
from connector.secret import Secret
from connector.settings import CommonSettings, Known, SettingsFolder

CONFIG = Path(__file__).parents[3] / "config"


class Billbee(msgspec.Struct, frozen=True, kw_only=True):
    username: str
    api_password: Secret
    api_key: Secret


class Wemalo(msgspec.Struct, frozen=True, kw_only=True):
    token: Secret


KNOWN = Known(sources={"billbee": Billbee}, targets={"wemalo": Wemalo}, steps={"resolve_sets": bool})


def test_a_fresh_checkout_has_no_client_and_says_how_to_add_one(tmp_path: Path) -> None:
    config = shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("*.toml"))
    shutil.copy(CONFIG / "settings.toml", config)
    folder = SettingsFolder(config, {})
    with pytest.raises(ConfigurationError, match="copy an example to"):
        folder.client_names()
    assert folder.common() == CommonSettings(state_dir=tmp_path / "state")


def test_the_examples_make_a_working_client_when_they_are_copied(tmp_path: Path) -> None:
    (tmp_path / "clients").mkdir()
    shutil.copy(CONFIG / "settings.toml", tmp_path)
    shutil.copy(CONFIG / ".secrets.toml.example", tmp_path / ".secrets.toml")
    shutil.copy(CONFIG / "clients" / "example.toml.example", tmp_path / "clients" / "example.toml")
    (tmp_path / ".secrets.toml").chmod(0o600)
    settings = SettingsFolder(tmp_path, {}).client("example", KNOWN).settings
    assert (settings.source.name, settings.target.name) == ("billbee", "wemalo")
