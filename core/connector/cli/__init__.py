"""The command line. Commands are loaded when they are called, so that `--help` stays fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

from connector.errors import ConfigurationError, ConnectorError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "init": "Make a settings folder to begin with.",
        "run": "Synchronise the clients, each at its own interval, or once.",
        "worker": "Run clients, side by side with workers on other machines.",
        "status": "Show a row for each client: last run, open problems, next run.",
        "problems": "List what does not go through; let it be tried anew, or ignore it.",
        "explain": "Say in sentences what happened to an order or a product, and why.",
        "reconcile": "Compare the shop with the warehouse: orders, shipments and stock.",
        "stock": "Decide about stock that waits for a person.",
        "state": "Make the tables in a database, or move what is remembered.",
        "web": "Show the clients, their runs and their problems as a web page.",
        "webhooks": "Let both services call when something happens, or not any more.",
        "check": "Look whether settings, credentials and both services are in order.",
        "clients": "List the clients, add one, or show the settings of one.",
        "plugins": "List the installed plugins and their settings, or try and grade one.",
        "new": "Write a package for a new plugin, with tests and a fake of its system.",
    }
)


@dataclass(frozen=True)
class Options:
    """What stands before the command: where the settings are, what is logged and how (empty: the settings say it)."""

    config: Path
    log_level: str
    log_format: str


class LazyGroup(click.Group):
    """Imports a command when it is used. Plugin packages add theirs as entry points `connector.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *sorted(_plugin_commands())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = getattr(import_module(f"connector.cli.{cmd_name}"), cmd_name)
            return command
        entry = _plugin_commands().get(cmd_name)
        return _loaded(entry) if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        added = {name: _short_help(entry) for name, entry in sorted(_plugin_commands().items())}
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items(), *added.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """A user's mistake is one line and an exit code (2: the settings, 1: all others); a bug is a traceback."""
        try:
            return super().invoke(ctx)
        except ConnectorError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2 if isinstance(error, ConfigurationError) else 1)


def _plugin_commands() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415  (costs as much as all of click)

    return {
        entry.name: entry for entry in entry_points(group="connector.commands") if entry.name not in COMMANDS
    }


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _loaded(entry: EntryPoint) -> click.Command:
    try:
        command: click.Command = entry.load()
    except Exception as error:
        raise click.ClickException(
            f"the command `{entry.name}` of {_package(entry)} can't be loaded: {error}"
        ) from error
    return command


def _short_help(entry: EntryPoint) -> str:
    try:
        return _loaded(entry).get_short_help_str(limit=100)
    except click.ClickException as error:
        return f"(broken: {error.message})"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CONNECTOR_CONFIG",
    default=Path("config"),
    show_default=True,
    help="The folder with the settings (or set CONNECTOR_CONFIG).",
)
@click.option(
    "--log-level",
    type=click.Choice(("debug", "info", "warning", "error"), case_sensitive=False),
    default=None,
    help="How much is logged to standard error (default: the setting log_level).",
)
@click.option(
    "--log-format",
    type=click.Choice(("auto", "text", "json"), case_sensitive=False),
    default=None,
    help="How it is logged (default: the setting log_format; auto: text in a terminal, else JSON).",
)
@click.version_option(package_name="connector-framework", prog_name="connector")
@click.pass_context
def main(ctx: click.Context, config: Path, log_level: str | None, log_format: str | None) -> None:
    """Takes products and orders from shops to warehouses, and tracking numbers and stock back."""
    ctx.obj = Options(config, log_level or "", log_format or "")
