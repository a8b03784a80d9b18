"""`connector clients add` and `steps`: a new client, and what people have to do at its services."""

from __future__ import annotations

import sys

import click

from connector.cli.asking import wrapped
from connector.cli.check import all_well
from connector.cli.new_client import NewClient
from connector.cli.wiring import command_line, installation
from connector.installation import Installation
from connector.settings import ClientSettings


@click.command("add", short_help="Add a client.")
@click.argument("name")
@click.option("--source", metavar="PLUGIN", help="The source plugin.")
@click.option("--target", metavar="PLUGIN", help="The target plugin.")
@click.option("--language", metavar="LL", help="The client's language, such as de or en.")
@click.option(
    "--set", "values", multiple=True, metavar="KEY=VALUE", help="A setting, such as source.orders_tag=wemalo."
)
@click.option(
    "--secret-from-env",
    "secrets",
    multiple=True,
    metavar="KEY=VARIABLE",
    help="A secret, read from an environment variable.",
)
@click.option("--no-input", is_flag=True, help="Ask nothing, even in a terminal.")
@click.pass_context
def add_client(
    ctx: click.Context,
    name: str,
    source: str | None,
    target: str | None,
    language: str | None,
    values: tuple[str, ...],
    secrets: tuple[str, ...],
    no_input: bool,
) -> None:
    """Add the client NAME: ask for what its plugins need, write its file and its secrets, check it.

    What the options give is not asked for; where they give all of it, or no terminal is there, nothing is. At the end
    it says what to do at both services, in the client's language. Exit code 1 when the check found something.
    """
    inst = installation(ctx.obj)
    new = NewClient(inst, name, asks=sys.stdin.isatty() and not no_input)
    new.draft()  # refuses a name that is taken before anything is asked
    new.choose("source", source)
    new.choose("target", target)
    new.take_options((*values, *((f"language={language}",) if language else ())), secrets)
    new.ask_for_the_rest()
    settings = new.write()
    click.echo()
    well = all_well(inst.fresh(), (name,))
    click.echo()
    show_steps(inst, settings, settings.language)
    command = command_line(inst.folder.path)
    click.echo(f"Next:\n  {command} run --once --client {name} --dry-run  shows what a run would do")
    click.echo(f"Where `{command} run` is up already, it begins with {name} within minutes.")
    ctx.exit(0 if well else 1)


@click.command("steps")
@click.argument("client")
@click.option("--language", metavar="LL", help="Such as de or en; the client's own where it is not given.")
@click.pass_context
def client_steps(ctx: click.Context, client: str, language: str | None) -> None:
    """Say what a person has to do at both services of CLIENT before its first run."""
    inst = installation(ctx.obj)
    settings = inst.client(client).settings
    show_steps(inst, settings, language or settings.language)


def show_steps(inst: Installation, settings: ClientSettings, language: str) -> None:
    """Prints what the plugins of both sides say is to be done at their services."""
    sides = (
        (inst.plugins.sources[settings.source.name].what, settings.source),
        (inst.plugins.targets[settings.target.name].what, settings.target),
    )
    for plugin, choice in sides:
        steps = plugin.setup_steps(choice.settings, language)
        if steps:
            click.echo(f"{choice.name}:")
        for number, step in enumerate(steps, start=1):
            click.echo(wrapped(step, "     ", f"  {number}. "))
        if steps:
            click.echo()
