"""The booking history: what moved in and out, and which entries the client has acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.model import Booking, GoodsOrder, Parcel, Position, Product


@dataclass
class History:
    """All bookings, oldest first; `now` gives seconds since 1970."""

    now: Callable[[], float]
    _bookings: dict[int, Booking] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = count(2806767)

    def __iter__(self) -> Iterator[Booking]:
        return iter(self._bookings.values())

    def __contains__(self, booking_id: int) -> bool:
        return booking_id in self._bookings

    def moved(self, reason: str, product: Product, pieces: int) -> None:
        """Note pieces that came in or were counted."""
        self._add(Booking(next(self._ids), reason, product, pieces, self.now()))

    def sent(self, order: GoodsOrder, parcel: Parcel, position: Position, pieces: int) -> None:
        """Note pieces of a position that left in a parcel."""
        self._add(
            Booking(next(self._ids), "SENT", position.product, pieces, self.now(), order, parcel, position)
        )

    def unflagged(self, reason: str, external_id: str = "") -> list[Booking]:
        """The entries that were not acknowledged; of one order where given."""
        return [
            booking
            for booking in self
            if not booking.flagged
            and booking.reason == reason
            and (not external_id or (booking.order is not None and booking.order.external_id == external_id))
        ]

    def flag(self, booking_id: int) -> None:
        """Acknowledge an entry, which may be done again; raises Refusal (404) for an unknown one."""
        if booking_id not in self._bookings:
            raise Refusal(404, f"No booking with id found: {booking_id}", "NOT_FOUND")
        self._bookings[booking_id].flagged = True

    def _add(self, booking: Booking) -> None:
        self._bookings[booking.id] = booking
