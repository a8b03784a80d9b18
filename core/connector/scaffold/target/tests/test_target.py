"""The target before its warehouse, over the framework's own HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

from connector.api import Address, Order, OrderLine, OrderStatus, Product, ProductWrite, Target
from connector.testing import TargetCase, started

from connector_sampledepot.target import SampledepotTarget
from connector_sampledepot.testing import contract_case

T = TypeVar("T")

CUP = Product(id="7", sku="A-1", name="Cup")
ORDER = Order(
    id="1",
    number="1001",
    receiver=Address(name="Erika Muster", street="Hauptstraße", zip="01067", city="Dresden"),
    lines=(OrderLine(id="1-1", product_id="7", quantity=Decimal(2)),),
)


def with_target(case: TargetCase, use: Callable[[Target], Awaitable[T]]) -> T:
    """Begins a run of the target, and returns what comes of it."""

    async def run() -> T:
        async with started(case) as target:
            return await use(target)

    return asyncio.run(run())


def test_an_order_arrives_once_its_product_is_there() -> None:
    case = contract_case(SampledepotTarget)
    writes = [ProductWrite(product=CUP, is_new=True)]
    (outcome,) = with_target(case, lambda target: target.put_products(writes))
    assert outcome.error is None
    assert with_target(case, lambda target: target.find_order("1")) is None
    with_target(case, lambda target: target.create_order(ORDER))
    found = with_target(case, lambda target: target.find_order("1"))
    assert found is not None
    assert found.status is OrderStatus.WAITING
    assert [order.number for order in case.warehouse.orders()] == ["1001"]


def test_a_product_whose_sku_another_one_has_is_told_and_keeps_no_other_back() -> None:
    case = contract_case(SampledepotTarget)
    case.warehouse.refuse(CUP)
    plate = Product(id="8", sku="A-2", name="Plate")
    writes = [ProductWrite(product=each, is_new=True) for each in (CUP, plate)]
    first, second = with_target(case, lambda target: target.put_products(writes))
    assert "sampledepot refused PUT /articles/{reference} with 409" in str(first.error)
    assert second.error is None
