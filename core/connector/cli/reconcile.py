"""`connector reconcile`: in what both sides of a client differ, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import click
import msgspec

from connector.cli.chosen import one_client
from connector.cli.wiring import installation, print_json
from connector.clock import Stop
from connector.installation import shared
from connector.reconcile import DAYS, Difference, Reconciliation
from connector.reconcile import reconcile as compare
from connector.report import amount

_LONGEST_LOOK_BACK: Final = 3650


@click.command()
@click.option(
    "--client", "name", metavar="NAME", help="Whose sides; may be left out where there is only one client."
)
@click.option(
    "--days",
    type=click.IntRange(1, _LONGEST_LOOK_BACK),
    default=DAYS,
    show_default=True,
    help="Look at received orders that changed in the last DAYS days.",
)
@click.option("--fix", is_flag=True, help="Repair what is safe; the client is not run meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def reconcile(ctx: click.Context, name: str | None, days: int, fix: bool, as_json: bool) -> None:
    """Compare the shop with the warehouse: orders, shipments and stock.

    Each difference is told with its cause where that is known, and what to do. Writes nothing unless --fix is given.
    Costs a call or two for each received order. Exit code 0 when both sides agree (or all was repaired), 1 when
    something differs or could not be compared.
    """
    inst = installation(ctx.obj)
    settings = inst.client(one_client(inst, name)).settings

    async def compared() -> Reconciliation:
        common = shared(inst, Stop())
        try:
            return await compare(settings, common, fix=fix, days=days)
        finally:
            await common.store.close()

    result = asyncio.run(compared())
    if as_json:
        print_json(_as_data(result))
    else:
        click.echo("\n".join(_lines(result)))
    ctx.exit(0 if result.agrees else 1)


def _lines(result: Reconciliation) -> Iterator[str]:
    compared = f"{amount(result.orders, 'order')} and {amount(result.products, 'product')} compared"
    yield f"{result.client}: {amount(len(result.differences), 'difference')}, {compared}"
    for difference in result.differences:
        yield from _difference_lines(difference)
    yield from (f"  {sentence.text}" for sentence in result.not_compared)


def _difference_lines(difference: Difference) -> Iterator[str]:
    id_too = "" if difference.number == difference.record_id else f"{difference.record_id}, "
    yield f"  {difference.number or difference.record_id} ({id_too}{difference.kind})"
    yield f"    {difference.what.text}"
    if difference.cause is not None:
        yield f"    {difference.cause.text}"
    yield f"    -> {difference.remedy.text}"


def _as_data(result: Reconciliation) -> dict[str, Any]:
    return {**msgspec.to_builtins(result), "agrees": result.agrees}
