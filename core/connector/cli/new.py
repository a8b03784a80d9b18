"""`connector new`: writes a package for a plugin that works as it is, to be changed into one for a real system."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import click

import connector
from connector.errors import ConfigurationError
from connector.plugins import load_plugins
from connector.scaffold import Kind, check_name, write_package

_SYSTEMS: Final[dict[Kind, str]] = {"source": "shop", "target": "warehouse"}

_directory: Final[Callable[[Any], Any]] = click.option(
    "--directory",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Where the package's folder is made (default: here).",
)


@click.group()
def new() -> None:
    """Write a package for a new plugin, with tests and a fake of its system."""


@new.command("source", short_help="Write a package for a shop.")
@click.argument("name")
@_directory
def new_source(name: str, directory: Path) -> None:
    """Write a package for the shop NAME: it brings products and orders, and passes its tests as it is."""
    _write("source", name, directory)


@new.command("target", short_help="Write a package for a warehouse.")
@click.argument("name")
@_directory
def new_target(name: str, directory: Path) -> None:
    """Write a package for the warehouse NAME: it takes products and orders, and passes its tests as it is."""
    _write("target", name, directory)


def _write(kind: Kind, name: str, directory: Path) -> None:
    check_name(name)
    _refuse_taken(name)
    folder = write_package(kind, name, directory)
    click.echo(
        f"{folder} holds the {kind} `{name}`, which works against a small {_SYSTEMS[kind]} of its own. See it:\n\n"
        f"    pip install -e {shlex.quote(f'{_shown(folder)}[dev]')}\n"
        f"    pytest {shlex.quote(str(folder))}\n\n"
        f"Its README.md says what to change, and in which order; `connector plugins check {name}` grades it."
    )
    sources = Path(connector.__file__).parents[1]
    if str(sources) not in sys.path:
        click.echo(
            "mypy does not find a connector-framework that is installed by `pip install -e`, unless it is told: "
            f"MYPYPATH={shlex.quote(str(sources))} mypy"
        )


def _shown(folder: Path) -> str:
    """Writes a path so that pip takes it for one."""
    return str(folder) if folder.is_absolute() else f"./{folder}"


def _refuse_taken(name: str) -> None:
    """Raises ConfigurationError where a plugin or a package of this name is installed: only one of them would work."""
    found = load_plugins()
    for offers in (found.sources, found.targets):
        if name in offers:
            raise ConfigurationError(
                f"`{name}` is taken: {offers[name].package} has a plugin of this name; choose another, or uninstall it"
            )
    if find_spec(f"connector_{name}") is not None:
        raise ConfigurationError(
            f"`{name}` is taken: a package connector_{name} is installed; choose another"
        )
