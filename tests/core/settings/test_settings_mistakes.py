from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigurationError, NotFound
from connector.settings import SettingsFolder
from tests.core.settings.shop import ACME, KNOWN, SECRETS, settings_folder


def mistakes(root: Path, files: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError, match="client `acme` has") as caught:
        settings_folder(root, files).client("acme", KNOWN)
    return tuple(line.replace(f"{root}/", "") for line in caught.value.mistakes)


def in_source(line: str) -> str:
    return ACME.replace("[target]", f"{line}\n[target]")


ACME_FILE = "config/clients/acme.toml"
VALUES = [
    # ill-typed
    (
        in_source("order_state_id = 'paid'"),
        "source.order_state_id: expected a whole number from 1 to 50, got text",
    ),
    (
        in_source("order_state_id = 3.5"),
        "source.order_state_id: expected a whole number from 1 to 50, got another number",
    ),
    (
        in_source("order_state_id = true"),
        "source.order_state_id: expected a whole number from 1 to 50, got true or false",
    ),
    (
        in_source("order_state_id = {}"),
        "source.order_state_id: expected a whole number from 1 to 50, got a table",
    ),
    (in_source("received_state_id = '16'"), "source.received_state_id: expected a whole number, got text"),
    (in_source("tax_rate = 2026-01-31"), "source.tax_rate: expected a number of at least 0, got a date"),
    (in_source("failed_tag = 1"), "source.failed_tag: expected true or false, got a whole number"),
    (in_source("failed_tag = 'true'"), "source.failed_tag: expected true or false, got text"),
    # out of range
    (
        in_source("order_state_id = 51"),
        "source.order_state_id: expected a whole number from 1 to 50, got another number",
    ),
    (in_source("mode = 'test'"), "source.mode: expected `live` or `trial`, got another text"),
    ("language = 'DE'\n" + ACME, "language: expected two small letters, got another text"),
    (
        "interval_minutes = 0\n" + ACME,
        "interval_minutes: expected a whole number of at least 1, got another number",
    ),
    # numbers and switches where a text belongs
    (ACME + "label = 12", "target.label: expected a text, got a whole number: put it in quotes"),
    (ACME + "token = 0.5", "target.token: expected a secret text, got a number: put it in quotes"),
    (ACME + "token = true", "target.token: expected a secret text, got true or false: put it in quotes"),
    (ACME + "token = ''", "target.token: expected a secret text, got an empty text"),
    # a step whose setting is a table with fixed keys
    (ACME + "[mapping]\nround = 5", "mapping.round: expected a table, got a whole number"),
    (ACME + "[mapping]\nround = {digit = 1}", "mapping.round.digit: unknown key, did you mean `digits`?"),
    (ACME + "[mapping]\nround = {digits = 'x'}", "mapping.round.digits: expected a whole number, got text"),
    # within a table
    (in_source("profiles = 'DHL'"), "source.profiles: expected a table of names, each with a text, got text"),
    (
        in_source("profiles = {DHL = 1}"),
        "source.profiles.DHL: expected a text, got a whole number: put it in quotes",
    ),
    (
        ACME + "[mapping]\nrename = true",
        "mapping.rename: expected a table of names, each with a text, got true or false",
    ),
    (ACME + "[mapping]\nskip_digital = 'no'", "mapping.skip_digital: expected true or false, got text"),
    ("flows = false\n" + ACME, "flows: expected a table, got true or false"),
    # lists are not layered
    (ACME + "label = ['a']", "target.label: expected a table or a single value, got a list"),
    # unknown
    ("intervall_minutes = 5\n" + ACME, "intervall_minutes: unknown key, did you mean `interval_minutes`?"),
    ("zzz = 5\n" + ACME, "zzz: unknown key"),
    ("Language = 'en'\n" + ACME, "Language: unknown key, did you mean `language`?"),
    (ACME + "[flow]\nstock = false", "flow: unknown key, did you mean `flows`?"),
    (ACME + "[flows]\nstocks = false", "flows.stocks: unknown flow, did you mean `stock`?"),
    (
        ACME + "[mapping]\nskip_digitals = true",
        "mapping.skip_digitals: unknown mapping step, did you mean `skip_digital`?",
    ),
    (in_source("user_name = 'x'"), "source.user_name: unknown key, did you mean `username`?"),
    # what does not stand in a client's file
    ("state_dir = 'x'\n" + ACME, "state_dir: this holds for all clients; move it to settings.toml"),
    (
        ACME + "[plugins.shop]\nusername = 'x'",
        "plugins: this holds for all clients; move it to settings.toml, or write it into [source] or [target]",
    ),
    (
        ACME + "[clients.acme]\nlanguage = 'en'",
        "clients: only .secrets.toml has [clients]; leave `clients` and the name out here",
    ),
    # a plugin that nobody knows, or that is on the wrong side
    (
        ACME.replace("store", "stoer"),
        "target.plugin: unknown target plugin, did you mean `store`? Known: store",
    ),
    (
        ACME.replace('"shop"', '"store"'),
        "source.plugin: unknown source plugin; known: corner-shop, shop",
    ),
    (
        ACME.replace('"shop"', "5"),
        "source.plugin: expected the name of a source plugin (corner-shop, shop), got a whole number: "
        "put it in quotes",
    ),
    # keys that differ in capital letters only
    (
        ACME + "label = 'a'\nLabel = 'b'",
        "target.Label: the same key as `label` but for its capital letters; keep one of them",
    ),
]


@pytest.mark.parametrize(("text", "mistake"), VALUES)
def test_C4_a_wrong_setting_is_refused_with_its_key_file_and_what_is_expected(
    tmp_path: Path, text: str, mistake: str
) -> None:
    assert mistakes(tmp_path, {"clients/acme.toml": text}) == (f"{mistake} ({ACME_FILE})",)


def test_C4_a_missing_setting_is_refused_with_where_to_set_it(tmp_path: Path) -> None:
    text = ACME.replace('username = "erika@example.com"', "")
    assert mistakes(tmp_path, {"clients/acme.toml": text}) == (
        "source.username: missing, expected a text; set it in config/clients/acme.toml under [source] "
        "or as CONNECTOR_CLIENTS__ACME__SOURCE__USERNAME",
    )


def test_C1_a_missing_secret_points_to_the_secrets_file(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {".secrets.toml": "[plugins.store]\ntoken = 't'"}) == (
        "source.api_password: missing, expected a secret text; "
        "set it in config/.secrets.toml under [clients.acme.source] "
        "or as CONNECTOR_CLIENTS__ACME__SOURCE__API_PASSWORD",
    )


def test_C4_an_empty_client_file_is_told_to_choose_its_plugins(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {"clients/acme.toml": "", ".secrets.toml": ""}) == tuple(
        f"{side}.plugin: missing, expected the name of a {side} plugin ({plugins}); "
        f"set it in config/clients/acme.toml under [{side}] "
        f"or as CONNECTOR_CLIENTS__ACME__{side.upper()}__PLUGIN"
        for side, plugins in (("source", "corner-shop, shop"), ("target", "store"))
    )


def test_C4_all_mistakes_of_a_client_are_told_at_once(tmp_path: Path) -> None:
    files = {
        "settings.toml": "log_levle = 'info'\n[plugins.shoop]\nx = 1\n[plugins.store]\nlable = 'x'",
        ".secrets.toml": "[clients.acme.source]\napi_password = 5\n[clients.acme.target]\ntoken = 'x'\ntokn = 'y'",
        "clients/acme.toml": "interval_minutes = 'x'\n" + in_source("mode = 5"),
    }
    assert mistakes(tmp_path, files) == (
        "log_levle: unknown key, did you mean `log_level`? (config/settings.toml)",
        "plugins.shoop: unknown plugin, did you mean `shop`? (config/settings.toml)",
        "plugins.store.lable: unknown key, did you mean `label`? (config/settings.toml)",
        "clients.acme.target.tokn: unknown key, did you mean `token`? (config/.secrets.toml)",
        "interval_minutes: expected a whole number of at least 1, got text (config/clients/acme.toml)",
        "clients.acme.source.api_password: expected a secret text, got a whole number: put it in quotes "
        "(config/.secrets.toml)",
        "source.mode: expected `live` or `trial`, got a whole number: put it in quotes (config/clients/acme.toml)",
    )


def test_C4_the_message_is_one_line_for_the_client_and_one_for_each_mistake(tmp_path: Path) -> None:
    files = {"clients/acme.toml": "a = 1\nb = 2\n" + ACME}
    with pytest.raises(ConfigurationError) as caught:
        settings_folder(tmp_path, files).client("acme", KNOWN)
    file = tmp_path / "config" / "clients" / "acme.toml"
    assert str(caught.value) == (
        f"client `acme` has 2 mistakes:\n  a: unknown key ({file})\n  b: unknown key ({file})"
    )


def test_C4_a_common_value_of_the_wrong_type_is_named_where_it_stands(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {"settings.toml": "[plugins.shop]\ntax_rate = 'x'"}) == (
        "plugins.shop.tax_rate: expected a number of at least 0, got text (config/settings.toml)",
    )


def test_C4_one_clients_mistake_does_not_touch_another(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {"clients/beta.toml": "this is not TOML", "clients/Bad Name.toml": ""})
    assert folder.client("acme", KNOWN).settings.name == "acme"


def test_C4_free_keys_that_two_files_spell_differently_are_refused(tmp_path: Path) -> None:
    files = {
        "settings.toml": "[mapping.rename]\nDHL = 'a'",
        "clients/acme.toml": ACME + "[mapping.rename]\ndhl = 'b'",
    }
    assert mistakes(tmp_path, files) == (
        "mapping.rename.dhl: write it as `mapping.rename.DHL`, as config/settings.toml does "
        "(config/clients/acme.toml)",
    )


CAPITALS = [
    ("[Source]\nplugin = 'x'", "Source: unknown key, did you mean `source`?"),
    ("[source]\nPlugin = 'x'", "source.Plugin: unknown key, did you mean `plugin`?"),
    (
        "[mapping]\nSkip_Digital = true",
        "mapping.Skip_Digital: unknown mapping step, did you mean `skip_digital`?",
    ),
    ("[plugins.shop]\nUsername = 'x'", "plugins.shop.Username: unknown key, did you mean `username`?"),
    ("[flows]\nStock = true", "flows.Stock: unknown flow, did you mean `stock`?"),
]


@pytest.mark.parametrize(("text", "mistake"), CAPITALS)
def test_C4_a_key_with_capital_letters_is_unknown_even_where_another_file_has_it_right(
    tmp_path: Path, text: str, mistake: str
) -> None:
    files = {
        "settings.toml": text,
        "clients/acme.toml": ACME + "[mapping]\nskip_digital = true\n[flows]\nstock = false",
    }
    assert mistakes(tmp_path, files) == (f"{mistake} (config/settings.toml)",)


def test_C4_a_plugin_may_refuse_a_combination_and_its_words_are_shown_without_secrets(tmp_path: Path) -> None:
    files = {".secrets.toml": SECRETS.replace("acme-password", "erika@example.com")}
    assert mistakes(tmp_path, files) == ("source: the username must not be the password ***",)


def test_C4_clients_in_the_common_settings_are_sent_to_their_own_file(tmp_path: Path) -> None:
    assert mistakes(tmp_path, {"settings.toml": "[clients.acme]\nlanguage = 'en'"}) == (
        "clients.acme: this belongs to config/clients/acme.toml (config/settings.toml)",
    )


def test_C4_an_unknown_client_is_answered_with_those_there_are(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {"clients/beta.toml": ""})
    with pytest.raises(
        NotFound, match=r"there is no client `acmee` in .*clients, did you mean `acme`\? Known: acme, beta$"
    ):
        folder.client("acmee", KNOWN)
    with pytest.raises(NotFound, match=r"there is no client `zzz` in .*clients; known: acme, beta$"):
        folder.client("zzz", KNOWN)


def test_of_many_clients_only_the_first_are_listed(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {f"clients/c{number:02}.toml": "" for number in range(11)})
    with pytest.raises(NotFound, match=r"known: acme, c00, .*, c08 and 2 more$"):
        folder.client("zzz", KNOWN)


@pytest.mark.parametrize("name", ["Acme", "acme shop", "acme.local", "-acme", "a__b", "ä"])
def test_C4_a_client_file_with_a_name_that_is_not_allowed_is_refused(tmp_path: Path, name: str) -> None:
    folder = settings_folder(tmp_path, {f"clients/{name}.toml": ACME})
    assert name in folder.client_names()
    with pytest.raises(
        ConfigurationError, match=r"rename it, a client's name has only small letters and digits"
    ):
        folder.client(name, KNOWN)


def test_a_folder_without_clients_says_how_to_add_one(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    with pytest.raises(
        ConfigurationError,
        match=r"there are no clients in .*config/clients; add one with: connector clients add",
    ):
        SettingsFolder(tmp_path / "config", {}).client_names()


def test_a_folder_that_does_not_exist_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"there is no settings folder .*nowhere; name one with --config or CONNECTOR_CONFIG, "
        "or make one with: connector init$",
    ):
        SettingsFolder(tmp_path / "nowhere", {})


COMMON = [
    ("log_level = 'loud'", "log_level: expected `debug`, `error`, `info` or `warning`, got another text"),
    ("state_dir = 5", "state_dir: expected a path, got a whole number: put it in quotes"),
    ("state_dir = ''", "state_dir: expected a path, got an empty text"),
    ("state_dri = 'x'", "state_dri: unknown key, did you mean `state_dir`?"),
]


@pytest.mark.parametrize(("text", "mistake"), COMMON)
def test_C4_wrong_common_settings_are_refused(tmp_path: Path, text: str, mistake: str) -> None:
    with pytest.raises(ConfigurationError, match="the common settings have 1 mistake:") as caught:
        settings_folder(tmp_path, {"settings.toml": text}).common()
    assert caught.value.mistakes == (f"{mistake} ({tmp_path}/config/settings.toml)",)
