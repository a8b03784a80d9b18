"""Stock from the target to the source (SPEC K1 to K4).

Streams: `stock` holds the quantity that the shop was last given, or had when nothing was remembered; `stock_open` the
one that it still has to be given. Both by product id (`?<sku>` where the target does not tell it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from connector.contracts import can
from connector.errors import RecordRefused, TransientError
from connector.flows.run import FlowRun, Postponed, reason_of
from connector.records import StockLevel
from connector.state import ClientState

GIVEN: Final = "stock"
OPEN: Final = "stock_open"

FEW_ZEROES: Final = 10
"""So many products may always go to 0 in one run (SPEC K3)."""

OVERLAP: Final = timedelta(hours=2)
"""How far a look reaches back behind the last one: the warehouse's clock counts hours, and may differ from ours."""

_BATCH: Final = 250
_META: Final = "meta"
_SINCE: Final = "stock_read"
_LEARNED: Final = "stock_learned_from_source"
_CONFIRMED: Final = "stock_zeroes_confirmed"


async def run_stock(run: FlowRun) -> None:
    """Sets in the shop the quantities that changed in the warehouse, but not many zeroes at once.

    Raises TransientError where something outside failed: what was not set stays open for the next run.
    """
    began = run.now()
    await _read(run)
    await _learn_from_source(run)
    run.state.put(_META, _SINCE, began.isoformat())
    due = _due(run)
    held = guarded(due, run.state.stream(GIVEN), run.max_zeroed_share)
    if held and not run.state.stream(_META).get(_CONFIRMED):
        params = {"zeroed": str(len(held)), "total": str(len({*run.state.stream(GIVEN), *due}))}
        run.ledger.report("stock_zero_guard", run.flow, params=params)
        run.counts.skipped += len(held)
        due = {key: level for key, level in due.items() if key not in held}
    else:
        run.state.delete(_META, _CONFIRMED)
    await _send(run, due)


async def _learn_from_source(run: FlowRun) -> None:
    """Asks the shop once what it has, when it is to be given a quantity for the first time.

    So the guard knows what would go to 0 (SPEC K3), and what is right already is not sent (SPEC K2).
    """
    given = run.state.stream(GIVEN)
    if run.state.stream(_META).get(_LEARNED) or all(key in given for key in run.state.stream(OPEN)):
        return
    if can(run.source, "stock_levels"):
        async for page in run.source.stock_levels():
            for level in page.records:
                if level.product_id not in given:
                    run.state.put(GIVEN, level.product_id, level.quantity)
    run.state.put(_META, _LEARNED, True)
    for key in [key for key, entry in run.state.stream(OPEN).items() if given.get(key) == entry["quantity"]]:
        run.state.delete(OPEN, key)
        run.counts.unchanged += 1


async def _read(run: FlowRun) -> None:
    """Notes what the warehouse reports; a product that it never reported is never touched (SPEC K1)."""
    last = run.state.stream(_META).get(_SINCE)
    since = datetime.fromisoformat(last) - OVERLAP if last else None
    async for page in run.target.stock_levels(since):
        for level in page.records:
            run.counts.read += 1
            _note(run, level)
        for broken in page.unreadable:
            run.report_unreadable("stock_unreadable", broken)


def _note(run: FlowRun, level: StockLevel) -> None:
    key = level.product_id or f"?{level.sku}"
    if run.state.stream(GIVEN).get(key) == level.quantity:
        run.counts.unchanged += 1
        run.state.delete(OPEN, key)
    else:
        run.state.put(OPEN, key, {"sku": level.sku, "quantity": level.quantity})


def _due(run: FlowRun) -> dict[str, StockLevel]:
    return {
        key: StockLevel(
            product_id="" if key.startswith("?") else key, sku=entry["sku"], quantity=entry["quantity"]
        )
        for key, entry in run.state.stream(OPEN).items()
    }


def guarded(due: Mapping[str, StockLevel], given: Mapping[str, int], max_share: float) -> frozenset[str]:
    """Returns the zeroes that have to wait for a person, none where they are few (SPEC K3).

    A product that the shop was never given a quantity for counts as one that is taken from a positive quantity: a
    first look at an empty warehouse must not sell the shop out.
    """
    zeroes = frozenset(key for key, level in due.items() if level.quantity == 0 and given.get(key, 1) > 0)
    many = len(zeroes) > FEW_ZEROES and len(zeroes) > max_share * len({*given, *due})
    return zeroes if many else frozenset()


async def _send(run: FlowRun, due: Mapping[str, StockLevel]) -> None:
    postponed = Postponed()
    waiting = list(due.items())
    for start in range(0, len(waiting), _BATCH):
        run.check_stop()
        batch = waiting[start : start + _BATCH]
        outcomes = await run.source.set_stock([level for _, level in batch])
        for (key, level), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome.error, TransientError):
                postponed.add(outcome.error)
            elif isinstance(outcome.error, RecordRefused):
                run.counts.refused += 1
                run.report(level, key, level.sku, reason_of(outcome.error))
            else:
                postponed.success()
                run.counts.sent += 1
                run.state.put(GIVEN, key, level.quantity)
                run.state.delete(OPEN, key)
                run.report(level, key, level.sku)
        await run.state.save()
    postponed.raise_any()


def confirm_zeroes(state: ClientState) -> int:
    """Lets the next run send the zeroes that are held back; returns how many there are (SPEC K3)."""
    entries: Mapping[str, Any] = state.stream(OPEN)
    zeroes = len([key for key, entry in entries.items() if entry["quantity"] == 0])
    if zeroes:
        state.put(_META, _CONFIRMED, True)
    return zeroes
