"""Looking up, creating and cancelling goods orders; `changes.py` changes them."""

from __future__ import annotations

from typing import Final

from connector.api import (
    CallRefused,
    Http,
    Order,
    OrderStatus,
    OutcomeUnknown,
    RecordRefused,
    UnusableAnswer,
    WarehouseOrder,
)
from connector_wemalo.mapping import accepted, goods_order, warehouse_order
from connector_wemalo.reading import said_yes
from connector_wemalo.service import ADD_ORDER, CANCEL_ORDER, GET_ORDER_STATUS, NAME, is_missing
from connector_wemalo.wire import Cancellation, GoodsOrderAdded, GoodsOrderStatus, Verdict

_REASON: Final = "Im Shop storniert / cancelled in the shop"
"""What people in the warehouse read, whatever language the merchant reads."""

_TRIES: Final = 2


async def find_order(http: Http, order_id: str) -> WarehouseOrder | None:
    """Looks up a goods order by its external id, None where Wemalo says that it has none (SPEC O3)."""
    try:
        answer = await http.call(GET_ORDER_STATUS, GoodsOrderStatus, path={"externalId": order_id})
    except CallRefused as error:
        if is_missing(error):
            return None
        raise
    found = warehouse_order(answer)
    if found is None:
        raise UnusableAnswer(f"{NAME} {GET_ORDER_STATUS}: field $.statusName is missing")
    return found


async def create_order(http: Http, order: Order) -> None:
    """Creates a goods order; an answer that does not say so is an OutcomeUnknown (SPEC O3)."""
    answer = await http.call(ADD_ORDER, GoodsOrderAdded, body=goods_order(order))
    if not accepted(answer):
        raise OutcomeUnknown(f"{NAME} {ADD_ORDER}: neither $.id nor $.Success says that the order was taken")


async def cancel_order(http: Http, order_id: str) -> None:
    """Cancels a goods order (SPEC X1); whatever goes wrong, the order's status tells what is to be done.

    It is cancelled or missing: done, somebody was faster, or an answer got lost. Nobody knows: it is tried once more.
    It was refused: too late (SPEC X2), unless nobody in the warehouse has touched the order; then that refusal has
    another reason, and is raised as it came.
    """
    for attempt in range(_TRIES):
        problem = await _why_not_cancelled(http, order_id)
        if problem is None:
            return
        found = await find_order(http, order_id)
        if found is None or found.status is OrderStatus.CANCELLED:
            return
        if isinstance(problem, CallRefused) and found.status is not OrderStatus.WAITING:
            raise RecordRefused("order_cancel_refused", status=found.status_name) from problem
        if isinstance(problem, CallRefused) or attempt + 1 == _TRIES:
            raise problem


async def _why_not_cancelled(http: Http, order_id: str) -> CallRefused | OutcomeUnknown | None:
    try:
        answer = await http.call(
            CANCEL_ORDER, Verdict, path={"externalId": order_id}, body=Cancellation(_REASON)
        )
    except (CallRefused, OutcomeUnknown) as error:
        return error
    if said_yes(answer.success):
        return None
    return OutcomeUnknown(f"{NAME} {CANCEL_ORDER}: field $.Success does not say that the order was cancelled")
