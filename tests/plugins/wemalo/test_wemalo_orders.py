"""Orders to Wemalo, against the sandbox."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import (
    Address,
    CallRefused,
    Order,
    OrderLine,
    OrderStatus,
    OutcomeUnknown,
    RecordRefused,
    UnusableAnswer,
    WarehouseOrder,
)
from tests.plugins.bench import Bench
from tests.plugins.wemalo.between import answering

RECEIVER = Address(
    name="Erika Musterfrau",
    street="Musterstraße",
    house_number="12",
    zip="12345",
    city="Musterstadt",
    country_code="DE",
)
ORDER = Order(
    id="300000180937001",
    number="2026-1001",
    currency="EUR",
    total=Decimal("24.88"),
    receiver=RECEIVER,
    lines=(OrderLine(id="31", product_id="1", quantity=Decimal(2), total=Decimal("19.98")),),
)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.warehouse.add_product(externalId="1", sku="S1")
    return bench


def create(bench: Bench, **changes: Any) -> None:
    order = msgspec.structs.replace(ORDER, **changes)
    bench.target(lambda target: target.create_order(order))


def find(bench: Bench, **changes: Any) -> WarehouseOrder | None:
    return bench.target(lambda target: target.find_order(ORDER.id), **changes)


def test_O8_an_order_arrives_with_its_details(bench: Bench) -> None:
    create(bench)
    order = bench.warehouse.order(ORDER.id)
    assert (order.number, order.meta["total"], order.meta["currency"]) == ("2026-1001", 24.88, "EUR")
    assert (order.receiver["name1"], order.receiver["streetNumber"]) == ("Erika Musterfrau", "12")
    position = order.positions[0]
    assert (position.external_id, position.quantity, position.total) == ("1", 2, 1998)


def test_O8_a_house_number_within_the_street_is_left_to_the_warehouse(bench: Bench) -> None:
    create(bench, receiver=msgspec.structs.replace(RECEIVER, street="Musterstraße 12a", house_number=""))
    (body,) = bench.sent("POST /goodsOrder/add")
    assert "streetNumber" not in body["meta"]["receiver"][0]
    assert bench.warehouse.order(ORDER.id).receiver["streetNumber"] == "12a"


def test_O8_emoji_and_umlauts_survive_the_way(bench: Bench) -> None:
    create(bench, picking_info="🎁 für Zoë")
    assert bench.warehouse.order(ORDER.id).meta["pickingInfo"] == "🎁 für Zoë"


def test_O3_an_order_that_the_warehouse_does_not_have_is_none(bench: Bench) -> None:
    assert find(bench) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", OrderStatus.WAITING),
        ("INPROCESS", OrderStatus.IN_PROCESS),
        ("PACKED", OrderStatus.IN_PROCESS),
        ("SHIPPED", OrderStatus.SHIPPED),
        ("CANCELLED", OrderStatus.CANCELLED),
    ],
)
def test_O3_an_order_is_found_with_its_status(bench: Bench, status: str, expected: OrderStatus) -> None:
    bench.warehouse.set_stock("1", 10)
    create(bench)
    if status:
        bench.warehouse.advance(ORDER.id, status)
    found = find(bench)
    assert found is not None
    assert (found.id, found.status) == (str(bench.warehouse.order(ORDER.id).id), expected)


def test_numbers_as_texts_are_understood(bench: Bench) -> None:
    bench.sandbox.wemalo.habits.texts_only = True
    create(bench)
    found = find(bench)
    assert found is not None
    assert found.id == str(bench.warehouse.order(ORDER.id).id)


def test_O5_a_product_that_the_warehouse_does_not_have_is_refused(bench: Bench) -> None:
    with pytest.raises(CallRefused, match="No product with externalId found: 2") as refused:
        create(bench, lines=(OrderLine(id="31", product_id="2", quantity=Decimal(1)),))
    assert refused.value.status == 404
    assert find(bench) is None


def test_O8_an_order_with_a_field_too_long_is_not_sent(bench: Bench) -> None:
    with pytest.raises(RecordRefused, match="field_too_long"):
        create(bench, picking_info="P" * 2001)
    assert bench.calls.total == 0


@pytest.mark.parametrize("kind", ["reset", "hang", "500", "502", "html", "truncated", "empty", "cut_off"])
def test_O3_creating_is_sent_once_whatever_the_answer(bench: Bench, kind: str) -> None:
    bench.sandbox.wemalo.faults.add("POST /goodsOrder/add", kind, takes_effect=True)
    with pytest.raises(OutcomeUnknown, match="POST /goodsOrder/add"):
        create(bench)
    assert len(bench.sent("POST /goodsOrder/add")) == 1
    assert find(bench) is not None


@pytest.mark.parametrize("kind", ["419", "419_body", "429"])
def test_R3_an_order_put_off_by_the_limit_is_sent_again(bench: Bench, kind: str) -> None:
    bench.sandbox.wemalo.faults.add("POST /goodsOrder/add", kind)
    create(bench)
    assert len(bench.warehouse.orders) == 1


def test_O3_an_order_that_was_taken_and_put_off_in_one_answer_is_not_sent_again(bench: Bench) -> None:
    bench.around = answering("POST /goodsOrder/add", {"Success": True, "id": 7, "status": 419})
    with pytest.raises(OutcomeUnknown, match="the limit of calls, and that the call succeeded"):
        create(bench)
    assert bench.calls.total == 1


def test_O3_an_answer_that_says_nothing_is_an_unknown_outcome(bench: Bench) -> None:
    bench.around = says_nothing
    with pytest.raises(OutcomeUnknown, match=r"neither \$\.id nor \$\.Success"):
        create(bench)


def says_nothing(app: Any) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    return served


def test_R4_a_status_that_says_nothing_is_no_missing_order(bench: Bench) -> None:
    create(bench)
    bench.around = says_nothing
    with pytest.raises(UnusableAnswer, match=r"field \$\.statusName is missing"):
        find(bench)


def test_O3_a_wrong_address_is_not_a_missing_order(bench: Bench) -> None:
    with pytest.raises((CallRefused, UnusableAnswer)):
        find(bench, base_url="https://wemalo.example.com/v1/old")
