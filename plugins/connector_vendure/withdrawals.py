"""Orders that are cancelled in Vendure (SPEC X1)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import msgspec

from connector.api import Page, Unreadable, Withdrawal, decode_json
from connector_vendure.admin import Admin
from connector_vendure.filters import withdrawn
from connector_vendure.listing import page_of
from connector_vendure.mapping import is_received, record_id, status_of, unreadable
from connector_vendure.reading import flaw, text
from connector_vendure.states import AGGREGATE, CANCELLED, SETTLED
from connector_vendure.wire_records import OrderHead


async def withdrawn_orders(admin: Admin, since: datetime | None) -> AsyncIterator[Page[Withdrawal]]:
    """Yields the cancelled orders that were not dealt with; without a mark of received ones, only recent ones."""
    wanted = withdrawn(admin.settings, since)
    if wanted is None:
        return
    seen: set[str] = set()
    options = {"filter": wanted}
    async for rows, _ in admin.pages(admin.queries.list_withdrawn, record_id, options):
        read = (read_withdrawal(row) for row in rows)
        yield page_of(read, seen, lambda withdrawal: withdrawal.order_id)


def read_withdrawal(row: msgspec.Raw) -> Withdrawal | Unreadable | None:
    """Reads what an order says of its cancellation, None where there is nothing to do."""
    try:
        order = decode_json(row, OrderHead)
        order_id = text(order.id)
        if not order_id or not order.state:
            raise flaw("Object missing required field", "state" if order_id else "id")
        if order.state != CANCELLED or order.type == AGGREGATE or status_of(order) in SETTLED:
            return None
        number = text(order.code) or order_id
        return Withdrawal(order_id=order_id, number=number, is_marked=is_received(order))
    except msgspec.DecodeError as error:
        return unreadable(row, error)
