"""The models of Tryton that the plugin uses, with their fields, as far as the fake plays them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class One:
    """A field that names another record, or none."""

    model: str


@dataclass(frozen=True)
class Many:
    """A field that holds the records which name this one in their field `back`."""

    model: str
    back: str


MEASURES = {name: None for side in ("length", "width", "height") for name in (side, f"{side}_uom")}

SCHEMA: dict[str, dict[str, Any]] = {
    "company.company": {"party": One("party.party"), "currency": One("currency.currency")},
    "currency.currency": {"code": None},
    "country.country": {
        "code": None,
        "name": None,
        "subdivisions": Many("country.subdivision", "country"),
    },
    "country.subdivision": {"country": One("country.country"), "code": None, "name": None},
    "product.uom": {"symbol": None, "factor": 1.0},
    "product.configuration": {"template_sequence": None},
    "carrier": {
        "party": One("party.party"),
        "carrier_product": One("product.product"),
        "rec_name": None,
    },
    "stock.location": {
        "name": None,
        "code": None,
        "type": "storage",
        "parent": One("stock.location"),
        "storage_location": One("stock.location"),
        "picking_location": One("stock.location"),
        "output_location": One("stock.location"),
    },
    "product.template": {
        "name": None,
        "code": None,
        "type": "goods",
        "active": True,
        "default_uom": One("product.uom"),
        "weight": None,
        "weight_uom": One("product.uom"),
        **MEASURES,
        "products": Many("product.product", "template"),
    },
    "product.product": {
        "template": One("product.template"),
        "suffix_code": None,
        "code": None,
        "active": True,
        "name": None,
        "quantity": 0.0,
        "identifiers": Many("product.identifier", "product"),
    },
    "product.identifier": {"product": One("product.product"), "type": None, "code": None},
    "party.party": {
        "code": None,
        "name": None,
        "active": True,
        "customer_location": One("stock.location"),
        "addresses": Many("party.address", "party"),
        "contact_mechanisms": Many("party.contact_mechanism", "party"),
    },
    "party.address": {
        "party": One("party.party"),
        "party_name": None,
        "attn": None,
        "street_unstructured": None,
        "postal_code": None,
        "city": None,
        "country": One("country.country"),
        "subdivision": One("country.subdivision"),
        "contact_mechanisms": Many("party.contact_mechanism", "address"),
    },
    "party.contact_mechanism": {
        "party": One("party.party"),
        "address": One("party.address"),
        "type": None,
        "value": None,
    },
    "stock.shipment.out": {
        "company": One("company.company"),
        "number": None,
        "reference": None,
        "state": "draft",
        "customer": One("party.party"),
        "delivery_address": One("party.address"),
        "warehouse": One("stock.location"),
        "warehouse_storage": One("stock.location"),
        "warehouse_output": One("stock.location"),
        "carrier": One("carrier"),
        "planned_date": None,
        "shipping_reference": None,
        "moves": Many("stock.move", "shipment"),
        "outgoing_moves": Many("stock.move", "shipment"),
        "packages": Many("stock.package", "shipment"),
    },
    "stock.move": {
        "company": One("company.company"),
        "product": One("product.product"),
        "quantity": None,
        "internal_quantity": None,
        "unit": One("product.uom"),
        "from_location": One("stock.location"),
        "to_location": One("stock.location"),
        "unit_price": None,
        "currency": One("currency.currency"),
        "state": "draft",
        "create_date": None,
        "write_date": None,
        "shipment": One("stock.shipment.out"),
        "package": One("stock.package"),
    },
    "stock.package": {
        "number": None,
        "shipment": One("stock.shipment.out"),
        "parent": One("stock.package"),
        "shipping_reference": None,
        "moves": Many("stock.move", "package"),
    },
    "ir.note": {"resource": None, "message": None},
}

LONG_TEXTS = frozenset({"street_unstructured", "message"})
"""Fields that may have line breaks."""
