"""Shipments from the target to the source (SPEC S1 to S6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from connector.errors import RecordRefused
from connector.flows.run import FlowRun, Reason, reason_of
from connector.flows.sent import remember_done
from connector.flows.turns import one_by_one
from connector.mapping import LeftOut
from connector.records import Shipment

ASK_AGAIN: Final = timedelta(hours=24)
"""How often the shop is asked again about a shipment that it can't take: an order may come back from the archive."""

PUT_OFF: Final = "shipments_put_off"


async def run_shipments(run: FlowRun) -> None:
    """Gives the shop what was handed to carriers, and acknowledges it once the shop has everything (SPEC S5).

    The queue is read to its end before the first entry is acknowledged, since acknowledging shortens the list that
    is being paged. Raises TransientError where something outside failed: the queue offers it again in the next run.
    """
    queued: list[Shipment] = []
    async for page in run.target.shipments():
        queued.extend(page.records)
        for broken in page.unreadable:
            run.report_unreadable("shipment_unreadable", broken)
    _forget_settled(run, {shipment.order_id for shipment in queued})

    async def take(shipment: Shipment) -> None:
        await _take(run, shipment)

    await one_by_one(run, queued, lambda shipment: shipment.order_id, take)


async def _take(run: FlowRun, shipment: Shipment) -> None:
    """Gives one order's parcels to the shop; what the shop can't take stays in the queue and is reported (SPEC S6)."""
    put_off: Any = run.state.stream(PUT_OFF).get(shipment.order_id)
    if put_off and put_off["receipts"] == list(shipment.receipts) and not _is_due(run, put_off["at"]):
        run.counts.skipped += 1
        _report(run, shipment, Reason(put_off["code"], put_off["params"]))
        return
    mapped = run.shipment_steps.apply(shipment)
    if isinstance(mapped, LeftOut):
        run.counts.skipped += 1
        _report(run, shipment)
        return
    try:
        await run.source.order_shipped(mapped)
        await run.target.shipment_taken(shipment)
    except RecordRefused as error:
        run.counts.refused += 1
        reason = reason_of(error)
        entry = {"code": reason.code, "params": dict(reason.params), "receipts": list(shipment.receipts)}
        run.state.put(PUT_OFF, shipment.order_id, {**entry, "at": run.now().isoformat()})
        _report(run, shipment, reason)
        return
    run.state.delete(PUT_OFF, shipment.order_id)
    if shipment.is_complete and shipment.receipts:
        remember_done(run, shipment.order_id)
    run.counts.sent += bool(shipment.receipts)
    run.counts.unchanged += not shipment.receipts  # a part of it can't be read, so nothing is acknowledged
    _report(run, shipment)


def _is_due(run: FlowRun, at: str) -> bool:
    return run.now() - datetime.fromisoformat(at) >= ASK_AGAIN


def _forget_settled(run: FlowRun, queued: set[str]) -> None:
    """Forgets what was put off and is not in the queue any more: somebody acknowledged it elsewhere."""
    for order_id in [order_id for order_id in run.state.stream(PUT_OFF) if order_id not in queued]:
        run.state.delete(PUT_OFF, order_id)


def _report(run: FlowRun, shipment: Shipment, *reasons: Reason) -> None:
    run.report(shipment, shipment.order_id, shipment.order_number or shipment.order_id, *reasons)
