"""Tells what happened to one order, from what both sides, the state and the rules say. No calls here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connector.explain.asking import Silence
from connector.explain.order_facts import Lack, OrderFacts
from connector.explain.order_texts import ORDER_SENTENCES
from connector.explain.story import Explanation, Story, moment, newest_first
from connector.flows.run import Reason
from connector.flows.sent import content_of
from connector.flows.verdict import without_number
from connector.records import OrderStatus, Parcel, ShopOrder, WarehouseOrder

_SENT: Final = {"accepted": "sent", "pending": "sent_unanswered", "changing": "change_unanswered"}
_STATUS: Final = {
    OrderStatus.WAITING: "warehouse_waiting",
    OrderStatus.IN_PROCESS: "warehouse_in_process",
    OrderStatus.SHIPPED: "warehouse_shipped",
    OrderStatus.CANCELLED: "warehouse_cancelled",
}
_DECIDED_ANEW: Final = frozenset(
    {
        "country_code_invalid",
        "order_line_unlinked",
        "order_product_unknown",
        "order_quantity_fraction",
        "order_quantity_negative",
        "order_receiver_missing",
        "set_contains_itself",
    }
)
"""Codes of what the rules say without sending anything: what they don't say now holds no longer."""


def tell_order(facts: OrderFacts, language: str) -> Explanation:
    """Puts the facts into sentences."""
    story = Story(ORDER_SENTENCES, language)
    for silence in facts.silences:
        story.say(f"{silence.side}_failed", reason=silence.reason)
        story.advise("try_again_later", client=facts.client)
    if _nobody_knows(facts):
        if not facts.silences:
            story.say("order_unknown", number=facts.asked_for)
        elif facts.shop is None:
            story.say("order_not_in_shop", number=facts.asked_for)
        for step in ("check_number", "check_client", "check_archive"):
            story.advise(step)
        return story.ended(facts.client, f"order {facts.asked_for}", is_known=False)
    _tell_shop(facts, story)
    _tell_rules(facts, story)
    _tell_open_problems(facts, story)
    _tell_warehouse(facts, story)
    _tell_parcels(facts, story)
    _tell_closed_problems(facts, story)
    id_too = f" ({facts.order_id})" if facts.order_id != facts.number else ""
    return story.ended(facts.client, f"order {facts.number}{id_too}")


def _nobody_knows(facts: OrderFacts) -> bool:
    has = isinstance(facts.shop, ShopOrder) or isinstance(facts.warehouse, WarehouseOrder)
    return not (has or facts.sent or facts.problems)


def _tell_shop(facts: OrderFacts, story: Story) -> None:
    shop = facts.shop
    if isinstance(shop, Silence):
        if not shop.reason:
            story.say("shop_can_not_look_up")
        return
    if shop is None:
        story.say("order_not_in_shop", number=facts.asked_for)
        story.advise("check_archive")
        return
    tags = ", ".join(shop.order.tags)
    in_shop = {"number": shop.order.number, "id": shop.order.id, "state": shop.state_name}
    story.say("order_in_shop" if tags else "order_in_shop_untagged", **in_shop, tags=tags)
    marks = {
        "order_archived": shop.is_archived,
        "order_cancelled": shop.is_cancelled,
        "order_received": shop.is_received,
        "order_held": shop.is_held,
    }
    for code in (code for code, is_set in marks.items() if is_set):
        story.say(code)


def _tell_rules(facts: OrderFacts, story: Story) -> None:
    """Says what keeps the order back, or what the next run does with it."""
    shop, verdict = facts.shop, facts.verdict
    if not isinstance(shop, ShopOrder) or shop.is_cancelled or shop.is_shipped:
        return
    if shop.is_received:
        _tell_whether_changed(facts, story)
        return
    story.say("order_offered" if shop.is_offered else "order_not_offered")
    if not shop.is_offered:
        story.advise("check_offer", client=facts.client)
    if "orders" in facts.off:
        story.say("flow_off", flow="orders")
        story.advise("switch_flow_on", flow="orders")
    if verdict is None:
        return
    if verdict.left_out_by:
        story.say("order_left_out", step=verdict.left_out_by)
        story.advise("check_mapping", client=facts.client)
    for reason in verdict.reasons:
        story.give(reason)
    for lack in facts.lacks:
        _tell_lack(lack, facts.client, story)
    if shop.is_offered and "orders" not in facts.off and _goes_through(facts):
        _tell_next_run(facts, story)


def _goes_through(facts: OrderFacts) -> bool:
    """Whether the rules hold nothing against it; not known where a side that has a say is silent."""
    verdict = facts.verdict
    return (
        verdict is not None
        and not (verdict.left_out_by or verdict.reasons or facts.lacks)
        and not isinstance(facts.warehouse, Silence)
    )


def _tell_lack(lack: Lack, client: str, story: Story) -> None:
    if lack.cause:
        story.quote(lack.reason)
    else:
        story.give(lack.reason)
    for reason in lack.reasons:
        story.say(lack.cause, product=lack.product, reason=story.words(reason))
        story.advise_on(reason)
    if lack.cause and not lack.reasons:
        story.say(lack.cause, product=lack.product, step=lack.step, flow="products")
    if lack.cause == "flow_off":
        story.advise("switch_flow_on", flow="products")
    elif lack.cause == "product_not_in_shop":
        story.advise("link_other_product")
    elif lack.cause in {"product_left_out", "product_is_set"}:
        story.advise("check_mapping", client=client)
    elif lack.cause == "product_incomplete":
        story.advise("complete_product", product=lack.product)
    elif lack.cause == "product_under_other_id":
        story.advise("correct_external_id", product=lack.product)


def _tell_next_run(facts: OrderFacts, story: Story) -> None:
    if facts.verdict is not None and facts.verdict.has_nothing_to_ship and facts.sent is None:
        story.give(Reason("order_nothing_to_ship"))
        story.say("order_closes_next_run")
    elif facts.verdict is not None and facts.verdict.has_nothing_to_ship:
        story.give(Reason("order_emptied", {"sent": facts.sent.at if facts.sent else ""}))
    elif not isinstance(facts.warehouse, WarehouseOrder):
        story.say("order_goes_next_run")
    elif not _differs(facts):
        story.say("order_mark_goes_next_run")
    elif facts.warehouse.status is OrderStatus.WAITING:
        story.say("order_change_goes_next_run")
    else:
        story.say("order_change_comes_too_late")
        story.advise("call_warehouse")


def _tell_whether_changed(facts: OrderFacts, story: Story) -> None:
    """Says what a merchant easily forgets: a change is taken over only when the order is offered again (SPEC O6)."""
    if facts.verdict is not None and facts.verdict.has_nothing_to_ship and facts.sent is None:
        story.give(Reason("order_nothing_to_ship"))
        return
    if facts.sent is None or not _differs(facts) or not isinstance(facts.warehouse, WarehouseOrder):
        return
    if facts.warehouse.status is OrderStatus.WAITING:
        story.say("order_changed_since")
        story.advise("offer_again")
    elif facts.warehouse.status is OrderStatus.IN_PROCESS:
        story.say("order_changed_since")
        story.advise("call_warehouse")


def _differs(facts: OrderFacts) -> bool:
    """Whether the target was told something else than the order is now, as far as that is remembered."""
    shipped = facts.verdict.shipped if facts.verdict else None
    if shipped is None:
        return False
    return facts.sent is None or facts.sent.step == "changing" or facts.sent.content != content_of(shipped)


def _tell_warehouse(facts: OrderFacts, story: Story) -> None:
    has = isinstance(facts.warehouse, WarehouseOrder)
    if facts.sent is not None:
        story.say(_SENT[facts.sent.step], at=moment(datetime.fromisoformat(facts.sent.at)))
    elif has or (
        isinstance(facts.shop, ShopOrder) and facts.shop.is_received and not _is_done_without(facts)
    ):
        story.say("sent_forgotten")
    elif facts.warehouse is None:
        story.say("not_sent")
    if isinstance(facts.warehouse, Silence):
        if not facts.warehouse.reason:
            story.say("warehouse_can_not_look_up")
    elif facts.warehouse is None:
        story.say("warehouse_lacks")
        _tell_contradiction(facts, story)
    else:
        _tell_status(facts, facts.warehouse, story)


def _tell_status(facts: OrderFacts, found: WarehouseOrder, story: Story) -> None:
    story.say(_STATUS[found.status], status=found.status_name)
    if found.reason:
        story.say("warehouse_reason", what=found.reason)
        story.advise("settle_reason")
    refused = any(p.code == "order_cancel_refused" and p.is_open for p in facts.problems)
    is_active = found.status in {OrderStatus.WAITING, OrderStatus.IN_PROCESS}
    if isinstance(facts.shop, ShopOrder) and facts.shop.is_cancelled and is_active and not refused:
        off = "cancellations" in facts.off
        story.say("flow_off" if off else "cancel_goes_next_run", flow="cancellations")
        story.advise("call_warehouse")


def _tell_contradiction(facts: OrderFacts, story: Story) -> None:
    shop = facts.shop
    if (
        isinstance(shop, ShopOrder)
        and shop.is_received
        and not (shop.is_cancelled or _is_done_without(facts))
    ):
        story.say("received_but_lacking")
        story.advise("offer_again")


def _is_done_without(facts: OrderFacts) -> bool:
    return facts.verdict is not None and facts.verdict.has_nothing_to_ship


def _tell_parcels(facts: OrderFacts, story: Story) -> None:
    shop = facts.shop if isinstance(facts.shop, ShopOrder) else None
    lacking = without_number(shop, facts.parcels) if shop else ()
    for parcel in facts.parcels:
        known = shop is not None and parcel not in lacking
        code = "parcel_not_known" if parcel in lacking else "parcel_known" if known else "parcel_sent"
        story.say(_parcel_code(parcel, code), parcel=_parcel_name(parcel), tracking=parcel.tracking_number)
    if shop is None:
        return
    shipped = isinstance(facts.warehouse, WarehouseOrder) and facts.warehouse.status is OrderStatus.SHIPPED
    if shop.is_shipped:
        story.say("shop_shipped")
    elif shipped:
        story.say("shop_not_shipped")
    if lacking or (shipped and not (shop.is_shipped or shop.is_cancelled)):
        _tell_what_shop_lacks(facts, shop, story)


def _tell_what_shop_lacks(facts: OrderFacts, shop: ShopOrder, story: Story) -> None:
    if shop.is_archived:
        story.advise("unarchive")
    elif "shipments" in facts.off:
        story.say("flow_off", flow="shipments")
        story.advise("switch_flow_on", flow="shipments")
    else:
        story.advise("shipment_goes_next_run", client=facts.client)


def _parcel_code(parcel: Parcel, with_number: str) -> str:
    if not parcel.is_handed_over:
        return "parcel_packed"
    return with_number if parcel.tracking_number else "parcel_without_number"


def _parcel_name(parcel: Parcel) -> str:
    ways = ", ".join(dict.fromkeys(filter(None, (parcel.carrier, parcel.product))))
    return f"{parcel.id} ({ways})" if ways else parcel.id


def _tell_open_problems(facts: OrderFacts, story: Story) -> None:
    said = {reason.code for reason in facts.verdict.reasons} if facts.verdict else set()
    said |= {lack.reason.code for lack in facts.lacks}
    causes_known = all(lack.cause for lack in facts.lacks)
    for problem in newest_first(problem for problem in facts.problems if problem.is_open):
        if problem.code in said:
            story.problem(problem, "problem_known", advise=not (facts.lacks and causes_known))
        elif problem.flow == "orders" and problem.code in _DECIDED_ANEW and _goes_through(facts):
            story.problem(problem, "problem_outdated", advise=False)
        else:
            story.problem(problem, "problem_open")


def _tell_closed_problems(facts: OrderFacts, story: Story) -> None:
    for problem in newest_first(problem for problem in facts.problems if not problem.is_open):
        story.problem(problem, "problem_closed", advise=False)
