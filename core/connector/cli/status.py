"""`connector status`: how all clients are, a row for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import click

from connector.cli.overview import ClientStatus, View, ask_store, look_at, status_of
from connector.cli.wiring import Installation, chosen_clients, installation, print_json
from connector.clock import SystemClock
from connector.crew import Crew, crew_lines, look_at_crew
from connector.errors import StateError
from connector.report import amount, in_words, time_used_up
from connector.state import StateStore

_HEAD: Final = (
    "client",
    "last run",
    "result",
    "took",
    "open problems",
    "orders waiting",
    "calls this month",
    "next run",
)
_NOTHING: Final = "-"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Show a row for each client: last run, open problems, orders waiting, calls this month, next run.

    Problems that are ignored are not counted. The next run is the client's slot while `connector run` is up. With a
    database: who works, which clients wait, and how long.
    """
    inst = installation(ctx.obj)
    views, crew = ask_store(inst, partial(_look, inst))
    now = SystemClock().now()
    rows = [status_of(view, now) for view in views]
    if as_json:
        print_json({"clients": rows} if crew is None else {"clients": rows, "crew": crew})
        return
    click.echo("\n".join([*table([_HEAD, *(_cells(row, now) for row in rows)]), *_notes(rows, now)]))
    if crew is not None:
        click.echo("\n" + "\n".join(crew_lines(crew, now)))


async def _look(inst: Installation, store: StateStore) -> tuple[list[View], Crew | None]:
    url, clients = inst.folder.common().state.url, chosen_clients(inst, ())
    try:
        crew = await look_at_crew(store, url.reveal() if url else None, clients)
    except StateError:
        crew = None  # the rows say it, of each client
    return await look_at(inst, store, clients), crew


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lays cells out in columns, two blanks apart."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _cells(row: ClientStatus, now: datetime) -> tuple[str, ...]:
    result = {True: "completed", False: "NOT COMPLETED", None: _NOTHING}[row.completed]
    if row.completed is False and not row.failure:
        result = "time used up"
    problems = [amount(row.problems[level], level) for level in ("error", "warning") if row.problems[level]]
    return (
        row.client,
        f"{_moment(row.last_run)}, {ago(now - row.last_run)}" if row.last_run else "never",
        result,
        _NOTHING if row.duration_s is None else in_words(timedelta(seconds=row.duration_s)),
        ", ".join(problems) or "none",
        f"{row.orders_waiting:,}",
        f"{row.calls_this_month:,}",
        _next(row),
    )


def _next(row: ClientStatus) -> str:
    if row.running:
        return f"running now: {row.running}"
    return _moment(row.next_run) if row.next_run else _NOTHING


def _notes(rows: Sequence[ClientStatus], now: datetime) -> Iterator[str]:
    """Yields, below the table, why a client does not run as it should."""
    for row in rows:
        yield from (f"{row.client}: {fault}" for fault in row.faults)
        if row.completed is False:
            since = (
                f"{_moment(row.last_complete)}, {ago(now - row.last_complete)}" if row.last_complete else ""
            )
            yield f"{row.client}: {row.failure or time_used_up(row.waiting)} (last complete run: {since or 'never'})"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def ago(span: timedelta) -> str:
    """Says how long ago something was, in the largest unit."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"
