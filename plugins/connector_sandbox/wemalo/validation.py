"""What Wemalo refuses, from its API documentation: missing parameters, fields too long, wrong types.

The documentation names no lengths; 255 characters, and 2,000 for the long texts, are what the
sandbox refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.model import Fields

PRODUCT_REQUIRED = ("externalId", "sku", "productGroup")
RECEIVER_REQUIRED = ("name1", "street", "countryCode2Letter", "city", "zip")
LONG_TEXTS = frozenset({"pickingInfo", "description"})
_DIMENSIONS = ("depth", "height", "width", "volume")
_PRODUCT_NUMBERS = (
    *_DIMENSIONS,
    *(f"{name}Shipping" for name in _DIMENSIONS),
    "grossWeight",
    "netWeight",
    "salesPrice",
    "purchasePrice",
)
_TOTALS = ("total", "totalInvoice", "totalNet", "totalVat")


def check_product(product: Fields, required: Iterable[str] = PRODUCT_REQUIRED) -> None:
    """Refuse product fields that can't be taken; with `required=()` for an update of some fields."""
    for name in required:
        if product.get(name) in (None, ""):
            raise missing(name)
    _check_lengths(product)
    for name in _PRODUCT_NUMBERS:
        if product.get(name) is not None:
            _number(name, product[name])


def check_meta(meta: Any) -> Fields:
    """Refuse an order's meta data without external id, receiver or one of the receiver's parameters."""
    if not isinstance(meta, dict):
        raise missing("meta")
    if meta.get("externalId") in (None, ""):
        raise missing("meta.externalId")
    _check_lengths(meta)
    for name in _TOTALS:
        if meta.get(name) is not None:
            _number(f"meta.{name}", meta[name])
    receivers = meta.get("receiver")
    if not isinstance(receivers, list) or not receivers:
        raise missing("meta.receiver")
    for receiver in receivers:
        _check_receiver(receiver)
    return meta


def check_positions(positions: Any) -> list[Fields]:
    """Refuse an order without positions, and a position without product or with an impossible quantity."""
    if not isinstance(positions, list) or not positions:
        raise missing("positions")
    for position in positions:
        if not isinstance(position, dict) or position.get("externalId") in (None, ""):
            raise missing("positions.externalId")
        _check_lengths(position)
        if whole(position, "quantity", default=1) < 1:
            raise Refusal(400, "quantity must be at least 1", "INVALID")
        whole(position, "total")
        whole(position, "tax")
    return positions


def whole(fields: Mapping[str, Any], name: str, default: int = 0) -> int:
    """A whole number, which may come as text; raises Refusal for a fraction (money of positions is in cents)."""
    value = fields.get(name)
    if value is None:
        return default
    number = _number(name, value)
    if number != int(number):
        raise Refusal(400, f"{name} must be an integer, not {value!r}", "INVALID")
    return int(number)


def complete_address(receiver: Fields) -> bool:
    """Whether no required address field is empty."""
    return all(str(receiver[name]).strip() for name in RECEIVER_REQUIRED)


def missing(name: str) -> Refusal:
    """The refusal of a call without a required parameter."""
    return Refusal(400, f"missing parameter: {name}", "MISSING_PARAMETER")


def _check_receiver(receiver: Any) -> None:
    if not isinstance(receiver, dict):
        raise missing("meta.receiver")
    for name in RECEIVER_REQUIRED:
        if receiver.get(name) is None:
            raise missing(f"meta.receiver.{name}")
    country = str(receiver["countryCode2Letter"])
    if country and len(country) != 2:
        raise Refusal(400, f"countryCode2Letter must have two letters, not {country!r}", "INVALID")
    _check_lengths(receiver)


def _check_lengths(fields: Fields) -> None:
    for name, value in fields.items():
        longest = 2000 if name in LONG_TEXTS else 255
        if isinstance(value, str) and len(value) > longest:
            raise Refusal(400, f"{name} must not be longer than {longest} characters", "INVALID")


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise Refusal(400, f"{name} must be a number, not {value!r}", "INVALID") from None
