"""The page where states are in a database: it looks at them in the event loop in which it answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import psycopg
import pytest

from connector.clock import SystemClock
from connector.installation import state_store
from connector.ledgers import ProblemEntries
from connector.overview import look_at
from connector.problems import Ledger
from connector.state import StateStore
from connector.web import Terms, make_app
from tests.core.web.office import Browser, Office

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(office: Office, database: str, monkeypatch: pytest.MonkeyPatch) -> StateStore:
    """The store of the installation, as its settings have it."""
    monkeypatch.setenv("CONNECTOR_STATE__URL", database)
    return state_store(office.installation().folder.common(), SystemClock())


async def report(office: Office, store: StateStore, number: str) -> None:
    """Opens a problem, as a run does."""
    async with await store.acquire("acme") as state:
        ledger = Ledger(ProblemEntries(state), office.world.clock.now, client="acme")
        ledger.report("order_receiver_missing", "orders", number, number, {"what": "zip"})
        await state.save()


async def asked(office: Office, store: StateStore, *paths: str) -> list[str]:
    """Asks the page, between two problems that come up while it is there."""
    app = make_app(office.installation(), replace(office.world.shared(), store=store), Terms())
    transport = httpx.ASGITransport(app)
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as browser:
        for number, path in enumerate(paths, start=1):
            await report(office, store, f"A-{number}")
            answers.append((await browser.get(path)).text)
    await store.close()
    return answers


def test_the_page_follows_the_states_in_a_database(office: Office, store: StateStore) -> None:
    first, second = asyncio.run(asked(office, store, "/clients/acme", "/clients/acme"))
    assert ("A-1" in first, "A-2" in first) == (True, False)
    assert ("A-1" in second, "A-2" in second) == (True, True)


def test_the_page_is_ready_where_no_file_can_be_written(office: Office, store: StateStore) -> None:
    office.world.state_dir.parent.joinpath("state").write_text("not a folder")
    (found,) = asyncio.run(asked(office, store, "/readyz"))
    assert "ok states: can be read" in found
    assert "FAIL" not in found


def transactions(database: str) -> int:
    """Counts the statements so far, each of which is a transaction; waits until all connections have told theirs."""
    name = database.rpartition("/")[2]
    with psycopg.connect(database.replace(name, "postgres"), autocommit=True) as connection:
        others = "select count(*) from pg_stat_activity where datname = %s"
        while connection.execute(others, (name,)).fetchone() != (0,):
            pass
        query = "select xact_commit + xact_rollback from pg_stat_database where datname = %s"
        row = connection.execute(query, (name,)).fetchone()
    assert row is not None
    return int(row[0])


def test_the_page_asks_a_database_for_all_clients_together(
    office: Office, store: StateStore, database: str
) -> None:
    for number in range(40):
        office.add(f"shop-{number}")
    before = transactions(database)
    first, second = asyncio.run(asked(office, store, "/", "/"))
    assert ("shop-39" in first, "shop-39" in second) == (True, True)
    assert transactions(database) - before < 60  # reports of problems included


def test_a_state_that_is_damaged_in_a_database_hides_no_other(
    office: Office, store: StateStore, database: str
) -> None:
    office.add("calm")

    async def break_one() -> str:
        await report(office, store, "A-0")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("update connector_state set value = '{' where client = 'acme'")
        async with await store.acquire("calm") as state:
            ledger = Ledger(ProblemEntries(state), office.world.clock.now, client="calm")
            ledger.report("order_receiver_missing", "orders", "1", "C-1", {"what": "zip"})
            await state.save()
        views = await look_at(office.installation(), store, ("acme", "calm"))
        await store.close()
        return "\n".join(f"{view.client}: {len(view.problems)} {' '.join(view.faults)}" for view in views)

    acme, calm = asyncio.run(break_one()).splitlines()
    assert acme.startswith("acme: 0 the state of client `acme` in the database ")
    assert calm == "calm: 1 "


def test_while_the_database_is_away_each_client_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTOR_STATE__URL", "postgresql://nobody@127.0.0.1:1/states")
    gone = state_store(office.installation().folder.common(), SystemClock())
    app = make_app(office.installation(), replace(office.world.shared(), store=gone), Terms())
    assert "State can&#39;t be read" in Browser(app).get("/").text
    assert "the database states on 127.0.0.1:1 can&#39;t be used" in Browser(app).get("/clients/acme").text
