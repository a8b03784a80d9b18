"""Orders from the shop to the warehouse, over both services' real wire formats (SPEC O1 to O5, O8)."""

from __future__ import annotations

from typing import Any

import pytest

from connector.settings import FlowSwitches, StepChoice
from connector_sandbox.seed import ean13
from tests.world import FAILED, RECEIVED, World, problem

RECEIVER = {"FirstName": "Erika", "LastName": "Musterfrau", "Street": "Heidestraße", "HouseNumber": "17"}


def product(world: World, place: int = 1, **fields: Any) -> int:
    """Adds an ordinary product with plenty of stock in the warehouse's eyes."""
    return world.shop.add_product(SKU=f"SKU-{place}", EAN=ean13(place), Title=f"Product {place}", **fields)


def order(world: World, *lines: Any, **fields: Any) -> int:
    """Adds an order that is paid and tagged; without lines it has one piece of a new product."""
    return world.shop.add_order(lines or [(product(world, 1), 1)], **fields)


def positions(world: World, order_id: int) -> dict[str, int]:
    """Returns what the warehouse is to ship: product id → pieces."""
    return {
        position.external_id: position.quantity for position in world.warehouse.order(str(order_id)).positions
    }


def meta(world: World, order_id: int) -> dict[str, Any]:
    """Returns the details of the warehouse's order."""
    return dict(world.warehouse.order(str(order_id)).meta)


def receiver(world: World, order_id: int) -> dict[str, Any]:
    """Returns the receiver of the warehouse's order."""
    (found,) = meta(world, order_id)["receiver"]
    return dict(found)


def sent(world: World) -> list[str]:
    """Returns the external ids of the warehouse's orders, doubles included."""
    return [found.external_id for found in world.warehouse.orders]


@pytest.mark.parametrize(
    ("fields", "imported"),
    [
        ({}, True),  # paid, tagged
        ({"Tags": ["WEMALO"]}, True),  # tags compare without regard to case
        ({"Tags": []}, False),  # not tagged
        ({"Tags": ["wemalo-express"]}, False),  # another tag
        ({"Tags": ["wemalo", "Order_Received_By_Wemalo"]}, False),  # received before
        ({"State": 1}, False),  # only ordered
        ({"State": 4}, False),  # shipped
        ({"IsCancelationFor": "4711"}, False),  # a credit order
        ({"BillBeeParentOrderId": 4711, "TotalCost": -10.0}, False),  # a credit order of another kind
        ({"BillBeeParentOrderId": 4711}, True),  # a part of a split order
    ],
)
def test_O1_an_order_is_imported_by_state_and_tags(
    world: World, fields: dict[str, Any], imported: bool
) -> None:
    found = order(world, **fields)
    world.run()
    assert sent(world) == ([str(found)] if imported else [])


def test_O1_state_and_tag_are_settings(world: World) -> None:
    found = order(world, State=2, Tags=["ship-it"])
    world.run(order_state_id=2, orders_tag="Ship-It")
    assert sent(world) == [str(found)]
    assert "order_received_by_Ship-It" in world.shop.order(found)["Tags"]


def test_O1_all_pages_of_offered_orders_are_imported(world: World) -> None:
    piece = product(world)
    orders = [str(order(world, (piece, 1))) for _ in range(260)]
    assert world.run().flows["orders"].sent == 260
    assert sent(world) == orders


def test_O2_an_accepted_order_gets_the_received_tag_and_keeps_its_state(world: World) -> None:
    found = order(world, Tags=["wemalo", "vip"])
    world.run()
    assert world.shop.order(found)["Tags"] == ["wemalo", "vip", RECEIVED]
    assert world.shop.order(found)["State"] == 3


def test_O2_the_state_changes_where_one_is_configured_and_no_order_is_lost_between_pages(
    world: World,
) -> None:
    piece = product(world)
    orders = [order(world, (piece, 1)) for _ in range(260)]
    world.run(received_state_id=16)
    assert {world.shop.order(found)["State"] for found in orders} == {16}


def test_O3_an_order_is_sent_once_however_often_it_is_offered(world: World) -> None:
    found = order(world)
    world.run()
    world.shop.remove_tags(found, [RECEIVED])
    world.run()
    assert sent(world) == [str(found)]
    assert world.received(found)


def test_O3_an_order_is_sent_once_even_if_the_state_is_lost(world: World) -> None:
    found = order(world)
    world.run()
    world.shop.remove_tags(found, [RECEIVED])
    world.lose_state()
    world.run()
    assert sent(world) == [str(found)]


@pytest.mark.parametrize("kind", ["reset", "500", "502", "hang", "truncated", "empty", "html"])
def test_O3_a_creation_whose_answer_is_lost_is_looked_up_before_it_is_repeated(
    world: World, kind: str
) -> None:
    found = order(world)
    world.sandbox.wemalo.faults.add("POST /goodsOrder/add", kind, takes_effect=True)
    report = world.run()
    assert sent(world) == [str(found)]
    assert (world.received(found), report.completed) == (True, True)


def test_O3_a_creation_that_may_still_be_under_way_is_repeated_in_the_next_run_only(world: World) -> None:
    found = order(world)
    world.sandbox.wemalo.faults.add("POST /goodsOrder/add", "hang", takes_effect=False)
    assert not world.run().completed
    assert sent(world) == []
    world.run()
    assert (sent(world), world.received(found)) == ([str(found)], True)


def test_O3_when_the_tag_could_not_be_set_the_next_run_sets_it_and_sends_nothing(world: World) -> None:
    found = order(world)
    world.sandbox.billbee.faults.add("POST /orders/{id}/tags", "500", times=None)
    assert not world.run().completed
    world.sandbox.billbee.faults.clear()
    world.run()
    assert (sent(world), world.received(found)) == ([str(found)], True)


def test_O4_a_set_is_sent_as_its_products(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    box = product(world, 3, parts={cup: 2, plate: 1})
    big = product(world, 4, parts={box: 2})
    found = order(world, (big, 3))
    world.run()
    assert positions(world, found) == {str(cup): 12, str(plate): 6}


def test_O4_a_set_is_known_even_when_products_are_not_synchronised_in_this_run(world: World) -> None:
    cup = product(world, 1)
    box = product(world, 2, parts={cup: 2})
    world.run("products")
    world.lose_state()
    found = order(world, (box, 1))
    world.run("orders")
    assert positions(world, found) == {str(cup): 2}


def test_O4_digital_lines_coupons_and_lines_with_quantity_0_are_left_out(world: World) -> None:
    cup, ebook = product(world, 1), product(world, 2, IsDigital=True)
    coupon = {"IsCoupon": True, "Quantity": 1, "TotalPrice": -5.0, "Product": {"Title": "SUMMER"}}
    found = order(world, (cup, 1), (ebook, 1), coupon, (cup, 0))
    world.run()
    assert positions(world, found) == {str(cup): 1}


def test_O4_an_order_with_nothing_to_ship_is_tagged_not_sent_and_reported_as_information(
    world: World,
) -> None:
    found = order(world, (product(world, 1, IsDigital=True), 1))
    report = world.run()
    assert (sent(world), world.received(found)) == ([], True)
    assert problem(report, "order_nothing_to_ship").record_id == str(found)
    assert world.run().problems == []


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"FirstName": None, "LastName": ""}, "order_receiver_missing"),
        ({"Street": ""}, "order_receiver_missing"),
        ({"Zip": None}, "order_receiver_missing"),
        ({"City": " "}, "order_receiver_missing"),
        ({"CountryISO2": None}, "order_receiver_missing"),
        ({"CountryISO2": "DEU"}, "country_code_invalid"),  # the country has two letters (O8)
        ({"Street": "x" * 1_000}, "field_too_long"),  # nothing is cut silently (O8)
    ],
)
def test_O5_an_order_with_an_unusable_address_is_held_reported_and_tagged(
    world: World, to: dict[str, Any], code: str
) -> None:
    found = order(world, to={**RECEIVER, **to})
    report = world.run()
    assert sent(world) == []
    assert world.problems(report) == {world.shop.order(found)["OrderNumber"]: [code]}
    assert FAILED in world.shop.order(found)["Tags"]
    assert not world.received(found)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [(0.5, "order_quantity_fraction"), (1.0001, "order_quantity_fraction"), (-1, "order_quantity_negative")],
)
def test_O5_an_order_with_an_impossible_quantity_is_held(world: World, quantity: float, code: str) -> None:
    order(world, (product(world), quantity))
    assert problem(world.run(), code).flow == "orders"
    assert sent(world) == []


def test_O5_an_order_is_held_while_the_warehouse_lacks_its_product(world: World) -> None:
    bowl = product(world, 1)
    world.shop.change_product(bowl, EAN=None)
    found = order(world, (bowl, 1))
    assert problem(world.run(), "order_product_unknown").record_id == str(found)
    world.shop.change_product(bowl, EAN=ean13(1))
    assert world.run().problems == []
    assert sent(world) == [str(found)]


def test_O5_an_order_line_without_a_linked_product_is_named(world: World) -> None:
    order(world, {"Quantity": 1, "Product": {"Title": "Gift wrap"}})
    assert "Gift wrap" in problem(world.run(), "order_line_unlinked").reason


def test_O5_a_held_order_is_tried_again_tagged_once_and_writes_nothing_in_vain(world: World) -> None:
    order(world, to={**RECEIVER, "Zip": ""})
    world.run()
    world.clear_audit()
    assert problem(world.run(), "order_receiver_missing").count == 2
    assert world.writes() == []


def test_O5_when_a_held_order_goes_through_the_failed_tag_is_removed_and_no_other(world: World) -> None:
    found = order(world, to={**RECEIVER, "Zip": ""}, Tags=["wemalo", "vip"])
    world.run()
    world.shop.add_tags(found, ["set by a person"])
    world.shop.change_order(found, to={"Zip": "10115"})
    world.run()
    assert sorted(world.shop.order(found)["Tags"]) == sorted(["wemalo", "vip", "set by a person", RECEIVED])


def test_O5_the_failed_tag_can_be_switched_off(world: World) -> None:
    found = order(world, to={**RECEIVER, "Zip": ""})
    world.run(failed_tag=False)
    assert world.shop.order(found)["Tags"] == ["wemalo"]


def test_O5_one_held_order_never_keeps_another_one_back(world: World) -> None:
    piece = product(world)
    order(world, (piece, 0.5))
    good = order(world, (piece, 1))
    world.run()
    assert sent(world) == [str(good)]


def test_O8_what_the_warehouse_gets(world: World) -> None:
    cup = product(world)
    to = {**RECEIVER, "Company": "Beispiel GmbH", "Line2": "Hinterhaus", "Zip": "10115", "City": "Berlin",
          "CountryISO2": "de", "State": "Berlin", "Phone": "030 123", "Email": "erika@example.com"}  # fmt: skip
    found = order(
        world, (cup, 2), to=to, SellerComment="Fragile!", ShippingProfileName="DHL Paket", Currency="EUR"
    )
    world.run()
    has, address = meta(world, found), receiver(world, found)
    assert (has["externalId"], has["orderNumber"]) == (str(found), world.shop.order(found)["OrderNumber"])
    assert (has["currency"], has["dispatcherProfile"], has["pickingInfo"]) == ("EUR", "DHL Paket", "Fragile!")
    assert (address["name1"], address["name2"]) == ("Erika Musterfrau", "Beispiel GmbH")
    assert (address["street"], address["streetNumber"], address["addressAddition"]) == (
        "Heidestraße",
        "17",
        "Hinterhaus",
    )
    assert (address["countryCode2Letter"], address["stateProvinceCountry"]) == ("DE", "Berlin")
    assert (address["phoneNumber"], address["email"]) == ("030 123", "erika@example.com")


def test_O8_a_packstation_number_arrives(world: World) -> None:
    to = {**RECEIVER, "Street": "Packstation", "HouseNumber": "145", "Line2": "12345678"}
    found = order(world, to=to)
    world.run()
    address = receiver(world, found)
    assert (address["street"], address["streetNumber"], address["addressAddition"]) == (
        "Packstation",
        "145",
        "12345678",
    )


def test_O8_umlauts_and_emoji_arrive_unchanged(world: World) -> None:
    found = order(world, to={**RECEIVER, "FirstName": "Zoë 🌊", "LastName": "Größmann"})
    world.run()
    assert receiver(world, found)["name1"] == "Zoë 🌊 Größmann"


def test_O4_without_resolve_sets_a_set_is_a_product_that_the_warehouse_lacks(world: World) -> None:
    box = product(world, 2, parts={product(world, 1): 1})
    order(world, (box, 1))
    report = world.run(mapping=(StepChoice("skip_digital", True),))
    assert problem(report, "order_product_unknown").flow == "orders"


def test_O5_a_product_that_the_warehouse_lost_is_sent_again_before_the_order(world: World) -> None:
    cup = product(world)
    world.run()
    world.warehouse.remove_product(str(cup))
    found = order(world, (cup, 1))
    assert problem(world.run("orders"), "order_product_unknown").record_id == str(found)
    assert world.run().problems == []
    assert sent(world) == [str(found)]


def test_R1_an_order_that_refuses_its_tag_keeps_no_other_order_back(world: World) -> None:
    piece = product(world)
    held, good = order(world, (piece, 0.5)), order(world, (piece, 1))
    world.sandbox.billbee.faults.add("POST /orders/{id}/tags", "400")
    codes = world.problems(world.run())[world.shop.order(held)["OrderNumber"]]
    assert sorted(codes) == ["order_quantity_fraction", "refused"]
    assert sent(world) == [str(good)]


@pytest.mark.parametrize("call", ["PUT /orders/{id}/orderstate", "PUT /orders/{id}/tags"])
def test_O2_marks_that_could_not_all_be_set_are_completed_in_the_next_run(world: World, call: str) -> None:
    found = order(world, to={**RECEIVER, "Zip": ""})
    world.run()
    world.shop.change_order(found, to={"Zip": "10115"})
    world.sandbox.billbee.faults.add(call, "500", times=None)
    world.run(received_state_id=16)
    world.sandbox.billbee.faults.clear()
    assert world.run(received_state_id=16).problems == []
    assert (world.shop.order(found)["State"], FAILED in world.shop.order(found)["Tags"]) == (16, False)


def test_O4_a_set_that_changed_is_sent_as_it_is_now_even_when_products_are_switched_off(world: World) -> None:
    cup, plate = product(world, 1), product(world, 2)
    box = product(world, 3, parts={cup: 1})
    world.run("products")
    world.shop.change_product(box, parts={cup: 1, plate: 2})
    world.later()
    found = order(world, (box, 1))
    world.run("orders")
    assert positions(world, found) == {str(cup): 1, str(plate): 2}


def test_R1_orders_that_fail_again_and_again_keep_no_later_order_back(world: World) -> None:
    piece = product(world)
    bad = [order(world, (piece, 1)) for _ in range(3)]
    good = order(world, (piece, 1))
    world.sandbox.wemalo.faults.add("POST /goodsOrder/add", "500", times=3)
    world.run()
    world.run()
    assert (world.received(good), len(bad)) == (True, 3)


def test_R1_a_flow_that_is_switched_off_has_no_open_problems(world: World) -> None:
    order(world, (product(world), 0.5))
    world.run()
    assert world.run(flows=FlowSwitches(orders=False)).problems == []
