"""What both sides, the state and the rules say of one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from connector.explain.asking import Asking, Silence
from connector.flows.assortment import Assortment
from connector.flows.decision import Action
from connector.flows.run import Reason
from connector.flows.sent import STREAM, Sent, remembered
from connector.flows.verdict import Verdict, judge_order, judge_product
from connector.mapping import LeftOut
from connector.problems import Problem
from connector.records import Order, OrderLine, Parcel, ShopOrder, WarehouseOrder

FLOWS: Final = ("orders", "cancellations", "shipments")


@dataclass(frozen=True)
class Lack:
    """A line whose product the warehouse lacks, and why it is not there.

    `cause` is a sentence's code, empty where nobody knows; `reasons` are what is reported of the product itself, or
    else what the rules say of it. `step` is the mapping step that leaves it out.
    """

    reason: Reason
    product: str
    cause: str = ""
    reasons: tuple[Reason, ...] = ()
    step: str = ""


@dataclass(frozen=True)
class OrderFacts:
    """All that an explanation of an order is made of.

    `shop` and `warehouse` are None where that side does not have it; `verdict` is None where the shop does not tell
    how it stands. `off` names the flows of orders that are switched off.
    """

    client: str
    asked_for: str
    order_id: str = ""
    shop: ShopOrder | Silence | None = None
    warehouse: WarehouseOrder | Silence | None = None
    parcels: tuple[Parcel, ...] = ()
    sent: Sent | None = None
    verdict: Verdict | None = None
    lacks: tuple[Lack, ...] = ()
    problems: tuple[Problem, ...] = ()
    silences: tuple[Silence, ...] = ()
    off: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number by which the merchant knows it."""
        return self.shop.order.number if isinstance(self.shop, ShopOrder) else self.asked_for


async def order_facts(asking: Asking, number: str) -> OrderFacts:
    """Asks both sides, and looks the order up in what is remembered; a side that fails is left out."""
    run = asking.run
    shop = await asking.shop("find_order", lambda: run.source.find_order(number))
    known_id = shop.order.id if isinstance(shop, ShopOrder) else _remembered_id(asking, number)
    order_id = known_id or number
    warehouse = await asking.warehouse("find_order", lambda: run.target.find_order(order_id))
    parcels: tuple[Parcel, ...] = ()
    if isinstance(warehouse, WarehouseOrder):
        answer = await asking.warehouse("parcels", lambda: run.target.parcels(order_id))
        parcels = () if isinstance(answer, Silence) else tuple(answer)
    verdict = await _verdict(asking, shop.order) if isinstance(shop, ShopOrder) else None
    may_be_sent = isinstance(shop, ShopOrder) and not (
        shop.is_received or shop.is_cancelled or shop.is_shipped
    )
    lacks = await _lacks(asking, verdict) if verdict and may_be_sent else ()
    return OrderFacts(
        client=asking.settings.name,
        asked_for=number,
        order_id=order_id,
        shop=shop,
        warehouse=warehouse,
        parcels=parcels,
        sent=remembered(run.state, order_id),
        verdict=verdict,
        lacks=lacks,
        problems=asking.problems_of(FLOWS, known_id, number),
        silences=tuple(asking.silences.values()),
        off=tuple(flow for flow in FLOWS if not getattr(asking.settings.flows, flow)),
    )


def _remembered_id(asking: Asking, number: str) -> str:
    """Finds the id of an order that the shop does not tell: from what was sent, then from the problems."""
    entries: Any = asking.run.state.stream(STREAM)
    if number in entries:
        return number
    sent = [order_id for order_id, entry in entries.items() if entry["number"] == number]
    reported = [p.record_id for p in asking.problems if p.flow in FLOWS and number in (p.number, p.record_id)]
    return next(iter(sent[::-1] + reported), "")


async def _verdict(asking: Asking, order: Order) -> Verdict | None:
    found = await asking.shop("orders", lambda: judge_order(asking.run, order))
    return None if isinstance(found, Silence) else found


async def _lacks(asking: Asking, verdict: Verdict) -> tuple[Lack, ...]:
    """Looks which products the warehouse lacks, where nothing else holds the order back (SPEC O5)."""
    shipped = verdict.shipped
    if shipped is None or not shipped.lines or verdict.reasons:
        return ()
    lacking = await asking.warehouse("has_product", lambda: Assortment(asking.run).lacking(shipped))
    if isinstance(lacking, Silence):
        return ()
    lines = {line.id: line for line in shipped.lines}
    return tuple([await _lack(asking, reason, lines[reason.params["line"]]) for reason in lacking])


async def _lack(asking: Asking, reason: Reason, line: OrderLine) -> Lack:
    """Finds out why the warehouse lacks a product."""
    product = line.sku or line.product_id
    reported = [p for p in asking.problems_of(("products",), line.product_id, "") if p.is_open]
    if reported:
        reasons = tuple(Reason(problem.code, problem.params) for problem in reported)
        return Lack(reason, product, "product_reported", reasons)
    if not asking.settings.flows.products:
        return Lack(reason, product, "flow_off")
    found = await asking.shop("product", lambda: asking.run.source.product(line.product_id))
    if isinstance(found, Silence):
        return Lack(reason, product)
    if found is None:
        return Lack(reason, product, "product_not_in_shop")
    judged = judge_product(asking.run, found)
    if isinstance(judged, LeftOut):
        return Lack(reason, product, "product_left_out", step=judged.step)
    if judged.reasons:
        return Lack(reason, product, "product_reported", judged.reasons)
    if judged.action is Action.SKIP:
        return Lack(reason, product, "product_is_set" if found.is_set else "product_incomplete")
    if judged.action is Action.UNCHANGED:
        return Lack(reason, line.product_id, "product_under_other_id")
    return Lack(reason, product, "product_goes_next_run")
