"""Asks for explanations, and puts orders into the situations that want one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from connector.explain import Explanation, explain_order
from tests.core.flows.test_orders import RECEIVER, order, product
from tests.world import RECEIVED, World

Situation = Callable[[World], int]


def explained(world: World, what: object, ask: Any = explain_order, **changes: Any) -> Explanation:
    """Explains an order (or, with `ask`, a product) in English, and proves that nothing was written."""

    async def told() -> Explanation:
        shared = world.shared()
        found: Explanation = await ask(world.settings(**{"language": "en", **changes}), shared, str(what))
        await shared.store.close()
        return found

    world.clear_audit()
    before = {file: file.read_bytes() for file in world.state_dir.glob("*")}
    explanation = asyncio.run(told())
    assert world.writes() == []
    assert {file: file.read_bytes() for file in world.state_dir.glob("*")} == before
    return explanation


def codes(explanation: Explanation) -> list[str]:
    return [sentence.code for sentence in explanation.sentences]


def steps(explanation: Explanation) -> list[str]:
    return [step.code for step in explanation.next_steps]


def text(explanation: Explanation) -> str:
    return "\n".join(sentence.text for sentence in (*explanation.sentences, *explanation.next_steps))


def offered(world: World) -> int:
    product(world, 1)
    world.run("products")
    return order(world, (next(iter(products(world))), 1))


def products(world: World) -> list[int]:
    return [int(found.external_id) for found in world.warehouse.products]


def received(world: World) -> int:
    found = offered(world)
    world.warehouse.set_stock(str(products(world)[0]), 100)
    world.run()
    return found


def held(world: World) -> int:
    found = order(world, (product(world), 1), to={**RECEIVER, "Zip": ""})
    world.run()
    return found


def mended(world: World) -> int:
    found = held(world)
    world.shop.change_order(found, to={"Zip": "10115"})
    return found


def lacking(world: World) -> int:
    found = order(world, (product(world, 1), 1))
    world.shop.change_product(world.shop.product_with_sku("SKU-1"), EAN=None)
    world.run()
    return found


def lacking_yet(world: World) -> int:
    return order(world, (product(world, 1), 1))


def only_digital(world: World) -> int:
    return order(world, (product(world, 1, IsDigital=True), 1))


def done_without(world: World) -> int:
    found = only_digital(world)
    world.run()
    return found


def untagged(world: World) -> int:
    found = offered(world)
    world.shop.set_tags(found, [])
    return found


def picked(world: World) -> int:
    found = received(world)
    world.warehouse.advance(str(found), "INPICKING")
    return found


def offered_again(world: World) -> int:
    found = received(world)
    world.shop.change_order(found, SellerComment="Fragile!")
    world.shop.remove_tags(found, [RECEIVED])
    return found


def unmarked(world: World) -> int:
    found = received(world)
    world.shop.remove_tags(found, [RECEIVED])
    return found


def change_forgotten(world: World) -> int:
    found = received(world)
    world.shop.change_order(found, SellerComment="Fragile!")
    return found


def change_too_late(world: World) -> int:
    found = offered_again(world)
    world.warehouse.advance(str(found), "INPICKING")
    return found


def change_refused(world: World) -> int:
    found = change_too_late(world)
    world.run()
    return found


def shipped(world: World) -> int:
    found = received(world)
    world.warehouse.ship(str(found), tracking_number="TRACK-1")
    world.run()
    return found


def shipped_unseen(world: World) -> int:
    found = received(world)
    world.warehouse.ship(str(found), tracking_number="TRACK-1")
    return found


def archived(world: World) -> int:
    found = shipped_unseen(world)
    world.shop.archive_order(found)
    return found


def cancelled(world: World) -> int:
    found = received(world)
    world.shop.cancel_order(found)
    return found


def cancelled_everywhere(world: World) -> int:
    found = cancelled(world)
    world.run()
    return found


def cancelled_too_late(world: World) -> int:
    found = picked(world)
    world.shop.cancel_order(found)
    world.run()
    return found


def marked_by_hand(world: World) -> int:
    return order(world, (product(world), 1), Tags=["wemalo", RECEIVED])


def deleted(world: World) -> int:
    found = received(world)
    world.shop.delete_order(found)
    return found


def forgotten(world: World) -> int:
    found = received(world)
    world.lose_state()
    return found
