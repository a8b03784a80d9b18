"""Which products the target has, for the orders of one run (SPEC O5)."""

from __future__ import annotations

from connector.flows.memory import forget_product, knows_product
from connector.flows.run import FlowRun, Reason
from connector.records import Order, OrderLine


class Assortment:
    """Answers from memory where the target accepted a product, and asks once for each other one."""

    def __init__(self, run: FlowRun) -> None:
        self._run = run
        self._asked: dict[str, bool] = {}

    async def lacking(self, order: Order) -> tuple[Reason, ...]:
        """Returns a reason for every line whose product the target does not have."""
        unknown = [line for line in order.lines if not knows_product(self._run.state, line.product_id)]
        return tuple([_unknown(line) for line in unknown if not await self._has(line)])

    async def lost(self, order: Order) -> tuple[Reason, ...]:
        """Looks whether a refused order has products that the target accepted and does not have any more.

        They are forgotten, so that the next run sends them again.
        """
        missing = [line for line in order.lines if not await self._has(line)]
        for line in missing:
            forget_product(self._run.state, line.product_id)
        return tuple(_unknown(line) for line in missing)

    async def _has(self, line: OrderLine) -> bool:
        if line.product_id not in self._asked:
            self._asked[line.product_id] = await self._run.target.has_product(line.product_id, line.sku)
        return self._asked[line.product_id]


def _unknown(line: OrderLine) -> Reason:
    return Reason("order_product_unknown", {"line": line.id, "name": line.name or line.id, "sku": line.sku})
