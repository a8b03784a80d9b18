"""Compares the quantities that the warehouse can sell with those that the shop shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.flows.stock import GIVEN, OPEN
from connector.problems import Problem
from connector.reconcile.findings import Difference, Kind
from connector.reconcile.orders import Comparing
from connector.records import StockLevel
from connector.texts import Sentence


async def compare_stock(comparing: Comparing) -> None:
    """Looks at each product that both sides have a quantity of. Raises TransientError where a side fails.

    A product that the warehouse never reported, or that the shop tells no quantity of, is not looked at.
    """
    shop: dict[str, StockLevel] = {}
    async for page in comparing.run.source.stock_levels():
        for level in page.records:
            shop[level.product_id] = level
            shop.setdefault(f"?{level.sku}", level)
    async for page in comparing.run.target.stock_levels(None):
        for level in page.records:
            key = level.product_id or f"?{level.sku}"
            if key in shop:
                comparing.found.products += 1
                await _compare(comparing, key, level, shop[key])


async def _compare(comparing: Comparing, key: str, warehouse: StockLevel, shop: StockLevel) -> None:
    if warehouse.quantity == shop.quantity:
        return
    cause, remedy, is_repaired = await _mend(comparing, key, warehouse, shop)
    quantities = {"warehouse": str(warehouse.quantity), "shop": str(shop.quantity)}
    comparing.found.add(
        Difference(
            kind=Kind.STOCK_DIFFERS,
            record_id=shop.product_id,
            number=shop.sku or warehouse.sku,
            what=comparing.found.say("stock_differs", **quantities),
            cause=cause,
            remedy=remedy,
            is_repaired=is_repaired,
        )
    )


async def _mend(
    comparing: Comparing, key: str, warehouse: StockLevel, shop: StockLevel
) -> tuple[Sentence, Sentence, bool]:
    """Finds the cause, and puts the quantity down for the next run where that was asked for and helps."""
    found, state = comparing.found, comparing.run.state
    waiting: Mapping[str, Any] = state.stream(OPEN)
    if problem := comparing.problem_of("stock", key):
        return found.cause(problem), found.follow(problem), False
    if warehouse.quantity == 0 and key in waiting and _guard(comparing):
        return found.say("guarded"), found.say("confirm_stock"), False
    if key in waiting and waiting[key]["quantity"] == warehouse.quantity:
        return found.say("waits_for_run"), found.say("fixed_by_next_run"), False
    was_given = state.stream(GIVEN).get(key) == warehouse.quantity
    cause = found.say("changed_in_shop" if was_given else "changed_in_warehouse")

    async def put_down() -> None:
        # What the shop shows is noted, too: else the next run takes the quantity for given and sends nothing.
        state.put(GIVEN, key, shop.quantity)
        state.put(OPEN, key, {"sku": warehouse.sku or shop.sku, "quantity": warehouse.quantity})

    return cause, *await comparing.repair(put_down, "repaired_in_next_run")


def _guard(comparing: Comparing) -> Problem | None:
    return next((p for p in comparing.problems if p.code == "stock_zero_guard"), None)
