"""Orders from the source to the target (SPEC O1 to O8)."""

from __future__ import annotations

from connector.contracts import can
from connector.errors import OutcomeUnknown, RecordRefused
from connector.flows.assortment import Assortment
from connector.flows.changes import Known, bring_up_to_date, refuse_emptied
from connector.flows.marks import finish_marks, forget_mark, mark_received, will_mark
from connector.flows.run import FlowRun, Reason, reason_of
from connector.flows.sent import forget_done, remember_accepted, remember_pending, remembered, restore
from connector.flows.turns import one_by_one
from connector.flows.verdict import judge_order
from connector.records import Order


async def run_orders(run: FlowRun) -> None:
    """Reads the orders that are offered and brings each to the target, exactly once (SPEC O3).

    All pages are read before the first order is marked, since marking may move an order out of the list that is
    being paged. Raises TransientError where something outside failed: what was not sent waits for the next run.
    """
    offered: list[Order] = []
    async for page in run.source.orders():
        offered.extend(page.records)
        for broken in page.unreadable:
            run.report_unreadable("order_unreadable", broken)
    forget_done(run)
    fault = await finish_marks(run, (order.id for order in offered))
    assortment = Assortment(run)

    async def take(order: Order) -> None:
        try:
            await _take(run, assortment, order)
        except RecordRefused as error:
            run.counts.refused += 1
            run.report(order, order.id, order.number, reason_of(error))

    await one_by_one(run, sorted(offered, key=_oldest_first), lambda order: order.id, take)
    if fault is not None:
        raise fault


def _oldest_first(order: Order) -> tuple[int, str]:
    return (len(order.id), order.id)


async def _take(run: FlowRun, assortment: Assortment, order: Order) -> None:
    """Brings one order across: to the target, held, or marked as received since nothing of it is shipped."""
    verdict = await judge_order(run, order)
    if verdict.left_out_by:
        run.counts.skipped += 1
        run.report(order, order.id, order.number)
        return
    if verdict.shipped is None:
        await _hold(run, order, *verdict.reasons)
        return
    shipped = verdict.shipped
    sent_before = remembered(run.state, order.id)
    if not shipped.lines and sent_before is not None:
        await refuse_emptied(run, order, sent_before)
        return
    if not shipped.lines:
        await run.source.order_received(order)
        run.counts.skipped += 1
        run.report(order, order.id, order.number, Reason("order_nothing_to_ship"))
        return
    reasons = verdict.reasons or await assortment.lacking(shipped)
    if reasons:
        await _hold(run, order, *reasons)
        return
    await _send(run, assortment, order, shipped)


async def _send(run: FlowRun, assortment: Assortment, order: Order, shipped: Order) -> None:
    """Creates or changes the order in the target, and marks it as received (SPEC O2, O3, O6, O7)."""
    found = await run.target.find_order(order.id)
    try:
        if found is None:
            await _create(run, shipped)
            known = Known.CHANGED
        else:
            known = await bring_up_to_date(run, order, shipped, found)
    except RecordRefused as error:
        await _hold(run, order, *(await assortment.lost(shipped) or (reason_of(error),)))
        return
    if known is Known.REFUSED:
        return
    remember_accepted(run, shipped)
    await mark_received(run, order)
    run.counts.sent += known is Known.CHANGED
    run.counts.unchanged += known is Known.UNCHANGED
    run.report(order, order.id, order.number)


async def _create(run: FlowRun, shipped: Order) -> None:
    """Creates an order; where nobody knows whether that worked, looks (SPEC R3), and repeats it in the next run.

    Not in this one: a request that was given up may still be under way, and would make a second order (SPEC O3).
    """
    before = remembered(run.state, shipped.id)
    remember_pending(run, shipped)
    will_mark(run, shipped)
    await run.state.save()
    try:
        await run.target.create_order(shipped)
    except OutcomeUnknown:
        if await run.target.find_order(shipped.id) is None:
            raise
    except RecordRefused:
        restore(run, shipped.id, before)
        forget_mark(run, shipped)
        raise


async def _hold(run: FlowRun, order: Order, *reasons: Reason) -> None:
    """Keeps back an order that can't be shipped; it is tried again in each run (SPEC O5)."""
    run.counts.refused += 1
    run.report(order, order.id, order.number, *reasons)
    if can(run.source, "order_held"):
        await run.source.order_held(order)
