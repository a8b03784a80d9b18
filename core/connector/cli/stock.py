"""`connector stock`: what a person decides about the stock that is set in the shop."""

from __future__ import annotations

import click

from connector.cli.wiring import installation
from connector.flows.stock import confirm_zeroes
from connector.installation import chosen_clients
from connector.overview import ask_store, change_state
from connector.report import amount


@click.group()
def stock() -> None:
    """Decide about stock that waits for a person."""


@stock.command("confirm")
@click.option("--client", "name", required=True, metavar="NAME", help="Whose stock it is.")
@click.pass_context
def confirm_stock(ctx: click.Context, name: str) -> None:
    """Let the next run set the products to 0 that the guard against many zeroes holds back."""
    inst = installation(ctx.obj)
    (client,) = chosen_clients(inst, (name,))
    zeroes = ask_store(inst, lambda store: change_state(store, client, confirm_zeroes))
    if zeroes:
        click.echo(f"{client}: the next run sets {amount(zeroes, 'product')} to stock 0 in the shop")
    else:
        click.echo(f"{client}: nothing to confirm, no product waits to be set to stock 0")
