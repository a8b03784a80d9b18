"""What must hold once one run came through after all that was killed or failed.

`violations` compares both sides and what is remembered with the scenario's table of endings, and returns a sentence
for each difference; none: all is well.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connector.clock import SystemClock
from connector.errors import StateError
from connector.problems import Problem, read_problems
from connector.state import TinyStore
from connector.texts import REPORTED_ONCE
from connector_sandbox.wemalo.model import GoodsOrder
from tests.matrix.scenario import NOT_SENT, ORDERS, OWN_PRODUCT, PERSONS_TAG, Ending, Scenario

CLIENT: Final = "acme"

TAKEN: Final = ("refused", "product_sku_taken")
"""What is reported of a product whose SKU is taken: as the warehouse says it, or as we know it from its products."""

UNVERIFIED: Final = "order_change_unverified"
"""Reported where a change came through although nobody remembered which lines the warehouse had (SPEC O6)."""


def violations(scenario: Scenario, state_dir: Path, *, state_lost: bool = False) -> list[str]:
    """Returns what is not as it must be.

    With `state_lost` (what was remembered was deleted on the way) an order that is offered again may keep old lines
    besides its present ones, where a problem says so; and what was reported only once need not be known any more.
    """
    try:
        snapshot = asyncio.run(TinyStore(state_dir, SystemClock()).read(CLIENT))
    except StateError as error:
        return [f"the state can't be read: {error}"]
    problems = [problem for problem in read_problems(snapshot.stream("problems").items()) if problem.is_open]
    return [
        *_orders(scenario, problems, state_lost),
        *_products_and_stock(scenario),
        *_queue(scenario),
        *_problems(scenario, problems, state_lost),
    ]


def _orders(scenario: Scenario, problems: list[Problem], state_lost: bool) -> Iterator[str]:
    ids = {str(order_id) for order_id in scenario.orders.values()}
    for stranger in scenario.warehouse.orders:
        if stranger.external_id not in ids:
            yield f"the warehouse has an order that nobody made: {stranger.external_id}"
    for name, ending in ORDERS.items():
        order_id = scenario.orders[name]
        there = scenario.warehouse.orders.named(str(order_id))
        wanted = 0 if ending.pieces is None else 1
        if len(there) != wanted:
            yield f"order `{name}`: the warehouse has it {len(there)} times, not {wanted}"
        unverified = state_lost and any(
            p.code == UNVERIFIED and p.record_id == str(order_id) for p in problems
        )
        for order in there:
            yield from _in_warehouse(scenario, name, ending, order, unverified)
        yield from _in_shop(scenario, name, ending)


def _in_warehouse(
    scenario: Scenario, name: str, ending: Ending, order: GoodsOrder, unverified: bool
) -> Iterator[str]:
    names = {str(product_id): product for product, product_id in scenario.products.items()}
    positions = [(names.get(each.external_id, "?"), each.quantity) for each in order.positions]
    expected = list((ending.pieces or {}).items())
    lacking, superfluous = Counter(expected) - Counter(positions), Counter(positions) - Counter(expected)
    if lacking or (superfluous and not unverified):
        yield f"order `{name}`: the warehouse is to send {sorted(positions)}, not {sorted(expected)}"
    if order.status.value != ending.status:
        yield f"order `{name}`: it is {order.status.value} in the warehouse, not {ending.status}"
    if order.receiver.get("city") != ending.city:
        yield f"order `{name}`: it goes to {order.receiver.get('city')}, not to {ending.city}"


def _in_shop(scenario: Scenario, name: str, ending: Ending) -> Iterator[str]:
    order = scenario.world.shop.order(scenario.orders[name])
    tags = sorted(tag.casefold() for tag in order["Tags"])
    expected = sorted(
        tag.casefold() for tag in ("wemalo", PERSONS_TAG, *(f"{mark}_by_wemalo" for mark in ending.marks))
    )
    if tags != expected:
        yield f"order `{name}`: its tags are {tags}, not {expected}"
    if order["State"] != ending.state:
        yield f"order `{name}`: its state is {order['State']}, not {ending.state}"
    numbers = sorted(shipment["ShippingId"] for shipment in order["ShippingIds"])
    if numbers != sorted(ending.numbers):
        yield f"order `{name}`: its tracking numbers are {numbers}, not {sorted(ending.numbers)}"


def _products_and_stock(scenario: Scenario) -> Iterator[str]:
    shop = scenario.world.shop
    catalogue = [product for product in scenario.warehouse.products if product.external_id != OWN_PRODUCT]
    known = Counter(product.external_id for product in catalogue)
    for name, product_id in scenario.products.items():
        wanted = 0 if name in NOT_SENT else 1
        if known.pop(str(product_id), 0) != wanted:
            yield f"product `{name}`: the warehouse does not have it {wanted} times"
    for stranger in known:
        yield f"the warehouse has a product that nobody made: {stranger}"
    for product in catalogue:
        title = shop.product(int(product.external_id))["Title"][0]["Text"]
        if product.fields["name"] != title:
            yield f"product `{title}`: the warehouse calls it {product.fields['name']}"
        here, there = shop.stock(int(product.external_id)), max(product.pickable, 0)
        if product.stock_changed_at is not None and here != there:
            yield f"product `{title}`: the shop sells {here:g}, the warehouse has {there}"


def _queue(scenario: Scenario) -> Iterator[str]:
    for booking in scenario.warehouse.history.unflagged("SENT"):
        number = booking.parcel.tracking_number if booking.parcel else "?"
        yield f"parcel {number}: the warehouse was never told that the shop has it"


def _problems(scenario: Scenario, problems: list[Problem], state_lost: bool) -> Iterator[str]:
    """Exactly the expected problems are open; after a loss those that no later run can report again may be missing."""
    ids = {**scenario.orders, **scenario.products}
    names = {str(record_id): name for name, record_id in ids.items()}
    is_open = {(names.get(p.record_id, p.record_id), p.code) for p in problems}
    expected = {(name, ending.problem) for name, ending in ORDERS.items() if ending.problem}
    spoon = {("SPOON", code) for code in TAKEN}
    unverified = {(name, UNVERIFIED) for name in ORDERS if state_lost}
    for name, code in sorted(is_open - expected - spoon - unverified):
        yield f"problem {code} is open about `{name}`"
    for name, code in sorted(expected - is_open):
        if not (state_lost and code in REPORTED_ONCE):
            yield f"problem {code} about `{name}` is not open"
    if not is_open & spoon:
        yield "no problem is open about `SPOON`"
