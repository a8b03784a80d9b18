"""How the shop's ids stand in Tryton. Pure functions.

A key is the shop's id of a record with the short name of the shop behind it, such as `17@acme`.

- A product carries its key among its identifiers, as one without a type.
- An order has a party of its own, whose code is the order's key. Codes of parties are unique.
- The reference of an order's shipment is the number that the merchant knows and the order's key: `2026-1001 17@acme`.
  Behind them stands how much of the shipment the shop was told: `2026-1001 17@acme (reported)`.

A shipment belongs to the order whose key its reference holds. One without such a reference belongs to the order of its
party: a copy that people make, as for the rest of an order, loses the reference and keeps the party. The reference
counts first, because people who join two parties into one move shipments to the party of another order.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from urllib.parse import quote, unquote

import msgspec

_KEY: Final = re.compile(r"\S+@[A-Za-z0-9_-]+")
_PLAIN: Final = "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What stands in a key as it is, besides letters and digits; blanks can't, since one ends the order's number."""


class Told(StrEnum):
    """How much of a shipment the shop was told; the value is the mark at the end of its reference."""

    NOTHING = ""
    PARTLY = " (partly reported)"
    ALL = " (reported)"


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference of a shipment says."""

    order_id: str
    number: str = ""
    told: Told = Told.NOTHING


def key_of(record_id: str, shop: str) -> str:
    """Writes a record's key."""
    return f"{quote(record_id, safe=_PLAIN)}@{shop}"


def id_in(key: str | None, shop: str) -> str:
    """Reads the shop's id out of a key, empty where it is none of this shop."""
    suffix = f"@{shop}"
    return unquote(key.removesuffix(suffix)) if is_key(key) and key and key.endswith(suffix) else ""


def is_key(text: str | None) -> bool:
    """Tells whether this is a key of any shop."""
    return text is not None and _KEY.fullmatch(text) is not None


def write_reference(reference: Reference, shop: str) -> str:
    """Writes what stands at a shipment."""
    number = " ".join(reference.number.split())
    return f"{number} {key_of(reference.order_id, shop)}{reference.told}".lstrip()


def read_reference(text: str | None, shop: str) -> Reference | None:
    """Reads what stands at a shipment, None where no order of this shop does."""
    said = (text or "").strip()
    told = next((told for told in (Told.PARTLY, Told.ALL) if said.endswith(told)), Told.NOTHING)
    number, _, key = said.removesuffix(told).rpartition(" ")
    order_id = id_in(key, shop)
    return Reference(order_id=order_id, number=number.strip(), told=told) if order_id else None


def reference_of(text: str | None, party_code: str | None, shop: str) -> Reference | None:
    """Tells which order of this shop a shipment belongs to, by its reference or else by its party."""
    found = read_reference(text, shop)
    if found is not None:
        return found
    order_id = id_in(party_code, shop)
    return Reference(order_id=order_id) if order_id else None


def literally(text: str) -> str:
    """Writes a text so that a search for something like it means each of its characters."""
    return re.sub(r"([\\%_])", r"\\\1", text)
