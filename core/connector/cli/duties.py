"""What a process that runs clients has to do: each client by its settings as they stand now, at its own interval."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from connector.engine import run_client, watch_client
from connector.errors import ConfigurationError, NotDue, StateError
from connector.installation import Installation
from connector.report import ClientReport
from connector.scheduler import AT_ONCE, turn, watched
from connector.settings import ClientBasics
from connector.sides import Shared
from connector.state import Schedule, Turn

log: Final = logging.getLogger("connector.run")

ANSWER_S: Final = 20.0
"""Seconds that the loop waits for the shared schedule: it has to show that it is alive before a minute is over."""


async def run_named(
    inst: Installation,
    common: Shared,
    name: str,
    flows: tuple[str, ...],
    rehearse: bool = False,
    at_once: bool = False,
    turn: Turn | None = None,
) -> ClientReport:
    """Runs one client; wrong settings become the reason why its run did not complete.

    With a `turn`, raises NotDue where somebody else took it.
    """
    try:
        settings = inst.client(name).settings
    except ConfigurationError as error:
        if turn is not None:  # it is used up, so that the next complaint comes with the next one
            await (await common.store.acquire(name, turn)).release()
        log.error("settings are wrong", extra={"client": name, "reason": str(error)})
        if not rehearse:
            await watch_named(inst, common, name)
        report = ClientReport.mistake(name, common.clock.now(), str(error))
        common.progress.done(report)
        return report
    return await run_client(settings, common, flows, rehearse=rehearse, at_once=at_once, turn=turn)


async def watch_named(inst: Installation, common: Shared, name: str) -> None:
    """Looks after a client that does not run; where its settings are wrong, with the common ones."""
    try:
        settings = inst.client(name).settings
    except ConfigurationError:
        await watch_client(name, ClientBasics(), common, inst.other_plugins())
    else:
        await watch_client(name, settings, common, settings.plugins)


class Intervals:
    """Tells the scheduler which clients there are now and how often they run.

    Clients come and go without a restart; an interval is read when a client is new and before each of its runs.
    """

    def __init__(self, inst: Installation, names: tuple[str, ...]) -> None:
        self._inst = inst
        self._names = names
        self._seconds: dict[str, float] = {}

    def __call__(self) -> Mapping[str, float]:
        fresh = self._inst.fresh()
        try:
            present = [name for name in fresh.folder.client_names() if not self._names or name in self._names]
        except ConfigurationError as error:
            log.error("clients can't be read", extra={"reason": str(error)})
            present = []
        for name in present:
            if name not in self._seconds:
                self.note(name, fresh)
        return {name: self._seconds[name] for name in present}

    def seconds(self, name: str) -> float:
        """Returns the interval of a client as it was last read."""
        return self._seconds[name]

    def note(self, name: str, inst: Installation) -> None:
        """Reads the interval; a client with wrong settings is tried, and complained of, every hour."""
        try:
            self._seconds[name] = inst.client(name).settings.interval_minutes * 60.0
        except ConfigurationError:
            self._seconds[name] = 3600.0


class Duties:
    """What there is to do by the schedule that several processes share, of the clients in our settings."""

    def __init__(
        self,
        inst: Installation,
        common: Shared,
        intervals: Intervals,
        flows: tuple[str, ...],
        schedule: Schedule,
    ) -> None:
        self._inst = inst
        self._common = common
        self._intervals = intervals
        self._flows = flows
        self._schedule = schedule

    async def due(self) -> list[str]:
        """Returns the clients that are due; none, and a line in the log, while the schedule can't be read."""
        turns = {name: turn(name, seconds) for name, seconds in self._intervals().items()}
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._schedule.due(turns)
        except (StateError, TimeoutError) as error:
            log.error("nobody is started now", extra={"reason": str(error) or "the database does not answer"})
            return []

    async def run(self, name: str) -> None:
        """Runs a client that was due, unless somebody else has begun meanwhile."""
        fresh = self._inst.fresh()
        if name not in fresh.folder.client_names():
            log.warning("client is left to others, it is not in the settings here", extra={"client": name})
            return
        self._intervals.note(name, fresh)
        interval_s = self._intervals.seconds(name)
        run = run_named(fresh, self._common, name, self._flows, turn=turn(name, interval_s))
        try:
            await watched(run, name, interval_s, self._common.clock, self._missed)
        except NotDue as error:
            log.debug("not due any more", extra={"client": name, "reason": str(error)})
        except StateError as error:
            log.error("run failed", extra={"client": name, "reason": str(error)})

    async def _missed(self, name: str) -> None:
        """Looks after a client whose slot came while its run was still under way."""
        await watch_named(self._inst.fresh(), self._common, name)


async def joined(
    inst: Installation, common: Shared, intervals: Intervals, flows: tuple[str, ...]
) -> Duties | None:
    """Joins the processes that share a schedule; None where this process decides by itself who is due."""
    schedule = common.store.schedule
    if schedule is None:
        return None
    await schedule.join(AT_ONCE)
    return Duties(inst, common, intervals, flows, schedule)
