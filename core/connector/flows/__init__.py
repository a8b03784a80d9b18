"""The flows of a run, in the order in which they run (DESIGN, "One run, as the data sees it")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from connector.contracts import Plugin, Source, Target, can
from connector.flows.cancellations import run_cancellations
from connector.flows.orders import run_orders
from connector.flows.products import run_products
from connector.flows.run import FlowRun
from connector.flows.shipments import run_shipments
from connector.flows.stock import run_stock


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow and the methods of both sides that it can't do without."""

    name: str
    run: Callable[[FlowRun], Awaitable[None]]
    source_methods: tuple[str, ...]
    target_methods: tuple[str, ...]

    def possible(self, source: Source | type[Source], target: Target | type[Target]) -> bool:
        """Tells whether both sides can do this flow."""
        return self.possible_on(source) and self.possible_on(target)

    def possible_on(self, side: Plugin | type[Plugin]) -> bool:
        """Tells whether one side can do its part."""
        cls = side if isinstance(side, type) else type(side)
        return can(side, *(self.source_methods if issubclass(cls, Source) else self.target_methods))


FLOWS: Final = (
    Flow(
        name="products",
        run=run_products,
        source_methods=("products",),
        target_methods=("put_products",),
    ),
    Flow(
        name="orders",
        run=run_orders,
        source_methods=("orders", "order_received"),
        target_methods=("has_product", "find_order", "create_order"),
    ),
    Flow(
        name="cancellations",
        run=run_cancellations,
        source_methods=("withdrawn_orders", "order_cancelled", "order_cancel_refused"),
        target_methods=("cancel_order",),
    ),
    Flow(
        name="shipments",
        run=run_shipments,
        source_methods=("order_shipped",),
        target_methods=("shipments", "shipment_taken"),
    ),
    Flow(
        name="stock",
        run=run_stock,
        source_methods=("set_stock",),
        target_methods=("stock_levels",),
    ),
)
FLOW_NAMES: Final = tuple(flow.name for flow in FLOWS)
