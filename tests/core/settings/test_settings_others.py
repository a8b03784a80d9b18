"""Settings of plugins that are neither source nor target: [plugins.<plugin>], common and per client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from connector.errors import ConfigurationError
from connector.secret import Secret
from tests.core.settings.shop import ACME, KNOWN, SECRETS, BellSettings, settings_folder


def bell(root: Path, files: Mapping[str, str], environ: Mapping[str, str] | None = None) -> BellSettings:
    found: BellSettings = (
        settings_folder(root, files, environ).client("acme", KNOWN).settings.plugins["door-bell"]
    )
    return found


def test_C4_without_any_setting_the_defaults_hold(tmp_path: Path) -> None:
    assert bell(tmp_path, {}) == BellSettings()


def test_C4_a_client_overrides_and_adds_to_what_holds_for_all(tmp_path: Path) -> None:
    files = {
        "settings.toml": "[plugins.door-bell]\nvolume = 2\nto.office = 'ring://office'",
        "clients/acme.toml": ACME + "[plugins.door-bell]\nvolume = 3",
        ".secrets.toml": SECRETS + "[clients.acme.plugins.door-bell.to]\nhome = 'ring://home'",
    }
    both = {"office": Secret("ring://office"), "home": Secret("ring://home")}
    assert bell(tmp_path, files) == BellSettings(volume=3, to=both)


@pytest.mark.parametrize(
    "variable",
    ["CONNECTOR_PLUGINS__DOOR_BELL__VOLUME", "CONNECTOR_CLIENTS__ACME__PLUGINS__DOOR_BELL__VOLUME"],
)
def test_C4_a_variable_sets_it_for_all_or_for_one_client(tmp_path: Path, variable: str) -> None:
    assert bell(tmp_path, {}, {variable: "7"}).volume == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[plugins.door-bell]\nvolume = -1",
            "plugins.door-bell.volume: expected a whole number of at least 0",
        ),
        ("[plugins.door-bell]\nvolum = 1", "plugins.door-bell.volum: unknown key, did you mean `volume`?"),
        ("[plugins.door-bel]\nvolume = 1", "plugins.door-bel: unknown plugin, did you mean `door-bell`?"),
        ("[plugins]\ndoor-bell = 1", "plugins.door-bell: expected a table, got a whole number"),
        ("[plugins.door-bell.to]\nhome = 1", "plugins.door-bell.to.home: expected a secret text"),
    ],
)
def test_C4_a_mistake_in_them_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match="client `acme` has 1 mistake") as caught:
        bell(tmp_path, {"clients/acme.toml": ACME + text})
    assert said in str(caught.value)


def test_C4_they_are_shown_with_their_origin_and_secrets_are_masked(tmp_path: Path) -> None:
    files = {"settings.toml": "[plugins.door-bell.to]\noffice = 'ring://office'"}
    values = settings_folder(tmp_path, files).client("acme", KNOWN).values
    shown = {value.key: (value.shown, Path(value.came_from).name) for value in values}
    assert shown["plugins.door-bell.to.office"] == ("***", "settings.toml")


def test_C4_a_client_whose_settings_are_wrong_has_the_common_ones(tmp_path: Path) -> None:
    files = {
        "settings.toml": "intervall_minutes = 5\n[plugins.door-bell]\nvolume = 2",
        "clients/acme.toml": "[plugins.door-bell]\nvolume = 3",
    }
    assert settings_folder(tmp_path, files).plugins(KNOWN) == {"door-bell": BellSettings(volume=2)}


def test_C4_common_ones_that_are_wrong_are_refused(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {"settings.toml": "[plugins.door-bell]\nvolume = 'loud'"})
    with pytest.raises(ConfigurationError, match=r"plugins\.door-bell\.volume: expected a whole number"):
        folder.plugins(KNOWN)
