"""Products turned into Tryton's JSON and back. Pure functions; what does not fit is refused, not cut (SPEC O8).

Manufacturer, country of origin, customs tariff number and net weight have no place in the modules that are needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from connector.api import Product, RecordRefused
from connector_tryton.directory import Units
from connector_tryton.keys import id_in, is_key, key_of
from connector_tryton.reading import grams, line
from connector_tryton.wire import Body, IdentifierRow, ProductRow

_GOODS: Final = "goods"
_SERVICE: Final = "service"
"""The type that no shipment takes: digital products are of it, so that nobody is to pick them (SPEC A6)."""

_EAN: Final = "ean"
_EAN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_ODD_IN_SKU: Final = re.compile(r"[\t\n\r\x0b\x0c]")


def check_product(product: Product) -> None:
    """Raises RecordRefused for what Tryton is known to refuse."""
    if _ODD_IN_SKU.search(product.sku):
        raise _refused(f"the SKU {product.sku!r} holds a tab or a line break")
    if product.ean and not is_valid_ean(product.ean):
        raise _refused(f"the EAN {product.ean} is not valid: its length or its check digit is wrong")


def is_valid_ean(ean: str) -> bool:
    """Tells whether a number is an EAN of 8, 12, 13 or 14 digits with the right check digit."""
    digits = ean.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) in _EAN_LENGTHS):
        return False
    weighted = (int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0


def new_template(product: Product, shop: str, units: Units) -> Body:
    """Writes a product that Tryton does not have yet, with its dimensions (SPEC A3); raises RecordRefused."""
    check_product(product)
    identifiers = [{"type": None, "code": key_of(product.id, shop)}]
    if product.ean:
        identifiers.append({"type": _EAN, "code": product.ean})
    variant = {
        "suffix_code": product.sku,
        "active": product.is_active,
        "identifiers": [["create", identifiers]],
    }
    return {
        "name": _name(product),
        "type": _type(product),
        "default_uom": units.piece,
        **_weight(product, units),
        **_dimensions(product, units),
        "products": [["create", [variant]]],
    }


def changed_template(product: Product, row: ProductRow, shop: str, units: Units) -> Body:
    """Writes what has changed of a product that Tryton has, but dimensions (SPEC A3); empty where nothing has.

    The template of several variants, which people have put together, is left as it is. Raises RecordRefused.
    """
    check_product(product)
    is_alone = len(row.template.products) == 1
    variant = {**_changed_variant(product, row, shop), **_changed_sku(product, row, is_alone=is_alone)}
    template = _changed_template(product, row, units) if is_alone else {}
    return {**template, **({"products": [["write", [row.id], variant]]} if variant else {})}


def read_product(row: ProductRow, shop: str) -> Product:
    """Reads a product back; dimensions are left out (SPEC A3)."""
    return Product(
        id=shop_id(row.identifiers, shop),
        sku=row.code or "",
        ean=next(iter(_eans(row)), ""),
        name=row.template.name,
        weight_g=grams(row.template.weight, row.template.weight_uom),
        is_active=row.active and row.template.active,
        is_digital=row.template.type == _SERVICE,
    )


def shop_id(identifiers: Iterable[IdentifierRow], shop: str) -> str:
    """Returns the shop's id of a product, empty where none of its identifiers tells it."""
    keys = (identifier.code for identifier in identifiers if identifier.type is None)
    return next(filter(None, (id_in(key, shop) for key in keys)), "")


def belongs_to_a_shop(identifiers: Iterable[IdentifierRow]) -> bool:
    """Tells whether a shop has sent this product, this one or another one."""
    return any(identifier.type is None and is_key(identifier.code) for identifier in identifiers)


def _changed_variant(product: Product, row: ProductRow, shop: str) -> dict[str, object]:
    changed: dict[str, object] = {}
    if product.is_active is not row.active:
        changed["active"] = product.is_active
    identifiers = _changed_identifiers(product, row, shop)
    if identifiers:
        changed["identifiers"] = identifiers
    return changed


def _changed_identifiers(product: Product, row: ProductRow, shop: str) -> list[object]:
    """Adds the shop's key where it is missing; replaces the first EAN, and leaves those that people added."""
    changes: list[object] = []
    if not shop_id(row.identifiers, shop):
        changes.append(["create", [{"type": None, "code": key_of(product.id, shop)}]])
    eans = [identifier for identifier in row.identifiers if identifier.type == _EAN]
    if product.ean in (ean.code for ean in eans):
        return changes
    if eans and product.ean:
        changes.append(["write", [eans[0].id], {"code": product.ean}])
    elif eans:
        changes.append(["delete", [ean.id for ean in eans]])
    elif product.ean:
        changes.append(["create", [{"type": _EAN, "code": product.ean}]])
    return changes


def _changed_sku(product: Product, row: ProductRow, *, is_alone: bool) -> dict[str, object]:
    """Changes the variant's part of the SKU; the template's part, if there is one, stands before it."""
    sku, prefix = product.sku.strip(), row.template.code or ""
    if sku == row.code:
        return {}
    if is_alone:
        return {"suffix_code": sku}
    if not sku.startswith(prefix):
        raise _refused(f"the SKU {sku} of one of several variants has to begin with {prefix} in Tryton")
    return {"suffix_code": sku.removeprefix(prefix)}


def _changed_template(product: Product, row: ProductRow, units: Units) -> dict[str, object]:
    template = row.template
    changed: dict[str, object] = {}
    if _name(product) != template.name:
        changed["name"] = _name(product)
    if _type(product) != template.type:  # even the same one again is refused once there was any stock
        changed["type"] = _type(product)
    if product.is_active and not template.active:
        changed["active"] = True
    if template.code and product.sku.strip() != row.code:
        changed["code"] = None
    if (product.weight_g or None) != grams(template.weight, template.weight_uom):
        changed |= _weight(product, units)
    return changed


def _name(product: Product) -> str:
    return line(product.name) or product.sku


def _type(product: Product) -> str:
    return _SERVICE if product.is_digital else _GOODS


def _weight(product: Product, units: Units) -> dict[str, object]:
    if not product.weight_g:
        return {"weight": None, "weight_uom": None}
    return {"weight": float(product.weight_g), "weight_uom": units.gram}


def _dimensions(product: Product, units: Units) -> dict[str, object]:
    known = {"length": product.length_cm, "width": product.width_cm, "height": product.height_cm}
    return {
        name: value
        for dimension, cm in known.items()
        if cm
        for name, value in ((dimension, round(cm, 2)), (f"{dimension}_uom", units.centimetre))
    }


def _eans(row: ProductRow) -> list[str]:
    return [identifier.code for identifier in row.identifiers if identifier.type == _EAN]


def _refused(why: str) -> RecordRefused:
    return RecordRefused("refused_unclear", answer=why)
