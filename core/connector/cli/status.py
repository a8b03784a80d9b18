"""`connector status`: how all clients are, a row for each."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import click

from connector.cli.terminal import repeat
from connector.cli.wiring import installation, print_json
from connector.clock import SystemClock
from connector.costs import Bill
from connector.crew import Crew, crew_lines, look_at_crew
from connector.errors import ConfigurationError, StateError
from connector.installation import Installation, chosen_clients
from connector.overview import ClientStatus, View, ask_store, bills_of, look_at, status_of
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
    "by its end",
    "next run",
)
_NOTHING: Final = "-"
_EVERY_S: Final = 5.0
_LEAST_S: Final = 0.5


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--watch",
    "every_s",
    is_flag=False,
    flag_value=_EVERY_S,
    type=click.FloatRange(min=_LEAST_S),
    metavar="[SECONDS]",
    help=f"Show it anew every so many seconds ({_EVERY_S:g} where none are given), until Ctrl-C.",
)
@click.pass_context
def status(ctx: click.Context, as_json: bool, every_s: float | None) -> None:
    """Show a row for each client: last run, open problems, orders waiting, calls this month, next run.

    Problems that are ignored are not counted. The next run is the client's slot while `connector run` is up. With a
    database: who works, which clients wait, and how long; exit code 1 where clients have been due for five minutes and
    nobody is there to run them.
    """
    if as_json and every_s is not None:
        raise click.UsageError("--watch is for people; a program calls --json again")
    inst = installation(ctx.obj)
    if every_s is not None:
        repeat(lambda: _watched(inst.fresh(), every_s), every_s)
        return
    now = SystemClock().now()
    views, crew = _seen(inst)
    rows = [status_of(view, now) for view in views]
    if as_json:
        crewed = {} if crew is None else {"crew": crew}
        print_json({"clients": rows, "costs": bills_of(views, now), **crewed})
    else:
        click.echo(
            "\n".join([*_table(rows, now), *_notes(rows, now), *_costs(views, now), *_crew(crew, now)])
        )
    ctx.exit(int(crew is not None and crew.is_unattended))


def _seen(inst: Installation) -> tuple[list[View], Crew | None]:
    return ask_store(inst, partial(_look, inst))


async def _look(inst: Installation, store: StateStore) -> tuple[list[View], Crew | None]:
    url, clients = inst.folder.common().state.url, chosen_clients(inst, ())
    try:
        crew = await look_at_crew(store, url.reveal() if url else None, clients)
    except StateError:
        crew = None  # the rows say it, of each client
    return await look_at(inst, store, clients), crew


def _costs(views: Sequence[View], now: datetime) -> list[str]:
    return [_bill_line(bill) for bill in bills_of(views, now)]


def _crew(crew: Crew | None, now: datetime) -> list[str]:
    return ["", *crew_lines(crew, now)] if crew is not None else []


def _table(rows: Sequence[ClientStatus], now: datetime) -> list[str]:
    return table([_HEAD, *(_cells(row, now) for row in rows)])


def _watched(inst: Installation, every_s: float) -> list[str]:
    """Returns the table as it is now; settings that are broken meanwhile end nothing, they may be mended again."""
    now = SystemClock().now()
    foot = f"{now:%H:%M:%S} UTC, anew every {every_s:g} s, Ctrl-C ends it"
    try:
        views, crew = _seen(inst)
        rows = [status_of(view, now) for view in views]
        picture, notes = _table(rows, now), [*_notes(rows, now), *_costs(views, now), *_crew(crew, now)]
    except ConfigurationError as error:
        picture, notes = [], str(error).splitlines()
    width = shutil.get_terminal_size().columns
    return [*picture, *(line for note in notes for line in textwrap.wrap(note, width) or [""]), "", foot]


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
        _NOTHING if row.calls_forecast is None else f"{row.calls_forecast:,}",
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


def _bill_line(bill: Bill) -> str:
    """Says what the calls to a service cost, so far and by the end of the month."""
    clients = (
        next(iter(bill.clients)) if len(bill.clients) == 1 else f"{len(bill.clients)} clients with one key"
    )
    so_far = f"{bill.calls:,} of {bill.free_calls:,} free calls, {bill.cost} {bill.currency}"
    then = ""
    if bill.forecast is not None:
        then = f"; about {bill.forecast:,} calls and {bill.forecast_cost} {bill.currency} by the month's end"
    return f"{bill.service}, {clients}: {so_far}{then}"


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
