"""`connector check`: whether a client is ready to run, a line for each thing that was looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from connector.checkup import check_client
from connector.cli.wiring import installation
from connector.clock import Stop
from connector.contracts import Finding
from connector.errors import ConfigurationError
from connector.installation import Installation, chosen_clients, shared


@click.command()
@click.argument("names", metavar="[CLIENT]...", nargs=-1)
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...]) -> None:
    """Look whether settings, credentials and both services of CLIENT (default: of all clients) are in order.

    Writes nothing to either side. Exit code 0 when all is well, 1 when something has to be done.
    """
    inst = installation(ctx.obj)
    ctx.exit(0 if all_well(inst, chosen_clients(inst, names)) else 1)


def all_well(inst: Installation, names: tuple[str, ...]) -> bool:
    """Looks at the clients, prints what was found, and tells whether nothing has to be done."""
    results = asyncio.run(_check(inst, names))
    for name, findings in results.items():
        click.echo(name)
        for finding in findings:
            click.echo(f"  {_mark(finding)} {finding.what}")
            if not finding.ok:
                click.echo(f"       {finding.advice}")
    return not any(_bad(finding) for findings in results.values() for finding in findings)


async def _check(inst: Installation, names: tuple[str, ...]) -> dict[str, Sequence[Finding]]:
    common = shared(inst, Stop())
    results: dict[str, Sequence[Finding]] = {}
    for name in names:
        try:
            settings = inst.client(name).settings
        except ConfigurationError as error:
            results[name] = [Finding(what="settings", ok=False, advice=str(error))]
        else:
            results[name] = [Finding(what="settings", ok=True), *await check_client(settings, common)]
    await common.store.close()
    return results


def _mark(finding: Finding) -> str:
    return "ok  " if finding.ok else "FAIL" if _bad(finding) else "warn"


def _bad(finding: Finding) -> bool:
    return not finding.ok and finding.level == "error"
