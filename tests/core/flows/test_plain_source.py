"""A shop that can do as little as the flows products and orders take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from connector.contracts import Source
from connector.sides import Shared
from connector_billbee.source import BillbeeSource
from tests.core.flows.test_orders import RECEIVER, order, positions, product
from tests.world import World, problem


class PlainSource(BillbeeSource):
    """Reads a list of products and one of orders, and marks what was received."""

    product = Source.product
    find_order = Source.find_order
    order_held = Source.order_held


class PlainWorld(World):
    """The shop's plugin is a plain one."""

    def shared(self) -> Shared:
        shared = super().shared()
        offer = msgspec.structs.replace(shared.plugins.sources["billbee"], what=PlainSource)
        return replace(shared, plugins=msgspec.structs.replace(shared.plugins, sources={"billbee": offer}))


@pytest.fixture
def world(tmp_path: Path) -> PlainWorld:
    return PlainWorld(tmp_path / "state")


def test_O5_a_held_order_is_reported_where_the_shop_has_no_place_for_the_mark(world: World) -> None:
    held = order(world, to={**RECEIVER, "Zip": ""})
    assert problem(world.run(), "order_receiver_missing").record_id == str(held)
    assert (world.run().completed, world.shop.order(held)["Tags"]) == (True, ["wemalo"])


def test_A5_sets_are_known_from_the_catalogue_where_single_products_can_not_be_read(world: World) -> None:
    cup = product(world)
    box = world.shop.add_product(SKU="BOX", EAN="4006381333931", Title="Box", parts={cup: 2.0})
    found = order(world, (box, 3))
    assert world.run().problems == []
    assert positions(world, found) == {str(cup): 6}


def test_O5_an_order_of_a_set_that_nobody_told_of_is_held(world: World) -> None:
    cup = product(world)
    order(world, (world.shop.add_product(SKU="BOX", EAN="4006381333931", parts={cup: 2.0}), 1))
    assert problem(world.run("orders"), "order_product_unknown").flow == "orders"
