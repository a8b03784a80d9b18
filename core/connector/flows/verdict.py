"""What the rules say of one record, without any write: the decisions of the flows, for those who ask why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from connector.clock import Stop
from connector.contracts import Source, Target
from connector.errors import RecordRefused
from connector.flows.decision import Action, Decision, decide
from connector.flows.memory import ProductMemory
from connector.flows.run import FlowRun, Reason, reason_of
from connector.flows.sets import RememberedSets, learn_sets_of
from connector.flows.shippable import to_ship, why_not_shippable
from connector.mapping import LeftOut, Step, chain
from connector.problems import Ledger
from connector.records import Order, Parcel, Product, Shipment, ShopOrder
from connector.report import FlowCounts
from connector.settings import ClientSettings
from connector.state import ClientState


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of an order as it stands in the shop.

    `shipped` is what the target is told of it, None where a mapping step leaves it out or can't make anything of it;
    `reasons` say why it is held (SPEC O5), apart from products that the target lacks.
    """

    shipped: Order | None = None
    left_out_by: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def has_nothing_to_ship(self) -> bool:
        """Whether the order is done without the target (SPEC O4)."""
        return self.shipped is not None and not self.shipped.lines


async def judge_order(run: FlowRun, order: Order) -> Verdict:
    """Decides as the flow does; reads sets that are not remembered from the source."""
    try:
        await learn_sets_of(run, order)
        mapped = run.order_steps.apply(order)
    except RecordRefused as error:
        return Verdict(reasons=(reason_of(error),))
    if isinstance(mapped, LeftOut):
        return Verdict(left_out_by=mapped.step)
    shipped = to_ship(mapped)
    return Verdict(shipped=shipped, reasons=why_not_shippable(shipped) if shipped.lines else ())


def judge_product(run: FlowRun, product: Product) -> Decision | LeftOut:
    """Decides as the flow does, from what is remembered of the target."""
    try:
        mapped = run.product_steps.apply(product)
    except RecordRefused as error:
        return Decision(Action.REFUSE, product, (reason_of(error),))
    if isinstance(mapped, LeftOut):
        return mapped
    memory = ProductMemory(run.state)
    holders = memory.sku_holder(mapped), memory.ean_holder(mapped)
    return decide(mapped, memory.get(mapped), *holders, needs_ean=run.source.has_eans)


def without_number(shop: ShopOrder, parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """Returns the parcels at the carrier whose tracking number the shop lacks; people may have typed it with blanks."""
    known = {_bare(number) for number in shop.tracking_numbers}
    sent = (parcel for parcel in parcels if parcel.is_handed_over and parcel.tracking_number)
    return tuple(parcel for parcel in sent if _bare(parcel.tracking_number) not in known)


def _bare(number: str) -> str:
    return "".join(number.split()).casefold()


def onlooker(
    settings: ClientSettings,
    steps: Mapping[str, Step],
    source: Source,
    target: Target,
    state: ClientState,
    now: Callable[[], datetime],
) -> FlowRun:
    """Puts together what the decisions read: both sides, the client's steps and its state; nothing is reported."""
    chosen = [(choice.name, choice.setting) for choice in settings.mapping]
    sets = RememberedSets(state)
    return FlowRun(
        flow="",
        source=source,
        target=target,
        product_steps=chain(chosen, steps, Product, sets),
        order_steps=chain(chosen, steps, Order, sets),
        shipment_steps=chain(chosen, steps, Shipment, sets),
        state=state,
        ledger=Ledger(_Nowhere(), now, settings.language, client=settings.name),
        counts=FlowCounts(),
        stop=Stop(),
        max_zeroed_share=settings.max_zeroed_share,
        now=now,
        has_time=lambda: True,
        hide=str,
    )


class _Nowhere:
    """Keeps no problems."""

    def items(self) -> tuple[tuple[str, Any], ...]:
        return ()

    def put(self, key: str, value: Any) -> None:
        pass

    def delete(self, key: str) -> None:
        pass
