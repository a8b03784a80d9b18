"""An order that is offered again although the target has it: its change, or a mark that got lost (SPEC O6, O7)."""

from __future__ import annotations

from enum import Enum

import msgspec

from connector.contracts import can
from connector.errors import RecordRefused
from connector.flows.run import FlowRun, Reason, reason_of
from connector.flows.sent import (
    Sent,
    content_of,
    is_unverified,
    plan_change,
    remember_changing,
    remembered,
    restore,
)
from connector.records import Order, OrderStatus, WarehouseOrder


class Known(Enum):
    """What became of an order that the target has."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    REFUSED = "refused"


async def bring_up_to_date(run: FlowRun, order: Order, shipped: Order, found: WarehouseOrder) -> Known:
    """Makes the target's order what the shop's is now, where that is still possible.

    Marks a change that comes too late as refused and reports it; the caller marks all others as received. Raises
    RecordRefused where the order as it stands now is not accepted, so that it has to be held.
    """
    before = remembered(run.state, order.id)
    if found.status is OrderStatus.CANCELLED:  # also where nothing changed: it would never be shipped
        await _refuse(run, order, _too_late(found, before, shipped))
        return Known.REFUSED
    if before is not None and before.step != "changing" and before.content == content_of(shipped):
        await _say_unverified(run, order)
        return Known.UNCHANGED
    if found.status is not OrderStatus.WAITING or not can(run.target, "change_order"):
        await _refuse(run, order, _too_late(found, before, shipped))
        return Known.REFUSED
    change = plan_change(before, shipped)
    remember_changing(run, shipped, before)
    await run.state.save()
    try:
        await run.target.change_order(shipped, change.remove, change.add)
    except RecordRefused as error:
        if error.code == "order_change_incomplete":  # lines are gone: the note has to stay uncertain
            await _refuse(run, order, reason_of(error))
            return Known.REFUSED
        restore(run, order.id, before)
        if error.code != "order_in_process":
            raise
        latest = msgspec.structs.replace(
            found, status=OrderStatus.IN_PROCESS, status_name=error.params.get("status", "")
        )
        await _refuse(run, order, _too_late(latest, before, shipped))
        return Known.REFUSED
    await _say_unverified(run, order)
    return Known.CHANGED


async def refuse_emptied(run: FlowRun, order: Order, before: Sent) -> None:
    """Reports an order that was sent before and has nothing left to ship: only a cancellation stops the target."""
    await _refuse(run, order, Reason("order_emptied", {"sent": before.at}))


async def _say_unverified(run: FlowRun, order: Order) -> None:
    """Reports and saves, as for a refusal, that lines may have stayed in the target which nobody remembers."""
    if is_unverified(run, order.id):
        run.report(order, order.id, order.number, Reason("order_change_unverified"))
        await run.state.save()


async def _refuse(run: FlowRun, order: Order, reason: Reason) -> None:
    """Reports and saves before it marks: a marked order is not offered again, so nobody would report it later."""
    run.counts.refused += 1
    run.report(order, order.id, order.number, reason)
    await run.state.save()
    refuse = (
        run.source.order_change_refused
        if can(run.source, "order_change_refused")
        else run.source.order_received
    )
    await refuse(order)


def _too_late(found: WarehouseOrder, before: Sent | None, shipped: Order) -> Reason:
    """Says what a change that comes too late means (SPEC O7).

    Where an earlier attempt was cut off, nobody knows which lines the target has: that is worth a call to it.
    """
    if found.status is OrderStatus.CANCELLED:
        return Reason("order_cancelled_in_target", {"status": found.status_name})
    if before is not None and before.step == "changing":
        lines = ", ".join(
            f"{line.quantity.normalize():f} x {line.sku or line.name}" for line in shipped.lines
        )
        params = {"order": shipped.number, "missing": lines, "status": found.status_name}
        return Reason("order_change_incomplete", params)
    return Reason("order_change_refused", {"status": found.status_name})
