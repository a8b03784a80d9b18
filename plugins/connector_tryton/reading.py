"""Single values of Tryton's JSON, turned into what records hold and back. Pure functions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite
from typing import Final

import msgspec

from connector_tryton.wire import UnitFactor

_GRAMS_IN_KG: Final = 1000
_DIGITS: Final = 4
_LARGEST: Final = 10**9
"""More than any weight in g or number of pieces."""


def line(text: str) -> str:
    """Writes a text on one line: Tryton refuses line breaks and tabs in short texts."""
    return " ".join(text.split())


def or_none(text: str) -> str | None:
    """Writes a text; an empty one as none, as Tryton does."""
    return text or None


def exact(amount: Decimal) -> dict[str, str]:
    """Writes a decimal number without loss."""
    return {"__class__": "Decimal", "decimal": f"{amount:f}"}


def day(date_: date) -> dict[str, str | int]:
    """Writes a date."""
    return {"__class__": "date", "year": date_.year, "month": date_.month, "day": date_.day}


def moment(time: datetime) -> dict[str, str | int]:
    """Writes a moment, which Tryton takes for UTC."""
    utc = time.astimezone(UTC)
    parts = {name: getattr(utc, name) for name in ("hour", "minute", "second", "microsecond")}
    return {**day(utc), "__class__": "datetime", **parts}


def grams(weight: float | None, unit: UnitFactor | None) -> int | None:
    """Reads a weight in any unit, None where none is known."""
    if not weight or unit is None:
        return None
    exact_weight = Decimal(str(weight)) * Decimal(str(unit.factor)) * _GRAMS_IN_KG
    return int(exact_weight.to_integral_value(ROUND_HALF_UP)) if 0 < exact_weight < _LARGEST else None


def usual(quantity: float) -> Decimal:
    """Reads a number of pieces; raises ValidationError for one that nobody has in a warehouse."""
    if not (isfinite(quantity) and abs(quantity) <= _LARGEST):
        raise msgspec.ValidationError("Expected a usual number - at `$.quantity`")
    return round(Decimal(str(quantity)), _DIGITS)


def pieces(quantity: float) -> int:
    """Counts whole pieces that can be sold, never below 0 (SPEC K4); raises ValidationError for no usual number."""
    return max(floor(usual(quantity)), 0)


def name_of(value: object) -> str:
    """Returns what names a record, empty where nothing usable stands there."""
    return str(value).strip() if isinstance(value, str | int) else ""
