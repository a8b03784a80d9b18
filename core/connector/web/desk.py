"""What the page knows of the clients. It looks at each request whether anything changed, and reads only what did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from connector.clock import Clock
from connector.crew import Crew, look_at_crew
from connector.errors import NotFound, StateError
from connector.installation import Installation
from connector.overview import ClientStatus, View, look_at, status_of
from connector.state import Glance, StateStore
from connector.web.budget import Budget

CREW_ANEW_S: Final = 3.0
"""So long a look at the workers holds: it takes a connection of its own."""

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
        self._crew: Crew | None = None
        self._crew_until = 0.0
        self._one_by_one = asyncio.Lock()

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
        return await self._seen(self.names())

    async def views(self) -> list[View]:
        """Looks at all clients as well, without summing them up; raises ConfigurationError where there is none."""
        return [view for view, _ in await self._looked_at(self.names())]

    async def client(self, name: str) -> Seen:
        """Looks at one client."""
        (seen,) = await self._seen((name,))
        return seen

    async def crew(self) -> Crew | None:
        """Looks at who shares the database, every few seconds at most; None: there is none, or it can't be reached."""
        async with self._one_by_one:
            now = self._clock.monotonic()
            if self.store.schedule is not None and now >= self._crew_until:
                url = self.installation().folder.common().state.url
                look = look_at_crew(self.store, url.reveal() if url else None, self.names())
                try:
                    self._crew = await self._budget.counted(look)
                except StateError:  # the look at the clients says why
                    self._crew = None
                self._crew_until = now + CREW_ANEW_S
            return self._crew

    async def mark(self, names: Sequence[str]) -> str:
        """Returns a text that is another one when the page of these clients may look different.

        That is in a minute at the latest, since the page says how long ago things were.
        """
        seen = await self._budget.counted(self.store.glance(names))
        with self._budget.spending():
            parts = [_mark_of(self._inst.folder.path), f"{self._now():%Y-%m-%dT%H:%M}"]
            for name in names:
                parts += [self._stamp(seen[name]), seen[name].holder or ""]
            return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()

    async def _seen(self, names: Sequence[str]) -> list[Seen]:
        found = []
        for view, running in await self._looked_at(names):
            with self._budget.spending():
                status = status_of(view, self._now())
                found.append(Seen(view, msgspec.structs.replace(status, running=running)))
            await asyncio.sleep(0)
        return found

    async def _looked_at(self, names: Sequence[str]) -> list[tuple[View, str | None]]:
        """Returns each client with who runs it now; only those are read that are not as they were at the last look."""
        with self._budget.spending():
            inst = self.installation()
        seen = await self._budget.counted(self.store.glance(names))
        marks = {name: (self._settings_mark, self._stamp(seen[name])) for name in names}
        changed = [
            name for name in names if name not in self._looks or self._looks[name].marks != marks[name]
        ]
        views: dict[str, View] = {}
        for view in await self._budget.counted(look_at(inst, self.store, changed)) if changed else ():
            views[view.client] = view
            if not view.is_unreadable:  # the fault may pass before the client changes
                self._looks[view.client] = _Look(marks[view.client], view)
        return [(views.get(name) or self._looks[name].view, seen[name].holder) for name in names]

    def _stamp(self, seen: Glance) -> str:
        """Says which state is there; one that can't be looked at, or tells nothing, is read each time."""
        return seen.fault or (seen.stamp if seen.stamp is not None else f"{self._clock.monotonic()}")

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
