"""`connector clients`: who is set up here, and with which settings."""

from __future__ import annotations

import click

from connector.cli.adding import add_client, client_steps
from connector.cli.wiring import installation, print_json
from connector.errors import ConfigurationError


@click.group(invoke_without_command=True)
@click.pass_context
def clients(ctx: click.Context) -> None:
    """List the clients, add one, or show the settings of one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_clients)


clients.add_command(add_client)
clients.add_command(client_steps)


@clients.command("list")
@click.pass_context
def list_clients(ctx: click.Context) -> None:
    """List the clients with their shop, warehouse and interval.

    Exit code 2 when the settings of one are wrong.
    """
    inst = installation(ctx.obj)
    failed = False
    for name in inst.folder.client_names():
        try:
            settings = inst.client(name).settings
        except ConfigurationError as error:
            failed = True
            click.echo(f"{name}: {error}")
        else:
            every = f"every {settings.interval_minutes} minutes"
            click.echo(f"{name}: {settings.source.name} to {settings.target.name}, {every}")
    ctx.exit(2 if failed else 0)


@clients.command("show")
@click.argument("client")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def show_client(ctx: click.Context, client: str, as_json: bool) -> None:
    """Show the settings of CLIENT and where each value came from; secrets are masked."""
    values = installation(ctx.obj).client(client).values
    if as_json:
        print_json({value.key: {"value": value.shown, "came_from": value.came_from} for value in values})
        return
    width = max(len(value.key) for value in values)
    wide = max(len(value.shown) for value in values)
    for value in values:
        click.echo(f"{value.key:{width}}  {value.shown:{wide}}  {value.came_from}")
