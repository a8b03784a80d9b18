"""Parcels: packing, handing over, the queue of handovers and its acknowledgement."""

import pytest

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.plugins.sandbox.calls import Caller, Ticker


@pytest.fixture
def warehouse(warehouse: Warehouse) -> Warehouse:
    """An order of two products, three pieces each, in stock."""
    for name in ("1", "2"):
        warehouse.add_product(externalId=name, sku=f"S{name}", name=f"Product {name}", grossWeight=100)
        warehouse.set_stock(name, 10)
    add_order(warehouse, "77")
    return warehouse


def add_order(warehouse: Warehouse, name: str) -> None:
    receiver = {
        "name1": "Erika Musterfrau",
        "street": "Musterstraße",
        "streetNumber": "1",
        "countryCode2Letter": "DE",
        "city": "Musterstadt",
        "zip": "12345",
    }
    lines = [{"externalId": product, "quantity": 3} for product in ("1", "2")]
    warehouse.add_order({"externalId": name, "orderNumber": f"DE-{name}", "receiver": [receiver]}, lines)


def test_one_parcel_sends_everything(wemalo: Caller, warehouse: Warehouse) -> None:
    parcel = warehouse.ship("77", tracking_number="0034", carrier="DPD", carrier_product="DPD Classic")
    first, second = wemalo.get("/goodsOrder/packages/sent/")["bookings"]
    assert (first["externalProductId"], first["count"], second["externalProductId"]) == ("1", 3, "2")
    assert first["packageId"] == second["packageId"] == parcel.id
    assert (first["trackingNumber"], first["orderStatusId"]) == ("0034", 500)
    assert (first["dispatcherName"], first["dispatcherProduct"]) == ("DPD", "DPD Classic")
    assert (first["externalGoodsOrderId"], first["orderNumberCustomer"]) == ("77", "DE-77")
    assert first["handoverDate"] == "18.11.2026 12:06:40"


def test_a_partial_delivery_is_not_the_whole_order(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.ship("77", {"1": 3, "2": 1})
    bookings = wemalo.get("/goodsOrder/packages/sent/")["bookings"]
    assert [(booking["count"], booking["orderStatusId"]) for booking in bookings] == [(3, 350), (1, 350)]
    warehouse.ship("77", {"2": 2})
    bookings = wemalo.get("/goodsOrder/packages/sent/")["bookings"]
    assert [booking["orderStatusId"] for booking in bookings] == [500, 500, 500]
    assert len({booking["trackingNumber"] for booking in bookings}) == 2
    with pytest.raises(Refusal, match="can't be packed, its status is SHIPPED"):
        warehouse.ship("77")


def test_more_pieces_than_are_left_are_not_packed(warehouse: Warehouse) -> None:
    with pytest.raises(Refusal, match="no such pieces left"):
        warehouse.ship("77", {"1": 4})


def test_a_packed_parcel_is_not_sent_yet(wemalo: Caller, warehouse: Warehouse) -> None:
    parcel = warehouse.pack("77", tracking_number="")
    (shown,) = wemalo.get("/goodsOrder/packages", externalOrderId="77")["packages"]
    assert (shown["isHandedOver"], shown["trackingNumber"], shown["weightTotal"]) == (False, "", 600.0)
    assert wemalo.get("/goodsOrder/packages/sent/")["bookings"] == []
    warehouse.hand_over("77", parcel)
    assert wemalo.get("/goodsOrder/packages", orderId=90001)["packages"][0]["isHandedOver"] is True
    assert len(wemalo.get("/goodsOrder/packages/sent/")["bookings"]) == 2


def test_sending_takes_pieces_and_leaves_the_free_ones_alone(wemalo: Caller, warehouse: Warehouse) -> None:
    product = warehouse.products.get("1")
    assert (product.stock[91], product.reserved, product.pickable) == (10, 3, 7)
    warehouse.ship("77")
    assert (product.stock[91], product.reserved, product.pickable) == (7, 0, 7)


def test_an_acknowledged_booking_leaves_the_queue(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.ship("77")
    first, second = wemalo.get("/goodsOrder/packages/sent/")["bookings"]
    assert wemalo("PUT", f"/goodsOrder/packages/sent/{first['historyId']}").json()["Success"] is True
    assert wemalo.get("/goodsOrder/packages/sent/")["bookings"] == [second]
    assert [change.key for change in warehouse.written(what="booking flagged")] == [str(first["historyId"])]
    for unknown in ("1", "x"):
        assert wemalo("PUT", f"/goodsOrder/packages/sent/{unknown}").json()["status"] == 404


def test_acknowledging_shrinks_the_queue_that_is_being_paged(wemalo: Caller, warehouse: Warehouse) -> None:
    warehouse.stock_everything(1000)
    for number in range(40):
        add_order(warehouse, f"o{number}")
        warehouse.ship(f"o{number}")
    first = wemalo.get("/goodsOrder/packages/sent/", page=0)
    assert (len(first["bookings"]), first["additionalPage"]) == (50, True)
    for booking in first["bookings"]:
        wemalo("PUT", f"/goodsOrder/packages/sent/{booking['historyId']}")
    assert wemalo.get("/goodsOrder/packages/sent/", page=1)["bookings"] == []
    assert len(wemalo.get("/goodsOrder/packages/sent/", page=0)["bookings"]) == 30


def test_the_queue_of_one_order_with_its_receiver(wemalo: Caller, warehouse: Warehouse) -> None:
    add_order(warehouse, "78")
    warehouse.ship("77")
    warehouse.ship("78")
    bookings = wemalo.get("/goodsOrder/packages/sent/", externalId="78", addRecipient="true")["bookings"]
    assert {booking["externalGoodsOrderId"] for booking in bookings} == {"78"}
    assert (bookings[0]["recipient"]["zip"], bookings[0]["recipient"]["houseNumber"]) == ("12345", "1")


def test_sent_parcels_are_found_by_time_even_when_acknowledged(
    wemalo: Caller, warehouse: Warehouse, ticker: Ticker
) -> None:
    warehouse.ship("77", {"1": 3})
    ticker.later(86400)
    warehouse.ship("77")
    for booking in wemalo.get("/goodsOrder/packages/sent/")["bookings"]:
        wemalo("PUT", f"/goodsOrder/packages/sent/{booking['historyId']}")
    late = wemalo.get("/goodsOrder/sentPackages/", dateFrom="19.11.2026 00:00:00")["bookings"]
    assert [booking["externalProductId"] for booking in late] == ["2"]
    early = wemalo.get("/goodsOrder/sentPackages", dateTo="19.11.2026 00:00:00", externalId="77")["bookings"]
    assert [booking["externalProductId"] for booking in early] == ["1"]
    assert wemalo.get("/goodsOrder/sentPackages/", dateFrom="yesterday")["status"] == 400
