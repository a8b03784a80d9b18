"""Stock from the target to the source (SPEC K1 to K4).

Streams: `stock` holds the quantity that the shop was last given, or had when nothing was remembered; `stock_open` the
one that it still has to be given. Both by product id (`?<sku>` where the target does not tell it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from connector.contracts import Outcome, can
from connector.errors import RecordRefused, TransientError
from connector.flows.run import FlowRun, Postponed, reason_of
from connector.flows.turns import forget_turn, in_turn, keep_turn
from connector.records import StockLevel
from connector.state import ClientState

GIVEN: Final = "stock"
OPEN: Final = "stock_open"

FEW_ZEROES: Final = 10
"""So many products may always go to 0 in one run (SPEC K3)."""

OVERLAP: Final = timedelta(hours=2)
"""How far a look reaches back behind the last one: the warehouse's clock counts hours, and may differ from ours."""

_META: Final = "meta"
_SINCE: Final = "stock_read"
_LEARNED: Final = "stock_learned_from_source"
_CONFIRMED: Final = "stock_zeroes_confirmed"


async def run_stock(run: FlowRun) -> None:
    """Sets in the shop the quantities that changed in the warehouse, but not many zeroes at once.

    Raises TransientError where something outside failed: what was not set stays open for the next run.
    """
    began = run.now()
    if await _read(run):  # what can't be read is asked for again
        run.state.put(_META, _SINCE, began.isoformat())
    await _learn_from_source(run)
    due = _due(run)
    held = _held_back(run, due)
    await _send(run, {key: level for key, level in due.items() if key not in held})
    _forget_confirmed(run.state)


def _held_back(run: FlowRun, due: Mapping[str, StockLevel]) -> frozenset[str]:
    """Reports the zeroes that wait for a person, all but those that were confirmed."""
    given = run.state.stream(GIVEN)
    confirmed = run.state.stream(_META).get(_CONFIRMED, ())
    asked_for = {key: level for key, level in due.items() if key not in confirmed}
    held = guarded(asked_for, given, run.max_zeroed_share)
    if held:
        params = {"zeroed": str(len(held)), "total": str(len({*given, *due}))}
        run.ledger.report("stock_zero_guard", run.flow, params=params)
        run.counts.skipped += len(held)
    return held


async def _learn_from_source(run: FlowRun) -> None:
    """Asks the shop once what it has, when it is to be given a quantity for the first time.

    So the guard knows what would go to 0 (SPEC K3), and what is right already is not sent (SPEC K2). What the
    warehouse never reported is not remembered: the guard's share is one of the products that it ships.
    """
    given = run.state.stream(GIVEN)
    new = {key for key in run.state.stream(OPEN) if key not in given}
    if run.state.stream(_META).get(_LEARNED) or not new:
        return
    if can(run.source, "stock_levels"):
        async for page in run.source.stock_levels():
            for level in page.records:
                if level.product_id in new:
                    run.state.put(GIVEN, level.product_id, level.quantity)
    run.state.put(_META, _LEARNED, True)
    for key in [key for key, entry in run.state.stream(OPEN).items() if given.get(key) == entry["quantity"]]:
        run.state.delete(OPEN, key)
        run.counts.unchanged += 1


async def _read(run: FlowRun) -> bool:
    """Notes what the warehouse reports; a product that it never reported is never touched (SPEC K1).

    Returns whether all of it could be read.
    """
    complete = True
    last = run.state.stream(_META).get(_SINCE)
    since = datetime.fromisoformat(last) - OVERLAP if last else None
    async for page in run.target.stock_levels(since):
        for level in page.records:
            run.counts.read += 1
            _note(run, level)
        for broken in page.unreadable:
            complete = False
            run.report_unreadable("stock_unreadable", broken)
    return complete


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
    queue, done, size = in_turn(run, sorted(due), str), 0, run.source.batch_size
    run.expect(len(queue))
    try:
        for start in range(0, len(queue), size):
            run.check_stop()
            if start and not run.has_time():
                keep_turn(run, queue[start])
                break
            batch = queue[start : start + size]
            outcomes = await run.source.set_stock([due[key] for key in batch])
            for key, outcome in zip(batch, outcomes, strict=True):
                done += _note_outcome(run, postponed, key, due[key], outcome)
            await run.state.save()
            postponed.check()
        else:
            forget_turn(run)
    finally:
        run.counts.waiting += len(queue) - done
    postponed.raise_any()


def _note_outcome(run: FlowRun, postponed: Postponed, key: str, level: StockLevel, outcome: Outcome) -> bool:
    """Notes what became of one quantity; returns whether the shop said yes or no to it."""
    if isinstance(outcome.error, TransientError):
        postponed.add(outcome.error)
        return False
    if isinstance(outcome.error, RecordRefused):
        run.counts.refused += 1
        run.report(level, key, level.sku, reason_of(outcome.error))
        return True
    postponed.success()
    run.counts.sent += 1
    run.state.put(GIVEN, key, level.quantity)
    run.state.delete(OPEN, key)
    run.report(level, key, level.sku)
    return True


def confirm_zeroes(state: ClientState) -> int:
    """Lets the next run send the zeroes that are held back; returns how many there are (SPEC K3)."""
    zeroes = _open_zeroes(state)
    if zeroes:
        state.put(_META, _CONFIRMED, sorted(zeroes))
    return len(zeroes)


def _forget_confirmed(state: ClientState) -> None:
    """A confirmation counts until its zeroes were sent, and for no others."""
    confirmed = state.stream(_META).get(_CONFIRMED)
    if confirmed:
        left = sorted(set(confirmed) & _open_zeroes(state))
        if left:
            state.put(_META, _CONFIRMED, left)
        else:
            state.delete(_META, _CONFIRMED)


def _open_zeroes(state: ClientState) -> set[str]:
    entries: Mapping[str, Any] = state.stream(OPEN)
    return {key for key, entry in entries.items() if entry["quantity"] == 0}
