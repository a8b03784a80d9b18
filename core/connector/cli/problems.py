"""`connector problems`: what does not go through, and what an operator can do about it from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
import msgspec

from connector.cli.wiring import installation, print_json
from connector.clock import SystemClock
from connector.flows.retry import let_retry
from connector.installation import chosen_clients
from connector.ledgers import problem_line
from connector.overview import View, ask_store, change_problem, ignoring, look_at, problems_of
from connector.problems import Problem
from connector.report import amount, problem_lines
from connector.state import ClientState

T = TypeVar("T")

_of_client = click.option(
    "--client", "names", multiple=True, metavar="NAME", help="Only this client; may be repeated."
)


@click.group(invoke_without_command=True)
@_of_client
@click.option(
    "--code", "codes", multiple=True, metavar="CODE", help="Only problems with this code; may be repeated."
)
@click.option("--closed", is_flag=True, help="List the problems that have closed instead, for 90 days.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def problems(
    ctx: click.Context, names: tuple[str, ...], codes: tuple[str, ...], closed: bool, as_json: bool
) -> None:
    """List what does not go through, why, and what to do: the open problems of all clients.

    Reason and hint are in the client's language. Nothing is asked of either service. Exit code 1 when a client's
    state can't be read.
    """
    if ctx.invoked_subcommand is not None:
        if names or codes or closed or as_json:
            raise click.UsageError(
                f"these options belong to the list; write them after {ctx.invoked_subcommand}"
            )
        return
    inst = installation(ctx.obj)
    views = ask_store(inst, lambda store: look_at(inst, store, chosen_clients(inst, names)))
    found = {view.client: _chosen(view, codes, closed) for view in views}
    if as_json:
        print_json({"clients": [_as_data(view, found[view.client]) for view in views]})
    else:
        click.echo("\n".join(line for view in views for line in _lines(view, found[view.client], closed)))
    ctx.exit(int(any(view.is_unreadable for view in views)))


@problems.command("retry", short_help="Let a record be tried anew in the next run.")
@click.argument("problem_id", metavar="ID")
@_of_client
@click.pass_context
def retry_problem(ctx: click.Context, problem_id: str, names: tuple[str, ...]) -> None:
    """Let the record of problem ID be tried anew in the next run, or say what that takes."""
    view, problem, retry = _change(ctx, problem_id, names, let_retry)
    click.echo(f"{view.client}: {_title(view, problem)}")
    click.echo(f"  {retry.value}")
    click.echo(f"  -> {problem_line(problem, view.language).hint}")


@problems.command("ignore", short_help="Hear no more of a problem.")
@click.argument("problem_id", metavar="ID")
@click.option(
    "--why", required=True, metavar="TEXT", help="Why nobody has to look at it; it is listed with it."
)
@_of_client
@click.pass_context
def ignore_problem(ctx: click.Context, problem_id: str, why: str, names: tuple[str, ...]) -> None:
    """Hear no more of problem ID until it has closed; `connector status` does not count it."""
    if not why.strip():
        raise click.UsageError("--why is empty: say why nobody has to look at this problem")
    view, problem, ignored = _change(ctx, problem_id, names, ignoring(why, SystemClock().now))
    click.echo(f"{view.client}: {_title(view, problem)}")
    click.echo(f"  ignored until it closes: {ignored.ignored}")


def _change(
    ctx: click.Context, problem_id: str, names: tuple[str, ...], change: Callable[[ClientState, Problem], T]
) -> tuple[View, Problem, T]:
    """Finds a problem, takes its client and changes what is remembered; returns whose it was, and the outcome."""
    inst = installation(ctx.obj)
    clients = chosen_clients(inst, names)
    return ask_store(inst, lambda store: change_problem(inst, store, clients, problem_id, change))


def _chosen(view: View, codes: tuple[str, ...], closed: bool) -> list[Problem]:
    found = problems_of(view.snapshot, closed=closed)
    return [problem for problem in found if not codes or problem.code in codes]


def _lines(view: View, found: list[Problem], closed: bool) -> Iterator[str]:
    """Yields a client's problems below its name."""
    kind = "closed problem" if closed else "open problem"
    yield f"{view.client}: {amount(len(found), kind)}"
    yield from (f"  {line}" for fault in view.faults for line in fault.splitlines())
    for problem in found:
        yield from (f"  {line}" for line in problem_lines(problem_line(problem, view.language)))
        if problem.closed_at is not None:
            yield f"    closed {problem.closed_at:%Y-%m-%d %H:%M} UTC"
        if problem.ignored:
            yield f"    ignored: {problem.ignored}"


def _title(view: View, problem: Problem) -> str:
    return next(problem_lines(problem_line(problem, view.language)))


def _as_data(view: View, found: list[Problem]) -> dict[str, Any]:
    """Returns the problems with the keys that the report of `connector run --json` has, and some more."""
    rows = [
        {
            **msgspec.to_builtins(problem_line(problem, view.language)),
            "level": problem.level,
            "closed_at": problem.closed_at,
            "ignored": problem.ignored,
        }
        for problem in found
    ]
    return {"client": view.client, "problems": rows, "faults": view.faults}
