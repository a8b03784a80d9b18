"""`connector explain`: what happened to one order or product, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import click

from connector.cli.chosen import one_client
from connector.cli.wiring import installation, print_json
from connector.clock import Stop
from connector.explain import Explanation, explain_order, explain_product
from connector.installation import shared
from connector.settings import ClientSettings
from connector.sides import Shared

Explain = Callable[[ClientSettings, Shared, str], Awaitable[Explanation]]

_of_client = click.option(
    "--client", "name", metavar="NAME", help="Whose it is; may be left out where there is only one client."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def explain() -> None:
    """Say in sentences what happened to an order or a product, and why.

    Both sides and what is remembered are asked; nothing is written anywhere. Exit code 1 when nobody who answers
    knows such a record.
    """


@explain.command("order")
@click.argument("number")
@_of_client
@_as_json
@click.pass_context
def order(ctx: click.Context, number: str, name: str | None, as_json: bool) -> None:
    """Explain the order with this number, or this id of the shop."""
    _explain(ctx, explain_order, number, name, as_json)


@explain.command("product")
@click.argument("number", metavar="SKU")
@_of_client
@_as_json
@click.pass_context
def product(ctx: click.Context, number: str, name: str | None, as_json: bool) -> None:
    """Explain the product with this SKU, or this id of the shop."""
    _explain(ctx, explain_product, number, name, as_json)


def _explain(ctx: click.Context, ask: Explain, number: str, name: str | None, as_json: bool) -> None:
    inst = installation(ctx.obj)
    settings = inst.client(one_client(inst, name)).settings

    async def told() -> Explanation:
        common = shared(inst, Stop())
        try:
            return await ask(settings, common, number.strip())
        finally:
            await common.store.close()

    explanation = asyncio.run(told())
    if as_json:
        print_json(explanation)
    else:
        click.echo("\n".join(_lines(explanation)))
    ctx.exit(0 if explanation.is_known else 1)


def _lines(explanation: Explanation) -> list[str]:
    head = f"{explanation.client}: {explanation.subject}"
    told = [f"  {sentence.text}" for sentence in explanation.sentences]
    return [head, *told, *(f"  -> {step.text}" for step in explanation.next_steps)]
