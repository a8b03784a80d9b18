"""Why an order is where it is, told from both sides, the state and the rules; nothing is written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connector.explain import Explanation, explain_order
from connector.settings import FlowSwitches, StepChoice
from tests.core.explaining import (
    Situation,
    archived,
    cancelled,
    cancelled_everywhere,
    cancelled_too_late,
    change_forgotten,
    change_refused,
    change_too_late,
    codes,
    deleted,
    done_without,
    explained,
    forgotten,
    held,
    lacking,
    lacking_yet,
    marked_by_hand,
    mended,
    offered,
    offered_again,
    only_digital,
    picked,
    received,
    shipped,
    shipped_unseen,
    steps,
    text,
    unmarked,
    untagged,
)
from tests.core.flows.test_orders import order, product
from tests.world import World


@pytest.mark.parametrize(
    ("situation", "told", "step"),
    [
        (offered, "order_goes_next_run", "nothing_to_do"),  # nothing holds it back
        (untagged, "order_not_offered", "check_offer"),  # O1: state and tag decide
        (held, "order_receiver_missing", "order_receiver_missing"),  # O5: the address
        (held, "problem_known", "order_receiver_missing"),  # ... and since when that is reported
        (mended, "problem_outdated", "nothing_to_do"),  # corrected since the last run
        (mended, "order_goes_next_run", "nothing_to_do"),
        (lacking, "product_reported", "product_ean_missing"),  # O5: the product's own problem says why
        (lacking_yet, "product_goes_next_run", "nothing_to_do"),  # O5: the product was never sent yet
        (only_digital, "order_closes_next_run", "order_nothing_to_ship"),  # O4: nothing to ship
        (done_without, "order_nothing_to_ship", "order_nothing_to_ship"),  # ... and marked as received
        (received, "warehouse_waiting", "nothing_to_do"),
        (received, "sent", "nothing_to_do"),
        (picked, "warehouse_in_process", "nothing_to_do"),
        (unmarked, "order_mark_goes_next_run", "nothing_to_do"),  # O3: the mark got lost
        (offered_again, "order_change_goes_next_run", "nothing_to_do"),  # O6: in time
        (change_too_late, "order_change_comes_too_late", "call_warehouse"),  # O7: not in time
        (change_refused, "problem_open", "order_change_refused"),  # O7: reported
        (change_forgotten, "order_changed_since", "offer_again"),  # O6: nobody took the mark away
        (shipped, "parcel_known", "nothing_to_do"),
        (shipped, "shop_shipped", "nothing_to_do"),
        (shipped_unseen, "parcel_not_known", "shipment_goes_next_run"),  # S1: waits for the next run
        (shipped_unseen, "shop_not_shipped", "shipment_goes_next_run"),
        (archived, "order_archived", "unarchive"),  # S6: the shop takes no change
        (cancelled, "cancel_goes_next_run", "call_warehouse"),  # X1
        (cancelled_everywhere, "warehouse_cancelled", "nothing_to_do"),
        (cancelled_too_late, "problem_open", "order_cancel_refused"),  # X2
        (marked_by_hand, "received_but_lacking", "offer_again"),
        (deleted, "order_not_in_shop", "check_archive"),  # the warehouse and the state still know it
        (forgotten, "sent_forgotten", "nothing_to_do"),  # the state was lost
    ],
)
def test_an_order_is_explained(world: World, situation: Situation, told: str, step: str) -> None:
    explanation = explained(world, situation(world))
    assert explanation.is_known
    assert told in codes(explanation)
    assert step in steps(explanation)


def test_an_order_is_found_by_its_number_and_by_the_shops_id(world: World) -> None:
    found = received(world)
    number = world.shop.order(found)["OrderNumber"]
    assert explained(world, number) == explained(world, found)
    assert explained(world, number).subject == f"order {number} ({found})"


def test_tags_state_and_time_of_sending_are_told(world: World) -> None:
    told = text(explained(world, received(world)))
    assert "in the state Bezahlt; its tags: wemalo, order_received_by_wemalo." in told
    assert "It was sent to the warehouse on 2026-03-02 12:02 UTC." in told


def test_two_parcels_are_told_with_their_tracking_numbers_and_whether_the_shop_has_them(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    world.run("products")
    for each in (cup, plate):
        world.warehouse.set_stock(str(each), 10)
    found = order(world, (cup, 1), (plate, 1))
    world.run()
    world.warehouse.ship(str(found), {str(cup): 1}, tracking_number="TRACK-1")
    world.run()
    world.warehouse.ship(str(found), tracking_number="TRACK-2")
    told = text(explained(world, found))
    assert "tracking number TRACK-1; the shop has it." in told
    assert "tracking number TRACK-2; the shop does not have it yet." in told


@pytest.mark.parametrize(
    ("tracking_number", "code"),
    [
        ("", "parcel_without_number"),  # S4
        ("TRACK-1", "parcel_not_known"),
    ],
)
def test_a_parcel_with_and_without_a_number(world: World, tracking_number: str, code: str) -> None:
    found = received(world)
    world.warehouse.ship(str(found), tracking_number=tracking_number)
    assert code in codes(explained(world, found))


def test_a_packed_parcel_is_not_yet_sent(world: World) -> None:
    found = received(world)
    world.warehouse.pack(str(found))
    assert "parcel_packed" in codes(explained(world, found))


def test_a_settled_problem_is_still_told_for_a_month(world: World) -> None:
    found = mended(world)
    world.run()
    assert "problem_closed" in codes(explained(world, found))
    world.later(hours=31 * 24)
    assert "problem_closed" not in codes(explained(world, found))


def test_what_the_warehouse_gives_as_its_reason_is_told(world: World) -> None:
    found = offered(world)
    world.run()
    explanation = explained(world, found)
    assert "The warehouse gives as the reason: ARTICLES." in text(explanation)
    assert steps(explanation) == ["settle_reason"]


@pytest.mark.parametrize(
    ("situation", "changes", "told"),
    [
        (offered, {"flows": FlowSwitches(orders=False)}, "flow_off"),
        (shipped_unseen, {"flows": FlowSwitches(shipments=False)}, "flow_off"),
        (cancelled, {"flows": FlowSwitches(cancellations=False)}, "flow_off"),
        (lacking_yet, {"flows": FlowSwitches(products=False)}, "flow_off"),
        (lacking_yet, {"mapping": (StepChoice("only_tags", "shippable"),)}, "product_left_out"),
    ],
)
def test_settings_that_keep_an_order_back_are_named(
    world: World, situation: Situation, changes: dict[str, Any], told: str
) -> None:
    assert told in codes(explained(world, situation(world), **changes))


def test_a_set_without_the_step_that_resolves_it_is_named(world: World) -> None:
    box = product(world, 2, parts={product(world, 1): 1})
    found = order(world, (box, 1))
    explanation = explained(world, found, mapping=())
    assert "product_is_set" in codes(explanation)
    assert steps(explanation) == ["check_mapping"]


def test_a_set_that_is_not_remembered_is_read_from_the_shop(world: World) -> None:
    cup = product(world, 1)
    box = product(world, 2, parts={cup: 2})
    world.run("products")
    world.lose_state()
    assert "order_goes_next_run" in codes(explained(world, order(world, (box, 1))))


def test_an_order_that_nobody_knows_says_what_may_be_wrong(world: World) -> None:
    explanation = explained(world, "DE-1")
    assert not explanation.is_known
    assert codes(explanation) == ["order_unknown"]
    assert steps(explanation) == ["check_number", "check_client", "check_archive"]


@pytest.mark.parametrize("kind", ["500", "401", "html", "reset"])
def test_a_warehouse_that_does_not_answer_is_one_sentence_and_the_rest_is_told(
    world: World, kind: str
) -> None:
    found = held(world)
    world.sandbox.wemalo.faults.add("*", kind, times=None)
    explanation = explained(world, found)
    assert codes(explanation).count("warehouse_failed") == 1
    assert {"order_in_shop", "order_receiver_missing"} <= set(codes(explanation))
    assert "try_again_later" in steps(explanation)


def test_a_shop_that_does_not_answer_is_one_sentence_and_the_rest_is_told(world: World) -> None:
    found = received(world)
    number = world.shop.order(found)["OrderNumber"]
    world.sandbox.billbee.faults.add("*", "500", times=None)
    explanation = explained(world, number)
    assert codes(explanation) == ["shop_failed", "sent", "warehouse_waiting"]
    assert explanation.subject == f"order {number} ({found})"


def test_when_both_sides_are_silent_nobody_claims_that_the_order_does_not_exist(world: World) -> None:
    for faults in (world.sandbox.billbee.faults, world.sandbox.wemalo.faults):
        faults.add("*", "500", times=None)
    assert codes(explained(world, "DE-1")) == ["shop_failed", "warehouse_failed"]


def test_a_run_under_way_does_not_keep_anybody_from_asking(world: World) -> None:
    found = received(world)

    async def asked_meanwhile() -> Explanation:
        shared = world.shared()
        async with await shared.store.acquire("acme"):
            return await explain_order(world.settings(), shared, str(found))

    assert asyncio.run(asked_meanwhile()).is_known


def test_the_merchants_language_is_spoken(world: World) -> None:
    told = text(explained(world, held(world), language="de"))
    assert "Die Lieferadresse ist unvollständig; es fehlt: PLZ." in told
    assert "Ergänzen Sie die Lieferadresse im Shop" in told
