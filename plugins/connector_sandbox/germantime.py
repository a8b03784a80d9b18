"""Both services write local German time without saying so; the sandbox's clock counts seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

GERMANY = ZoneInfo("Europe/Berlin")
NEVER = float("-inf")


def german(at: float) -> datetime:
    """The moment `at` (seconds since 1970) on a German clock, without a zone."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone(GERMANY).replace(tzinfo=None)


def seconds(moment: datetime) -> float:
    """Seconds since 1970 of a moment; one without a zone is taken as German local time, year 1 as never."""
    if moment.year == 1:
        return NEVER
    return (moment if moment.tzinfo else moment.replace(tzinfo=GERMANY)).timestamp()
