"""What the page, the figures and `/readyz` tell of those who share a database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from os import getpid
from socket import gethostname

import httpx
import psycopg
import pytest

from connector.clock import SystemClock
from connector.cluster.queue import opened, put
from connector.metrics import Metrics
from connector.state import Turn
from connector.state.postgres import PostgresStore
from connector.web import Terms, make_app
from connector.web.desk import CREW_ANEW_S
from tests.core.test_metrics import figure, figures
from tests.core.web.office import Office

pytestmark = pytest.mark.postgres

SOON = Turn(every_s=3600, offset_s=100, first_s=-1)
ME = f"process {getpid()} on {gethostname()}"
Ask = Callable[[str], Awaitable[str]]
Test = Callable[[PostgresStore, Ask], Awaitable[None]]


def looked(office: Office, database: str, monkeypatch: pytest.MonkeyPatch, test: Test) -> None:
    """Runs a test with the store of a worker, and a way to ask a page over the same database."""
    monkeypatch.setenv("CONNECTOR_STATE__URL", database)

    async def run() -> None:
        async with opened_store(database) as worker, opened_store(database) as store:
            shared = replace(office.world.shared(), store=store)
            app = make_app(office.installation(), shared, Terms(), figures=Metrics().render)

            async def ask(path: str) -> str:
                await shared.clock.sleep(CREW_ANEW_S)
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(
                    transport=transport, base_url="http://localhost:8080"
                ) as browser:
                    return (await browser.get(path)).text

            await test(worker, ask)

    asyncio.run(run())


def opened_store(database: str) -> PostgresStore:
    return PostgresStore(database, SystemClock(), lease_s=45)


def change(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statement.encode())


def words_of(page: str) -> str:
    """The text of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def row_of(page: str, host: str) -> str:
    """The row of the process on a machine."""
    (row,) = re.findall(
        rf'<tr role="row">\s*<th role="rowheader" scope="row">{re.escape(host)}</th>.*?</tr>', page, re.DOTALL
    )
    return words_of(row)


def test_a_worker_is_shown_with_its_places_and_leases(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        async with await worker.acquire("acme"):
            await worker.schedule.join(10)
            page, german = await ask("/"), await ask("/?lang=de")
        assert row_of(page, gethostname()).startswith(f"{gethostname()} {getpid()} At work 1 of 10 1 ")
        assert "1 of 10 places taken" in words_of(page)
        assert "Nobody waits in the queue" in page
        assert "1 von 10 Plätzen belegt" in german

    looked(office, database, monkeypatch, test)


def test_a_worker_that_is_silent_looks_dead_and_stands_first(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        await worker.schedule.join(10)
        change(
            database,
            "insert into connector_worker (id, name, running, places, last_seen) "
            "values ('x', 'process 7 on lost', 3, 50, now() - interval '3 minutes')",
        )
        page = await ask("/")
        assert "7 Not heard of 3 of 50 0" in row_of(page, "lost")
        assert "3 min ago" in row_of(page, "lost")
        assert page.index(">lost<") < page.index(f">{gethostname()}<")
        assert "Nicht zu hören" in await ask("/?lang=de")
        found = figures(await ask("/metrics"))
        states = {state: figure(found, "workers", state=state) for state in ("alive", "silent")}
        assert states == {"alive": 1, "silent": 1}
        assert (figure(found, "worker_silence_seconds", worker="process 7 on lost") or 0) > 179
        assert figure(found, "worker_places_taken", worker="process 7 on lost") == 3
        assert figure(found, "worker_places", worker=ME) == 10

    looked(office, database, monkeypatch, test)


def test_a_worker_that_was_started_again_under_the_same_name_has_its_leases_once(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        change(
            database,
            "insert into connector_worker (id, name, running, places, started, last_seen) values "
            "('x', 'process 1 on box', 1, 50, now() - interval '2 hours', now() - interval '1 hour'), "
            "('y', 'process 1 on box', 1, 50, now(), now())",
        )
        await worker.schedule.due({"acme": SOON})
        change(
            database,
            "update connector_client set holder = 'process 1 on box', held_since = now(), lease_until = now() "
            "+ interval '45 seconds'",
        )
        rows = re.findall(r'scope="row">box</th>.*?</tr>', await ask("/"), re.DOTALL)
        said = [re.findall(r"(At work|Not heard of) \d+ of \d+ (\d)", words_of(row))[0] for row in rows]
        assert said == [("Not heard of", "0"), ("At work", "1")]

    looked(office, database, monkeypatch, test)


def test_a_lease_that_nobody_renews_is_told_with_its_holder(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        state = await worker.acquire("acme", SOON if await worker.schedule.due({"acme": SOON}) else None)
        assert figure(figures(await ask("/metrics")), "leases", holder=ME) == 1
        change(database, "update connector_client set lease_until = now() - interval '7 minutes'")
        said = f"acme: the lease of process {getpid()} on {gethostname()} has ended, nobody renews it (7 min ago)"
        page = await ask("/")
        assert said in words_of(page)
        assert "Run by hand" in row_of(page, gethostname())  # it has not joined
        assert figure(figures(await ask("/metrics")), "leases_past_end") == 1
        await state.release()

    looked(office, database, monkeypatch, test)


# how long a client has been due, whether a worker is there, and: /readyz fails, what the page says, the figure at least
WAITS = [
    (60, False, False, "notice warn", 59),  # a restart takes as long
    (400, False, True, "notice bad", 399),
    (400, True, False, "", 0),  # somebody is there, and busy
]


@pytest.mark.parametrize(("due_s", "joins", "fails", "notice", "unattended_s"), WAITS)
def test_clients_that_are_due_while_nobody_is_there_are_loud(
    office: Office,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    due_s: int,
    joins: bool,
    fails: bool,
    notice: str,
    unattended_s: float,
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        await worker.schedule.due({"acme": SOON})
        if joins:
            await worker.schedule.join(10)
        change(database, f"update connector_client set due_at = now() - interval '{due_s} seconds'")
        page, found, ready = await ask("/"), figures(await ask("/metrics")), await ask("/readyz")
        assert ("FAIL workers: 1 client due and waiting, the first for 6 min 40 s" in ready) == fails
        assert ("ok workers" in ready) != fails
        said = re.findall(r'<p class="(notice \w+)">[^§]*?nobody runs them', page)
        assert said == ([notice] if notice else [])
        assert "1 client due and waiting, the first for " in page
        unattended = figure(found, "clients_unattended_seconds")
        assert unattended is not None
        assert unattended_s <= unattended < unattended_s + 60
        assert figure(found, "clients_due") == 1
        assert (figure(found, "clients_due_seconds") or 0) >= due_s - 1

    looked(office, database, monkeypatch, test)


def test_what_waits_in_the_queue_is_told_with_the_age_of_the_oldest(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        async with opened(database, most=1) as queue:
            await put(queue, ["acme", "other"])
        change(database, "update procrastinate_events set at = at - interval '90 seconds'")
        assert "2 clients in the queue, the first for 1 min 30 s" in await ask("/")
        assert "2 Mandanten in der Warteschlange, der erste seit 1 Min. 30 s" in await ask("/?lang=de")
        found = figures(await ask("/metrics"))
        assert figure(found, "queue_waiting") == 2
        assert 90 <= (figure(found, "queue_oldest_seconds") or 0) < 120
        assert figure(found, "queue_begun") == 0

    looked(office, database, monkeypatch, test)


def test_a_browser_that_has_the_page_gets_another_one_when_a_worker_joins(
    office: Office, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(worker: PostgresStore, ask: Ask) -> None:
        def live(page: str) -> str:
            return str(re.findall(r'data-live="([^"]+)"', page)[0])

        before, again = live(await ask("/")), live(await ask("/"))
        await worker.schedule.join(10)
        assert before == again != live(await ask("/"))

    looked(office, database, monkeypatch, test)


def test_where_states_are_files_nothing_of_it_is_shown(office: Office) -> None:
    page = office.page(figures=Metrics().render)
    assert "crew" not in page.get("/").text
    assert "connector_workers" not in page.get("/metrics").text
    assert "workers" not in page.get("/readyz").text
