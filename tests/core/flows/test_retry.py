"""What keeps a record from being tried again, and what lets it be tried anew."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connector.flows.retry import Retry, decide_retry, let_retry
from connector.problems import Problem
from connector.state import Snapshot
from connector.testing.clock import NOON
from connector_sandbox.seed import ean13
from tests.world import World

PUT_OFF = {"code": "shipment_order_archived", "params": {}, "receipts": ["1"], "at": NOON.isoformat()}
STREAMS: dict[str, dict[str, Any]] = {
    "products": {"1": "5d41402a\t4012345678901\tSKU-1"},
    "shipments_put_off": {"77": PUT_OFF},
}


def reported(flow: str, code: str, record_id: str) -> Problem:
    return Problem(id="514a976b", flow=flow, code=code, record_id=record_id, first_seen=NOON, last_seen=NOON)


@pytest.mark.parametrize(
    ("flow", "code", "record_id", "expected"),
    [
        ("products", "product_sku_taken", "1", Retry.RESEND_PRODUCT),  # unchanged ones are not sent
        ("products", "product_ean_missing", "2", Retry.EACH_RUN),  # the warehouse never had it
        ("products", "flow_failed", "", Retry.EACH_RUN),  # the flow as a whole
        ("orders", "order_receiver_missing", "77", Retry.EACH_RUN),
        ("orders", "order_change_refused", "77", Retry.MERCHANT_ACTS),  # marked, so not offered again
        ("cancellations", "credit_order", "77", Retry.MERCHANT_ACTS),
        ("shipments", "shipment_order_archived", "77", Retry.OFFER_SHIPMENT),  # put off for a day
        ("shipments", "shipment_unreadable", "78", Retry.EACH_RUN),  # stays in the warehouse's queue
        ("shipments", "shipment_order_unknown", "78", Retry.MERCHANT_ACTS),  # acknowledged elsewhere
        ("stock", "stock_refused", "1", Retry.EACH_RUN),
        ("stock", "stock_zero_guard", "", Retry.CONFIRM_STOCK),
        ("run", "credentials_refused", "", Retry.EACH_RUN),
        ("run", "state_recovered", "", Retry.MERCHANT_ACTS),
    ],
)
def test_what_it_takes_to_try_a_record_anew(flow: str, code: str, record_id: str, expected: Retry) -> None:
    assert decide_retry(Snapshot("acme", STREAMS), reported(flow, code, record_id)) is expected


def retry(world: World, problem: Problem, **entries: Any) -> None:
    """Lets the record be tried anew, after these entries were put into the streams of that name."""

    async def change() -> None:
        async with await world.shared().store.acquire("acme") as state:
            for stream, values in entries.items():
                state.put_many(stream, values)
            let_retry(state, problem)
            await state.save()

    asyncio.run(change())


def test_a_shipment_that_was_put_off_is_forgotten(world: World) -> None:
    retry(world, reported("shipments", "shipment_order_archived", "77"), shipments_put_off={"77": PUT_OFF})
    assert not asyncio.run(world.shared().store.read("acme")).stream("shipments_put_off")


def test_A3_a_product_is_sent_again_without_its_dimensions(world: World) -> None:
    product = world.shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Cup", LengthCm=10)
    world.run("products")
    world.shop.change_product(product, LengthCm=20)
    retry(world, reported("products", "refused", str(product)))
    assert world.run("products").flows["products"].sent == 1
    assert world.warehouse.products.get(str(product)).fields["depth"] == 10
    assert world.run("products").flows["products"].unchanged == 1


def test_A4_a_product_whose_sku_is_taken_is_sent_again_under_its_old_one(world: World) -> None:
    cup, plate = (world.shop.add_product(SKU=f"SKU-{n}", EAN=ean13(n), Title="Cup") for n in (1, 2))
    world.run("products")
    world.shop.change_product(plate, SKU="SKU-1")
    world.run("products")
    retry(world, reported("products", "product_sku_taken", str(plate)))
    report = world.run("products")
    assert (report.flows["products"].sent, report.flows["products"].refused) == (1, 0)
    assert [world.warehouse.products.get(str(n)).fields["sku"] for n in (cup, plate)] == ["SKU-1", "SKU-2"]
