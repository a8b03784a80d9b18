"""What left the warehouse: the queue of handovers, its acknowledgement, parcels; against the sandbox."""

from __future__ import annotations

import msgspec
import pytest

from connector.api import Page, Parcel, Shipment, TransientError, UnusableAnswer
from tests.plugins.bench import Bench, pages_of
from tests.plugins.wemalo.between import answering

QUEUE = "GET /goodsOrder/packages/sent/"
FLAG = "PUT /goodsOrder/packages/sent/:bookingId"
RECEIVER = {
    "name1": "Erika Musterfrau",
    "street": "Musterstraße 1",
    "zip": "12345",
    "city": "Musterstadt",
    "countryCode2Letter": "DE",
}


@pytest.fixture
def bench() -> Bench:
    """An order `77` of two products, three pieces each, in stock."""
    bench = Bench()
    for name in ("1", "2"):
        bench.warehouse.add_product(externalId=name, sku=f"S{name}")
        bench.warehouse.set_stock(name, 1000)
    add_order(bench, "77")
    return bench


def add_order(bench: Bench, order_id: str) -> None:
    positions = [{"externalId": product, "quantity": 3} for product in ("1", "2")]
    meta = {"externalId": order_id, "orderNumber": f"DE-{order_id}", "receiver": [RECEIVER]}
    bench.warehouse.add_order(meta, positions)


def queue(bench: Bench) -> Page[Shipment]:
    (page,) = bench.target(lambda target: pages_of(target.shipments()))
    return page


def only(bench: Bench) -> Shipment:
    (shipment,) = queue(bench).records
    return shipment


def take(bench: Bench, shipment: Shipment) -> None:
    bench.target(lambda target: target.shipment_taken(shipment))


def numbers(shipment: Shipment) -> list[str]:
    return [parcel.tracking_number for parcel in shipment.parcels]


def test_S1_an_order_sent_in_one_parcel_is_one_complete_shipment(bench: Bench) -> None:
    parcel = bench.warehouse.ship("77", tracking_number="0034", carrier="DPD", carrier_product="DPD Classic")
    shipment = only(bench)
    assert (shipment.order_id, shipment.order_number, shipment.is_complete) == ("77", "DE-77", True)
    assert shipment.parcels == (
        Parcel(id=str(parcel.id), tracking_number="0034", carrier="DPD", product="DPD Classic"),
    )
    assert len(shipment.receipts) == 2  # one per line


def test_S1_a_partial_delivery_is_complete_with_its_last_parcel_only(bench: Bench) -> None:
    bench.warehouse.ship("77", {"1": 3, "2": 1}, tracking_number="A")
    first = only(bench)
    assert (numbers(first), first.is_complete) == (["A"], False)
    take(bench, first)
    bench.warehouse.ship("77", tracking_number="B")
    second = only(bench)
    assert (numbers(second), second.is_complete) == (["B"], True)


def test_S1_parcels_of_one_order_are_one_shipment(bench: Bench) -> None:
    bench.warehouse.ship("77", {"1": 3, "2": 1}, tracking_number="A")
    bench.warehouse.ship("77", tracking_number="B")
    shipment = only(bench)
    assert (numbers(shipment), shipment.is_complete, len(shipment.receipts)) == (["A", "B"], True, 3)


def test_S1_a_packed_parcel_that_no_carrier_has_is_no_shipment(bench: Bench) -> None:
    bench.warehouse.pack("77")
    assert queue(bench) == Page()


def test_S4_a_parcel_without_a_number_is_a_parcel(bench: Bench) -> None:
    bench.warehouse.ship("77", tracking_number="")
    shipment = only(bench)
    assert (numbers(shipment), shipment.is_complete) == ([""], True)


@pytest.mark.parametrize("number", ["0034", ""])
def test_S4_a_number_that_the_queue_leaves_out_is_looked_up_in_the_parcels(bench: Bench, number: str) -> None:
    bench.warehouse.ship("77", tracking_number=number)
    bench.sandbox.wemalo.faults.add(QUEUE, "missing_field", path="bookings.*.trackingNumber")
    shipment = only(bench)
    assert (numbers(shipment), shipment.is_complete) == ([number], True)
    assert bench.calls.counts["wemalo GET /goodsOrder/packages"] == 1


def test_S6_orders_that_people_made_in_the_warehouse_stay_in_the_queue(bench: Bench) -> None:
    bench.warehouse.ship("77")
    bench.sandbox.wemalo.faults.add(QUEUE, "missing_field", path="bookings.*.externalGoodsOrderId")
    assert queue(bench) == Page()


def test_numbers_and_booleans_may_come_as_texts(bench: Bench) -> None:
    bench.sandbox.wemalo.habits.texts_only = True
    bench.warehouse.ship("77", tracking_number="A")
    take(bench, only(bench))
    assert queue(bench) == Page()


# -- pages ----------------------------------------------------------------------------------------


def test_S5_all_pages_are_read_and_an_order_on_two_pages_is_one_shipment(bench: Bench) -> None:
    bench.warehouse.ship("77", {"1": 1}, tracking_number="A")  # from here on two bookings per order
    for number in range(100, 130):
        add_order(bench, str(number))
        bench.warehouse.ship(str(number))
    shipments = queue(bench).records
    assert len(bench.sandbox.wemalo.audit.calls(QUEUE)) == 2
    assert [len(shipment.receipts) for shipment in shipments] == [1] + [2] * 30
    assert len({shipment.order_id for shipment in shipments}) == 31


@pytest.mark.parametrize(
    "pages",
    [
        [{"bookings": [{"historyId": 1}], "additionalPage": True}],  # the same page for ever
        [{"bookings": [], "additionalPage": "true"}],  # nothing, and more of it
        [
            {"bookings": [{"historyId": 1}, {"historyId": 2}], "additionalPage": True},
            {"bookings": [{"historyId": 2}], "additionalPage": True},  # a part of the page before
        ],
    ],
)
def test_R4_a_queue_that_does_not_end_is_noticed(bench: Bench, pages: list[object]) -> None:
    bench.around = answering("GET *", *pages)
    with pytest.raises(UnusableAnswer, match=r"page \d brings nothing new and says that more follow"):
        queue(bench)


def test_a_booking_that_slides_to_the_next_page_comes_once(bench: Bench) -> None:
    booking = {"historyId": 1, "orderStatusId": 500, "externalGoodsOrderId": "77", "trackingNumber": "A"}
    page = {"bookings": [booking], "additionalPage": True}
    other = {**booking, "historyId": 2}
    bench.around = answering("GET *", page, {"bookings": [booking, other], "additionalPage": False})
    assert only(bench).receipts == ("1", "2")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"additionalPage": False}, r"field \$\.bookings is missing on page 0"),
        ({"bookings": []}, r"field \$\.additionalPage says neither true nor false"),
        ({"bookings": [], "additionalPage": "perhaps"}, r"field \$\.additionalPage says neither"),
        ({"bookings": "none", "additionalPage": False}, r"field \$\.bookings: expected array"),
    ],
)
def test_R4_an_answer_without_its_fields_is_no_empty_queue(bench: Bench, body: object, reason: str) -> None:
    bench.around = answering("GET *", body)
    with pytest.raises(UnusableAnswer, match=reason):
        queue(bench)


@pytest.mark.parametrize("kind", ["reset", "html", "truncated", "cut_off", "503", "419", "419_body"])
def test_R3_reading_the_queue_outlasts_a_passing_fault(bench: Bench, kind: str) -> None:
    bench.warehouse.ship("77", tracking_number="A")
    bench.sandbox.wemalo.faults.add(QUEUE, kind)
    assert numbers(only(bench)) == ["A"]


def test_R4_one_malformed_booking_costs_only_its_order(bench: Bench) -> None:
    add_order(bench, "78")
    bench.warehouse.ship("77", tracking_number="A")
    bench.warehouse.ship("78", tracking_number="B")
    bench.sandbox.wemalo.faults.add(QUEUE, "wrong_type", path="bookings.0.trackingNumber")
    page = queue(bench)
    assert [(each.order_id, each.is_complete) for each in page.records] == [("77", False), ("78", True)]
    assert len(page.unreadable) == 1
    take(bench, page.records[0])
    assert queue(bench).records[0].is_complete  # nothing of it was acknowledged


# -- acknowledging --------------------------------------------------------------------------------


def test_S5_an_acknowledged_shipment_is_not_offered_again(bench: Bench) -> None:
    bench.warehouse.ship("77")
    take(bench, only(bench))
    assert queue(bench) == Page()


def test_S5_a_booking_that_is_gone_does_not_keep_the_others_in_the_queue(bench: Bench) -> None:
    bench.warehouse.ship("77")
    shipment = only(bench)
    take(bench, msgspec.structs.replace(shipment, receipts=("1", "gone", *shipment.receipts)))
    assert queue(bench) == Page()


@pytest.mark.parametrize(
    ("kind", "takes_effect"),
    [("reset", True), ("reset", False), ("html", True), ("html", False), ("503", False), ("419", False)],
)
def test_R3_acknowledging_is_repeated_after_a_passing_fault(
    bench: Bench, kind: str, takes_effect: bool
) -> None:
    bench.warehouse.ship("77")
    bench.sandbox.wemalo.faults.add(FLAG, kind, takes_effect=takes_effect)
    take(bench, only(bench))
    assert queue(bench) == Page()


def test_S5_what_could_not_be_acknowledged_is_offered_again(bench: Bench) -> None:
    bench.warehouse.ship("77")
    bench.sandbox.wemalo.faults.add(FLAG, "html", takes_effect=False, after=1, times=None)
    with pytest.raises(TransientError, match=r"PUT /goodsOrder/packages/sent/\{bookingId\}"):
        take(bench, only(bench))
    assert len(only(bench).receipts) == 1


# -- the parcels of one order ---------------------------------------------------------------------


def parcels(bench: Bench, order_id: str = "77") -> list[Parcel]:
    return list(bench.target(lambda target: target.parcels(order_id)))


@pytest.mark.parametrize("texts_only", [False, True])
def test_all_parcels_of_an_order_are_read_acknowledged_or_not(bench: Bench, texts_only: bool) -> None:
    bench.sandbox.wemalo.habits.texts_only = texts_only
    sent = bench.warehouse.ship("77", {"1": 3}, tracking_number="A", carrier_product="DHL Paket")
    take(bench, only(bench))
    packed = bench.warehouse.pack("77", tracking_number="B", carrier_product="DHL Warenpost")
    assert parcels(bench) == [
        Parcel(id=str(sent.id), tracking_number="A", product="DHL Paket"),
        Parcel(id=str(packed.id), tracking_number="B", product="DHL Warenpost", is_handed_over=False),
    ]


def test_an_order_that_the_warehouse_does_not_have_has_no_parcels(bench: Bench) -> None:
    assert parcels(bench, "4") == []


@pytest.mark.parametrize(
    ("kind", "path", "reason"),
    [
        ("missing_field", "packages", r"field \$\.packages is missing"),
        ("wrong_type", "packages.0.trackingNumber", r"field \$\.packages\[0\]\.trackingNumber"),
    ],
)
def test_R4_parcels_that_can_t_be_read_are_no_missing_parcels(
    bench: Bench, kind: str, path: str, reason: str
) -> None:
    bench.warehouse.ship("77")
    bench.sandbox.wemalo.faults.add("GET /goodsOrder/packages", kind, path=path, times=None)
    with pytest.raises(UnusableAnswer, match=reason):
        parcels(bench)
