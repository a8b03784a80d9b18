"""The page where states are in a database: it looks at them in the event loop in which it answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from connector.clock import SystemClock
from connector.installation import state_store
from connector.ledgers import ProblemEntries
from connector.problems import Ledger
from connector.state import StateStore
from connector.web import Terms, make_app
from tests.core.web.office import Office

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
