"""The queue of workers: names of clients, each once, whatever they are."""

from __future__ import annotations

import asyncio

import pytest

from connector.cluster import QueueGone, look_at_queue, make_queue
from connector.cluster.queue import opened, put
from tests.postgres import Server

pytestmark = pytest.mark.postgres


def test_a_client_that_waits_already_is_not_put_in_again(database: str) -> None:
    async def run() -> list[int]:
        async with opened(database) as app:
            return [await put(app, ["acme", "other"]), await put(app, ["acme", "third"]), await put(app, [])]

    assert asyncio.run(run()) == [2, 1, 0]
    seen = asyncio.run(look_at_queue(database))
    assert (seen["waiting"], seen["begun"]) == (3, 0)
    assert 0 <= seen["oldest_s"] < 60


@pytest.mark.parametrize("name", ["look", "tidy"])
def test_no_name_of_a_client_gets_in_the_way_of_the_queues_own_work(database: str, name: str) -> None:
    async def run() -> int:
        async with opened(database) as app:

            @app.task(name=name, queue="control", queueing_lock=f"control {name}")
            async def own() -> None: ...

            await own.defer_async()
            return await put(app, [name])

    assert asyncio.run(run()) == 1


def test_an_empty_queue_has_nobody_waiting(database: str) -> None:
    assert asyncio.run(look_at_queue(database)) == {"waiting": 0, "begun": 0, "oldest_s": 0.0}


def test_steps_that_the_tables_lack_are_made_up_for(postgres: Server) -> None:
    async def as_of(url: str, step: str) -> None:
        async with opened(url) as app:
            await app.connector.execute_query_async(
                f"comment on table procrastinate_jobs is 'connector: queue as of {step}'"
            )

    with postgres.database() as url:
        assert "were made" in asyncio.run(make_queue(url))
        asyncio.run(as_of(url, "99"))
        assert "(0 steps were missing)" in asyncio.run(make_queue(url))


def test_a_database_without_a_queue_is_told_of(postgres: Server) -> None:
    with postgres.database() as url, pytest.raises(QueueGone, match="procrastinate_jobs"):
        asyncio.run(look_at_queue(url))
