"""`connector web`: the page for operators and merchants; `connector run --web` offers it beside the runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from connector.cli.stopping import stopped_by_signals
from connector.cli.wiring import installation
from connector.clock import Stop
from connector.health import Pulse
from connector.installation import Installation, shared
from connector.sides import Shared

if TYPE_CHECKING:
    from connector.metrics import Metrics
    from connector.web import WebServer

log: Final = logging.getLogger("connector.web")

ALL_THE_TIME: Final = 1.0


@click.command()
@click.option(
    "--address", metavar="HOST:PORT", default="127.0.0.1:8080", show_default=True, help="Where to listen."
)
@click.option("--allow-changes", is_flag=True, help="Let problems be tried anew and ignored from the page.")
@click.pass_context
def web(ctx: click.Context, address: str, allow_changes: bool) -> None:
    """Show the clients, their runs and their problems as a web page, until Ctrl-C or SIGTERM.

    The page asks for the token of the setting web.token; without one, it is offered to this machine only. Needs the
    extra `web`.
    """
    inst = installation(ctx.obj)

    async def serve() -> None:
        stop = Stop()
        metrics = kept_figures()
        common = replace(shared(inst, stop), meter=metrics)
        server = offered(inst, common, address, metrics, allow_changes=allow_changes, share=ALL_THE_TIME)
        with stopped_by_signals(stop, "ending: the web page is closed"):
            click.echo(f"{server.url} (stop with Ctrl-C)")
            await server.serve(stop)
        await common.store.close()

    asyncio.run(serve())


def kept_figures() -> Metrics:
    """Makes the figures of this process; they know how long calls take where they are the meter of `Shared`, too."""
    with _extra():
        from connector.metrics import Metrics  # noqa: PLC0415  (an extra)
    return Metrics()


def offered(
    inst: Installation,
    common: Shared,
    address: str,
    metrics: Metrics,
    *,
    allow_changes: bool,
    share: float | None = None,
    pulse: Pulse | None = None,
    hint: Callable[[str, Collection[str]], None] | None = None,
) -> WebServer:
    """Makes the page and listens; raises ConfigurationError where nobody may be let in there, or nothing can listen.

    `share` is the part of all time that the page may take; None: as little as beside runs. `pulse` is that of the
    hourly loop, where there is one. `hint` is told which flows of a client the calls of services concern.
    """
    with _extra():
        from connector import web as page  # noqa: PLC0415  (an extra, and slow to load)
    where = page.address_of(address)
    terms = page.terms_of(where, inst.folder.common().web, allow_changes=allow_changes)
    share = share or page.SHARE
    app = page.make_app(inst, common, terms, share=share, figures=metrics.render, pulse=pulse, hint=hint)
    return page.WebServer(app, where)


@contextmanager
def _extra() -> Iterator[None]:
    """Says what to install where something can't be loaded."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the web page needs {error.name}; install it with: pip install 'connector-framework[web]'"
        ) from error
