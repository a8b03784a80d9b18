"""What left the warehouse, against the fake."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.api import OrderLine, PackedItem, Parcel, Shipment
from tests.plugins.tryton.bench import Bench
from tests.plugins.tryton.between import without_answer


def parcel(number: str, product: str = "DHL Paket") -> Parcel:
    return Parcel(id="", tracking_number=number, carrier="DHL", product=product)


@pytest.fixture
def bench(bench: Bench) -> Bench:
    bench.create()
    return bench


def take(bench: Bench, shipment: Shipment) -> None:
    bench.target(lambda target: target.shipment_taken(shipment))


def numbers(shipment: Shipment) -> list[str]:
    return [each.tracking_number for each in shipment.parcels]


def package(bench: Bench, number: str, **fields: Any) -> int:
    shipment = bench.fake.shipment("8001")["id"]
    return bench.fake.records.add("stock.package", number=number, shipment=shipment, **fields)


def test_S1_a_parcel_is_told_of_once_the_carrier_has_it(bench: Bench) -> None:
    bench.fake.pack("8001", parcel("0034"))
    assert bench.told() == []
    bench.fake.shipment("8001")["state"] = "shipped"
    assert bench.told() == [
        Shipment(
            order_id="8001",
            order_number="2026-1001",
            parcels=(
                Parcel(
                    id="1-1",
                    tracking_number="0034",
                    carrier="DHL",
                    product="DHL Paket",
                    contents=(PackedItem(product_id="4711", sku="MUG-1", quantity=Decimal(2)),),
                ),
            ),
            is_complete=True,
            receipts=("1",),
        )
    ]


def test_S1_each_of_several_parcels_is_told_of(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"), parcel("B"))
    (told,) = bench.told()
    assert (numbers(told), told.is_complete) == (["A", "B"], True)
    assert [each.contents[0].quantity for each in told.parcels] == [1, 1]


def test_S5_what_the_shop_was_told_is_not_told_again(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    (told,) = bench.told()
    take(bench, told)
    assert bench.fake.shipment("8001")["reference"] == "2026-1001 8001@acme (reported)"
    bench.fake.shipment("8001")["state"] = "done"
    assert bench.told() == []
    assert bench.find() is not None


def test_S5_what_was_not_acknowledged_is_told_again(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    assert bench.told() == bench.told() != []


def test_S5_an_acknowledgement_may_be_repeated_and_its_answer_may_get_lost(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    (told,) = bench.told()
    bench.around = without_answer("PUT stock.shipment.out/1")
    take(bench, told)
    take(bench, told)
    assert bench.fake.shipment("8001")["reference"] == "2026-1001 8001@acme (reported)"


def test_S5_a_shipment_that_is_not_there_any_more_does_no_harm(bench: Bench) -> None:
    take(bench, Shipment(order_id="8001", receipts=("99",)))
    take(bench, Shipment(order_id="8001"))


def test_S1_an_order_is_complete_with_its_last_parcel(bench: Bench) -> None:
    bench.warehouse.ship("8001", [parcel("A")], complete=False)
    (told,) = bench.told()
    assert (numbers(told), told.is_complete, told.receipts) == (["A"], False, ("1",))
    take(bench, told)
    assert bench.fake.shipments("8001")[0]["reference"] == "2026-1001 8001@acme (partly reported)"
    assert bench.told() == []
    bench.warehouse.ship("8001", [parcel("B")], complete=True)
    (told,) = bench.told()
    assert (numbers(told), told.is_complete, told.receipts) == (["B"], True, ("1", "2"))
    assert told.order_number == "2026-1001"
    take(bench, told)
    assert bench.told() == []
    assert [each["reference"] for each in bench.fake.shipments("8001")] == [
        "2026-1001 8001@acme (reported)"
    ] * 2


def test_S1_an_order_is_complete_when_the_rest_is_cancelled(bench: Bench) -> None:
    bench.warehouse.ship("8001", [parcel("A")], complete=False)
    take(bench, bench.told()[0])
    bench.fake.rules.press(bench.fake.shipment("8001"), "cancel")
    (told,) = bench.told()
    assert (told.parcels, told.is_complete, told.receipts) == ((), True, ("1",))
    take(bench, told)
    assert bench.told() == []


def test_S1_a_parcel_that_follows_a_complete_order_is_told_of(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    take(bench, bench.told()[0])
    first = bench.fake.shipment("8001")
    copy = {**first, "number": "2", "reference": None, "state": "shipped"}
    bench.fake.records.add("stock.shipment.out", **copy)
    (told,) = bench.told()
    assert (told.order_id, told.is_complete, told.receipts) == ("8001", True, ("2",))


def test_S4_a_parcel_without_a_number_is_told_of(bench: Bench) -> None:
    bench.fake.ship("8001", parcel(""))
    (told,) = bench.told()
    assert (numbers(told), told.is_complete) == ([""], True)


@pytest.mark.parametrize("number", ["0034", None])
def test_S4_a_shipment_without_packages_is_one_parcel(bench: Bench, number: str | None) -> None:
    bench.fake.ship("8001")
    bench.fake.shipment("8001")["shipping_reference"] = number
    (told,) = bench.told()
    assert [(each.id, each.tracking_number) for each in told.parcels] == [("1", number or "")]


def test_S1_a_number_that_stands_at_the_shipment_alone_is_that_of_all_packages(bench: Bench) -> None:
    bench.fake.ship("8001", parcel(""), parcel(""))
    bench.fake.shipment("8001")["shipping_reference"] = "0034"
    (told,) = bench.told()
    assert numbers(told) == ["0034"]


def test_S1_a_package_within_another_is_a_parcel_only_with_a_number_of_its_own(bench: Bench) -> None:
    bench.fake.pick("8001")
    pallet = package(bench, "PALLET", shipping_reference="P")
    box = package(bench, "BOX", parent=pallet)
    package(bench, "OWN", parent=box, shipping_reference="O")
    for move in bench.fake.records.all("stock.move"):
        move["package"] = box if move["unit_price"] else None
    bench.fake.shipment("8001")["state"] = "shipped"
    (told,) = bench.told()
    assert [(each.id, len(each.contents)) for each in told.parcels] == [("PALLET", 1), ("OWN", 0)]


def test_R4_packages_within_each_other_in_a_circle_end(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    first = package(bench, "1")
    second = package(bench, "2", parent=first)
    bench.fake.records.get("stock.package", first)["parent"] = second
    assert numbers(bench.told()[0]) == ["A"]


def test_S1_orders_of_other_people_are_none_of_the_shops_business(bench: Bench) -> None:
    bench.fake.ship("8001", parcel("A"))
    (shipment,) = bench.fake.shipments("8001")
    bench.fake.records.get("party.party", shipment["customer"])["code"] = "4711"
    for reference in ("by phone", "2026-7 17@other", None):
        shipment["reference"] = reference
        assert bench.told() == []


def test_S1_many_orders_are_told_of_over_several_pages(bench: Bench) -> None:
    ids = [str(number) for number in range(1, 8)]
    for order_id in ids:
        bench.create(id=order_id, number=f"N{order_id}")
        bench.fake.ship(order_id, parcel(f"T{order_id}"))
    assert [(each.order_id, numbers(each)) for each in bench.told()] == [(each, [f"T{each}"]) for each in ids]


def test_R4_a_shipment_that_can_not_be_read_keeps_its_order_open_and_no_other_back(bench: Bench) -> None:
    bench.create(id="8002", number="2026-1002")
    bench.fake.split("8001", 1)
    for order_id in ("8001", "8001", "8002"):
        bench.fake.ship(order_id, parcel(f"T{order_id}"))
    bench.fake.records.get("stock.shipment.out", 3)["number"] = {"broken": True}
    (page,) = bench.shipments()
    told = {each.order_id: each for each in page.records}
    assert (numbers(told["8001"]), told["8001"].is_complete, told["8001"].receipts) == (["T8001"], False, ())
    assert told["8002"].receipts == ("2",)
    (broken,) = page.unreadable
    assert (broken.record_id, broken.number) == ("3", "8001")
    assert "$.number" in broken.reason


def test_the_parcels_of_an_order_are_shown_before_and_after_they_left(bench: Bench) -> None:
    def shown() -> list[tuple[str, bool]]:
        parcels = bench.target(lambda target: target.parcels("8001"))
        return [(each.tracking_number, each.is_handed_over) for each in parcels]

    assert shown() == []
    bench.fake.pack("8001", parcel("A"), parcel("B"))
    assert shown() == [("A", False), ("B", False)]
    bench.fake.shipment("8001")["state"] = "shipped"
    take(bench, bench.told()[0])
    assert shown() == [("A", True), ("B", True)]


def test_S3_carriers_that_share_a_product_go_by_their_whole_name(bench: Bench) -> None:
    bench.fake.add_carrier("DHL Paket", "DHL Freight")
    assert bench.target(lambda target: target.shipping_profiles()) == [
        "DHL - DHL Paket",
        "DHL Freight - DHL Paket",
        "DPD Classic",
    ]


def test_the_order_of_a_product_that_only_people_know_is_told_of_by_its_sku(bench: Bench) -> None:
    bench.fake.add_product("FLYER")
    line = OrderLine(id="1", product_id="99", sku="FLYER", quantity=Decimal(1))
    bench.create(id="8002", lines=(line,))
    bench.fake.ship("8002", parcel("A"))
    told = next(each for each in bench.told() if each.order_id == "8002")
    assert told.parcels[0].contents == (PackedItem(sku="FLYER", quantity=Decimal(1)),)
