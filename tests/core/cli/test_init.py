"""`connector init`: a settings folder to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from tests.core.cli.conftest import Run


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `connector` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return run


def test_init_makes_a_folder_that_the_other_commands_take(init: Run, tmp_path: Path) -> None:
    result = init("init")
    assert result.exit_code == 0
    assert "\n  connector clients add NAME " in result.stdout
    config = tmp_path / "config"
    files = sorted(str(file.relative_to(config)) for file in config.rglob("*"))
    assert files == [".gitignore", ".secrets.toml", "clients", "settings.toml"]
    assert (config / ".secrets.toml").stat().st_mode & 0o777 == 0o600
    assert "add one with: connector clients add NAME" in init("status").stderr


@pytest.mark.parametrize(
    ("arguments", "folder", "call"),
    [
        (["init", "shop"], "shop/config", "connector --config shop/config clients add NAME"),
        (["--config", "settings", "init"], "settings", "connector --config settings clients add NAME"),
    ],
)
def test_init_makes_the_folder_where_it_is_told_to(
    init: Run, tmp_path: Path, arguments: list[str], folder: str, call: str
) -> None:
    assert call in init(*arguments).stdout
    assert (tmp_path / folder / "settings.toml").exists()


def test_init_overwrites_nothing(init: Run, tmp_path: Path) -> None:
    mine = tmp_path / "config" / "settings.toml"
    mine.parent.mkdir()
    mine.write_text("interval_minutes = 5\n")
    result = init("init")
    assert mine.read_text() == "interval_minutes = 5\n"
    assert "config/settings.toml  stays as it was" in result.stdout
    assert "config/.secrets.toml  written: " in result.stdout


def test_init_says_where_it_can_not_write(init: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "clients").write_text("a file")
    result = init("init")
    assert result.exit_code == 2
    assert "config/clients: can't be written: File exists" in result.stderr
