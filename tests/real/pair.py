"""A real Vendure and a real Tryton with the connector between them, as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from connector.api import Product
from tests.real import tryton_server
from tests.real.relay import Relay, Strike
from tests.real.tryton_bench import ean
from tests.real.tryton_server import DATABASE
from tests.real.tryton_warehouse import TrytonWarehouse, running_warehouse
from tests.real.vendure_bench import FIELDS
from tests.real.vendure_shop import VendureShop, open_shop

ROOT: Final = Path(__file__).parents[2]
STUCK_AFTER_S: Final = 120.0
"""A process that needs longer hangs; a run takes some seconds."""


@dataclass
class Meant:
    """What people want to become of an order: pieces by variant, what happened to it, its tracking numbers."""

    pieces: Mapping[str, int]
    fate: Literal["open", "shipped", "cancelled"] = "open"
    numbers: tuple[str, ...] = ()
    was_agreed: bool = False


_IN_VENDURE: Final = {"open": "PaymentSettled", "shipped": "Shipped", "cancelled": "Cancelled"}
_IN_TRYTON: Final = {"open": "waiting", "shipped": "shipped", "cancelled": "cancelled"}


class RealPair:
    """One client between both, and what people mean there; `run` is one pass of `connector run --once`."""

    def __init__(
        self, shop: VendureShop, warehouse: TrytonWarehouse, relays: tuple[Relay, Relay], folder: Path
    ) -> None:
        self.shop = shop
        self.warehouse = warehouse
        self.to_shop, self.to_warehouse = relays
        self.products: dict[str, str] = {}
        self.orders: dict[str, Meant] = {}
        self.shelf: dict[str, int] = {}
        self._folder = folder
        self._configure()

    # -- what people do -------------------------------------------------------------------------------

    def sell(self) -> str:
        """Puts a product on sale that is like none before it, and returns the id of its variant."""
        number = len(self.products) + 1
        sizes: dict[str, Any] = {"weight_g": 1499, "length_cm": 30.5, "width_cm": 20.0, "height_cm": 10.0}
        name = f"Kaffee Nr. {number}: süß & kräftig"
        product = Product(id="", sku=f"PAIR-{number}", name=name, ean=ean(7000 + number), **sizes)
        key = self.shop.add_product(product)
        self.products[key] = product.sku
        return key

    def stock_in(self, **pieces: int) -> None:
        """The warehouse counts products, by their variants."""
        self.warehouse.stock_in({self.products[key]: many for key, many in pieces.items()})
        self.shelf.update(pieces)

    def buy(self, **pieces: int) -> str:
        """A customer orders and pays, at the shop's own checkout."""
        order = self.shop.paid_order(*pieces.items())
        self.orders[order] = Meant(pieces)
        return order

    def cancel(self, order: str) -> None:
        """The merchant cancels an order."""
        self.shop.cancel_order(order)
        self.orders[order].fate = "cancelled"

    def ship(self, order: str, *numbers: str) -> None:
        """The warehouse picks an order, packs it into a parcel for each number, and hands it to the carrier."""
        self.warehouse.ship(order, *numbers)
        self.orders[order].fate = "shipped"
        self.orders[order].numbers = numbers
        for key, many in self.orders[order].pieces.items():
            self.shelf[key] -= many

    @property
    def open_orders(self) -> list[str]:
        """The orders of which nothing was sent yet."""
        return [order for order, meant in self.orders.items() if meant.fate == "open"]

    def disagreements(self, *, of_all: bool = False) -> list[str]:
        """Says where a side does not have what people mean: nothing missing, nothing twice, the same stock.

        Orders that were found in their last state before are looked at again where `of_all` says so.
        """
        found = [f"product {key}: {each}" for key in self.shelf for each in self._of_product(key)]
        for order, meant in self.orders.items():
            if of_all or not meant.was_agreed:
                mistakes = [f"order {order}: {each}" for each in self._of_order(order)]
                meant.was_agreed = not mistakes and meant.fate != "open"
                found += mistakes
        return found

    def _of_product(self, key: str) -> Iterator[str]:
        promised = sum(self.orders[order].pieces.get(key, 0) for order in self.open_orders)
        on_hand, allocated = self.shop.stock(key)
        if on_hand - allocated != self.shelf[key] - promised:
            yield f"{self.shelf[key]} on the shelf, {promised} promised, the shop sells {on_hand - allocated}"
        if (stored := self.warehouse.on_hand(self.products[key], "STO")) != self.shelf[key]:
            yield f"{self.shelf[key]} on the shelf, and the warehouse believes to have {stored}"

    def _of_order(self, order: str) -> Iterator[str]:
        meant, shown, shipments = self.orders[order], self.shop.order(order), self.warehouse.shipments(order)
        codes = sorted(each["trackingCode"] for each in shown["fulfillments"])
        if shown["state"] != _IN_VENDURE[meant.fate] or codes != sorted(meant.numbers):
            yield f"{meant.fate}, {meant.numbers}, and in the shop {shown['state']}, {codes}"
        if [shipment["state"] for shipment in shipments] != [_IN_TRYTON[meant.fate]]:
            yield f"{meant.fate}, and in the warehouse {[shipment['state'] for shipment in shipments]}"
        pieces = Counter[str]()
        for shipment in shipments:
            for move in shipment["outgoing_moves"]:
                pieces[move["product"]["code"]] += int(move["quantity"])
        if pieces != {self.products[key]: many for key, many in meant.pieces.items()}:
            yield f"{meant.pieces}, and in the warehouse {dict(pieces)}"

    # -- the connector --------------------------------------------------------------------------------

    def connector(self, *arguments: str) -> Any:
        """Calls the command and returns the JSON that it prints."""
        done = subprocess.run(
            [*self._command, *arguments, "--json"],
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            check=False,
            timeout=STUCK_AFTER_S,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def run(self) -> Any:
        """Makes one pass; returns the report of the client."""
        self.to_shop.calls.clear()
        self.to_warehouse.calls.clear()
        (report,) = self.connector("run", "--once")["clients"]
        return report

    def killed_run(self, strike: Strike) -> None:
        """Makes a pass that is killed at a call."""
        relay = self.to_warehouse if " " in strike.call else self.to_shop
        relay.strike = strike
        with (self._folder / "log").open("wb") as log:
            command = [*self._command, "run", "--once"]
            strike.process = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=log, stderr=log)
            try:
                strike.process.wait(STUCK_AFTER_S)
            finally:
                strike.process.kill()
                relay.strike = None
        assert strike.is_done, f"the run never made the call {strike.call}"

    def forget(self) -> None:
        """Loses all that is remembered between runs."""
        shutil.rmtree(self._folder / "state")

    @property
    def writes(self) -> list[str]:
        """The calls of the latest run that could change something on either side."""
        return [*self.to_shop.writes, *self.to_warehouse.writes]

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "connector", "--config", str(self._folder / "config")]

    def _configure(self) -> None:
        source = {"plugin": "vendure", "base_url": self.to_shop.address, **FIELDS}
        warehouse = {"base_url": self.to_warehouse.address, "database": DATABASE, "shop": self.warehouse.shop}
        secrets = {
            "clients.acme.source": {"api_key": self.shop.create_api_key()},
            "clients.acme.target": {"application_key": self.warehouse.application_key},
        }
        clients = self._folder / "config" / "clients"
        clients.mkdir(parents=True)
        (clients / "acme.toml").write_text(
            _toml({"source": source, "target": {"plugin": "tryton", **warehouse}})
        )
        secrets_file = clients.parent / ".secrets.toml"
        secrets_file.touch(mode=0o600)
        secrets_file.write_text(_toml(secrets))


@contextmanager
def open_pair(folder: Path) -> Iterator[RealPair]:
    """Runs an empty shop and an empty warehouse while the block lasts; both are started at the same time."""
    with ExitStack() as opened, ThreadPoolExecutor() as both:
        shop = both.submit(opened.enter_context, open_shop())
        warehouse = both.submit(opened.enter_context, running_warehouse(tryton_server.default_folder()))
        relays = (Relay(shop.result().address), Relay(warehouse.result().address))
        with relays[0].serving(), relays[1].serving():
            shop.result().set_currency("EUR")
            yield RealPair(shop.result(), warehouse.result(), relays, folder)


def _toml(tables: Mapping[str, Mapping[str, str]]) -> str:
    lines = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _environment() -> dict[str, str]:
    """What a person's own settings would change is left out."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CONNECTOR_")}
