"""Marks that an order still has to get in the shop, when the run was cut off between two of them (SPEC O2, O5).

The stream `orders_unmarked` holds the ids of orders that were sent and whose marks are not known to be complete. The
first mark takes an order out of the list of offered ones, so nobody else would ever set the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from connector.contracts import can
from connector.errors import RecordRefused, TransientError
from connector.flows.run import FlowRun, reason_of
from connector.records import Order

_UNMARKED: Final = "orders_unmarked"


def will_mark(run: FlowRun, order: Order) -> None:
    """Notes that the order is about to be sent and marked."""
    run.state.put(_UNMARKED, order.id, order.number)


def forget_mark(run: FlowRun, order: Order) -> None:
    """Forgets the note: the order was not sent after all."""
    run.state.delete(_UNMARKED, order.id)


async def mark_received(run: FlowRun, order: Order) -> None:
    """Marks an order as received and forgets the note once all of it is done."""
    will_mark(run, order)
    await run.source.order_received(order)
    forget_mark(run, order)


async def finish_marks(run: FlowRun, offered: Iterable[str]) -> TransientError | None:
    """Completes the marks of orders that are not offered any more; returns the fault that left some for later."""
    fault: TransientError | None = None
    for order_id in sorted(set(run.state.stream(_UNMARKED)) - set(offered)):
        run.check_stop()
        try:
            found = await run.source.find_order(order_id) if can(run.source, "find_order") else None
            if found is not None and found.is_received:
                await run.source.order_received(found.order)
        except RecordRefused as error:
            number = run.state.stream(_UNMARKED)[order_id]
            run.report(Order(id=order_id, number=number), order_id, number, reason_of(error))
        except TransientError as error:
            fault = error
            continue
        run.state.delete(_UNMARKED, order_id)
    return fault
