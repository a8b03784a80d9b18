"""The commands `connector sandbox` and `connector demo`; starlette and uvicorn are imported when one is called."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from connector_sandbox.servers import SandboxServers

CLIENT: Final = "acme"

_OURS: Final = 0o077
"""What is left behind may be read by its owner alone, as with real settings and states."""

_COMMON_TOML: Final = """\
# What all clients have in common.
[plugins.billbee]
api_key = "{api_key}"
base_url = "{billbee_url}"

[plugins.wemalo]
base_url = "{wemalo_url}"
"""
_CLIENT_TOML: Final = """\
# One client: a shop in the Billbee sandbox, shipped by the Wemalo sandbox.
interval_minutes = 60
language = "en"

[source]
plugin = "billbee"
username = "{username}"
api_password = "{api_password}"

[target]
plugin = "wemalo"
token = "{token}"
"""


@click.command()
@click.option(
    "--billbee-port", type=click.IntRange(0, 65535), default=8801, show_default=True, help="0: any free one."
)
@click.option(
    "--wemalo-port", type=click.IntRange(0, 65535), default=8802, show_default=True, help="0: any free one."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sandbox"),
    show_default=True,
    help="Where the settings of the example client are written.",
)
def sandbox(billbee_port: int, wemalo_port: int, folder: Path) -> None:
    """Keep Billbee and Wemalo up as local servers with a demo shop, until Ctrl-C."""
    os.umask(_OURS)
    with _started(billbee_port, wemalo_port) as servers:
        config = write_settings(servers, folder)
        click.echo(f"Billbee  {servers.billbee_site}/   (API: {servers.billbee_url})")
        click.echo(f"Wemalo   {servers.wemalo_site}/   (API: {servers.wemalo_url})")
        click.echo(f"\nThe settings to use are in {config}:\n")
        for file in (config / "settings.toml", config / "clients" / f"{CLIENT}.toml"):
            click.echo(f"--- {file}\n{file.read_text(encoding='utf-8')}")
        click.echo(f"Try in another terminal:  connector --config {config} run --once")
        click.echo("Stop with Ctrl-C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("stopped")


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where settings, state and the pages of both services are left to look at.",
)
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Run the example client once against local Billbee and Wemalo servers, and end.

    Needs no accounts. What arrived can be read in the pages it leaves behind.
    """
    os.umask(_OURS)
    with _started(0, 0) as servers:
        config = write_settings(servers, folder)
        click.echo(f"Billbee and Wemalo run as local servers; the client `{CLIENT}` is synchronised:\n")
        options = [
            "--config",
            str(config),
            "--log-level",
            "error",
        ]  # what is logged stands in the report, too
        command = [sys.executable, "-m", "connector", *options, "run", "--once"]
        code = subprocess.run(command, check=False).returncode  # noqa: S603  (our own command)
        pages = write_pages(servers, folder)
    click.echo("\nThe problems above are on purpose: the demo shop has in it what goes wrong in real ones.")
    click.echo("What each service has now:")
    for name, page in pages.items():
        click.echo(f"  {name:8} {page.resolve().as_uri()}")
    click.echo(f"Settings are in {config}, what is remembered in {folder / 'state'}.")
    click.echo("To play on, keep both servers up with: connector sandbox")
    ctx.exit(code)


def write_settings(servers: SandboxServers, folder: Path) -> Path:
    """Writes the settings of the example client below `folder`; returns the settings folder."""
    config = folder / "config"
    box = servers.sandbox
    values = {
        "api_key": box.api_key,
        "username": box.username,
        "api_password": box.api_password,
        "token": box.token,
        "billbee_url": servers.billbee_url,
        "wemalo_url": servers.wemalo_url,
    }
    (config / "clients").mkdir(parents=True, exist_ok=True)
    (config / "settings.toml").write_text(_COMMON_TOML.format(**values), encoding="utf-8")
    (config / "clients" / f"{CLIENT}.toml").write_text(_CLIENT_TOML.format(**values), encoding="utf-8")
    return config


def write_pages(servers: SandboxServers, folder: Path) -> dict[str, Path]:
    """Saves what each service shows a person, so that it can be read when the servers are gone."""
    pages = {"Billbee": folder / "billbee.html", "Wemalo": folder / "wemalo.html"}
    pages["Billbee"].write_text(servers.sandbox.billbee.page(), encoding="utf-8")
    pages["Wemalo"].write_text(servers.sandbox.wemalo.page(), encoding="utf-8")
    return pages


def _started(billbee_port: int, wemalo_port: int) -> SandboxServers:
    try:
        from connector_sandbox.seed import demo_sandbox  # noqa: PLC0415
        from connector_sandbox.servers import SandboxServers  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the sandbox needs the package {error.name}; install it with: pip install 'connector-framework[sandbox]'"
        ) from None
    return SandboxServers(demo_sandbox(), billbee_port, wemalo_port)
