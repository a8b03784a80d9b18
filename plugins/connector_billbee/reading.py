"""Single values of Billbee's JSON, turned into what records hold. Pure functions."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

_GERMAN_TIME: Final = ZoneInfo("Europe/Berlin")

# Wider than any price or weight; beyond it, writing a number out can take for ever (1e999999999).
_DIGITS_BEFORE_POINT: Final = 12
_DIGITS_AFTER_POINT: Final = 30

_MOST_GRAMS: Final = 10.0**_DIGITS_BEFORE_POINT

_ID: Final = re.compile(r"[1-9][0-9]{0,17}")


def text(value: str | int | None) -> str:
    """Returns a text without blanks at its ends, empty where there is none."""
    if type(value) is str:
        return value.strip()
    return "" if value is None else str(value).strip()


def record_id(value: object) -> str:
    """Returns an id as text; Billbee writes 0 where there is none."""
    if type(value) is int:  # nearly always
        return str(value) if value else ""
    found = text(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return "" if found == "0" else found


def is_id(value: str) -> bool:
    """Tells whether a text can be one of Billbee's ids: a number that fits into 64 bits."""
    return _ID.fullmatch(value) is not None


def flaw(problem: str, field: str) -> msgspec.ValidationError:
    """Builds the error for a record that has the right types and still makes no sense."""
    return msgspec.ValidationError(f"{problem} - at `$.{field}`")


def number(value: Decimal | None, field: str) -> Decimal | None:
    """Returns a number as it came; raises ValidationError where no amount looks like that (NaN, 1e400)."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    is_usual = (
        isinstance(exponent, int)
        and value.adjusted() < _DIGITS_BEFORE_POINT
        and exponent >= -_DIGITS_AFTER_POINT
    )
    if not is_usual:
        raise flaw("Expected a usual number", field)
    return value


def grams(value: float | None, field: str) -> int | None:
    """Returns whole grams, None where the weight is not known (0 in Billbee); raises ValidationError as `number`."""
    if not value or value <= 0:
        return None
    if value < _MOST_GRAMS:
        return (
            int(value) if value.is_integer() else int(Decimal(value).to_integral_value(ROUND_HALF_UP)) or None
        )
    raise flaw("Expected a usual number", field)


def centimetres(value: float | None) -> float | None:
    """Returns a length, None where it is not known (0 in Billbee)."""
    return value if value is not None and 0 < value < math.inf else None


def moment(value: object) -> datetime | None:
    """Returns a date in UTC, None where there is none.

    Billbee's dates often have no time zone and are German local time then; the year 1 stands for no date. One that
    can't be read counts as none, because no decision about an order hangs on its date.
    """
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        local = found if found.tzinfo else found.replace(tzinfo=_GERMAN_TIME)
        return local.astimezone(UTC) if found.year > 1 else None
    except (ValueError, OverflowError):
        return None


def query_date(value: datetime) -> str:
    """Returns a moment as a query takes it: in UTC, which the Z says, in whole seconds, rounded down.

    Billbee takes a date without zone as German local time, which is ambiguous for an hour each autumn. With the Z it
    is not; and should a server overlook the Z, it would take an earlier moment, and list too much, not too little.
    """
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
