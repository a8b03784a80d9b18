"""`connector worker`: one of any number of processes that run the clients, on any number of machines."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from connector.cli.duties import Duties, Intervals
from connector.cli.run import ENDING
from connector.cli.stopping import stopped_by_signals
from connector.cli.wiring import installation
from connector.clock import Clock, Stop
from connector.crowd import collect_seldom
from connector.errors import ConfigurationError, StateError
from connector.installation import Installation, shared
from connector.progress import Logged
from connector.settings import CommonSettings

log: Final = logging.getLogger("connector.worker")

ALIVE_EVERY_S: Final = 10.0


@click.command()
@click.option(
    "--alive-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Touch this file every ten seconds, for a probe that looks how old it is.",
)
@click.pass_context
def worker(ctx: click.Context, alive_file: Path | None) -> None:
    """Run clients, side by side with the workers on other machines, until Ctrl-C or SIGTERM.

    All workers need the same settings, and a database (state.url). Each client is in one place at a time, and those of
    a worker that vanished are taken over by the others.
    """
    collect_seldom()
    inst = installation(ctx.obj)
    common = inst.folder.common()
    if common.state.url is None:
        raise ConfigurationError("a worker needs a database: set state.url, or use `connector run`")
    asyncio.run(_work(inst, common, common.state.url.reveal(), alive_file))


async def _work(inst: Installation, settings: CommonSettings, url: str, alive_file: Path | None) -> None:
    try:
        from connector.cluster import Pace, QueueEngine, Work  # noqa: PLC0415  (an extra, not always installed)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"a worker needs the package {error.name}; install it with: pip install 'connector-framework[cluster]'"
        ) from None
    stop = Stop()
    common = replace(shared(inst, stop), progress=Logged())
    async with common.store as store:
        schedule = store.schedule
        if schedule is None:
            raise StateError("this store has no schedule that workers could share")
        duties = Duties(inst, common, Intervals(inst, ()), (), schedule)
        work = Work(due=duties.due, run=duties.run, tidy=schedule.tidy)
        pace = Pace(places=settings.worker.clients_at_once, look_s=settings.worker.dispatch_seconds)
        await schedule.join(pace.places)
        with stopped_by_signals(stop, ENDING):
            log.info("working; stop with Ctrl-C or SIGTERM", extra={"clients_at_once": pace.places})
            beating = asyncio.create_task(_show_life(alive_file, common.clock))
            await QueueEngine(url, work, pace, common.clock, stop).serve()
            beating.cancel()
    log.info("stopped")


async def _show_life(file: Path | None, clock: Clock) -> None:
    """Touches the file again and again: where it grows old, the loop that runs everything hangs."""
    while file is not None:
        await asyncio.to_thread(file.touch)
        await clock.sleep(ALIVE_EVERY_S)
