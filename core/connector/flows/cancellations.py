"""Cancellations from the source to the target (SPEC X1 to X3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from connector.errors import RecordRefused, TransientError
from connector.flows.run import FlowRun, Postponed, Reason, reason_of
from connector.records import Withdrawal, WithdrawalKind

OVERLAP: Final = timedelta(hours=3)
"""How far a look reaches back behind the last one: clocks differ, and some shops send local time without a zone."""

SWEEP_EVERY: Final = timedelta(hours=24)
"""How often all withdrawn orders are read, whatever the shop says of when they changed."""

_META: Final = "meta"
_SINCE: Final = "withdrawals_read"
_SWEPT: Final = "withdrawals_swept"
_CREDITS: Final = "credits"


async def run_cancellations(run: FlowRun) -> None:
    """Cancels in the target what was cancelled in the shop, and reports credit orders.

    Raises TransientError where something outside failed: what was not done waits for the next run.
    """
    began = run.now()
    swept = _moment(run, _SWEPT)
    since = _moment(run, _SINCE)
    withdrawn: dict[tuple[str, WithdrawalKind], Withdrawal] = {}
    if swept is None or began - swept >= SWEEP_EVERY:
        await _read(run, None, withdrawn)
        run.state.put(_META, _SWEPT, began.isoformat())
    await _read(run, (since or began - SWEEP_EVERY) - OVERLAP, withdrawn)
    postponed, all_done = Postponed(), True
    for withdrawal in withdrawn.values():
        run.check_stop()
        run.counts.read += 1
        try:
            await _take(run, withdrawal)
        except RecordRefused as error:
            all_done = False
            run.counts.refused += 1
            run.report(withdrawal, withdrawal.order_id, withdrawal.number, reason_of(error))
        except TransientError as error:
            postponed.add(error)
        else:
            postponed.success()
    postponed.raise_any()
    if all_done:
        run.state.put(_META, _SINCE, began.isoformat())


async def _read(
    run: FlowRun, since: datetime | None, withdrawn: dict[tuple[str, WithdrawalKind], Withdrawal]
) -> None:
    async for page in run.source.withdrawn_orders(since):
        withdrawn.update({(record.order_id, record.kind): record for record in page.records})
        for broken in page.unreadable:
            run.report_unreadable("order_unreadable", broken)


async def _take(run: FlowRun, withdrawal: Withdrawal) -> None:
    """Cancels one order; raises RecordRefused where that has to be tried again."""
    if withdrawal.kind is WithdrawalKind.CREDITED:
        _report_credit(run, withdrawal)
        return
    try:
        await run.target.cancel_order(withdrawal.order_id)
    except RecordRefused as error:
        if error.code != "order_cancel_refused":
            raise  # not too late, but not done either: it is tried again
        await run.source.order_cancel_refused(withdrawal.order_id)
        run.counts.refused += 1
        run.report(withdrawal, withdrawal.order_id, withdrawal.number, reason_of(error))
        return
    await run.source.order_cancelled(withdrawal.order_id)
    run.counts.sent += 1
    run.report(withdrawal, withdrawal.order_id, withdrawal.number)


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
