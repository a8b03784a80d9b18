"""What people in the warehouse of a fake Tryton do, and see."""

from __future__ import annotations

from typing import Any

from connector.api import Parcel
from connector_sandbox.tryton.records import Record, Records
from connector_sandbox.tryton.rules import Rules


class Staff:
    """The people of one warehouse. Ids of orders are the shop's."""

    def __init__(self, records: Records, rules: Rules, shop: str) -> None:
        self.records = records
        self.rules = rules
        self.shop = shop

    def shipments(self, order_id: str) -> list[Record]:
        """Shows the shipments of an order, the oldest first."""
        key = f"{order_id}@{self.shop}"
        parties = {each["id"] for each in self.records.all("party.party") if each["code"] == key}
        return [
            each
            for each in self.records.all("stock.shipment.out")
            if key in (each["reference"] or "").split()
            or (not each["reference"] and each["customer"] in parties)
        ]

    def shipment(self, order_id: str) -> Record:
        """Shows the shipment of an order that people are at: the oldest one in the house, else the latest one."""
        found = self.shipments(order_id)
        if not found:
            raise LookupError(order_id)
        in_house = [each for each in found if each["state"] not in {"shipped", "done", "cancelled"}]
        return (in_house or found[-1:])[0]

    def assign(self, order_id: str) -> None:
        """Reserves the goods, whether they are there or not."""
        shipment = self.shipment(order_id)
        shipment["state"] = "assigned"
        for move in self.rules.inventory_moves(shipment):
            move["state"] = "assigned"

    def pick(self, order_id: str) -> None:
        """Takes the goods out of the storage zone."""
        self.assign(order_id)
        shipment = self.shipment(order_id)
        shipment["state"] = "picked"
        for move in self.rules.inventory_moves(shipment):
            move["state"] = "done"

    def pack(self, order_id: str, *parcels: Parcel) -> None:
        """Packs an order: each parcel but the last takes one piece, the last one all that is left."""
        self.pick(order_id)
        shipment = self.shipment(order_id)
        for number, parcel in enumerate(parcels, start=1):
            self._carry_by(shipment, parcel)
            package = self.records.add(
                "stock.package",
                number=f"{shipment['number']}-{number}",
                shipment=shipment["id"],
                shipping_reference=parcel.tracking_number or None,
            )
            loose = [move for move in self._outgoing(shipment) if move["package"] is None]
            for move in loose if number == len(parcels) else [self._one_piece_of(loose)]:
                move["package"] = package
        shipment["state"] = "packed"

    def ship(self, order_id: str, *parcels: Parcel) -> None:
        """Packs an order and hands it to the carrier."""
        self.pack(order_id, *parcels)
        shipment = self.shipment(order_id)
        shipment["state"] = "shipped"
        for move in self._outgoing(shipment):
            move["state"] = "done"

    def split(self, order_id: str, pieces: int) -> None:
        """Leaves so many pieces in the shipment of an order, and makes another one for the rest, without reference."""
        shipment = self.shipment(order_id)
        kept = {name: value for name, value in shipment.items() if name not in {"id", "number", "reference"}}
        rest = self.records.get("stock.shipment.out", self.records.add("stock.shipment.out", **kept))
        for move in self._outgoing(shipment):
            stays = min(pieces, int(move["quantity"]))
            pieces -= stays
            goes = move["quantity"] - stays
            if goes:
                self.records.add(
                    "stock.move",
                    **{**move, "shipment": rest["id"], "quantity": goes, "internal_quantity": goes},
                )
            move["quantity"] = move["internal_quantity"] = float(stays)
            if not stays:
                self.rules.delete("stock.move", move["id"])
        self.rules.press(shipment, "wait")
        self.rules.press(rest, "wait")

    def stock_in(self, sku: str, quantity: float, location: str = "STO") -> None:
        """Counts a product: a quantity replaces the one that was there."""
        place = self.rules.place(location)
        product = self.product(sku)["id"]
        more = quantity - self.records.on_hand(product, place)
        self.records.add(
            "stock.move",
            company=1,
            product=product,
            quantity=more,
            internal_quantity=more,
            from_location=self.rules.place("LOST"),
            to_location=place,
            state="done",
        )

    def product(self, sku: str) -> Record:
        """Shows a product by its SKU."""
        found = self.records.search("product.product", [["code", "=", sku]], {"active_test": False})
        if not found:
            raise LookupError(sku)
        return found[0]

    def add_product(self, sku: str, *identifiers: tuple[str | None, str], **template: Any) -> int:
        """Enters a product as people do, and returns its id."""
        fields = {"name": sku, "default_uom": self._unit("u"), **template}
        record_id = self.records.add("product.template", **fields)
        product = self.records.add("product.product", template=record_id, suffix_code=sku)
        for kind, code in identifiers:
            self.records.add("product.identifier", product=product, type=kind, code=code)
        return product

    def add_carrier(self, product: str, carrier: str) -> int:
        """Enters a way to ship."""
        party = self.records.add("party.party", name=carrier)
        service = self.records.add(
            "product.template", name=product, type="service", default_uom=self._unit("u")
        )
        variant = self.records.add("product.product", template=service)
        return self.records.add(
            "carrier", party=party, carrier_product=variant, rec_name=f"{carrier} - {product}"
        )

    def _carry_by(self, shipment: Record, parcel: Parcel) -> None:
        if parcel.carrier or parcel.product:
            name = f"{parcel.carrier} - {parcel.product}"
            known = {each["rec_name"]: each["id"] for each in self.records.all("carrier")}
            shipment["carrier"] = known.get(name) or self.add_carrier(parcel.product, parcel.carrier)

    def _one_piece_of(self, moves: list[Record]) -> Record:
        """Takes one piece out of a move, as a move of its own."""
        large = max(moves, key=lambda move: float(move["quantity"]))
        if large["quantity"] == 1:
            return large
        large["quantity"] = large["internal_quantity"] = large["quantity"] - 1
        one = {**large, "quantity": 1.0, "internal_quantity": 1.0}
        return self.records.get("stock.move", self.records.add("stock.move", **one))

    def _outgoing(self, shipment: Record) -> list[Record]:
        return self.records.linked("stock.shipment.out", shipment, "outgoing_moves")

    def _unit(self, symbol: str) -> int:
        return next(int(each["id"]) for each in self.records.all("product.uom") if each["symbol"] == symbol)
