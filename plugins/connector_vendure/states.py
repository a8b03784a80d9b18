"""Vendure's states of orders and fulfillments, and the words that this connection leaves on an order."""

from __future__ import annotations

from typing import Final

CANCELLED: Final = "Cancelled"
SHIPPED: Final = "Shipped"
DELIVERED: Final = "Delivered"
PARTIALLY_DELIVERED: Final = "PartiallyDelivered"

SENT: Final = frozenset({SHIPPED, DELIVERED})
"""States of a fulfillment, and of an order, that has left."""

AGGREGATE: Final = "Aggregate"
"""The type of an order that stands for those of several sellers; each of them is an order by itself."""

HELD: Final = "held"
CHANGE_REFUSED: Final = "change_refused"
CANCELLED_THERE: Final = "cancelled"
CANCEL_REFUSED: Final = "cancel_refused"

SETTLED: Final = frozenset({CANCELLED_THERE, CANCEL_REFUSED})
"""What the status field says of a cancellation that was dealt with (SPEC X1, X2)."""

OURS: Final = frozenset({HELD, CHANGE_REFUSED}) | SETTLED
"""All that the status field may say."""
