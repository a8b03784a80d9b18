"""Stock per product and storage location, as Billbee keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector_sandbox.exchange import Refusal


@dataclass(frozen=True, slots=True)
class Location:
    """A storage location; only accounts with multi-stock have more than the standard one."""

    id: int
    name: str
    description: str | None = None
    is_default: bool = False


@dataclass
class Stockroom:
    """Quantities per location; the first location is the standard one."""

    locations: Sequence[Location]
    _quantities: dict[int, dict[int, float]] = field(default_factory=dict)

    def get(self, product_id: int, location_id: int | None = None) -> float:
        return self._quantities.get(self._known(location_id), {}).get(product_id, 0.0)

    def set(self, product_id: int, location_id: int | None, quantity: float) -> float:
        """Set the quantity and return the old one; raises Refusal for an unknown location."""
        quantities = self._quantities.setdefault(self._known(location_id), {})
        old = quantities.get(product_id, 0.0)
        quantities[product_id] = float(quantity)
        return old

    def wire(self, product_id: int, reserved: float) -> list[dict[str, Any]]:
        """The product's `Stocks`, one per location."""
        return [
            {
                "Name": location.name,
                "StockId": location.id,
                "StockCurrent": self._quantities.get(location.id, {}).get(product_id, 0.0),
                "StockWarning": None,
                "StockCode": None,
                "UnfulfilledAmount": reserved if location is self.locations[0] else 0.0,
                "StockDesired": None,
            }
            for location in self.locations
        ]

    def _known(self, location_id: int | None) -> int:
        if not location_id:
            return self.locations[0].id
        if all(location.id != location_id for location in self.locations):
            raise Refusal(404, f"Stock {location_id} not found")
        return location_id
