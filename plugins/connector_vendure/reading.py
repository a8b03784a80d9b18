"""Single values of Vendure's JSON, turned into what records hold. Pure functions."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

_CENTS: Final = 2
_MOST_PRECISE: Final = 9

# Wider than any weight; beyond it, writing a number out can take for ever (1e999999999).
_DIGITS: Final = 12

_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def text(value: object) -> str:
    """Returns a text without blanks at its ends, empty where there is none."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def is_id(value: str) -> bool:
    """Tells whether a text can be an id: a number or a UUID. Some databases fail when asked for anything else."""
    return _NUMBER.fullmatch(value) is not None or _UUID.fullmatch(value) is not None


def flaw(problem: str, field: str) -> msgspec.ValidationError:
    """Builds the error for a record that has the right types and still makes no sense."""
    return msgspec.ValidationError(f"{problem} - at `$.{field}`")


def money(value: int | None, precision: int | None) -> Decimal | None:
    """Returns an amount; Vendure counts in the smallest unit, cents unless the shop says otherwise."""
    if value is None:
        return None
    places = precision if precision is not None and 0 <= precision <= _MOST_PRECISE else _CENTS
    return Decimal(value).scaleb(-places)


def grams(value: Decimal | None, field: str) -> int | None:
    """Returns whole grams, None where the weight is not known."""
    if value is None or value.is_nan():
        return None
    if not value.is_finite() or value.adjusted() >= _DIGITS:
        raise flaw("Expected a usual number", field)
    return int(value.to_integral_value(ROUND_HALF_UP)) or None if value > 0 else None


def centimetres(millimetres: float | None) -> float | None:
    """Returns a length, None where it is not known."""
    if millimetres is None or not math.isfinite(millimetres) or millimetres <= 0:
        return None
    return millimetres / 10


def moment(value: object) -> datetime | None:
    """Returns a date in UTC, None where there is none; no decision about an order hangs on it."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(value: datetime) -> str:
    """Returns a moment as Vendure takes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def filter_date(since: datetime) -> str:
    """Returns a moment from which to list what changed after it.

    Some databases keep whole seconds, rounded down, and "after" leaves out the second itself: so it begins earlier.
    """
    return written(since.replace(microsecond=0) - timedelta(seconds=1))
