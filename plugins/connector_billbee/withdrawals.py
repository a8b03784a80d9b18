"""Orders that are taken back in Billbee: cancelled or deleted themselves, or credited by another (SPEC X1, X3)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

import msgspec

from connector.api import (
    CallRefused,
    Http,
    Page,
    Query,
    Unreadable,
    UnusableAnswer,
    Withdrawal,
    WithdrawalKind,
    decode_json,
)
from connector_billbee.listing import page_of
from connector_billbee.lookup import order_row, order_row_by_reference
from connector_billbee.mapping import is_credit_order, order_id, present, unreadable_order
from connector_billbee.reading import flaw, query_date, record_id
from connector_billbee.service import LIST_ORDERS, pages
from connector_billbee.states import WITHDRAWN
from connector_billbee.tags import OrderTags, carries
from connector_billbee.wire import OrderNow


class Listed(msgspec.Struct, frozen=True):
    """An order of a list: what it says of itself, and whether it is a credit order."""

    order: OrderNow
    withdrawal: Withdrawal | None
    is_credit: bool


async def withdrawn_orders(
    http: Http, tags: OrderTags, since: datetime | None
) -> AsyncIterator[Page[Withdrawal]]:
    """Yields what was withdrawn since then, in one reading of the orders that changed.

    Without `since` it yields all cancelled and deleted orders, but no credit orders: Billbee can't filter for those,
    and all orders that there ever were would have to be read to find them.
    """
    seen: set[str] = set()
    listed: dict[str, Listed] = {}
    async for rows in pages(http, LIST_ORDERS, order_id, _filters(tags, since)):
        read = [read_listed(row, tags) for row in rows]
        understood = [each for each in read if isinstance(each, Listed)]
        broken = [each for each in read if isinstance(each, Unreadable)]
        yield page_of([*(each.withdrawal for each in understood if each.withdrawal), *broken], seen, _key)
        if since is not None:
            listed |= {record_id(each.order.bill_bee_order_id): each for each in understood}
    async for page in _credited(http, tags, list(listed.values())):
        yield page


def read_listed(row: msgspec.Raw, tags: OrderTags) -> Listed | Unreadable:
    """Reads what an order says of its withdrawal."""
    try:
        order = decode_json(row, OrderNow, strict=False)
        if not record_id(order.bill_bee_order_id):
            raise flaw("Object missing required field", "BillBeeOrderId")
        # Billbee copies tags and state to a credit order: it never counts as a cancelled order itself.
        is_credit = is_credit_order(order)
        withdrawal = _withdrawal(order, tags) if not is_credit and is_cancelled(order, tags) else None
        return Listed(order, withdrawal, is_credit)
    except msgspec.DecodeError as error:
        return unreadable_order(row, error)


def is_cancelled(order: OrderNow, tags: OrderTags) -> bool:
    """Tells whether an order is to be cancelled in the target, where that has it (SPEC X1).

    One that was meant for the target counts without the received tag, too: setting the tag may have failed, or a
    person took it away. Raises ValidationError where such an order does not tell its state.
    """
    own = present(order.tags)
    if not (carries(own, tags.received) or carries(own, tags.wanted)) or _is_settled(own, tags):
        return False
    if order.state is None:
        raise flaw("Object missing required field", "State")
    return order.state in WITHDRAWN


async def _credited(http: Http, tags: OrderTags, listed: Sequence[Listed]) -> AsyncIterator[Page[Withdrawal]]:
    """Yields the originals of the credit orders among the listed ones.

    An original that was listed itself needs no further call; most are, since a cancellation soon follows the order.
    """
    originals = [each.order for each in listed if not each.is_credit]
    by_id = {record_id(order.bill_bee_order_id): order for order in originals}
    by_reference = {name: order for order in originals for name in _references(order)}
    for credit in (each.order for each in listed if each.is_credit):
        known = by_id.get(record_id(credit.bill_bee_parent_order_id))
        known = known or by_reference.get(record_id(credit.is_cancelation_for))
        try:
            original = known or await _original(http, credit)
            if original is not None and is_credited(original, tags):
                yield Page(records=(_credit(original, credit),))
        except (CallRefused, UnusableAnswer, msgspec.DecodeError) as error:
            yield Page(unreadable=(_unreadable_credit(credit, error),))


def is_credited(original: OrderNow, tags: OrderTags) -> bool:
    """Tells whether a credit for this order is news: the target has it, and it is not cancelled by itself (SPEC X3)."""
    own = present(original.tags)
    return carries(own, tags.received) and not _is_settled(own, tags) and original.state not in WITHDRAWN


async def _original(http: Http, credit: OrderNow) -> OrderNow | None:
    """Looks up the order that a credit order refers to, None where Billbee does not find it.

    Raises DecodeError where it can't be read, and what the call raises.
    """
    row = await order_row(http, record_id(credit.bill_bee_parent_order_id))
    if row is not None:
        return decode_json(row, OrderNow, strict=False)
    # IsCancelationFor is an external id. Whether an order is found by it, or by its number alone, is not documented:
    # what does not name the reference is not the order, and nothing is guessed.
    reference = record_id(credit.is_cancelation_for)
    row = await order_row_by_reference(http, reference)
    original = None if row is None else decode_json(row, OrderNow, strict=False)
    return original if original is not None and reference in _references(original) else None


def _filters(tags: OrderTags, since: datetime | None) -> Query:
    if since is not None:
        return (("modifiedAtMin", query_date(since)),)
    return (("tag", tags.received), *(("orderStateId", state) for state in sorted(WITHDRAWN)))


def _is_settled(own: Iterable[str], tags: OrderTags) -> bool:
    return any(carries(own, mark) for mark in (tags.cancelled, tags.cancel_refused))


def _references(order: OrderNow) -> list[str]:
    return [name for name in (record_id(order.order_number), record_id(order.id)) if name]


def _number(order: OrderNow) -> str:
    return next(iter(_references(order)), record_id(order.bill_bee_order_id))


def _withdrawal(order: OrderNow, tags: OrderTags) -> Withdrawal:
    return Withdrawal(
        order_id=record_id(order.bill_bee_order_id),
        number=_number(order),
        is_marked=carries(present(order.tags), tags.received),
    )


def _credit(original: OrderNow, credit: OrderNow) -> Withdrawal:
    original_id = record_id(original.bill_bee_order_id)
    if not original_id:
        raise flaw("Object missing required field", "BillBeeOrderId")
    return Withdrawal(
        order_id=original_id,
        number=_number(original),
        kind=WithdrawalKind.CREDITED,
        credit_id=record_id(credit.bill_bee_order_id),
        credit_number=_number(credit),
    )


def _unreadable_credit(credit: OrderNow, error: Exception) -> Unreadable:
    reason = f"the order that it refers to can't be looked up: {error}"
    return Unreadable(record_id=record_id(credit.bill_bee_order_id), number=_number(credit), reason=reason)


def _key(withdrawal: Withdrawal) -> str:
    return withdrawal.order_id
