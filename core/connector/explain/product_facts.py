"""What both sides, the state and the rules say of one product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.explain.asking import Asking, Silence
from connector.flows.decision import Decision
from connector.flows.memory import STREAM, Accepted, ProductMemory
from connector.flows.pace import products_due
from connector.flows.stock import GIVEN, OPEN
from connector.flows.verdict import judge_product
from connector.mapping import LeftOut
from connector.problems import Problem
from connector.records import Product
from connector.state import Snapshot

FLOWS: Final = ("products", "stock")


@dataclass(frozen=True)
class ProductFacts:
    """All that an explanation of a product is made of.

    `shop` and `warehouse` are None where that side does not have it. `given` and `due` are the quantities that the
    shop has as far as is remembered, and that it still has to be given. `guard` is the open problem of stock that is
    held back, `orders` are the numbers of the orders that wait for this product. `catalogue_due` is when the catalogue
    is read next, None where that is in the next run.
    """

    client: str
    asked_for: str
    product_id: str = ""
    shop: Product | Silence | None = None
    warehouse: Product | Silence | None = None
    accepted: Accepted | None = None
    judged: Decision | LeftOut | None = None
    given: int | None = None
    due: int | None = None
    guard: Problem | None = None
    problems: tuple[Problem, ...] = ()
    orders: tuple[str, ...] = ()
    catalogue_due: datetime | None = None
    silences: tuple[Silence, ...] = ()
    off: tuple[str, ...] = ()


async def product_facts(asking: Asking, number: str) -> ProductFacts:
    """Asks both sides, and looks the product up in what is remembered; a side that fails is left out."""
    run = asking.run
    memory = ProductMemory(run.state)
    shop = await asking.shop("find_product", lambda: run.source.find_product(number))
    named = shop if isinstance(shop, Product) else _remembered(run.state, memory, number)
    product_id, accepted = named.id, memory.get(named)
    sku = accepted.sku if accepted else named.sku
    warehouse = await asking.warehouse("find_product", lambda: run.target.find_product(product_id, sku))
    stock: Any = run.state.stream(OPEN).get(product_id) or run.state.stream(OPEN).get(f"?{sku}")
    return ProductFacts(
        client=asking.settings.name,
        asked_for=number,
        product_id=product_id,
        shop=shop,
        warehouse=warehouse,
        accepted=accepted,
        judged=judge_product(run, shop) if isinstance(shop, Product) else None,
        given=run.state.stream(GIVEN).get(product_id, run.state.stream(GIVEN).get(f"?{sku}")),
        due=stock["quantity"] if stock else None,
        guard=next((p for p in asking.problems if p.code == "stock_zero_guard" and p.is_open), None),
        problems=asking.problems_of(FLOWS, product_id, number),
        orders=tuple(_waiting(asking, product_id)),
        catalogue_due=products_due(run.state, asking.settings, run.now()),
        silences=tuple(asking.silences.values()),
        off=tuple(flow for flow in FLOWS if not getattr(asking.settings.flows, flow)),
    )


def _remembered(state: Snapshot, memory: ProductMemory, number: str) -> Product:
    """Finds a product that the shop does not tell among those that the warehouse accepted."""
    entries = ((product_id, memory.get(Product(id=product_id))) for product_id in state.stream(STREAM))
    by_sku = (product_id for product_id, accepted in entries if accepted and accepted.sku == number)
    product_id = number if number in state.stream(STREAM) else next(by_sku, number)
    return Product(id=product_id, sku=number)


def _waiting(asking: Asking, product_id: str) -> list[str]:
    """Returns the orders that are held because the warehouse lacks this product."""
    held = (p for p in asking.problems if p.code == "order_product_unknown" and p.is_open and p.record)
    return [p.number for p in held if product_id in {line.get("product_id") for line in p.record["lines"]}]
