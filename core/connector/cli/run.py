"""`connector run`: the hourly loop, or one pass."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import replace
from typing import Final

import click

from connector.cli.duties import Intervals, joined, run_named, watch_named
from connector.cli.stopping import stopped_by_signals
from connector.cli.supervisor import Supervisor
from connector.cli.terminal import Shown, shown_progress
from connector.cli.web import kept_figures, offered
from connector.cli.wiring import installation
from connector.clock import Stop
from connector.crowd import collect_seldom
from connector.flows import FLOW_NAMES
from connector.health import Pulse
from connector.installation import Installation, chosen_clients, shared
from connector.progress import Logged
from connector.report import ClientReport, RunReport, lines, to_json
from connector.scheduler import LOOK_EVERY_S, Scheduler, finish
from connector.sides import Shared

log = logging.getLogger("connector.run")

ENDING: Final = "ending: the records under way are finished, then the state is saved"


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
@click.option("--web", "address", metavar="HOST:PORT", help="Also offer the web page there; not with --once.")
@click.option(
    "--allow-changes", is_flag=True, help="With --web: let problems be tried anew and ignored from the page."
)
@click.pass_context
def run(
    ctx: click.Context,
    once: bool,
    names: tuple[str, ...],
    flows: tuple[str, ...],
    as_json: bool,
    rehearse: bool,
    strict: bool,
    address: str | None,
    allow_changes: bool,
) -> None:
    """Synchronise the clients: each at its own interval until it is stopped, or once.

    Exit codes of --once: 0 when every client's run completed or left records to the next run since its time was used
    up, 1 when one failed, 2 for a mistake in the settings.
    """
    if not once and (as_json or strict or rehearse):
        raise click.UsageError("--json, --dry-run and --strict go with --once")
    if (once and address) or (allow_changes and not address):
        raise click.UsageError("--web does not go with --once, and --allow-changes goes with --web")
    collect_seldom()
    inst = installation(ctx.obj)
    chosen = chosen_clients(inst, names)
    if not once:
        asyncio.run(_serve(inst, names, flows, address, allow_changes))
        return
    with shown_progress(chosen, with_log=bool(ctx.obj.log_level)) as shown:
        report, mistaken = asyncio.run(_pass(inst, chosen, flows, rehearse, shown))
    click.echo(to_json(report) if as_json else "\n".join(lines(report)))
    ctx.exit(2 if mistaken else exit_code(report, strict))


def exit_code(report: RunReport, strict: bool) -> int:
    """Returns 1 where a run failed; one whose time was used up did not: an alarm each hour would tell nothing."""
    return int(any(client.failure or (strict and client.refused) for client in report.clients))


async def _pass(
    inst: Installation, names: tuple[str, ...], flows: tuple[str, ...], rehearse: bool, shown: Shown
) -> tuple[RunReport, bool]:
    """Runs the clients side by side; returns the report, and whether the settings of one are wrong."""
    stop = Stop()
    common = replace(shared(inst, stop), progress=shown)
    reports: dict[str, ClientReport] = {}

    async def run_one(name: str) -> None:
        reports[name] = await run_named(inst, common, name, flows, rehearse)

    with stopped_by_signals(stop, ENDING, shown.ending):
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


async def _serve(
    inst: Installation,
    names: tuple[str, ...],
    flows: tuple[str, ...],
    address: str | None,
    allow_changes: bool,
) -> None:
    """Runs the clients at their intervals; settings are read anew before each run."""
    stop = Stop()
    common = replace(shared(inst, stop), progress=Logged())
    metrics = kept_figures() if address else None
    if metrics is not None:
        common = replace(common, meter=metrics)
    intervals = Intervals(inst, names)
    supervisor, pulse = Supervisor(os.environ), Pulse(common.clock)
    look_every_s = min(LOOK_EVERY_S, supervisor.beat_every_s or LOOK_EVERY_S)

    async def run_one(name: str) -> None:
        fresh = inst.fresh()
        intervals.note(name, fresh)
        await run_named(fresh, common, name, flows)

    async def run_at_once(name: str, hinted: frozenset[str]) -> None:
        wanted = tuple(flow for flow in FLOW_NAMES if flow in hinted and (not flows or flow in flows))
        if wanted:
            await run_named(inst.fresh(), common, name, wanted, at_once=True)

    async def watch_one(name: str) -> None:
        await watch_named(inst.fresh(), common, name)

    def alive() -> None:
        supervisor.alive()
        pulse.beat()

    pause_s = float(inst.folder.common().web.webhook_pause_seconds)
    duties = await joined(inst, common, intervals, flows)
    scheduler = Scheduler(
        intervals,
        duties.run if duties else run_one,
        common.clock,
        stop,
        watch_one,
        alive,
        look_every_s,
        run_flows=run_at_once,
        hint_pause_s=pause_s,
        due_elsewhere=duties.due if duties else None,
    )
    server = None
    if address and metrics is not None:
        server = offered(
            inst, common, address, metrics, allow_changes=allow_changes, pulse=pulse, hint=scheduler.hint
        )
    with stopped_by_signals(stop, ENDING, supervisor.stopping):
        log.info(
            "serving; stop with Ctrl-C or SIGTERM", extra={"clients": ", ".join(intervals()) or "none yet"}
        )
        supervisor.ready()
        if server is None:
            await scheduler.serve()
        else:
            log.info("web page is up", extra={"address": server.url})
            await asyncio.gather(scheduler.serve(), server.serve(stop))
    await common.store.close()
    log.info("stopped")
