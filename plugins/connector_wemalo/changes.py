"""Changing a goods order that the warehouse has not begun to work on (SPEC O6, O7).

Wemalo has no call that replaces an order, so a change takes several, and between any two of them the warehouse may
make the picking list and refuse the rest. The order of steps is: receiver and details, lines out, all new lines in at
once.

- Receiver and details come first: this call may be repeated, does no harm by itself, and is refused where it is too
  late, so that it also is the last look before the lines are touched.
- Lines go out before others come in. Two positions may carry one identifier, and Wemalo does not document which of
  them is taken out then; a line of another quantity has the identifier of the line it replaces. So with the new line
  first, the wrong one may stay. And a piece too little can be sent after, one too many can't be fetched back.
- All new lines come with one call, so that either all of them are in the order or none.

The price: an order of which every line changes is without lines for a moment, and an interruption in that moment
leaves too little in the order, never too much. What is missing then is named to the merchant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector.api import CallRefused, Http, Order, OrderLine, OrderStatus, OutcomeUnknown, RecordRefused
from connector_wemalo.mapping import changed_meta, new_positions, positions_accepted
from connector_wemalo.orders import find_order
from connector_wemalo.service import ADD_POSITIONS, NAME, REMOVE_POSITION, UPDATE_META, is_missing
from connector_wemalo.wire import Positions, PositionsAdded, Verdict


async def change_order(http: Http, order: Order, remove: Sequence[str], add: Sequence[OrderLine]) -> None:
    """Brings an order to its present receiver and details, takes lines out by their ids and puts others in.

    After a TransientError nobody knows how far it came: the caller repeats all of it, and names the lines of `add` in
    `remove` as well, since they may be in the order. Raises RecordRefused: `order_in_process` where the warehouse
    works on it and no line is missing, `order_change_incomplete` where lines are missing now, else what Wemalo said.
    """
    # What does not fit is refused here, before anything is sent.
    meta = changed_meta(order)
    positions = new_positions(add)
    gone: set[str] = set()
    try:
        await http.call(UPDATE_META, Verdict, path={"externalId": order.id}, body=meta)
        for line_id in remove:
            await _remove(http, order.id, line_id)
            gone.add(line_id)
        if positions:
            await _add(http, order.id, positions)
    except (CallRefused, OutcomeUnknown) as error:
        touched = bool(gone) or isinstance(error, OutcomeUnknown)
        still_in = set(remove) - gone
        lacking = [line for line in add if line.id not in still_in] if touched else []
        told = await _told(http, order, lacking, error)
        if told is error:
            raise
        raise told from error


async def _remove(http: Http, order_id: str, line_id: str) -> None:
    try:
        await http.call(REMOVE_POSITION, Verdict, path={"externalId": order_id, "positionId": line_id})
    except CallRefused as error:
        if not is_missing(error):  # gone already: an earlier attempt took it out
            raise


async def _add(http: Http, order_id: str, positions: Positions) -> None:
    answer = await http.call(ADD_POSITIONS, PositionsAdded, path={"externalId": order_id}, body=positions)
    if not positions_accepted(answer):
        raise OutcomeUnknown(
            f"{NAME} {ADD_POSITIONS}: neither $.Success nor $.statusName says that the lines were taken"
        )


async def _told(
    http: Http, order: Order, lacking: Sequence[OrderLine], error: CallRefused | OutcomeUnknown
) -> RecordRefused | OutcomeUnknown:
    """Finds out how the order stands after a step that failed, and returns what the caller has to know of it."""
    found = await find_order(http, order.id)
    if found is None:
        return error
    waits = found.status is OrderStatus.WAITING
    if waits and isinstance(error, OutcomeUnknown):
        return error  # a repetition can still put it right
    if lacking:
        return RecordRefused(
            "order_change_incomplete",
            order=order.number or order.id,
            missing=_listed(lacking),
            status=found.status_name,
        )
    return error if waits else RecordRefused("order_in_process", status=found.status_name)


def _listed(lines: Iterable[OrderLine]) -> str:
    """Lists lines for people, such as `2 x SKU-1, 1 x SKU-2`."""
    return ", ".join(
        f"{line.quantity.normalize():f} x {line.sku or line.name or line.product_id}" for line in lines
    )
