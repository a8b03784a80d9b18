"""`connector state`: where what is remembered is kept, and how it moves from one place to another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import click

from connector.cli.wiring import installation
from connector.clock import SystemClock
from connector.errors import ConfigurationError, ConnectorError
from connector.report import amount
from connector.settings import CommonSettings
from connector.state import StateStore, copy_client, open_store

FILES: Final = "files"
DATABASE: Final = "database"


@click.group()
def state() -> None:
    """Make the tables in a database, or move what is remembered between it and files."""


@state.command("migrate", short_help="Make or update the tables in the database.")
@click.pass_context
def migrate_state(ctx: click.Context) -> None:
    """Make the tables in the database of the setting state.url, or bring them to this release.

    A second time does nothing. Workers of the release before have to be stopped first.
    """
    common = installation(ctx.obj).folder.common()
    for line in asyncio.run(_migrate(common)):
        click.echo(line)


@state.command("copy", short_help="Move states between files and a database.")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--client", "names", multiple=True, metavar="NAME", help="Only this client; may be repeated.")
@click.option("--overwrite", is_flag=True, help="Replace what TO remembers of the client already.")
@click.pass_context
def copy_state(ctx: click.Context, source: str, target: str, names: tuple[str, ...], overwrite: bool) -> None:
    """Copy what is remembered of the clients, and check that all of it arrived.

    FROM and TO are `files` (the setting state_dir), `database` (state.url), another folder, or the address of another
    database. A client that is being run is not copied. Exit code 1 when one was not copied.
    """
    common = installation(ctx.obj).folder.common()
    if source == target:
        raise click.UsageError("FROM and TO are the same place")
    failed = asyncio.run(_copy(common, source, target, names, overwrite))
    ctx.exit(int(failed))


async def _migrate(common: CommonSettings) -> list[str]:
    async with _store(common, DATABASE) as store:
        done = [await store.migrate()]
    try:
        from connector.cluster import make_queue  # noqa: PLC0415  (an extra, not always installed)
    except ModuleNotFoundError:
        return done
    return [*done, await make_queue(common.state.url.reveal())] if common.state.url else done


async def _copy(
    common: CommonSettings, source: str, target: str, names: tuple[str, ...], overwrite: bool
) -> bool:
    """Copies one client after the other; returns whether one failed."""
    failed = False
    async with _store(common, source) as origin, _store(common, target) as copy:
        clients = names or await origin.clients()
        for client in clients:
            try:
                entries = await copy_client(origin, copy, client, overwrite=overwrite)
            except ConnectorError as error:
                failed = True
                click.echo(f"{client}: not copied: {error}", err=True)
            else:
                click.echo(f"{client}: {amount(entries, 'record')} copied and compared")
    if not clients:
        click.echo(f"nothing is remembered in {source}")
    return failed


def _store(common: CommonSettings, place: str) -> StateStore:
    """Returns the store that a person names."""
    folder, url = common.state_dir, common.state.url.reveal() if common.state.url else None
    if place == FILES:
        url = None
    elif place == DATABASE and url is None:
        raise ConfigurationError("state.url is not set: states are kept in files, there is no database")
    elif "://" in place:
        url = place
    elif place != DATABASE:
        folder, url = Path(place), None
    return open_store(folder, url, common.state.lease_seconds, SystemClock())
