"""What must hold at every moment, also while a fault lasts: nothing doubled, nothing of a person's lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.matrix.scenario import PERSONS_TAG, Scenario


def dangers(scenario: Scenario) -> Iterator[str]:
    """Yields what would do harm even if the next run put it right."""
    names = {order_id: name for name, order_id in scenario.orders.items()}
    orders = Counter(order.external_id for order in scenario.warehouse.orders)
    yield from (
        f"order {order_id}: the warehouse has it {n} times" for order_id, n in orders.items() if n > 1
    )
    for order in scenario.warehouse.orders:
        lines = Counter(position.identifier for position in order.positions)
        yield from (
            f"order {order.external_id}: line {line} stands in it {n} times"
            for line, n in lines.items()
            if n > 1
        )
    for order_id, name in names.items():
        found = scenario.world.shop.order(order_id)
        numbers = Counter(shipment["ShippingId"] for shipment in found["ShippingIds"])
        yield from (f"order `{name}`: {number} was added {n} times" for number, n in numbers.items() if n > 1)
        if PERSONS_TAG not in found["Tags"]:
            yield f"order `{name}`: a person's tag is lost"
