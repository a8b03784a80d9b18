"""`connector state`: the tables, and moving states between files and a database."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.state import TinyStore
from tests.core.cli.conftest import Run
from tests.postgres import Server

pytestmark = pytest.mark.postgres


@pytest.fixture
def with_database(config: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The installation of `connector`, whose states are in a database."""
    monkeypatch.setenv("CONNECTOR_STATE__URL", database)
    return database


def test_the_whole_connector_works_on_a_database(connector: Run, with_database: str, config: Path) -> None:
    result = connector("run", "--once", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["clients"][0]["flows"]["orders"]["sent"] == 2
    assert " completed " in connector("status").stdout
    assert "SKU-3" in connector("problems").stdout
    assert connector("stock", "confirm", "--client", "acme").exit_code == 0
    assert (
        json.loads(connector("run", "--once", "--json").stdout)["clients"][0]["flows"]["orders"]["sent"] == 0
    )
    assert not (config.parent / "state").exists()


def test_states_move_to_a_database_and_back(connector: Run, with_database: str, config: Path) -> None:
    async def make() -> None:
        async with await TinyStore(config.parent / "state", SystemClock()).acquire("acme") as state:
            state.put("orders", "4711", "accepted")
            await state.save()

    asyncio.run(make())
    result = connector("state", "copy", "files", "database")
    assert (result.exit_code, result.stdout) == (0, "acme: 1 record copied and compared\n")
    back = config.parent / "back"
    assert connector("state", "copy", "database", str(back), "--client", "acme").exit_code == 0
    assert (back / "acme.json").read_bytes() == (config.parent / "state" / "acme.json").read_bytes()


def test_a_client_that_is_not_copied_is_told_of_with_an_exit_code(
    connector: Run, with_database: str, config: Path
) -> None:
    connector("run", "--once", "--flow", "products")
    (config.parent / "state").mkdir()
    (config.parent / "state" / "acme.json").write_text("{")
    result = connector("state", "copy", "files", "database")
    assert result.exit_code == 1
    assert "acme: not copied: " in result.stderr
    assert "acme.json is damaged" in result.stderr


def test_a_database_without_tables_is_refused_until_they_are_made(
    connector: Run, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.database() as url:
        monkeypatch.setenv("CONNECTOR_STATE__URL", url)
        assert "`connector state migrate`" in connector("run", "--once").stdout
        made = connector("state", "migrate").stdout
        assert "were made (version 1)" in made
        assert "the tables of the queue were made" in made
        assert (
            "of the queue are those of this release (0 steps were missing)"
            in connector("state", "migrate").stdout
        )
        assert connector("run", "--once").exit_code == 0


def test_without_a_database_in_the_settings_there_is_nothing_to_migrate(connector: Run) -> None:
    result = connector("state", "migrate")
    assert result.exit_code == 2
    assert "state.url is not set: states are kept in files" in result.stderr


def test_an_address_that_can_not_be_used_is_a_mistake_in_the_settings(
    connector: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTOR_STATE__URL", "mysql://connector:secret@db")
    result = connector("run", "--once")
    assert result.exit_code == 2
    assert "state.url is no address of a PostgreSQL database" in result.stderr
    assert "secret" not in result.stderr
