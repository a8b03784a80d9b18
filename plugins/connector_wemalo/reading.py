"""Single values of Wemalo's JSON, turned into what records hold. Pure functions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

import msgspec

from connector.api import decode_json
from connector_wemalo.wire import ProductLabel, Scalar

_TRUE: Final = ("true", "1", "yes")
_FALSE: Final = ("false", "0", "no")
_LARGEST: Final = 10**9
"""Wider than any weight in g or number of pieces; beyond it, writing a number out can take for ever (1e999999999)."""


def text(value: Scalar) -> str:
    """Returns a text without blanks at its ends, empty where there is none."""
    return "" if value is None else str(value).strip()


def name_of(value: object) -> str:
    """Returns what names a record, empty where nothing usable stands there."""
    return str(value).strip() if isinstance(value, str | int) else ""


def flaw(problem: str, field: str) -> msgspec.ValidationError:
    """Builds the error for a record that has the right types and still makes no sense."""
    return msgspec.ValidationError(f"{problem} - at `$.{field}`")


def truth(value: Scalar, *, default: bool) -> bool:
    """Reads a boolean, which may come as text or number."""
    said = text(value).casefold()
    return said in _TRUE if said else default


def certain_truth(value: Scalar, field: str) -> bool:
    """Reads a boolean that must be there; raises ValidationError for anything else."""
    said = text(value).casefold()
    if said not in (*_TRUE, *_FALSE):
        raise flaw("Expected true or false", field)
    return said in _TRUE


def said_yes(value: object) -> bool:
    """Tells whether an answer's field `Success` says so; a field that is not there does not."""
    return isinstance(value, str | int) and str(value).strip().casefold() in _TRUE


def grams(value: Scalar, field: str) -> int | None:
    """Reads whole grams, None for 0 and nothing, which is how Wemalo shows that a weight is not known."""
    weight = _number(text(value) or "0", field)
    return int(weight.to_integral_value(ROUND_HALF_UP)) if weight > 0 else None


def pieces(value: Scalar, field: str) -> int:
    """Reads a number of pieces, which may be negative; raises ValidationError for none and for a fraction."""
    count = _number(text(value), field)
    if count != count.to_integral_value():
        raise flaw("Expected whole pieces", field)
    return int(count)


def product_label(row: msgspec.Raw) -> tuple[str, str]:
    """Returns a product's external id and SKU as far as they can be read."""
    try:
        label = decode_json(row, ProductLabel)
    except msgspec.DecodeError:
        return "", ""
    return name_of(label.external_id), name_of(label.sku)


def _number(said: str, field: str) -> Decimal:
    try:
        number = Decimal(said)
    except InvalidOperation:
        raise flaw("Expected a number", field) from None
    if not (number.is_finite() and -_LARGEST <= number <= _LARGEST):
        raise flaw("Expected a usual number", field)
    return number
