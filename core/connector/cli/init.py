"""`connector init`: a settings folder to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from connector.cli import Options
from connector.cli.status import table
from connector.cli.wiring import command_line
from connector.installation import installed_plugins, known_settings, step_help
from connector.settings import CLIENTS_FOLDER, DEFAULT_FOLDER, SECRETS_FILE, SETTINGS_FILE
from connector.settings.template import GITIGNORE, secrets_text, settings_text
from connector.settings.writing import FOR_ALL, FOR_OWNER, create, make_folder


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def init(options: Options, folder: Path | None) -> None:
    """Make a settings folder: DIR/config, where DIR is given, else the one of --config (./config).

    All settings are in it with their help and default, commented out. What is there already stays as it is.
    """
    config = folder / DEFAULT_FOLDER if folder else options.config
    plugins, steps = installed_plugins()
    known = known_settings(plugins, steps)
    files = {
        SETTINGS_FILE: (settings_text(known, step_help(steps)), FOR_ALL, "settings for all clients"),
        SECRETS_FILE: (secrets_text(known), FOR_OWNER, "secrets, readable to you alone"),
        ".gitignore": (GITIGNORE, FOR_ALL, "keeps the secrets out of a repository"),
    }
    make_folder(config / CLIENTS_FOLDER)
    rows = [
        (str(config / name), f"written: {what}" if create(config / name, text, mode) else "stays as it was")
        for name, (text, mode, what) in files.items()
    ]
    click.echo("\n".join(table([*rows, (f"{config / CLIENTS_FOLDER}/", "has a file for each client")])))
    command = command_line(config)
    click.echo("\nNext:")
    click.echo(f"  {command} clients add NAME      asks for what a client needs, and checks it")
    click.echo(f"  {command} run --once --dry-run  shows what a run would do, and writes nothing")
