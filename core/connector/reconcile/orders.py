"""Compares orders: those that the shop marks as received, and those that it offers although the warehouse has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from connector.errors import RecordRefused, TransientError
from connector.flows.run import FlowRun
from connector.flows.sent import content_of, remember_accepted, remembered
from connector.flows.verdict import judge_order, without_number
from connector.mapping import LeftOut
from connector.problems import Problem
from connector.reconcile.findings import Difference, Findings, Kind
from connector.records import Order, OrderStatus, Parcel, Shipment, ShopOrder, WarehouseOrder
from connector.texts import Sentence


@dataclass(frozen=True)
class Comparing:
    """One comparison: `run` reads (and, with `fix`, writes); `problems` are the client's open ones."""

    run: FlowRun
    found: Findings
    problems: tuple[Problem, ...]
    fix: bool

    def problem_of(self, flow: str, record_id: str) -> Problem | None:
        """Returns an open problem of a record."""
        return next((p for p in self.problems if (p.flow, p.record_id) == (flow, record_id)), None)

    async def repair(
        self, write: Callable[[], Awaitable[None]], done: str = "repaired"
    ) -> tuple[Sentence, bool]:
        """Repairs a difference where that was asked for; returns the remedy, and whether it is repaired."""
        if not self.fix:
            return self.found.say("can_be_fixed"), False
        try:
            await write()
        except (RecordRefused, TransientError) as error:
            return self.found.say("repair_failed", reason=str(error)), False
        return self.found.say(done), True


async def compare_received(comparing: Comparing, since: datetime, *, orders: bool, parcels: bool) -> None:
    """Looks at each order that the shop marks as received: whether it is in the warehouse, and at its parcels.

    All pages are read before the first repair, which may move an order in the list that is being paged. Raises
    TransientError where a side fails; an order that is refused never keeps another one back.
    """
    received: list[ShopOrder] = []
    async for page in comparing.run.source.received_orders(since):
        received += page.records
        for broken in page.unreadable:
            number = broken.number or broken.record_id
            comparing.found.failed("order_unreadable", broken.reason, number=number)
    for shop in received:
        comparing.found.orders += 1
        try:
            await _compare_received(comparing, shop, orders, parcels)
        except RecordRefused as error:
            comparing.found.failed("order_failed", error, number=shop.order.number)


async def _compare_received(comparing: Comparing, shop: ShopOrder, orders: bool, parcels: bool) -> None:
    found = await comparing.run.target.find_order(shop.order.id)
    if found is None:
        if orders:
            await _missing(comparing, shop)
    elif orders and found.status is OrderStatus.CANCELLED and not (shop.is_cancelled or shop.is_shipped):
        _differs(comparing, shop, Kind.CANCELLED_IN_WAREHOUSE, "order_again")
    elif orders and shop.is_cancelled and found.status is OrderStatus.WAITING:
        _differs(comparing, shop, Kind.NOT_CANCELLED_IN_WAREHOUSE, "call_warehouse", status=found.status_name)
    elif parcels and found.status in {OrderStatus.IN_PROCESS, OrderStatus.SHIPPED}:
        sent = await comparing.run.target.parcels(shop.order.id)
        await _compare_parcels(comparing, shop, found, tuple(sent))


def _differs(comparing: Comparing, shop: ShopOrder, kind: Kind, remedy: str, **params: str) -> None:
    """Reports an order of which one side says that it goes on and the other that it does not; nobody guesses here."""
    problem = comparing.problem_of("cancellations", shop.order.id) or comparing.problem_of(
        "orders", shop.order.id
    )
    comparing.found.add(
        Difference(
            kind=kind,
            record_id=shop.order.id,
            number=shop.order.number,
            what=comparing.found.say(kind.value, **params),
            cause=comparing.found.cause(problem) if problem else None,
            remedy=comparing.found.say(remedy),
        )
    )


async def _missing(comparing: Comparing, shop: ShopOrder) -> None:
    """Reports a received order that the warehouse lacks, unless it has nothing to ship or is cancelled."""
    if shop.is_cancelled or shop.is_shipped:
        return
    if (await judge_order(comparing.run, shop.order)).has_nothing_to_ship:
        return
    say, sent = comparing.found.say, remembered(comparing.run.state, shop.order.id)
    at = f"{datetime.fromisoformat(sent.at):%Y-%m-%d %H:%M} UTC" if sent else ""
    problem = comparing.problem_of("orders", shop.order.id)
    unknown = say("removed_in_warehouse", at=at) if sent else say("never_sent")
    comparing.found.add(
        Difference(
            kind=Kind.MISSING_IN_WAREHOUSE,
            record_id=shop.order.id,
            number=shop.order.number,
            what=say("missing_in_warehouse"),
            cause=comparing.found.cause(problem) if problem else unknown,
            remedy=say("remove_mark"),
        )
    )


async def _compare_parcels(
    comparing: Comparing, shop: ShopOrder, found: WarehouseOrder, parcels: tuple[Parcel, ...]
) -> None:
    lacking = [parcel.tracking_number for parcel in without_number(shop, parcels)]
    is_complete = found.status is OrderStatus.SHIPPED
    lacks_state = is_complete and not (shop.is_shipped or shop.is_cancelled)
    shipment = comparing.run.shipment_steps.apply(
        Shipment(
            order_id=shop.order.id,
            order_number=shop.order.number,
            parcels=tuple(parcel for parcel in parcels if parcel.is_handed_over),
            is_complete=is_complete,
        )
    )
    if isinstance(shipment, LeftOut) or not (lacking or lacks_state):
        return
    say = comparing.found.say
    what = [*lacking, *([say("state_shipped").text] if lacks_state else [])]
    cause, remedy, is_repaired = await _mend_shipment(comparing, shop, shipment)
    comparing.found.add(
        Difference(
            kind=Kind.NOT_SHIPPED_IN_SHOP,
            record_id=shop.order.id,
            number=shop.order.number,
            what=say("not_shipped_in_shop", lacking=", ".join(what)),
            cause=cause,
            remedy=remedy,
            is_repaired=is_repaired,
        )
    )


async def _mend_shipment(
    comparing: Comparing, shop: ShopOrder, shipment: Shipment
) -> tuple[Sentence, Sentence, bool]:
    """Finds the cause of a shipment that the shop lacks, and repairs it where that was asked for and is safe."""
    say = comparing.found.say
    if shop.is_archived:
        return say("archived_in_shop"), say("unarchive"), False
    if shop.is_cancelled:
        return say("cancelled_in_shop"), say("expect_return"), False
    problem = comparing.problem_of("shipments", shop.order.id)
    cause = comparing.found.cause(problem) if problem else say("waits_for_run")
    return cause, *await comparing.repair(lambda: comparing.run.source.order_shipped(shipment))


async def compare_offered(comparing: Comparing) -> None:
    """Looks at each order that the shop offers, whether the warehouse has it already (SPEC O3).

    All pages are read before the first order is marked. Raises TransientError where a side fails.
    """
    offered = [order async for page in comparing.run.source.orders() for order in page.records]
    for order in offered:
        comparing.found.orders += 1
        try:
            await _compare_offered(comparing, order)
        except RecordRefused as error:
            comparing.found.failed("order_failed", error, number=order.number)


async def _compare_offered(comparing: Comparing, order: Order) -> None:
    """A changed order is offered on purpose (SPEC O6), so it is no difference."""
    if await comparing.run.target.find_order(order.id) is None:
        return
    verdict = await judge_order(comparing.run, order)
    sent = remembered(comparing.run.state, order.id)
    shipped = verdict.shipped
    if shipped is None or verdict.reasons:
        return
    if sent is not None and (sent.step == "changing" or sent.content != content_of(shipped)):
        return
    say = comparing.found.say
    remedy, is_repaired = say("fixed_by_next_run"), False
    if sent is not None:

        async def mark() -> None:
            remember_accepted(comparing.run, shipped)
            await comparing.run.source.order_received(order)

        remedy, is_repaired = await comparing.repair(mark)
    comparing.found.add(
        Difference(
            kind=Kind.NOT_MARKED_IN_SHOP,
            record_id=order.id,
            number=order.number,
            what=say("not_marked_in_shop"),
            cause=say("mark_lost" if sent else "nothing_remembered"),
            remedy=remedy,
            is_repaired=is_repaired,
        )
    )
