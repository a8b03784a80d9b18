"""What the page knows of the clients. It looks at each request whether anything changed, and reads only what did."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from connector.clock import Clock
from connector.errors import NotFound, StateError
from connector.installation import Installation
from connector.overview import ClientStatus, View, look_at, status_of
from connector.state import StateStore
from connector.web.budget import Budget

_CLIENTS: Final = "clients"


@dataclass(frozen=True)
class Seen:
    """A client as the page shows it. Who runs it now stands in `status`; the view may be a little older."""

    view: View
    status: ClientStatus


@dataclass(frozen=True)
class _Look:
    """What was read of a client, and the marks by which it is known whether that still holds."""

    marks: tuple[str, ...]
    view: View


class Desk:
    """Looks at the clients for the page; what did not change since the last look costs nothing."""

    def __init__(self, inst: Installation, store: StateStore, clock: Clock, budget: Budget) -> None:
        self.store = store
        self._inst = inst
        self._clock = clock
        self._budget = budget
        self._settings_mark = ""
        self._looks: dict[str, _Look] = {}

    def installation(self) -> Installation:
        """Returns the installation with the settings as they stand now; raises ConfigurationError."""
        mark = _mark_of(self._inst.folder.path)
        if mark != self._settings_mark:
            self._inst, self._settings_mark = self._inst.fresh(), mark
        return self._inst

    def names(self) -> tuple[str, ...]:
        """Returns the names of the clients; raises ConfigurationError where there is none."""
        return self.installation().folder.client_names()

    def known(self, name: str) -> str:
        """Returns the name; raises NotFound, with suggestions, for one that nobody has."""
        if name not in self.names():
            self.installation().client(name)
            raise NotFound(f"there is no client `{name}`")
        return name

    async def clients(self) -> list[Seen]:
        """Looks at all clients; runs that are under way get their turn between two of them."""
        seen = []
        for name in self.names():
            seen.append(await self.client(name))
            await asyncio.sleep(0)
        return seen

    async def views(self) -> list[View]:
        """Looks at all clients as well, without summing them up; raises ConfigurationError where there is none."""
        found = []
        for name in self.names():
            with self._budget.spending():
                found.append((await self._look(name)).view)
            await asyncio.sleep(0)
        return found

    async def client(self, name: str) -> Seen:
        """Looks at one client."""
        with self._budget.spending():
            look = await self._look(name)
            status = status_of(look.view, self._now())
        running = await self._running(name)
        return Seen(look.view, msgspec.structs.replace(status, running=running))

    async def mark(self, names: Iterable[str]) -> str:
        """Returns a text that is another one when the page of these clients may look different.

        That is in a minute at the latest, since the page says how long ago things were.
        """
        with self._budget.spending():
            parts = [_mark_of(self._inst.folder.path), f"{self._now():%Y-%m-%dT%H:%M}"]
            for name in names:
                parts += [await self._stamp(name), await self._running(name) or ""]
        return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()

    async def _look(self, name: str) -> _Look:
        inst = self.installation()
        marks = (self._settings_mark, await self._stamp(name))
        known = self._looks.get(name)
        if known is None or known.marks != marks:
            (view,) = await look_at(inst, self.store, (name,))
            known = self._looks[name] = _Look(marks, view)
        return known

    async def _stamp(self, name: str) -> str:
        """Says which state is there; one that can't be looked at, or tells nothing, is read each time."""
        try:
            stamp = await self.store.stamp(name)
        except StateError as error:
            stamp = str(error)
        return stamp if stamp is not None else f"{self._clock.monotonic()}"

    async def _running(self, name: str) -> str | None:
        try:
            return await self.store.holder(name)
        except StateError:
            return None  # the look says why

    def _now(self) -> datetime:
        return self._clock.now()


def _mark_of(folder: Path) -> str:
    """Says which settings files there are, and which versions of them."""
    seen = []
    for file in sorted((*folder.glob("*.toml"), *(folder / _CLIENTS).glob("*.toml"))):
        try:
            stat = file.stat()
        except OSError as error:
            seen.append(f"{file}: {error.errno}")
        else:
            seen.append(f"{file} {stat.st_ino} {stat.st_mtime_ns} {stat.st_size} {stat.st_mode}")
    return blake2b("\n".join(seen).encode(), digest_size=12).hexdigest()
