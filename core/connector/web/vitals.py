"""What machines ask of the process: figures to draw, whether it lives, and whether it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connector.crew import Crew
from connector.errors import ConfigurationError
from connector.health import Check, Health, Pulse, liveness, readiness
from connector.history import Kept, overdue_since
from connector.overview import View
from connector.report import amount, in_words
from connector.settings import ClientBasics
from connector.web.site import Site

Figures = Callable[[Mapping[str, Kept], datetime, Crew | None], str]
"""Returns the text that Prometheus reads, from the states, who works on them, and what the process has measured."""

_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_ANEW_S: Final = 10.0
"""So long an answer of `/readyz` holds: everybody may ask for it, and it takes a look at every client."""


@dataclass
class Vitals:
    """Answers for machines.

    `figures` is None where none are kept, `pulse` where no hourly loop turns, `state_dir` where no files are written.
    """

    site: Site
    state_dir: Path | None
    figures: Figures | None = None
    pulse: Pulse | None = None
    _found: Sequence[Check] = ()
    _found_at: float = 0.0
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def metrics(self, request: Request) -> Response:
        """The figures; whoever may see the pages may see them. A state that can't be read has none."""
        if self.figures is None:
            return PlainTextResponse("no figures are kept in this process\n", 404)
        try:
            views = await self.site.desk.views()
        except ConfigurationError as error:
            return PlainTextResponse(f"{error}\n", 503, headers=_NOT_KEPT)
        states = {view.client: view.snapshot for view in views if not view.is_unreadable}
        crew = await self.site.desk.crew()
        with self.site.budget.spending():
            text = self.figures(states, self.site.common.clock.now(), crew)
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return PlainTextResponse(text, media_type=kind, headers=_NOT_KEPT)

    async def alive(self, request: Request) -> Response:
        """That the process answers and, where it runs clients, that their loop turns; else a restart is worth it."""
        return self._told(request, liveness(self._silent_s), "ok", "not ok")

    async def ready(self, request: Request) -> Response:
        """Whether the process can do its work."""
        async with self._one_by_one:
            now = self.site.common.clock.monotonic()
            if not self._found or now - self._found_at >= _ANEW_S:
                self._found, self._found_at = await self._look(), now
        return self._told(request, Health(tuple(self._found)), "ready", "not ready")

    async def _look(self) -> Sequence[Check]:
        settings = Check(name="settings", ok=True, detail="can be read")
        views: list[View] = []
        crew = None
        try:
            views, crew = await self.site.desk.views(), await self.site.desk.crew()
        except ConfigurationError as error:
            settings = Check(name="settings", ok=False, detail=str(error))
        now, late = self.site.common.clock.now(), {}
        for view in views:
            with self.site.budget.spending():
                late[view.client] = overdue_since(view.snapshot, _interval(view), now)
            await asyncio.sleep(0)  # runs that are under way get their turn
        workers = () if crew is None else (_workers(crew),)
        return (*readiness(self._silent_s, self.state_dir, late).checks, *workers, settings, _states(views))

    @property
    def _silent_s(self) -> float | None:
        return self.pulse.silent_s if self.pulse else None

    def _told(self, request: Request, health: Health, good: str, bad: str) -> Response:
        """Answers everybody in one word, and with what was found only those who may see the pages."""
        may_see = self.site.terms.allows_host(request.headers.get("host", "")) and self.site.access.visitor(
            request.headers.get("authorization", ""), request.cookies
        )
        text = health.text() if may_see else f"{good if health.ok else bad}\n"
        return PlainTextResponse(text, 200 if health.ok else 503, headers=_NOT_KEPT)


def _interval(view: View) -> timedelta:
    """Returns how often a client runs; one whose settings are wrong is tried every hour."""
    return timedelta(minutes=(view.settings or ClientBasics()).interval_minutes)


def _workers(crew: Crew) -> Check:
    """Looks whether anybody is there for the clients that are due."""
    if not crew.is_unattended:
        return Check(name="workers", ok=True, detail=f"{len(crew.alive)} at work")
    waits = in_words(timedelta(seconds=crew.unattended_s))
    detail = (
        f"{amount(crew.overdue, 'client')} due and waiting, the first for {waits}, and nobody runs them: "
        "start `connector worker`, or `connector run`"
    )
    return Check(name="workers", ok=False, detail=detail)


def _states(views: Sequence[View]) -> Check:
    """Looks who can be read. One damaged state is a problem of its client; the next run puts it aside."""
    damaged = [view.client for view in views if view.is_unreadable]
    if not damaged:
        return Check(name="states", ok=True, detail="can be read")
    detail = (
        f"{len(damaged)} of {len(views)} can't be read: {', '.join(damaged[:5])}; `connector status` says why"
    )
    return Check(name="states", ok=len(damaged) < len(views), detail=detail)
