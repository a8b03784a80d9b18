"""`connector run`: the hourly loop, or one pass."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from connector.cli.wiring import Installation, chosen_clients, installation, shared
from connector.clock import Stop
from connector.engine import run_client, watch_client
from connector.errors import ConfigurationError, NotDue, StateError
from connector.flows import FLOW_NAMES
from connector.report import ClientReport, RunReport, lines, to_json
from connector.scheduler import AT_ONCE, Engine, Scheduler, finish, turn
from connector.settings import ClientBasics
from connector.sides import Shared
from connector.state import Schedule, Turn

log = logging.getLogger("connector.run")


@click.command()
@click.option("--once", is_flag=True, help="Make one pass over the clients and end.")
@click.option("--client", "names", multiple=True, metavar="NAME", help="Only this client; may be repeated.")
@click.option(
    "--flow", "flows", multiple=True, type=click.Choice(FLOW_NAMES), help="Only this flow; may be repeated."
)
@click.option(
    "--json", "as_json", is_flag=True, help="With --once: print one JSON object on standard output."
)
@click.option(
    "--dry-run",
    "rehearse",
    is_flag=True,
    help="With --once: write to neither side; show what would be written.",
)
@click.option("--strict", is_flag=True, help="With --once: single refused records make the exit code 1, too.")
@click.pass_context
def run(
    ctx: click.Context,
    once: bool,
    names: tuple[str, ...],
    flows: tuple[str, ...],
    as_json: bool,
    rehearse: bool,
    strict: bool,
) -> None:
    """Synchronise the clients: each at its own interval until it is stopped, or once.

    Exit codes of --once: 0 when every client's run completed or left records to the next run since its time was used
    up, 1 when one failed, 2 for a mistake in the settings.
    """
    if not once and (as_json or strict or rehearse):
        raise click.UsageError("--json, --dry-run and --strict go with --once")
    inst = installation(ctx.obj)
    chosen = chosen_clients(inst, names)
    if not once:
        asyncio.run(_serve(inst, names, flows))
        return
    report, mistaken = asyncio.run(_pass(inst, chosen, flows, rehearse))
    click.echo(to_json(report) if as_json else "\n".join(lines(report)))
    ctx.exit(2 if mistaken else exit_code(report, strict))


def exit_code(report: RunReport, strict: bool) -> int:
    """Returns 1 where a run failed; one whose time was used up did not: an alarm each hour would tell nothing."""
    return int(any(client.failure or (strict and client.refused) for client in report.clients))


async def _pass(
    inst: Installation, names: tuple[str, ...], flows: tuple[str, ...], rehearse: bool
) -> tuple[RunReport, bool]:
    """Runs the clients side by side; returns the report, and whether the settings of one are wrong."""
    stop = Stop()
    common = shared(inst, stop)
    reports: dict[str, ClientReport] = {}

    async def run_one(name: str) -> None:
        reports[name] = await run_named(inst, common, name, flows, rehearse)

    with stopped_by_signals(stop):
        tasks = [asyncio.create_task(run_one(name)) for name in names]
        await _until_done_or_stopped(tasks, common)
    await common.store.close()
    done = [reports.get(name) or _cut_short(name, common) for name in names]
    return RunReport(clients=done), any(report.mistaken for report in done)


def _cut_short(name: str, common: Shared) -> ClientReport:
    """Reports a run that was cancelled, or never began, because the stop came first."""
    report = ClientReport.begin(name, common.clock.now())
    report.failure = "the run was asked to end before it was complete; the rest waits for the next run"
    report.end(common.clock.now())
    return report


async def run_named(
    inst: Installation,
    common: Shared,
    name: str,
    flows: tuple[str, ...],
    rehearse: bool = False,
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
        log.error("client %s: %s", name, error)
        if not rehearse:
            await watch_client(name, ClientBasics(), common)
        return ClientReport.mistake(name, common.clock.now(), str(error))
    return await run_client(settings, common, flows, rehearse=rehearse, turn=turn)


async def _until_done_or_stopped(tasks: list[asyncio.Task[None]], common: Shared) -> None:
    """Waits for all; once the stop is requested, only for a few seconds more (SPEC R5)."""
    stopped = asyncio.create_task(common.stop.wait())
    pending = set(tasks)
    while pending and not stopped.done():
        _, pending = await asyncio.wait(pending | {stopped}, return_when=asyncio.FIRST_COMPLETED)
        pending.discard(stopped)
    stopped.cancel()
    if common.stop.requested:
        await finish(tasks, common.clock)
    else:
        await asyncio.gather(*tasks)


async def _serve(inst: Installation, names: tuple[str, ...], flows: tuple[str, ...]) -> None:
    """Runs the clients at their intervals; settings are read anew before each run."""
    stop = Stop()
    common = shared(inst, stop)
    intervals = Intervals(inst, names)

    async def run_one(name: str) -> None:
        fresh = inst.fresh()
        intervals.note(name, fresh)
        await run_named(fresh, common, name, flows)

    async def watch_one(name: str) -> None:
        await watch_client(name, _basics(inst.fresh(), name), common)

    with stopped_by_signals(stop):
        log.info("serving, clients: %s; stop with Ctrl-C or SIGTERM", ", ".join(intervals()) or "none yet")
        if common.store.schedule is None:
            engine: Engine = Scheduler(intervals, run_one, common.clock, stop, watch_one)
        else:
            duties = Duties(inst, common, intervals, flows, common.store.schedule)
            await common.store.schedule.join(AT_ONCE)
            engine = Scheduler(dict, duties.run, common.clock, stop, watch_one, due_elsewhere=duties.due)
        await engine.serve()
    await common.store.close()
    log.info("stopped")


def _basics(inst: Installation, name: str) -> ClientBasics:
    """Returns the plain settings of a client, the defaults where they are wrong."""
    try:
        return inst.client(name).settings
    except ConfigurationError:
        return ClientBasics()


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
            log.error("%s", error)
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
            return await self._schedule.due(turns)
        except StateError as error:
            log.error("nobody is started now: %s", error)
            return []

    async def run(self, name: str) -> None:
        """Runs a client that was due, unless somebody else has begun meanwhile."""
        fresh = self._inst.fresh()
        if name not in fresh.folder.client_names():
            log.warning("client %s: left to others, since it is not in the settings of this machine", name)
            return
        self._intervals.note(name, fresh)
        try:
            await run_named(
                fresh, self._common, name, self._flows, turn=turn(name, self._intervals.seconds(name))
            )
        except NotDue as error:
            log.debug("%s", error)
        except StateError as error:
            log.error("client %s: %s", name, error)


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Turns SIGTERM and Ctrl-C into the wish to end; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        log.info("ending: the records under way are finished, then the state is saved")
        stop.request()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(signum)

    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, end)
    try:
        yield
    finally:
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(signum)
