"""What is remembered of the orders that were sent: enough to tell a change from a mark that got lost (SPEC O3, O6).

The stream `orders` holds one entry per order id, with a hash of what was sent and one text per line; no customer's
data. An entry of two lines takes about 260 bytes of a file, and 1,600 in memory.

It is forgotten `KEPT_DONE` after both sides were done with the order: sent completely, or cancelled. The target changes
nothing of such an order any more, so nobody has to know which lines it had. Where it is offered again, the look-up
finds it and its change comes too late (SPEC O3, O7), as it does when the state is lost. All others stay, however old:
one that waits may still be changed (SPEC O6).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, Literal

import msgspec

from connector.flows.run import FlowRun
from connector.records import Order, OrderLine
from connector.state import Snapshot

STREAM: Final = "orders"

KEPT_DONE: Final = timedelta(days=90)
"""How long an order is remembered with which both sides are done; explanations name when it was sent."""

Step = Literal["pending", "accepted", "changing"]
_encode: Final = msgspec.json.Encoder(decimal_format="string").encode


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An order as it was sent. `pending`: nobody knows yet whether it arrived; `changing`: whether its change did.

    `lines` are the contents by line id; while it is changing, those that may be in the target. `is_unverified` says
    that it was changed when nobody remembered the lines that the target had, so that others may have stayed.
    `done` is when both sides were done with it, empty where they are not.
    """

    step: Step
    number: str
    at: str
    content: str
    lines: dict[str, str]
    is_unverified: bool = False
    done: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What has to happen to the lines of an order in the target: ids to take out, lines to put in."""

    remove: tuple[str, ...]
    add: tuple[OrderLine, ...]


def content_of(order: Order) -> str:
    """Hashes all that the target is told of an order."""
    return _hash(msgspec.structs.replace(order, tags=(), created_at=None))


def remembered(state: Snapshot, order_id: str) -> Sent | None:
    """Returns what was sent of an order, None where nothing is remembered."""
    entry: Any = state.stream(STREAM).get(order_id)
    return msgspec.convert(entry, Sent) if entry else None


def remember_pending(run: FlowRun, order: Order) -> None:
    """Notes that this order, which the target does not have, is about to be sent."""
    _note(run, order, "pending", _lines(order), is_unverified=False)


def remember_changing(run: FlowRun, order: Order, before: Sent | None) -> None:
    """Notes that this form of the order is about to take the place of the one before."""
    lines = {**(before.lines if before else {}), **_lines(order)}
    _note(run, order, "changing", lines, is_unverified=before is None or before.is_unverified)


def remember_accepted(run: FlowRun, order: Order) -> None:
    """Notes that the target has this form of the order."""
    _note(run, order, "accepted", _lines(order), is_unverified=is_unverified(run, order.id))


def is_unverified(run: FlowRun, order_id: str) -> bool:
    """Tells whether the target may have lines of an order that nobody remembers."""
    sent = remembered(run.state, order_id)
    return sent is not None and sent.is_unverified


def _note(run: FlowRun, order: Order, step: Step, lines: dict[str, str], *, is_unverified: bool) -> None:
    content, before = content_of(order), remembered(run.state, order.id)
    is_the_same = before is not None and (before.step, before.content) == (step, content)
    sent = Sent(
        step=step,
        number=order.number,
        at=run.now().isoformat(),
        content=content,
        lines=lines,
        is_unverified=is_unverified,
        done=before.done if before is not None and is_the_same else "",
    )
    run.state.put(STREAM, order.id, msgspec.to_builtins(sent))


def remember_done(run: FlowRun, order_id: str) -> None:
    """Notes that the order was sent completely, or cancelled, and that the shop knows."""
    sent = remembered(run.state, order_id)
    if sent is not None and sent.step == "accepted":
        done = msgspec.structs.replace(sent, done=run.now().isoformat())
        run.state.put(STREAM, order_id, msgspec.to_builtins(done))


def forget_done(run: FlowRun) -> None:
    """Forgets the orders with which both sides were done long ago."""
    entries: Any = run.state.stream(STREAM)
    now = run.now()
    done = [order_id for order_id, entry in entries.items() if _is_over(entry.get("done", ""), now)]
    for order_id in done:
        run.state.delete(STREAM, order_id)


def _is_over(done: str, now: datetime) -> bool:
    return bool(done) and now - datetime.fromisoformat(done) >= KEPT_DONE


def restore(run: FlowRun, order_id: str, before: Sent | None) -> None:
    """Takes a note back, since the target refused what it was about."""
    if before is None:
        run.state.delete(STREAM, order_id)
    else:
        run.state.put(STREAM, order_id, msgspec.to_builtins(before))


def plan_change(before: Sent | None, order: Order) -> Change:
    """Compares the lines that the target has with those of the order.

    Where it is not certain what the target has, every line that may be there is taken out and every present one put
    in: that ends in the same order however often it is done.
    """
    present = _lines(order)
    certain = before is not None and before.step == "accepted"
    known = before.lines if before is not None else present
    kept = {line_id for line_id in present if certain and known.get(line_id) == present[line_id]}
    remove = [line_id for line_id in {**known, **({} if certain else present)} if line_id not in kept]
    return Change(remove=tuple(remove), add=tuple(line for line in order.lines if line.id not in kept))


def _lines(order: Order) -> dict[str, str]:
    return {line.id: _hash(msgspec.structs.replace(line, name="", sku="")) for line in order.lines}


def _hash(record: Order | OrderLine) -> str:
    return blake2b(_encode(record), digest_size=8).hexdigest()
