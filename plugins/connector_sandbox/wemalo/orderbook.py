"""The goods orders and who gets which goods: oldest first, and again whenever goods come free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from connector_sandbox.exchange import Refusal
from connector_sandbox.germantime import german
from connector_sandbox.wemalo.fulfilment import release, reserve, settle
from connector_sandbox.wemalo.model import NOT_IN_PROCESS, Fields, GoodsOrder, Position, Product, Status


@dataclass
class OrderBook:
    """All goods orders, oldest first; `now` gives seconds since 1970."""

    now: Callable[[], float]

    def __post_init__(self) -> None:
        self._orders: dict[int, GoodsOrder] = {}
        self._by_external_id: dict[str, list[GoodsOrder]] = defaultdict(list)
        self._short_of: dict[int, dict[int, GoodsOrder]] = defaultdict(dict)
        self._ids = count(90001)

    def __iter__(self) -> Iterator[GoodsOrder]:
        return iter(self._orders.values())

    def __reversed__(self) -> Iterator[GoodsOrder]:
        return reversed(self._orders.values())

    def __len__(self) -> int:
        return len(self._orders)

    def named(self, external_id: str) -> list[GoodsOrder]:
        """All orders with this external id, oldest first: more than one where an order was sent twice."""
        return self._by_external_id.get(str(external_id), [])

    def newest(self, external_id: str) -> GoodsOrder:
        """The newest order with this external id; raises Refusal (404)."""
        found = self.named(external_id)
        if not found:
            raise Refusal(404, f"No goods order with externalId found: {external_id}", "NOT_FOUND")
        self.settle(found[-1])
        return found[-1]

    def changeable(self, external_id: str) -> GoodsOrder:
        """The newest order, if it is not in process yet; raises Refusal."""
        order = self.newest(external_id)
        if order.status not in NOT_IN_PROCESS:
            raise Refusal(
                400, f"Goods order can't be changed, its status is {order.status}", "INVALID_STATUS"
            )
        return order

    def get(self, order_id: int) -> GoodsOrder:
        """The order with Wemalo's own id; raises Refusal (404)."""
        if order_id not in self._orders:
            raise Refusal(404, f"No goods order with id found: {order_id}", "NOT_FOUND")
        self.settle(self._orders[order_id])
        return self._orders[order_id]

    def add(self, meta: Fields, positions: list[Position]) -> GoodsOrder:
        """Add an order and reserve its goods."""
        order = GoodsOrder(next(self._ids), meta, positions, self.now())
        self._orders[order.id] = order
        self._by_external_id[order.external_id].append(order)
        self.reserve(order)
        return order

    def reserve(self, order: GoodsOrder) -> None:
        """Reserve for an order what there is."""
        reserve(order, self.now())
        self.settle(order)

    def release(self, positions: Iterable[Position]) -> None:
        """Give back what positions have reserved, to the orders that wait for it."""
        for position in positions:
            release(position, self.now())
            self.offer(position.product)

    def offer(self, product: Product) -> None:
        """Offer a product's free pieces to the orders that are short of it, oldest first."""
        for _, order in sorted(self._short_of.pop(product.id, {}).items()):
            if order.status is Status.PARTIAL:
                self.reserve(order)

    def settle(self, order: GoodsOrder) -> None:
        """Bring an order's status up to date, and remember what it is short of."""
        settle(order, today=f"{german(self.now()):%Y-%m-%d}")
        if order.status is Status.PARTIAL:
            for position in order.positions:
                if position.reserved < position.open:
                    self._short_of[position.product.id][order.id] = order
