"""What Tryton does when records are written: the rules that it holds, and what the buttons of a shipment do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector_sandbox.tryton.records import Context, Record, Records
from connector_sandbox.tryton.schema import LONG_TEXTS, MEASURES, SCHEMA, Many

_ODD = re.compile(r"[\t\n\r\x0b\x0c]")
_OPEN = ("draft", "assigned")
_BUTTONS = {
    "draft": {"waiting", "cancelled"},
    "wait": {"draft", "waiting", "assigned"},
    "cancel": {"draft", "waiting", "assigned", "picked", "packed", "shipped"},
}


class Refused(Exception):
    """Tryton says no, with these words."""


class Rules:
    """Writes records as Tryton does: all of a write or nothing.

    `refuses` may hold SKUs and ids of orders whose writes break a rule that somebody has added.
    """

    def __init__(self, records: Records) -> None:
        self.records = records
        self.refuses: set[str] = set()

    def atomically(self, write: Callable[[], Any]) -> Any:
        """Carries out a write, and undoes it where a rule is broken."""
        before = self.records.copied()
        try:
            return write()
        except Exception:
            self.records.tables = before
            raise

    def create(self, model: str, values: Mapping[str, Any], context: Context) -> int:
        """Adds a record with those that belong to it."""
        plain, nested = _sorted_out(model, values)
        if model == "party.party":
            plain["code"] = plain.get("code") or str(len(self.records.tables[model]) + 1)
            plain["customer_location"] = self.place("CUS")
        if model == "stock.move":
            plain["internal_quantity"] = float(plain["quantity"])
        record_id = self.records.add(model, **plain)
        self._write_nested(model, record_id, nested, context)
        self._check(model, record_id, values, context)
        return record_id

    def write(self, model: str, record_id: int, values: Mapping[str, Any], context: Context) -> None:
        """Changes a record and those that belong to it."""
        if model == "product.template" and "type" in values and self._has_moves(record_id):
            raise Refused("You cannot change the type of a product which is associated with stock moves.")
        plain, nested = _sorted_out(model, values)
        self.records.get(model, record_id).update(plain)
        self._write_nested(model, record_id, nested, context)
        self._check(model, record_id, values, context)

    def delete(self, model: str, record_id: int) -> None:
        """Deletes a record."""
        if model == "stock.shipment.out":
            raise Refused('You are not allowed to access "Stock Shipment Out".')
        del self.records.tables[model][record_id]

    def press(self, shipment: Record, button: str) -> None:
        """Presses a button of a shipment, where its state lets people see that button."""
        if shipment["state"] not in _BUTTONS[button]:
            raise Refused(f'You can not call "{button}" on "{shipment["number"]}" of "Stock Shipment Out".')
        self._refuse_named(shipment["reference"] or "")
        if button == "cancel":
            for move in self.records.linked("stock.shipment.out", shipment, "moves"):
                move["state"] = "cancelled"
            shipment["state"] = "cancelled"
            return
        for move in self.inventory_moves(shipment):
            self.delete("stock.move", move["id"])
        shipment["state"] = "draft"
        if button == "wait":
            self._hand_over(shipment)

    def inventory_moves(self, shipment: Record) -> list[Record]:
        """Returns the moves from the storage zone into the output zone."""
        moves = self.records.linked("stock.shipment.out", shipment, "moves")
        return [move for move in moves if move["to_location"] == shipment["warehouse_output"]]

    def place(self, code: str) -> int:
        """Finds a location by its code."""
        return next(int(each["id"]) for each in self.records.all("stock.location") if each["code"] == code)

    def _hand_over(self, shipment: Record) -> None:
        shipment["state"] = "waiting"
        numbers = [int(each["number"] or 0) for each in self.records.all("stock.shipment.out")]
        shipment["number"] = shipment["number"] or str(max(numbers) + 1)
        for move in self.records.linked("stock.shipment.out", shipment, "outgoing_moves"):
            way = {
                "from_location": shipment["warehouse_storage"],
                "to_location": shipment["warehouse_output"],
            }
            kept = {
                name: value for name, value in move.items() if name not in {"id", "unit_price", "currency"}
            }
            self.records.add("stock.move", **{**kept, **way})

    def _write_nested(
        self, model: str, record_id: int, nested: Mapping[str, Sequence[Any]], context: Context
    ) -> None:
        for field, commands in nested.items():
            kind = SCHEMA[model][field]
            for command, *arguments in commands:
                match command:
                    case "create":
                        for values in arguments[0]:
                            self.create(kind.model, {**values, kind.back: record_id}, context)
                    case "write":
                        for each in arguments[0]:
                            self.write(kind.model, each, arguments[1], context)
                    case "delete":
                        for each in arguments[0]:
                            self.delete(kind.model, each)

    def _check(self, model: str, record_id: int, values: Mapping[str, Any], context: Context) -> None:
        record = self.records.get(model, record_id)
        match model:
            case "product.template":
                self._check_template(record)
            case "product.product":
                self._check_product(record, values, context)
            case "product.identifier":
                if record["type"] == "ean" and not is_ean(record["code"]):
                    raise Refused(f'The International Article Number "{record["code"]}" is not valid.')
            case "party.party":
                same = [each for each in self.records.all(model) if each["code"] == record["code"]]
                if len(same) > 1:
                    raise Refused("The code on party must be unique.")
            case "party.contact_mechanism":
                self._check_contact(record)
            case "stock.move":
                self._check_move(record)
            case "stock.shipment.out":
                self._refuse_named(record["reference"] or "")
                self._check_there("carrier", record["carrier"], "Carrier")
            case "party.address":
                self._check_there("country.country", record["country"], "Country")

    def _check_there(self, model: str, record_id: int | None, field: str) -> None:
        if record_id is not None and record_id not in self.records.tables[model]:
            raise Refused(f'The value "{record_id}" for field "{field}" does not exist.')

    def _check_template(self, template: Record) -> None:
        for name in ("name", "default_uom"):
            if not template[name]:
                raise Refused(f'A value is required for field "{name}" of "Product Template".')
        self._check_there("product.uom", template["default_uom"], "Default UOM")
        for name in ("weight", *MEASURES):
            if template[name] is not None and round(template[name], 2) != template[name]:
                raise Refused(f'The number of digits in the value of "{name}" exceeds the limit.')

    def _check_product(self, product: Record, values: Mapping[str, Any], context: Context) -> None:
        code = self.records.value("product.product", product, "code", context)
        self._refuse_named(code or "")
        others = [
            each for each in self.records.all("product.product") if each is not product and each["active"]
        ]
        if product["active"] and any(
            code and self.records.value("product.product", each, "code", context) == code for each in others
        ):
            raise Refused("Code of active product must be unique.")
        is_stored = self.records.on_hand(product["id"], self.place("WH")) > 0
        if values.get("active") is False and is_stored and not context.get("_skip_warnings"):
            raise Refused(f'The product "{code}" has still some quantities in locations.')

    def _check_contact(self, contact: Record) -> None:
        if contact["address"] is not None:
            address = self.records.get("party.address", contact["address"])
            if contact["party"] != address["party"]:
                raise Refused('The value for field "Address" is not valid according to its domain.')

    def _check_move(self, move: Record) -> None:
        product = self.records.get("product.product", move["product"])
        if self.records.get("product.template", product["template"])["type"] == "service":
            raise Refused('The value for field "Product" is not valid according to its domain.')
        if move["quantity"] != int(move["quantity"]):
            raise Refused('The number of digits in the value for field "Quantity" exceeds the limit.')
        if move["to_location"] == self.place("CUS"):
            if move["unit_price"] is None or move["currency"] is None:
                raise Refused('A value is required for field "Unit Price" of "Stock Move".')
            price = Decimal(move["unit_price"]["decimal"])
            if price != round(price, 4):
                raise Refused('The number of digits in the value for field "Unit Price" exceeds the limit.')

    def _has_moves(self, template: int) -> bool:
        products = {
            each["id"] for each in self.records.all("product.product") if each["template"] == template
        }
        return any(move["product"] in products for move in self.records.all("stock.move"))

    def _refuse_named(self, text: str) -> None:
        if any(name in re.split(r"[ @]", text) for name in self.refuses):
            raise Refused("A rule of this company forbids that.")


def is_ean(code: str) -> bool:
    """Tells whether Tryton takes a number for an EAN: by its length and its check digit."""
    digits = re.sub(r"[ -]", "", code)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0


def _sorted_out(model: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parts plain values from those that belong to other records; strips texts, and refuses odd ones."""
    plain: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(SCHEMA[model][name], Many):
            nested[name] = value
        elif isinstance(value, str):
            if name not in LONG_TEXTS and _ODD.search(value):
                raise Refused(f'The value "{value}" for field "{name}" contains some invalid chars.')
            plain[name] = value.strip()
        else:
            plain[name] = value
    return plain, nested
