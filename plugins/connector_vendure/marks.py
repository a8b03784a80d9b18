"""Writing the custom fields through which an order tells how far it is (SPEC O2, O5, O7, X1, X2).

A shop that has no field for a mark gets none: the framework then looks orders up in the target. All that is to be
written of an order goes out in one call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from connector.api import Order, UnusableAnswer, decode_json
from connector_vendure.admin import Admin
from connector_vendure.lookup import order_row
from connector_vendure.mapping import is_received
from connector_vendure.queries import order_fields
from connector_vendure.reading import written
from connector_vendure.service import NAME
from connector_vendure.states import CHANGE_REFUSED, HELD, OURS
from connector_vendure.wire_records import OrderHead


class Marks:
    """Marks orders; `now` tells the time that stands in the mark of a received order."""

    def __init__(self, admin: Admin, now: Callable[[], datetime]) -> None:
        self._admin = admin
        self._now = now
        self._fields = order_fields(admin.settings)

    async def received(self, order: Order) -> None:
        """Marks the order as received, and takes away what was written about it before (SPEC O2, O5)."""
        about = {"status": None} if OURS.intersection(order.tags) else {}
        await self._write(order.id, exported=written(self._now()), **about)

    async def held(self, order: Order) -> None:
        """Marks the order as held where it is not yet (SPEC O5)."""
        if HELD not in order.tags:
            await self._write(order.id, status=HELD)

    async def change_refused(self, order: Order) -> None:
        """Marks the order as received and its change as refused (SPEC O7)."""
        if "exported" in self._fields or CHANGE_REFUSED not in order.tags:
            await self._write(order.id, exported=written(self._now()), status=CHANGE_REFUSED)

    async def settled(self, order_id: str, status: str) -> None:
        """Marks a cancellation as dealt with, so that it is not offered again (SPEC X1, X2).

        Without a field for that, the order loses the mark of a received one, where it still has it: cancelled orders
        are looked for by that mark.
        """
        if "status" in self._fields:
            await self._write(order_id, status=status)
        elif "exported" in self._fields and await self._is_received(order_id):
            await self._write(order_id, exported=None)

    async def _is_received(self, order_id: str) -> bool:
        row = await order_row(self._admin, order_id)
        try:
            return row is not None and is_received(decode_json(row, OrderHead))
        except msgspec.DecodeError as error:
            endpoint = self._admin.queries.find_order.endpoint
            raise UnusableAnswer(f"{NAME} {endpoint}: order {order_id}: {error}") from None

    async def _write(self, order_id: str, **values: str | None) -> None:
        own = {self._fields[name]: value for name, value in values.items() if name in self._fields}
        if own:
            await self._admin.ask(self._admin.queries.mark_order, input={"id": order_id, "customFields": own})
