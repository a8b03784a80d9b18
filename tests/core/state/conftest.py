"""The places where states are kept: every test of the port runs against each of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connector.clock import SystemClock
from connector.state import ClientState, StateStore, open_store
from tests.core.state.files import store_in

CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Place:
    """A folder, or a database; `open` gives a store as a process of its own would have it."""

    folder: Path
    url: str | None = None

    def open(self) -> StateStore:
        if self.url is None:
            return store_in(self.folder)
        return open_store(self.folder, self.url, 45, SystemClock())

    def save(self, client: str, stream: str, entries: Mapping[str, Any]) -> None:
        """Runs a client that puts entries into one stream."""

        def put(state: ClientState) -> None:
            state.put_many(stream, entries)

        self.run(client, put)

    def run(self, client: str, change: Any) -> None:
        """Runs a client that makes a change and saves it."""

        async def run() -> None:
            async with self.open() as store, await store.acquire(client) as state:
                change(state)
                await state.save()

        asyncio.run(run())

    def load(self, client: str, stream: str) -> dict[str, Any]:
        """Reads one stream as a later process finds it."""

        async def read() -> dict[str, Any]:
            async with self.open() as store:
                return dict((await store.read(client)).stream(stream))

        return asyncio.run(read())

    def clients(self) -> tuple[str, ...]:
        async def ask() -> tuple[str, ...]:
            async with self.open() as store:
                return await store.clients()

        return asyncio.run(ask())

    def holder(self, client: str) -> str | None:
        async def ask() -> str | None:
            async with self.open() as store:
                return await store.holder(client)

        return asyncio.run(ask())


@contextmanager
def child(place: Place, what: str) -> Iterator[subprocess.Popen[str]]:
    """Starts a process that holds client `acme`, and kills it (-9) in the end."""
    command = [sys.executable, str(CHILD), place.url or str(place.folder), what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert read_line(process) == "held"
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(params=["files", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "files":
        return Place(tmp_path / "state")
    return Place(tmp_path / "state", request.getfixturevalue("database"))
