"""A real Tryton as a warehouse: set up by an administrator, and worked in by its staff.

The staff does with the administrator's key what people do in Tryton's client. The connector has a user of its own, with
no more rights than its README asks for.
"""

from __future__ import annotations

import itertools
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.real.tryton_server import ADMIN_PASSWORD, DATABASE, running_tryton

CONNECTOR_PASSWORD = "another-one-of-nobody"
GROUPS = ["Stock", "Product Administration"]
COUNTRIES = {"DE": "Germany", "AT": "Austria"}
CARRIERS = {"DHL Paket": "DHL", "DPD Classic": "DPD"}


class TrytonWarehouse:
    """The staff of one warehouse, and what can be seen there. `order` is the shop's id of an order."""

    def __init__(self, address: str, shop: str = "acme") -> None:
        self.address = address
        self.shop = shop
        self._http = httpx.Client(base_url=f"{address}/{DATABASE}", timeout=60)
        self._context: dict[str, Any] = {}
        self._rest = {"Authorization": f"Bearer {self._application_key('admin', ADMIN_PASSWORD)}"}
        self._set_up()
        self.application_key = self._application_key("connector", CONNECTOR_PASSWORD)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    # -- the staff ------------------------------------------------------------------------------------

    def stock_in(self, quantities: Mapping[str, int], *, location: str = "STO") -> None:
        """Counts products by their SKUs; a quantity replaces the one that was there."""
        lines = [{"product": self.product(sku)["id"], "quantity": many} for sku, many in quantities.items()]
        inventory = self._create(
            "stock.inventory",
            company=self._company,
            location=self._location(location),
            date=_day(datetime.now(UTC)),
            empty_quantity="keep",
            lines=[["create", lines]],
        )
        self.press("stock.inventory", inventory, "confirm")

    def assign(self, order: str) -> None:
        """Reserves the goods of an order."""
        self.press("stock.shipment.out", self.shipment(order)["id"], "assign_try")

    def pick(self, order: str) -> None:
        """Takes the goods of an order out of the storage zone."""
        self.assign(order)
        self.press("stock.shipment.out", self.shipment(order)["id"], "pick")

    def pack(self, order: str, *numbers: str) -> None:
        """Packs an order into one parcel for each tracking number, sharing the goods among them."""
        self.pick(order)
        shipment = self.shipment(order)
        if shipment["carrier"] is None:
            self._write("stock.shipment.out", shipment["id"], carrier=self._one("carrier", [])["id"])
        for number, moves in zip(numbers, self._shared(shipment, len(numbers)), strict=True):
            self._create(
                "stock.package",
                company=self._company,
                type=self._one("stock.package.type", [])["id"],
                shipment=f"stock.shipment.out,{shipment['id']}",
                shipping_reference=number or None,
                moves=[["add", moves]],
            )
        self.press("stock.shipment.out", shipment["id"], "pack")

    def ship(self, order: str, *numbers: str) -> None:
        """Packs an order and hands it to the carrier."""
        self.pack(order, *numbers)
        self.press("stock.shipment.out", self.shipment(order)["id"], "ship")

    def finish(self, order: str) -> None:
        """Closes the books on a shipment that the carrier has."""
        self.press("stock.shipment.out", self.shipment(order)["id"], "do")

    def copy(self, order: str) -> None:
        """Makes a further shipment for an order, as for the rest of it."""
        (copied,) = self._call("POST", f"stock.shipment.out/{self.shipment(order)['id']}/copy", body={})
        self.press("stock.shipment.out", copied, "wait")

    def press(self, model: str, record_id: int, button: str) -> None:
        """Presses a button."""
        self._call("POST", f"{model}/{record_id}/{button}", body={})

    def set_country(self, code: str, name: str) -> None:
        """Enters a country."""
        self._create("country.country", code=code, name=name)

    # -- what can be seen -----------------------------------------------------------------------------

    def product(self, sku: str) -> dict[str, Any]:
        """Shows a product by its SKU."""
        fields = (
            "code",
            "active",
            "name",
            "type",
            "weight",
            "weight_uom.symbol",
            "length",
            "length_uom.symbol",
        )
        identifiers = ("identifiers.type", "identifiers.code")
        return self._one("product.product", [["code", "=", sku]], *fields, *identifiers, active_test=False)

    def shipments(self, order: str) -> list[dict[str, Any]]:
        """Shows the shipments of an order, the latest first."""
        fields = ("number", "reference", "state", "planned_date", "carrier.rec_name", "customer.code")
        address = ("delivery_address.full_address", "delivery_address.contact_mechanisms.value")
        party = ("customer.contact_mechanisms.value", "customer.addresses")
        moves = ("outgoing_moves.product.code", "outgoing_moves.quantity", "outgoing_moves.unit_price")
        key = f"{order}@{self.shop}"
        domain = ["OR", ["reference", "like", f"%{key}%"], ["customer.code", "=", key]]
        found = self._search(
            "stock.shipment.out", domain, *fields, *address, *party, *moves, address_with_party=True
        )
        own = [each for each in found if each["customer"]["code"] == key or key in each["reference"].split()]
        return sorted(own, key=lambda each: -int(each["id"]))

    def shipment(self, order: str) -> dict[str, Any]:
        """Shows the latest shipment of an order."""
        return self.shipments(order)[0]

    def notes(self, order: str) -> list[str]:
        """Shows the notes at the latest shipment of an order."""
        domain = [["resource", "=", f"stock.shipment.out,{self.shipment(order)['id']}"]]
        return [note["message"] for note in self._search("ir.note", domain, "message")]

    def on_hand(self, sku: str, location: str = "WH") -> float:
        """Shows how many pieces are in the warehouse, or in a zone of it, promised ones among them."""
        place = {"locations": [self._location(location)], "with_childs": True}
        return float(self._one("product.product", [["code", "=", sku]], "quantity", **place)["quantity"])

    # -- setting up -----------------------------------------------------------------------------------

    def _set_up(self) -> None:
        euro = self._create(
            "currency.currency", name="Euro", code="EUR", symbol="€", digits=2, rounding=_decimal("0.01")
        )
        party = self._create("party.party", name="Lager GmbH")
        self._company = self._create("company.company", party=party, currency=euro)
        self._write("res.user", 1, companies=[["add", [self._company]]], company=self._company)
        self._context = {"company": self._company}
        for code, name in COUNTRIES.items():
            self.set_country(code, name)
        for product, carrier in CARRIERS.items():
            self._add_carrier(product, carrier)
        self._create("stock.package.type", name="Karton")
        groups = self._search("res.group", [["name", "in", GROUPS]])
        self._create(
            "res.user",
            name="Connector",
            login="connector",
            password=CONNECTOR_PASSWORD,
            groups=[["add", [group["id"] for group in groups]]],
            companies=[["add", [self._company]]],
            company=self._company,
        )

    def _add_carrier(self, product: str, carrier: str) -> None:
        unit = self._one("product.uom", [["symbol", "=", "u"]])["id"]
        fields = {"name": product, "type": "service", "default_uom": unit, "products": [["create", [{}]]]}
        template = self._call("POST", "product.template", ["products"], body=fields)
        party = self._create("party.party", name=carrier)
        self._create("carrier", party=party, carrier_product=template["products"][0])

    def _application_key(self, login: str, password: str) -> str:
        """Makes a validated user application in the session of its user, as people do in their preferences."""
        user, session, _ = self._remote("", "common.db.login", login, {"password": password}, "en")
        token = b64encode(f"{login}:{user}:{session}".encode()).decode()
        values = [{"user": user, "application": "rest"}]
        ids = self._remote(token, "model.res.user.application.create", values, {})
        (application,) = self._remote(token, "model.res.user.application.read", ids, ["key"], {})
        return str(application["key"])

    def _remote(self, token: str, method: str, *params: Any) -> Any:
        headers = {"Authorization": f"Session {token}"} if token else {}
        answer = self._http.post("/rpc/", json={"id": 1, "method": method, "params": params}, headers=headers)
        answer.raise_for_status()
        return answer.json()["result"]

    # -- the REST API ---------------------------------------------------------------------------------

    def _shared(self, shipment: dict[str, Any], parcels: int) -> list[list[int]]:
        """Shares the moves of a shipment among parcels; where there are too few, one is split."""
        moves = [move["id"] for move in shipment["outgoing_moves"]]
        while len(moves) < parcels:
            large = max(self.shipment_moves(shipment["id"]), key=lambda move: float(move["quantity"]))
            body = {"default": {"quantity": 1.0}}
            moves += self._call("POST", f"stock.move/{large['id']}/copy", body=body, _stock_move_split=True)
            self._write("stock.move", large["id"], quantity=large["quantity"] - 1)
        shares = itertools.islice(itertools.cycle(range(parcels)), len(moves))
        shared: list[list[int]] = [[] for _ in range(parcels)]
        for share, move in zip(shares, moves, strict=True):
            shared[share].append(move)
        return shared

    def shipment_moves(self, shipment_id: int) -> Sequence[dict[str, Any]]:
        """Shows what goes out with a shipment."""
        fields = ("outgoing_moves.quantity",)
        found = self._one("stock.shipment.out", [["id", "=", shipment_id]], *fields)
        moves: Sequence[dict[str, Any]] = found["outgoing_moves"]
        return moves

    def _location(self, code: str) -> int:
        return int(self._one("stock.location", [["code", "=", code]])["id"])

    def add_location(self, code: str, *, beside: str) -> None:
        """Adds a storage location beside another one, such as a place for blocked goods."""
        parent = self._one("stock.location", [["code", "=", beside]], "parent")["parent"]
        self._create("stock.location", name=code, code=code, type="storage", parent=parent)

    def _one(self, model: str, domain: Sequence[Any], *fields: str, **context: Any) -> dict[str, Any]:
        return self._search(model, domain, *fields, **context)[0]

    def _search(
        self, model: str, domain: Sequence[Any], *fields: str, **context: Any
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", model, ["id", *fields], domain=domain, **context)
        return found

    def _create(self, model: str, **values: Any) -> int:
        return int(self._call("POST", model, ["id"], body=values)["id"])

    def _write(self, model: str, record_id: int, **values: Any) -> None:
        self._call("PUT", f"{model}/{record_id}", ["id"], body=values)

    def _call(
        self,
        method: str,
        path: str,
        fields: Sequence[str] = (),
        *,
        domain: Sequence[Any] | None = None,
        body: Mapping[str, Any] | None = None,
        **context: Any,
    ) -> Any:
        query: list[tuple[str, str | int | float | bool | None]] = [("f", field) for field in fields]
        if domain is not None:
            query.append(("d", _packed(domain)))
        headers = {**self._rest, "X-Tryton-Context": _packed({**self._context, **context})}
        answer = self._http.request(method, f"/rest/model/{path}", params=query, json=body, headers=headers)
        if answer.is_error:
            raise RuntimeError(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None


@contextmanager
def running_warehouse(folder: Path) -> Iterator[TrytonWarehouse]:
    """Runs a warehouse that is set up and empty while the block lasts."""
    with running_tryton(folder) as address, closing(TrytonWarehouse(address)) as warehouse:
        yield warehouse


def _packed(value: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode()


def _decimal(amount: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": amount}


def _day(moment: datetime) -> dict[str, Any]:
    return {"__class__": "date", "year": moment.year, "month": moment.month, "day": moment.day}
