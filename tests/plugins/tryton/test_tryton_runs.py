"""Whole runs between Billbee and Tryton, over both services' real wire formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connector.api import Parcel, Secret, Service
from connector.http import asgi_transport
from connector.settings import ClientSettings, PluginChoice
from connector.sides import Shared
from connector_sandbox.contract.tryton import TrytonDriver
from connector_sandbox.tryton.service import DATABASE, KEY
from connector_tryton.settings import TrytonSettings
from tests.core.flows.test_orders import order, product
from tests.plugins.tryton.between import Around, cut_off
from tests.world import RECEIVED, World

SHIPPED = 4
PARCELS = [Parcel(id="", tracking_number=number, carrier="DHL", product="DHL Paket") for number in ("A", "B")]


class TrytonWorld(World):
    """A world whose warehouse is a fake Tryton."""

    def __init__(self, state_dir: Path) -> None:
        super().__init__(state_dir)
        self.tryton = TrytonDriver(self.clock)
        self.around: Around = lambda app: app

    def settings(self, **changes: Any) -> ClientSettings:
        tryton = TrytonSettings(
            base_url="https://erp.example.com", database=DATABASE, application_key=Secret(KEY), shop="acme"
        )
        return super().settings(**{"target": PluginChoice("tryton", tryton), **changes})

    def shared(self) -> Shared:
        shared = super().shared()
        own = shared.transport

        def transport(service: Service) -> Any:
            return asgi_transport(self.around(self.tryton.app)) if service.name == "tryton" else own(service)

        return Shared(**{**vars(shared), "transport": transport})

    def tracking(self, order_id: int) -> list[str]:
        return [shipment["ShippingId"] for shipment in self.shop.order(order_id)["ShippingIds"]]


@pytest.fixture
def world(tmp_path: Path) -> TrytonWorld:
    return TrytonWorld(tmp_path / "state")


def test_an_order_goes_to_the_warehouse_and_its_parcels_come_back(world: TrytonWorld) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 3), (plate, 1))
    report = world.run()
    assert (report.problems, world.received(found)) == ([], True)
    assert [each.id for each in world.tryton.orders()] == [str(found)]
    world.tryton.ship(str(found), PARCELS[:1], complete=False)
    world.run()
    assert (world.tracking(found), world.shop.order(found)["State"]) == (["A"], 3)
    world.tryton.ship(str(found), PARCELS[1:], complete=True)
    report = world.run()
    assert (world.tracking(found), world.shop.order(found)["State"]) == (["A", "B"], SHIPPED)
    assert report.problems == []


def test_a_run_in_which_nothing_happened_writes_nothing(world: TrytonWorld) -> None:
    cup = product(world, 1)
    found = order(world, (cup, 1))
    world.run()
    world.tryton.ship(str(found), PARCELS[:1], complete=True)
    world.run()
    world.clear_audit()
    world.tryton.fake.calls.clear()
    world.run()
    assert (world.writes(), world.tryton.fake.writes()) == ([], [])


def test_the_stock_of_the_warehouse_less_what_is_promised_is_what_the_shop_sells(world: TrytonWorld) -> None:
    cup = product(world, 1)
    world.run("products")
    world.tryton.set_stock(str(cup), 20)
    world.run("stock")
    assert world.shop.stock(cup) == 20
    order(world, (cup, 3))
    world.run()
    assert world.shop.stock(cup) == 17


def test_O6_a_changed_order_is_brought_up_to_date(world: TrytonWorld) -> None:
    cup, plate = product(world, 1), product(world, 2)
    found = order(world, (cup, 1))
    world.run()
    world.shop.change_order(found, lines=[(plate, 5)], SellerComment="Vorsicht!")
    world.shop.remove_tags(found, [RECEIVED])
    world.shop.add_tags(found, ["wemalo"])
    report = world.run()
    (shown,) = world.tryton.orders()
    assert [(line.product_id, int(line.quantity)) for line in shown.lines] == [(str(plate), 5)]
    assert (shown.picking_info, report.problems, world.received(found)) == ("Vorsicht!", [], True)


@pytest.mark.parametrize("writes", range(1, 10))
def test_O3_an_order_arrives_once_wherever_a_run_is_cut_off_and_without_its_state(
    world: TrytonWorld, writes: int
) -> None:
    found = order(world, (product(world, 1), 1), (product(world, 2), 1))
    world.around = cut_off(writes)
    world.run()
    world.around = lambda app: app
    world.lose_state()
    world.run()
    assert [each.id for each in world.tryton.orders()] == [str(found)]
    assert (world.tryton.status(str(found)).value, world.received(found)) == ("waiting", True)
    assert len(world.tryton.products()) == 2
