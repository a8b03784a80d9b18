"""Orders from the source to the target (SPEC O1 to O5, O8)."""

from __future__ import annotations

from typing import Final

from connector.errors import OutcomeUnknown, RecordRefused, TransientError
from connector.flows.memory import forget_product, knows_product
from connector.flows.run import FlowRun, Postponed, Reason, reason_of
from connector.flows.sets import learn_sets_of
from connector.flows.shippable import to_ship, why_not_shippable
from connector.mapping import LeftOut
from connector.records import Order, OrderLine, OrderStatus

STREAM: Final = "orders"

_TRIES: Final = 2


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
    warehouse = _Warehouse(run)
    postponed = Postponed()
    for order in sorted(offered, key=_oldest_first):
        run.check_stop()
        run.counts.read += 1
        try:
            await _take(run, warehouse, order)
        except RecordRefused as error:
            run.counts.refused += 1
            run.report(order, order.id, order.number, reason_of(error))
        except TransientError as error:
            postponed.add(error)
        else:
            postponed.success()
    await run.state.save()
    postponed.raise_any()


def _oldest_first(order: Order) -> tuple[int, str]:
    return (len(order.id), order.id)


async def _take(run: FlowRun, warehouse: _Warehouse, order: Order) -> None:
    """Brings one order across: to the target, held, or marked as received since nothing of it is shipped."""
    try:
        await learn_sets_of(run, order)
        mapped = run.order_steps.apply(order)
    except RecordRefused as error:
        await _hold(run, order, reason_of(error))
        return
    if isinstance(mapped, LeftOut):
        run.counts.skipped += 1
        run.report(order, order.id, order.number)
        return
    shipped = to_ship(mapped)
    if not shipped.lines:
        await run.source.order_received(order)
        run.counts.skipped += 1
        run.report(order, order.id, order.number, Reason("order_nothing_to_ship"))
        return
    reasons = why_not_shippable(shipped) or await warehouse.lacking(shipped)
    if reasons:
        await _hold(run, order, *reasons)
        return
    await _send(run, warehouse, order, shipped)


async def _send(run: FlowRun, warehouse: _Warehouse, order: Order, shipped: Order) -> None:
    """Creates the order where the target does not have it, and marks it as received (SPEC O2, O3)."""
    found = await run.target.find_order(order.id)
    if found is None:
        try:
            await _create(run, shipped)
        except RecordRefused as error:
            await _hold(run, order, *(await warehouse.lost(shipped) or (reason_of(error),)))
            return
    elif found.status is OrderStatus.CANCELLED:
        await _hold(run, order, Reason("order_cancelled_in_target", {"status": found.status_name}))
        return
    _remember(run, order, "accepted")
    await run.source.order_received(order)
    run.counts.sent += found is None
    run.counts.unchanged += found is not None
    run.report(order, order.id, order.number)


async def _create(run: FlowRun, shipped: Order) -> None:
    """Creates an order; where nobody knows whether that worked, looks before it tries again (SPEC R3)."""
    _remember(run, shipped, "pending")
    await run.state.save()
    for attempt in range(_TRIES):
        try:
            await run.target.create_order(shipped)
        except OutcomeUnknown:
            if await run.target.find_order(shipped.id) is not None:
                return
            if attempt + 1 == _TRIES:
                raise
        except RecordRefused:
            run.state.delete(STREAM, shipped.id)
            raise
        else:
            return


async def _hold(run: FlowRun, order: Order, *reasons: Reason) -> None:
    """Keeps back an order that can't be shipped; it is tried again in each run (SPEC O5)."""
    run.counts.refused += 1
    run.report(order, order.id, order.number, *reasons)
    await run.source.order_held(order)


def _remember(run: FlowRun, order: Order, step: str) -> None:
    run.state.put(STREAM, order.id, {"step": step, "number": order.number, "at": run.now().isoformat()})


class _Warehouse:
    """Answers which products the target has; asks once for each that is not remembered."""

    def __init__(self, run: FlowRun) -> None:
        self._run = run
        self._asked: dict[str, bool] = {}

    async def lacking(self, order: Order) -> tuple[Reason, ...]:
        """Returns a reason for every line whose product the target does not have (SPEC O5)."""
        unknown = [line for line in order.lines if not knows_product(self._run.state, line.product_id)]
        return tuple([_unknown(line) for line in unknown if not await self._has(line)])

    async def lost(self, order: Order) -> tuple[Reason, ...]:
        """Looks whether a refused order has products that the target accepted and does not have any more.

        They are forgotten, so that the next run sends them again.
        """
        missing = [line for line in order.lines if not await self._has(line)]
        for line in missing:
            forget_product(self._run.state, line.product_id)
        return tuple(_unknown(line) for line in missing)

    async def _has(self, line: OrderLine) -> bool:
        if line.product_id not in self._asked:
            self._asked[line.product_id] = await self._run.target.has_product(line.product_id, line.sku)
        return self._asked[line.product_id]


def _unknown(line: OrderLine) -> Reason:
    return Reason("order_product_unknown", {"line": line.id, "name": line.name, "sku": line.sku})
