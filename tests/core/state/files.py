"""A state directory and a clock that stands still, for the tests of the store of files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector.state import TinyStore
from connector.testing.clock import FakeClock

AFTERNOON = datetime(2026, 11, 23, 14, 3, 10, tzinfo=UTC)


def store_in(folder: Path) -> TinyStore:
    return TinyStore(folder, FakeClock(AFTERNOON))


def save(folder: Path, client: str, stream: str, entries: Mapping[str, Any]) -> None:
    """Runs a client that puts entries into one stream."""

    async def run() -> None:
        async with await store_in(folder).acquire(client) as state:
            state.put_many(stream, entries)
            await state.save()

    asyncio.run(run())


def load(folder: Path, client: str, stream: str) -> dict[str, Any]:
    """Reads one stream as a later process finds it."""
    snapshot = asyncio.run(store_in(folder).read(client))
    return dict(snapshot.stream(stream))
