"""Settings files that are written: nothing that stands there is lost, and secrets are their owner's."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from connector.errors import ConfigurationError
from connector.settings.writing import Secrets, add_secrets, create

SECRETS: Secrets = {("source",): {"api_password": 'p"\\ß'}, ("target",): {"token": "t"}}
ADDED = {"source": {"api_password": 'p"\\ß'}, "target": {"token": "t"}}

BEFORE = """\
# ours, since 2024
[plugins.shop]   # for all
api_key = 'k'

[clients.old.source]
api_password = "old"
# the end"""


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_secrets_are_added_and_everything_else_stays(tmp_path: Path) -> None:
    file = tmp_path / ".secrets.toml"
    file.write_text(BEFORE)
    file.chmod(0o600)
    add_secrets(tmp_path, "acme", SECRETS)
    assert file.read_text().startswith(BEFORE)
    assert tomllib.loads(file.read_text())["clients"] == {
        "old": {"source": {"api_password": "old"}},
        "acme": ADDED,
    }
    assert mode(file) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("text", [None, "", "\n", "\ufeff# saved by an editor that marks its files\r\n"])
def test_a_secrets_file_that_is_missing_or_empty_is_begun(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / ".secrets.toml"
    if text is not None:
        file.write_text(text)
    add_secrets(tmp_path, "acme", SECRETS)
    assert tomllib.loads(file.read_text()) == {"clients": {"acme": ADDED}}
    assert mode(file) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        '[clients.acme.source]\nuser = "x"\n',  # the table is there
        '[clients]\nacme = "x"\n',  # no table
        "clients = { old = {} }\n",  # a table on one line takes no more
        'clients = "x"\n',
    ],
)
def test_where_secrets_can_not_be_added_nothing_is_changed(tmp_path: Path, text: str) -> None:
    file = tmp_path / ".secrets.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"can't add \[clients\.acme\.source\].*mend it by hand"):
        add_secrets(tmp_path, "acme", SECRETS)
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


def test_a_secrets_file_that_is_a_link_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere" / "secrets"
    kept.parent.mkdir()
    kept.write_text(BEFORE)
    (tmp_path / ".secrets.toml").symlink_to(kept)
    add_secrets(tmp_path, "acme", SECRETS)
    assert (tmp_path / ".secrets.toml").is_symlink()
    assert "[clients.acme.target]" in kept.read_text()


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    assert create(file, "mine", 0o640)
    assert not create(file, "other")
    assert (file.read_text(), mode(file)) == ("mine", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"none/acme\.toml: can't be written: No such file or directory"
    ):
        create(tmp_path / "none" / "acme.toml", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_what_root_writes_belongs_to_whom_the_folder_belongs(tmp_path: Path) -> None:
    os.chown(tmp_path, 4711, 4712)
    add_secrets(tmp_path, "acme", SECRETS)
    create(tmp_path / "acme.toml", "")
    assert {(file.stat().st_uid, file.stat().st_gid) for file in tmp_path.iterdir()} == {(4711, 4712)}
