"""The source before its shop, over the framework's own HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

from connector.api import Address, Order, OrderLine, Source
from connector.testing import SourceCase, all_of, started

from connector_sampleshop.mapping import HELD, RECEIVED
from connector_sampleshop.source import SampleshopSource
from connector_sampleshop.testing import contract_case

T = TypeVar("T")

ORDER = Order(
    id="",
    number="1001",
    receiver=Address(name="Erika Muster", street="Hauptstraße", zip="01067", city="Dresden"),
    lines=(OrderLine(id="", sku="A-1", quantity=Decimal(2)),),
    tags=("gift",),
)


def with_source(case: SourceCase, use: Callable[[Source], Awaitable[T]]) -> T:
    """Begins a run of the source, and returns what comes of it."""

    async def run() -> T:
        async with started(case) as source:
            return await use(source)

    return asyncio.run(run())


def test_an_order_is_offered_until_the_warehouse_has_it() -> None:
    case = contract_case(SampleshopSource)
    order_id = case.shop.add_order(ORDER)
    (offered,) = with_source(case, lambda source: all_of(source.orders()))
    assert (offered.id, offered.number) == (order_id, "1001")
    with_source(case, lambda source: source.order_received(offered))
    assert with_source(case, lambda source: all_of(source.orders())) == []


def test_an_order_that_goes_through_is_held_no_more_and_keeps_what_others_put_on_it() -> None:
    case = contract_case(SampleshopSource)
    order_id = case.shop.add_order(ORDER)
    (offered,) = with_source(case, lambda source: all_of(source.orders()))
    with_source(case, lambda source: source.order_held(offered))
    assert case.shop.order(order_id).order.tags == ("gift", HELD)
    (held,) = with_source(case, lambda source: all_of(source.orders()))
    with_source(case, lambda source: source.order_received(held))
    assert case.shop.order(order_id).order.tags == ("gift", RECEIVED)
