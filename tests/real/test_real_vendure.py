"""The Vendure plugin against a real Vendure. Run with: pytest -m real tests/real/test_real_vendure.py"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connector.api import (
    AuthenticationError,
    CallRefused,
    Order,
    Product,
    RecordRefused,
    Secret,
    StockLevel,
)
from tests.real.vendure_bench import NO_FIELDS, ON_HAND, Real, all_of, parcel
from tests.real.vendure_server import can_run
from tests.real.vendure_shop import ADDRESS, open_shop

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not can_run(), reason="Vendure needs Node.js and npm, which are not installed"),
]


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    """One shop for all tests of this file; each of them sells products of its own."""
    with open_shop() as shop:
        yield Real(shop)


# -- the way in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way_in", ["API key", "login"])
def test_the_rights_that_the_readme_asks_for_are_enough(real: Real, way_in: str) -> None:
    found = real.use(lambda source: source.check(), **({} if way_in == "API key" else real.login))
    assert [(finding.what, finding.advice) for finding in found if not finding.ok] == []


@pytest.mark.parametrize("changes", [{"api_key": Secret("0:not-a-key")}, {"password": Secret("wrong")}])
def test_R1_wrong_credentials_are_told(real: Real, changes: dict[str, Any]) -> None:
    ways = changes if "api_key" in changes else {**real.login, **changes}
    with pytest.raises(AuthenticationError, match="vendure does not accept the credentials"):
        real.use(lambda source: all_of(source.products()), **ways)


def test_a_field_that_the_shop_does_not_have_is_told(real: Real) -> None:
    with pytest.raises(CallRefused, match=r'Cannot query field "eam".*GRAPHQL_VALIDATION_FAILED'):
        real.use(lambda source: all_of(source.products()), ean_field="eam")


# -- products -------------------------------------------------------------------------------------


def test_A7_a_product_comes_with_its_custom_fields(real: Real) -> None:
    sizes: dict[str, Any] = {"weight_g": 350, "length_cm": 12.0, "width_cm": 9.5, "height_cm": 10.1}
    key = real.sell(sku="MUG", name="Mug", ean="4006381333931", is_digital=True, **sizes)
    whole = Product(id=key, sku="MUG", name="Mug", ean="4006381333931", is_digital=True, **sizes)
    assert real.use(lambda source: source.product(key)) == whole
    assert real.use(lambda source: source.find_product("MUG")) == whole
    assert whole in real.use(lambda source: all_of(source.products()), page_size=1)
    bare = Product(id=key, sku="MUG", name="Mug")
    assert real.use(lambda source: source.product(key), **NO_FIELDS) == bare


def test_A2_a_change_is_seen(real: Real) -> None:
    key = real.sell()
    real.shop.change_product(key, enabled=False, customFields={"ean": "4006381333948"})
    found = real.use(lambda source: source.product(key))
    assert found is not None
    assert (found.is_active, found.ean) == (False, "4006381333948")


def test_what_is_not_there_is_not_found(real: Real) -> None:
    for number in ("999999", "no such SKU", "0f9a4c1e-6d2b-4a55-8b1e-7a0e3b5c9d10"):
        assert real.use(lambda source, number=number: source.find_product(number)) is None  # type: ignore[misc]
        assert real.use(lambda source, number=number: source.find_order(number)) is None  # type: ignore[misc]


# -- orders ---------------------------------------------------------------------------------------


def test_O8_a_paid_order_comes_with_receiver_lines_and_amounts(real: Real) -> None:
    mug, shirt = real.sell(sku="O8-MUG"), real.sell(sku="O8-SHIRT")
    key = real.shop.paid_order((mug, 3), (shirt, 1))
    order = real.offered(key)
    assert order is not None
    assert order.receiver is not None
    assert (order.currency, order.total, order.shipping_profile) == ("USD", Decimal("67.23"), "DHL Paket")
    assert [(line.product_id, line.sku, line.quantity) for line in order.lines] == [
        (mug, "O8-MUG", Decimal(3)),
        (shirt, "O8-SHIRT", Decimal(1)),
    ]
    assert (order.lines[0].total, order.lines[0].tax) == (Decimal("46.05"), Decimal("7.35"))
    receiver = order.receiver
    assert (receiver.name, receiver.street) == (ADDRESS["fullName"], ADDRESS["streetLine1"])
    assert (receiver.zip, receiver.city, receiver.country_code) == ("10115", "Berlin", "DE")
    assert receiver.email == "erika@example.com"
    assert real.now(order.number).order == real.now(key).order == order


def test_O1_O2_only_paid_orders_that_were_not_received_are_offered(real: Real) -> None:
    mug = real.sell()
    unpaid = real.shop.paid_order((mug, 1), pays=False)
    received = real.received((mug, 1))
    assert real.shop.order(received)["customFields"]["wmsExportedAt"] is not None
    assert (real.offered(unpaid), real.offered(received)) == (None, None)
    assert real.offered(received, **NO_FIELDS) is not None
    real.shop.set_order_fields(received, wmsExportedAt=None)  # the merchant wants it sent again
    assert real.offered(received) is not None


def test_O5_a_held_order_stays_offered_until_it_goes_through(real: Real) -> None:
    key = real.shop.paid_order((real.sell(), 1))
    real.use(lambda source: source.order_held(Order(id=key)))
    order = real.offered(key)
    assert order is not None
    assert (order.tags, real.now(key).is_held) == (("held",), True)
    real.use(lambda source: source.order_received(order))
    assert real.shop.order(key)["customFields"]["wmsStatus"] is None


def test_received_orders_are_told_of(real: Real) -> None:
    key = real.received((real.sell(), 1))
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert key in [each.order.id for each in real.use(lambda source: all_of(source.received_orders(since)))]


def test_only_what_a_person_has_not_packed_yet_is_offered(real: Real) -> None:
    key = real.shop.paid_order((real.sell(), 3))
    real.shop.pack_by_hand(key, "", 1)
    order = real.offered(key)
    assert order is not None
    assert [(line.quantity, line.total) for line in order.lines] == [(Decimal(2), Decimal("30.70"))]


# -- shipments ------------------------------------------------------------------------------------


def test_S1_two_parcels_of_which_the_target_tells_the_contents(real: Real) -> None:
    mug, shirt = real.sell(), real.sell()
    key = real.received((mug, 2), (shirt, 1))
    first, second = (
        parcel("0034-1", (shirt, 1), product="DHL Paket"),
        parcel("0034-2", (mug, 2), carrier="DPD"),
    )
    real.ship(key, first, complete=False)
    assert real.state(key) == ("PartiallyShipped", ["0034-1"])
    for _ in range(2):  # the run was cut off before the warehouse heard of it
        real.ship(key, first, second)
    shown = real.shop.order(key)
    assert real.state(key) == ("Shipped", ["0034-1", "0034-2"])
    assert [made["method"] for made in shown["fulfillments"]] == ["DHL Paket", "DPD"]
    assert [sum(line["quantity"] for line in made["lines"]) for made in shown["fulfillments"]] == [1, 2]
    assert (real.now(key).is_shipped, real.now(key).tracking_numbers) == (True, ("0034-1", "0034-2"))


def test_S1_two_parcels_of_which_nobody_tells_the_contents(real: Real) -> None:
    key = real.received((real.sell(), 2))
    real.ship(key, parcel("0035-1"), complete=False)
    assert real.state(key) == ("PartiallyShipped", ["0035-1"])
    real.ship(key, parcel("0035-1"), parcel("0035-2"))
    assert real.state(key) == ("Shipped", ["0035-1", "0035-2"])


def test_S1_more_parcels_than_pieces_share_a_fulfillment(real: Real) -> None:
    key = real.received((real.sell(), 1))
    real.ship(key, parcel("0036-1"), parcel("0036-2"))
    assert real.now(key).tracking_numbers == ("0036-1", "0036-2")
    assert real.state(key)[0] == "Shipped"


def test_S4_a_parcel_without_number_ships_the_order(real: Real) -> None:
    key = real.received((real.sell(), 1))
    real.ship(key, parcel(""))
    assert (real.state(key)[0], real.now(key).tracking_numbers) == ("Shipped", ())


def test_S5_a_run_that_was_killed_between_the_two_calls_is_completed(real: Real) -> None:
    key = real.received((real.sell(), 2))
    real.shop.pack_by_hand(key, "0037-1", 1)
    real.ship(key, parcel("0037-1"), complete=False)
    assert real.state(key) == ("PartiallyShipped", ["0037-1"])


def test_S6_orders_that_take_no_parcel_are_refused(real: Real) -> None:
    key = real.received((real.sell(), 1))
    real.shop.cancel_order(key)
    with pytest.raises(RecordRefused, match="shipment_order_cancelled"):
        real.ship(key, parcel("0038"))
    with pytest.raises(RecordRefused, match="shipment_order_unknown"):
        real.ship("999999", parcel("0038"))


def test_a_shop_that_believes_to_have_too_few_takes_the_parcel_all_the_same(real: Real) -> None:
    mug = real.sell()
    key = real.received((mug, 2))
    real.shop.set_on_hand(mug, 1)
    real.ship(key, parcel("0039"))
    assert (real.state(key), real.shop.stock(mug)) == (("Shipped", ["0039"]), (1, 0))


def test_a_handler_that_the_shop_does_not_have_is_told(real: Real) -> None:
    key = real.received((real.sell(), 1))
    with pytest.raises(RecordRefused, match="INVALID_FULFILLMENT_HANDLER_ERROR"):
        real.ship(key, parcel("0040"), fulfillment_handler="no-such-handler")


# -- stock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("changes", "on_hand"), [({}, 52), (ON_HAND, 50)])
def test_K1_K4_a_quantity_is_set_and_read_back(real: Real, changes: dict[str, Any], on_hand: int) -> None:
    mug = real.sell()
    key = real.shop.paid_order((mug, 2))
    level = StockLevel(product_id=mug, quantity=50)
    outcomes = real.use(lambda source: source.set_stock([level]), **changes)
    assert ([outcome.error for outcome in outcomes], real.shop.stock(mug)) == ([None], (on_hand, 2))
    found = real.use(lambda source: all_of(source.stock_levels()), **changes)
    assert {each.product_id: each.quantity for each in found}[mug] == 50
    real.ship(key, parcel(f"K4-{on_hand}"))
    assert real.shop.stock(mug) == (on_hand - 2, 0)


def test_K2_unknown_products_keep_no_other_back(real: Real) -> None:
    mug, shirt = real.sell(sku="K2-MUG"), real.sell(sku="K2-SHIRT")
    levels = [
        StockLevel(product_id="999999", quantity=1),
        StockLevel(product_id=mug, quantity=7),
        StockLevel(product_id="", sku="K2-SHIRT", quantity=0),
        StockLevel(product_id="not an id", quantity=1),
    ]
    outcomes = real.use(lambda source: source.set_stock(levels))
    assert [outcome.error is None for outcome in outcomes] == [False, True, True, False]
    assert (real.shop.stock(mug), real.shop.stock(shirt)) == ((7, 0), (0, 0))


def test_K2_a_quantity_that_the_shop_can_not_hold_keeps_no_other_back(real: Real) -> None:
    keys = [real.sell() for _ in range(3)]
    levels = [StockLevel(product_id=key, quantity=9) for key in keys]
    levels[1] = StockLevel(product_id=keys[1], quantity=3_000_000_000)
    outcomes = real.use(lambda source: source.set_stock(levels))
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert [real.shop.stock(key)[0] for key in keys] == [9, 100, 9]


# -- cancellations --------------------------------------------------------------------------------


def withdrawn(real: Real, since: datetime | None, **changes: Any) -> dict[str, bool]:
    found = real.use(lambda source: all_of(source.withdrawn_orders(since)), **changes)
    return {each.order_id: each.is_marked for each in found}


@pytest.mark.parametrize("method", ["order_cancelled", "order_cancel_refused"])
def test_X1_X2_a_cancelled_order_is_told_of_until_it_was_dealt_with(real: Real, method: str) -> None:
    received, other = real.received((real.sell(), 1)), real.shop.paid_order((real.sell(), 1))
    real.shop.cancel_order(received)
    real.shop.cancel_order(other)
    recently = datetime.now(UTC) - timedelta(minutes=5)
    assert withdrawn(real, None)[received] is True
    assert other not in withdrawn(real, None)
    assert withdrawn(real, recently)[other] is False
    assert withdrawn(real, recently, **NO_FIELDS)[received] is False
    real.use(lambda source: getattr(source, method)(received))
    assert received not in {**withdrawn(real, None), **withdrawn(real, recently)}


def test_X1_without_a_status_field_the_mark_of_a_received_order_is_taken_away(real: Real) -> None:
    key = real.received((real.sell(), 1))
    real.shop.cancel_order(key)
    changes: dict[str, Any] = {"status_field": ""}
    real.use(lambda source: source.order_cancelled(key), **changes)
    assert key not in withdrawn(real, None, **changes)
    assert real.shop.order(key)["customFields"] == {"wmsExportedAt": None, "wmsStatus": None}
