"""What a warehouse keeps: products with their stock, goods orders, parcels and booking history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Fields = dict[str, Any]

FIRST_CHOICE, SECOND_CHOICE = 91, 92


@dataclass(frozen=True, slots=True)
class Attribute:
    """A quality of stock; only the default one is sold as new."""

    id: int
    german: str
    english: str
    external: str
    is_default: bool


ATTRIBUTES: Mapping[int, Attribute] = {
    FIRST_CHOICE: Attribute(FIRST_CHOICE, "1. Wahl", "1. Choice", "1", True),
    SECOND_CHOICE: Attribute(SECOND_CHOICE, "2. Wahl", "2. Choice", "2", False),
}


class Status(StrEnum):
    """A goods order's status, in the order in which an order passes them."""

    PARTIAL = "PARTIAL"
    OPEN = "OPEN"
    INPROCESS = "INPROCESS"
    INPICKING = "INPICKING"
    READYFORSHIPMENT = "READYFORSHIPMENT"
    BLOCKEDPACKED = "BLOCKEDPACKED"
    PACKED = "PACKED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"


# The API documentation names 100 (PARTIAL) and 500 (sent completely); the others are the sandbox's own.
STATUS_IDS: Mapping[Status, int] = {
    Status.PARTIAL: 100,
    Status.OPEN: 200,
    Status.INPROCESS: 300,
    Status.INPICKING: 350,
    Status.READYFORSHIPMENT: 400,
    Status.BLOCKEDPACKED: 440,
    Status.PACKED: 450,
    Status.SHIPPED: 500,
    Status.CANCELLED: 900,
}

PATH = (
    Status.OPEN,
    Status.INPROCESS,
    Status.INPICKING,
    Status.READYFORSHIPMENT,
    Status.PACKED,
    Status.SHIPPED,
)
NOT_IN_PROCESS = frozenset({Status.PARTIAL, Status.OPEN})
NOT_PICKED = frozenset({Status.PARTIAL, Status.OPEN, Status.INPROCESS})
FINISHED = frozenset({Status.SHIPPED, Status.CANCELLED})


@dataclass(slots=True)
class Product:
    """A product as it was sent, and its pieces. `stock_changed_at` is None until stock was booked once."""

    id: int
    fields: Fields
    changed_at: float
    stock: dict[int, int] = field(default_factory=dict)
    reserved: int = 0
    blocked: int = 0
    stock_changed_at: float | None = None

    @property
    def external_id(self) -> str:
        return str(self.fields["externalId"])

    @property
    def sku(self) -> str:
        return str(self.fields["sku"])

    @property
    def active(self) -> bool:
        return truth(self.fields.get("isActive", True))

    @property
    def ignore_picking(self) -> bool:
        return truth(self.fields.get("ignorePicking", False))

    @property
    def pickable(self) -> int:
        """First-choice pieces on the shelf that no order has reserved; below 0 after a correction downwards."""
        return self.stock.get(FIRST_CHOICE, 0) - self.reserved - self.blocked


@dataclass(slots=True)
class Position:
    """One line of a goods order; `identifier` is the sender's own name for it."""

    product: Product
    quantity: int
    identifier: str
    external_id: str
    total: int = 0
    tax: int = 0
    reserved: int = 0
    packed: int = 0
    sent: int = 0

    @property
    def open(self) -> int:
        """Pieces that still have to be packed; none where the product is not picked at all."""
        return 0 if self.product.ignore_picking else self.quantity - self.packed


@dataclass(slots=True)
class Parcel:
    """A packed parcel; `handed_over_at` is None until the carrier has it. No tracking number is ''."""

    id: int
    tracking_number: str
    carrier: str
    carrier_product: str
    contents: list[tuple[Position, int]]
    handed_over_at: float | None = None


@dataclass(slots=True)
class GoodsOrder:
    """A goods order with its meta data as sent."""

    id: int
    meta: Fields
    positions: list[Position]
    created_at: float
    status: Status = Status.PARTIAL
    reason: str = ""
    block_reason: str = ""
    parcels: list[Parcel] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cancel_reason: str = ""

    @property
    def external_id(self) -> str:
        return str(self.meta["externalId"])

    @property
    def number(self) -> str:
        return str(self.meta.get("orderNumber") or self.external_id)

    @property
    def receiver(self) -> Fields:
        receivers = self.meta["receiver"]
        primary = [receiver for receiver in receivers if truth(receiver.get("primary", False))]
        found: Fields = (primary or receivers)[0]
        return found


@dataclass(slots=True)
class Booking:
    """A booking history entry; one of reason SENT has an order, a parcel and a position."""

    id: int
    reason: str
    product: Product
    count: int
    booked_at: float
    order: GoodsOrder | None = None
    parcel: Parcel | None = None
    position: Position | None = None
    flagged: bool = False


def truth(value: object) -> bool:
    """Booleans may come as texts or numbers."""
    return value.strip().lower() in ("true", "1", "yes") if isinstance(value, str) else bool(value)
