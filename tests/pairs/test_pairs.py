"""Every source with every target that comes along: a day of both, through all flows, and at the end they agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import PACKAGE
from tests.pairs.pair import Pair
from tests.world import PLUGINS

SHELF = 20
SOURCES, TARGETS = (
    [name for name, offer in offers.items() if offer.package == PACKAGE]
    for offers in (PLUGINS.sources, PLUGINS.targets)
)


@pytest.fixture(params=[(source, target) for source in SOURCES for target in TARGETS], ids=" to ".join)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    source, target = request.param
    return Pair(PLUGINS.sources[source], PLUGINS.targets[target], tmp_path / "state")


def test_all_pairs_are_tried() -> None:
    assert {"billbee", "vendure"} <= set(SOURCES)
    assert {"wemalo", "tryton"} <= set(TARGETS)


def test_a_day_of_both_sides_ends_in_agreement_and_nothing_is_written_twice(pair: Pair) -> None:
    cup, plate = pair.sell(), pair.sell()
    assert pair.run().problems == []
    for product in (cup, plate):
        pair.warehouse.set_stock(product.id, SHELF)
    parted, single, unwanted = pair.buy(cup, plate), pair.buy(cup), pair.buy(plate)
    assert [f"create order {each}" in pair.next_writes() for each in (parted, single, unwanted)] == [True] * 3
    assert pair.run().problems == []
    assert all(pair.shop.order(each).is_received for each in (parted, single, unwanted))

    pair.shop.cancel_order(unwanted)
    pair.ship(parted, "0034-1", complete=False)
    pair.ship(single, "0034-3")
    assert pair.run().problems == []
    assert (pair.tracking(parted), pair.shop.order(parted).is_shipped) == (["0034-1"], False)

    pair.ship(parted, "0034-2")
    report = pair.run()
    assert (report.completed, report.problems) == (True, [])
    assert set(report.flows) == {"products", "orders", "cancellations", "shipments", "stock"}
    for _ in range(2):
        assert sorted(product.sku for product in pair.warehouse.products()) == sorted((cup.sku, plate.sku))
        assert pair.in_warehouse(parted) == ("shipped", {cup.id: 2, plate.id: 2})
        assert pair.in_warehouse(single) == ("shipped", {cup.id: 2})
        assert pair.in_warehouse(unwanted) == ("cancelled", {plate.id: 2})
        assert {order.id for order in pair.warehouse.orders()} == {parted, single, unwanted}
        assert [pair.tracking(each) for each in (parted, single)] == [["0034-1", "0034-2"], ["0034-3"]]
        assert [pair.shop.order(each).is_shipped for each in (parted, single)] == [True, True]
        assert [pair.shop.stock(product.id) for product in (cup, plate)] == [SHELF - 4, SHELF - 2]
        assert pair.next_writes() == []
        assert pair.run().problems == []
