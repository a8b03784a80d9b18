from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigurationError
from connector.settings.layers import CASTS
from tests.core.settings.shop import ACME, KNOWN, SECRETS, settings_folder

FILES = ["settings.toml", ".secrets.toml", "clients/acme.toml"]


@pytest.mark.parametrize("file", FILES)
def test_C4_a_malformed_file_is_named_with_the_line(tmp_path: Path, file: str) -> None:
    folder = settings_folder(tmp_path, {file: "language = 'de'\napi_key = s3cr3t\n"})
    expected = rf"{file}: this is not valid TOML: Invalid value \(at line 2, column 11\)$"
    with pytest.raises(ConfigurationError, match=expected):
        folder.client("acme", KNOWN)


def test_C4_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, dict.fromkeys(FILES, "x ="))
    with pytest.raises(ConfigurationError, match="client `acme` has 3 mistakes"):
        folder.client("acme", KNOWN)
    with pytest.raises(ConfigurationError, match="the common settings have 2 mistakes"):
        folder.common()


@pytest.mark.parametrize("file", FILES)
def test_C4_a_file_that_cannot_be_opened_is_named(tmp_path: Path, file: str) -> None:
    folder = settings_folder(tmp_path, {file: ""})
    (tmp_path / "config" / file).unlink()
    (tmp_path / "config" / file).mkdir(mode=0o700)
    with pytest.raises(ConfigurationError, match=rf"{file}: can't be read: Is a directory"):
        folder.client("acme", KNOWN)


def test_C4_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {})
    (tmp_path / "config" / "settings.toml").write_bytes(b"name = '\xfc'")
    with pytest.raises(ConfigurationError, match=r"settings\.toml: can't be read: save it as UTF-8 text$"):
        folder.client("acme", KNOWN)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    folder = settings_folder(tmp_path, {"settings.toml": "\ufeffinterval_minutes = 5"})
    assert folder.client("acme", KNOWN).settings.interval_minutes == 5


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_C4_a_secrets_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    folder = settings_folder(tmp_path, {})
    file = tmp_path / "config" / ".secrets.toml"
    file.chmod(mode)
    expected = rf"\.secrets\.toml: others can read it \(mode {mode:o}\); run `chmod 600 {file}`$"
    with pytest.raises(ConfigurationError, match=expected):
        folder.client("acme", KNOWN)


@pytest.mark.parametrize("word", sorted(CASTS))
@pytest.mark.parametrize("file", FILES)
def test_C4_no_value_in_a_file_may_be_one_on_which_dynaconf_would_act(
    tmp_path: Path, file: str, word: str
) -> None:
    text = {
        "settings.toml": f"[plugins.shop]\nusername = '{word} x'",
        ".secrets.toml": f"{SECRETS}[clients.acme.target]\nlabel = '{word} x'",
        "clients/acme.toml": f"{ACME}label = '{word} x'",
    }[file]
    with pytest.raises(
        ConfigurationError,
        match=rf"must not begin with `{word}`; set it as an environment variable instead \(.*{file}\)$",
    ):
        settings_folder(tmp_path, {file: text}).client("acme", KNOWN)


def test_C4_a_cast_within_a_table_or_a_free_key_is_found_too(tmp_path: Path) -> None:
    files = {"clients/acme.toml": ACME + "[mapping.rename]\nx = '@format {env[HOME]}'"}
    with pytest.raises(
        ConfigurationError, match=r"mapping\.rename\.x: a value in a file must not begin with"
    ):
        settings_folder(tmp_path, files).client("acme", KNOWN)


@pytest.mark.parametrize("text", ["@home", "@formatted x", "x @int 5", "user@int"])
def test_an_at_sign_that_is_no_cast_is_a_text_like_any_other(tmp_path: Path, text: str) -> None:
    folder = settings_folder(tmp_path, {"clients/acme.toml": f"{ACME}label = '{text}'"})
    assert folder.client("acme", KNOWN).settings.target.settings.label == text


@pytest.mark.parametrize(
    "key", ["dynaconf_include", "dynaconf_merge", "DYNACONF_MERGE", "dynaconf_merge_unique"]
)
@pytest.mark.parametrize("table", ["", "[mapping.rename]\n", "[source]\n", "[plugins.shop]\n"])
def test_C4_dynaconfs_own_keys_are_refused(tmp_path: Path, key: str, table: str) -> None:
    folder = settings_folder(tmp_path, {"settings.toml": f"{table}{key} = 'other.toml'"})
    expected = (
        rf"{key}: not a setting; tables are always merged and no other file is read \(.*settings\.toml\)$"
    )
    with pytest.raises(ConfigurationError, match=expected):
        folder.client("acme", KNOWN)


def test_free_keys_are_taken_as_they_stand(tmp_path: Path) -> None:
    names = "'DHL Paket 2.0' = 'a'\n'a__b' = 'b'\nitems = 'c'\n'' = 'd'\n'0' = 'e'"
    folder = settings_folder(tmp_path, {"clients/acme.toml": f"{ACME}[mapping.rename]\n{names}"})
    setting = folder.client("acme", KNOWN).settings.mapping[1].setting
    assert setting == {"DHL Paket 2.0": "a", "a__b": "b", "items": "c", "": "d", "0": "e"}
