"""The desk reads what changed, and nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection

import pytest

from connector.errors import NotFound
from connector.state import Snapshot, TinyStore
from connector.web.budget import Budget
from connector.web.desk import Desk
from tests.core.web.office import Office


class CountingStore(TinyStore):
    """A store that counts how often each client was read."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.world.state_dir, office.world.clock)
        self.reads = Counter[str]()

    async def read(self, client: str, only: Collection[str] | None = None) -> Snapshot:
        self.reads[client] += 1
        return await super().read(client, only)


class SilentStore(CountingStore):
    """A store that can't tell whether anything changed."""

    async def stamp(self, client: str) -> str | None:  # type: ignore[override]
        return None


def desk_over(office: Office, store: TinyStore) -> Desk:
    return Desk(office.installation(), store, office.world.clock, Budget(office.world.clock))


def test_a_client_is_read_again_when_its_state_or_the_settings_changed(office: Office) -> None:
    office.add("other")
    office.report()
    store = CountingStore(office)
    desk = desk_over(office, store)
    for _ in range(3):
        asyncio.run(desk.clients())
    assert store.reads == {"acme": 1, "other": 1}
    office.report(2)
    assert len(asyncio.run(desk.client("acme")).view.problems) == 2
    asyncio.run(desk.clients())
    assert store.reads == {"acme": 2, "other": 1}
    office.add("other", "interval_minutes = 30\n")
    (_, other) = asyncio.run(desk.clients())
    assert other.view.settings is not None
    assert other.view.settings.interval_minutes == 30


@pytest.mark.parametrize("name", ["settings.toml", ".secrets.toml", "clients/other.toml"])
def test_every_settings_file_is_looked_at(office: Office, name: str) -> None:
    desk = desk_over(office, CountingStore(office))
    before = desk.installation()
    assert desk.installation() is before
    office.write(name, "# changed\n")
    assert desk.installation() is not before


def test_a_store_that_can_not_tell_is_read_each_time(office: Office) -> None:
    store = SilentStore(office)
    desk = desk_over(office, store)
    asyncio.run(desk.clients())
    office.world.later(1)
    asyncio.run(desk.clients())
    assert store.reads["acme"] == 2


def test_a_name_that_nobody_has_is_refused(office: Office) -> None:
    desk = desk_over(office, CountingStore(office))
    with pytest.raises(NotFound, match=r"there is no client `\.\./acme`"):
        desk.known("../acme")
