"""Compares both sides of a world, and puts them into situations in which they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from connector.reconcile import Difference, Reconciliation, reconcile
from tests.core.explaining import received, shipped_unseen, unmarked
from tests.core.flows.test_orders import order, product
from tests.core.flows.test_stock import stocked
from tests.world import World

Situation = Callable[[World], Any]
SHIPPED = 4


def compared(world: World, *, fix: bool = False, days: int = 30, **changes: Any) -> Reconciliation:
    """Compares both sides; without `fix` proves that nothing was written."""

    async def run() -> Reconciliation:
        shared = world.shared()
        try:
            settings = world.settings(**{"language": "en", **changes})
            return await reconcile(settings, shared, fix=fix, days=days)
        finally:
            await shared.store.close()

    world.clear_audit()
    before = {file: file.read_bytes() for file in world.state_dir.glob("*.json")}
    result = asyncio.run(run())
    if not fix:
        assert world.writes() == []
        assert {file: file.read_bytes() for file in world.state_dir.glob("*.json")} == before
    return result


def one(result: Reconciliation) -> Difference:
    """Returns the only difference."""
    (difference,) = result.differences
    return difference


def codes(difference: Difference) -> tuple[str, str, str]:
    cause = difference.cause.code if difference.cause else ""
    return difference.kind.value, cause, difference.remedy.code


def removed_in_warehouse(world: World) -> None:
    found = received(world)
    world.warehouse.orders.named(str(found)).clear()


def cancelled_and_shipped(world: World) -> None:
    found = shipped_unseen(world)
    world.shop.cancel_order(found)


def changed_in_shop(world: World) -> None:
    (cup,) = stocked(world)
    world.shop.set_stock(cup, 55)


def changed_in_warehouse(world: World) -> None:
    (cup,) = stocked(world)
    world.warehouse.set_stock(str(cup), 9)


def not_set_yet(world: World) -> None:
    changed_in_warehouse(world)
    world.sandbox.billbee.faults.add("POST /products/updatestockmultiple", "500", times=None)
    world.run("stock")
    world.sandbox.billbee.faults.clear()


def forgotten_unmarked(world: World) -> None:
    unmarked(world)
    world.lose_state()


def two_pieces(world: World) -> int:
    cup = product(world, 1)
    world.run("products")
    world.warehouse.set_stock(str(cup), 10)
    found = order(world, (cup, 2))
    world.run()
    return found


def pieces(world: World) -> int:
    return int(next(iter(world.warehouse.products)).external_id)
