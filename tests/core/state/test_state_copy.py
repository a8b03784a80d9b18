"""Copying states between files and a database, in both directions."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from connector.errors import ClientHeld, StateError
from connector.state import copy_client
from tests.core.state.conftest import Place

pytestmark = pytest.mark.postgres

ENTRIES = {"4711": "accepted", "\0": {"odd": [1, None]}, "k" * 3000: 2}


@pytest.fixture(params=["to the database", "to files"])
def places(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> tuple[Place, Place]:
    """From where, and to where."""
    both = (Place(tmp_path / "state"), Place(tmp_path / "unused", database))
    return both if request.param == "to the database" else (both[1], both[0])


def copy(places: tuple[Place, Place], *, overwrite: bool = False) -> int:
    async def run() -> int:
        async with places[0].open() as source, places[1].open() as target:
            return await copy_client(source, target, "acme", overwrite=overwrite)

    return asyncio.run(run())


def test_all_streams_arrive_as_they_were(places: tuple[Place, Place]) -> None:
    places[0].save("acme", "orders", ENTRIES)
    places[0].save("acme", "products", {"1": "hash"})
    assert copy(places) == 4
    assert [places[1].load("acme", stream) for stream in ("orders", "products")] == [ENTRIES, {"1": "hash"}]
    assert places[0].load("acme", "orders") == ENTRIES


def test_a_second_copy_changes_nothing(places: tuple[Place, Place]) -> None:
    places[0].save("acme", "orders", ENTRIES)
    assert [copy(places), copy(places)] == [3, 3]


def test_what_is_there_already_and_differs_is_kept_unless_it_is_to_be_overwritten(
    places: tuple[Place, Place],
) -> None:
    places[0].save("acme", "orders", ENTRIES)
    places[1].save("acme", "orders", {"4711": "other", "gone": 1})
    with pytest.raises(StateError, match="there already and differs: nothing was changed"):
        copy(places)
    assert places[1].load("acme", "orders") == {"4711": "other", "gone": 1}
    copy(places, overwrite=True)
    assert places[1].load("acme", "orders") == ENTRIES


@pytest.mark.parametrize("side", [0, 1])
def test_C3_a_client_that_is_being_run_is_not_copied(places: tuple[Place, Place], side: int) -> None:
    places[0].save("acme", "orders", ENTRIES)

    async def run() -> None:
        async with places[side].open() as store, await store.acquire("acme"):
            await asyncio.to_thread(copy, places)

    with pytest.raises(ClientHeld, match="being run by"):
        asyncio.run(run())
