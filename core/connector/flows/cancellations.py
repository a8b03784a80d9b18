"""Cancellations from the source to the target (SPEC X1 to X3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from connector.contracts import can
from connector.errors import RecordRefused
from connector.flows.run import FlowRun, Reason, reason_of
from connector.flows.sent import remember_done, remembered
from connector.flows.turns import one_by_one
from connector.records import Withdrawal, WithdrawalKind

OVERLAP: Final = timedelta(hours=3)
"""How far a look reaches back behind the last one: clocks differ, and some shops send local time without a zone."""

SWEEP_EVERY: Final = timedelta(hours=24)
"""How often all withdrawn orders are read, whatever the shop says of when they changed."""

_META: Final = "meta"
_SINCE: Final = "withdrawals_read"
_SWEPT: Final = "withdrawals_swept"
_CREDITS: Final = "credits"
_CANCELLED: Final = "cancelled"


async def run_cancellations(run: FlowRun) -> None:
    """Cancels in the target what was cancelled in the shop, and reports credit orders.

    Raises TransientError where something outside failed: what was not done waits for the next run.
    """
    began = run.now()
    swept = _moment(run, _SWEPT)
    since = _moment(run, _SINCE)
    withdrawn: dict[tuple[str, str], Withdrawal] = {}
    sweeps = swept is None or began - swept >= SWEEP_EVERY
    again: set[str] = set()
    if sweeps:
        again |= await _read(run, None, withdrawn)
    again |= await _read(run, (since or began - SWEEP_EVERY) - OVERLAP, withdrawn)

    async def take(withdrawal: Withdrawal) -> None:
        try:
            await _take(run, withdrawal)
        except RecordRefused as error:
            again.add(withdrawal.order_id)
            run.counts.refused += 1
            run.report(withdrawal, withdrawal.order_id, withdrawal.number, reason_of(error))

    await one_by_one(run, list(withdrawn.values()), lambda withdrawal: withdrawal.order_id, take)
    if run.counts.waiting:
        return
    if sweeps:
        run.state.put(_META, _SWEPT, began.isoformat())
    if not again:
        run.state.put(_META, _SINCE, began.isoformat())


async def _read(
    run: FlowRun, since: datetime | None, withdrawn: dict[tuple[str, str], Withdrawal]
) -> set[str]:
    """Collects what was withdrawn; returns the ids of those that can't be read, so that they are read again."""
    unreadable: set[str] = set()
    async for page in run.source.withdrawn_orders(since):
        withdrawn.update({(record.order_id, record.credit_id): record for record in page.records})
        for broken in page.unreadable:
            unreadable.add(broken.record_id)
            run.report_unreadable("order_unreadable", broken)
    return unreadable


async def _take(run: FlowRun, withdrawal: Withdrawal) -> None:
    """Cancels one order; raises RecordRefused where that has to be tried again."""
    if withdrawal.kind is WithdrawalKind.CREDITED:
        _report_credit(run, withdrawal)
        return
    if withdrawal.order_id in run.state.stream(_CANCELLED) or not await _is_in_target(run, withdrawal):
        run.counts.unchanged += 1
        return
    try:
        await run.target.cancel_order(withdrawal.order_id)
    except RecordRefused as error:
        if error.code != "order_cancel_refused":
            raise  # not too late, but not done either: it is tried again
        run.counts.refused += 1
        run.report(withdrawal, withdrawal.order_id, withdrawal.number, reason_of(error))
        await run.state.save()  # a marked order is not offered again, so no later run would report it
        await run.source.order_cancel_refused(withdrawal.order_id)
        return
    run.counts.sent += 1
    try:
        await run.source.order_cancelled(withdrawal.order_id)
    except RecordRefused as error:  # an archived order takes no mark, so it is remembered here
        run.state.put(_CANCELLED, withdrawal.order_id, run.now().isoformat())
        run.report(withdrawal, withdrawal.order_id, withdrawal.number, reason_of(error))
        return
    remember_done(run, withdrawal.order_id)
    run.report(withdrawal, withdrawal.order_id, withdrawal.number)


async def _is_in_target(run: FlowRun, withdrawal: Withdrawal) -> bool:
    """Looks whether the target has an order that lacks the mark of a received one (SPEC X1)."""
    if withdrawal.is_marked or remembered(run.state, withdrawal.order_id) is not None:
        return True
    return not can(run.target, "find_order") or await run.target.find_order(withdrawal.order_id) is not None


def _report_credit(run: FlowRun, withdrawal: Withdrawal) -> None:
    """Reports a credit order once, with what to do; nothing is cancelled by guessing (SPEC X3)."""
    run.counts.skipped += 1
    if run.state.stream(_CREDITS).get(withdrawal.credit_id):
        return
    params = {"original": withdrawal.number, "credit": withdrawal.credit_number}
    run.report(withdrawal, withdrawal.order_id, withdrawal.number, Reason("credit_order", params))
    run.state.put(_CREDITS, withdrawal.credit_id, run.now().isoformat())


def _moment(run: FlowRun, key: str) -> datetime | None:
    text = run.state.stream(_META).get(key)
    return datetime.fromisoformat(text) if text else None
