"""Tells what happened to one product, from what both sides, the state and the rules say. No calls here."""

from __future__ import annotations

from typing import Final

from connector.explain.asking import Silence
from connector.explain.product_facts import ProductFacts
from connector.explain.product_texts import PRODUCT_SENTENCES
from connector.explain.story import Explanation, Story, newest_first
from connector.flows.decision import Action
from connector.mapping import LeftOut
from connector.records import Product

_ACTION: Final = {
    Action.CREATE: "product_goes_next_run",
    Action.UPDATE: "product_change_goes_next_run",
    Action.UNCHANGED: "product_unchanged",
}
_DIMENSIONS: Final = ("length_cm", "width_cm", "height_cm")


def tell_product(facts: ProductFacts, language: str) -> Explanation:
    """Puts the facts into sentences."""
    story = Story(PRODUCT_SENTENCES, language)
    for silence in facts.silences:
        story.say(f"{silence.side}_failed", reason=silence.reason)
        story.advise("try_again_later", client=facts.client)
    if _nobody_knows(facts):
        if not facts.silences:
            story.say("product_unknown", number=facts.asked_for)
        elif facts.shop is None:
            story.say("product_not_in_shop", number=facts.asked_for)
        for step in ("check_number", "check_client", "check_archive"):
            story.advise(step)
        return story.ended(facts.client, f"product {facts.asked_for}", is_known=False)
    _tell_shop(facts, story)
    _tell_rules(facts, story)
    _tell_warehouse(facts, story)
    _tell_stock(facts, story)
    _tell_problems(facts, story)
    sku = facts.shop.sku if isinstance(facts.shop, Product) else facts.asked_for
    id_too = f" ({facts.product_id})" if facts.product_id not in ("", sku) else ""
    return story.ended(facts.client, f"product {sku or facts.product_id}{id_too if sku else ''}")


def _nobody_knows(facts: ProductFacts) -> bool:
    has = isinstance(facts.shop, Product) or isinstance(facts.warehouse, Product)
    return not (has or facts.accepted or facts.problems)


def _tell_shop(facts: ProductFacts, story: Story) -> None:
    shop = facts.shop
    if isinstance(shop, Silence):
        if not shop.reason:
            story.say("shop_can_not_look_up")
        return
    if shop is None:
        story.say("product_not_in_shop", number=facts.asked_for)
        return
    story.say(
        "product_in_shop", name=shop.name or shop.id, id=shop.id, sku=shop.sku or "-", ean=shop.ean or "-"
    )
    if not shop.is_active:
        story.say("product_inactive")
    if shop.is_digital:
        story.say("product_digital")
    if shop.is_set:
        parts = (f"{part.quantity.normalize():f} x {part.sku or part.product_id}" for part in shop.parts)
        story.say("product_is_set", parts=", ".join(parts))


def _tell_rules(facts: ProductFacts, story: Story) -> None:
    """Says what keeps the product back, or what the next run does with it."""
    judged = facts.judged
    if "products" in facts.off:
        story.say("flow_off", flow="products")
        story.advise("switch_flow_on", flow="products")
    if isinstance(judged, LeftOut):
        story.say("product_left_out", step=judged.step)
        story.advise("check_mapping", client=facts.client)
    elif judged is not None:
        for reason in judged.reasons:
            story.give(reason)
        if judged.action is Action.SKIP and not judged.product.is_set:
            story.say("product_digital_incomplete")
        elif judged.action in _ACTION and "products" not in facts.off:
            story.say(_ACTION[judged.action])
            if judged.action is not Action.UNCHANGED and facts.catalogue_due is not None:
                story.say("catalogue_not_due", at=f"{facts.catalogue_due:%Y-%m-%d %H:%M} UTC")


def _tell_warehouse(facts: ProductFacts, story: Story) -> None:
    found = facts.warehouse
    if isinstance(found, Product):
        story.say("warehouse_has", sku=found.sku or "-", ean=found.ean or "-")
        if isinstance(facts.shop, Product) and _dimensions_differ(facts.shop, found):
            story.say("dimensions_differ")
            story.advise("correct_dimensions")
    elif isinstance(found, Silence):
        if not found.reason:
            story.say("warehouse_can_not_look_up")
        if facts.accepted:
            story.say("product_remembered", sku=facts.accepted.sku, ean=facts.accepted.ean)
    else:
        story.say("warehouse_lacks")
        if facts.accepted:
            story.say("warehouse_lost")
            story.advise("send_again")
    if facts.orders:
        story.say("orders_wait", orders=", ".join(facts.orders))


def _dimensions_differ(shop: Product, warehouse: Product) -> bool:
    """Compares those that both sides tell."""
    pairs = [(getattr(shop, name), getattr(warehouse, name)) for name in _DIMENSIONS]
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _tell_stock(facts: ProductFacts, story: Story) -> None:
    if isinstance(facts.shop, Product) and facts.shop.is_set:
        return
    if "stock" in facts.off:
        story.say("flow_off", flow="stock")
    if facts.given is not None:
        story.say("stock_remembered", quantity=str(facts.given))
    if facts.due == 0 and facts.guard is not None:
        story.say("stock_guarded")
        story.advise("confirm_stock", client=facts.client)
    elif facts.due is not None:
        story.say("stock_waits", quantity=str(facts.due))
    elif facts.given is None and isinstance(facts.warehouse, Product):
        story.say("stock_never_reported")


def _tell_problems(facts: ProductFacts, story: Story) -> None:
    """Tells of open problems, then of those that were settled a short time ago."""
    judged = facts.judged
    reasons = () if judged is None or isinstance(judged, LeftOut) else judged.reasons
    for problem in newest_first(problem for problem in facts.problems if problem.is_open):
        known = any(reason.code == problem.code for reason in reasons)
        story.problem(problem, "problem_known" if known else "problem_open")
    for problem in newest_first(problem for problem in facts.problems if not problem.is_open):
        story.problem(problem, "problem_closed", advise=False)
