"""Single values of Billbee's JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector_billbee.reading import moment, record_id
from connector_billbee.tags import OrderTags, carries, missing, without


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T10:30:00", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),  # German local time, winter
        ("2026-07-01T10:30:00", datetime(2026, 7, 1, 8, 30, tzinfo=UTC)),  # and summer
        ("2026-03-01T10:30:00.1234567", datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)),  # .NET's ticks
        ("2026-03-01T10:30:00Z", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01T10:30:00+02:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 2, 28, 23, 0, tzinfo=UTC)),
        (" 2026-03-01 10:30:00 ", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),  # "no date"
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-12:00", None),  # beyond the calendar
        ("01.03.2026", None),
        ("", None),
        (None, None),
        (1772357400, None),
        ({"date": "2026-03-01"}, None),
    ],
)
def test_dates_come_in_many_forms(value: object, expected: datetime | None) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100000060427001, "100000060427001"),  # beyond 32 bits
        (" 12 ", "12"),
        (0, ""),  # Billbee's "none"
        ("0", ""),
        (None, ""),
        (True, ""),
        ([1], ""),
    ],
)
def test_ids_are_texts(value: object, expected: str) -> None:
    assert record_id(value) == expected


def test_O1_O2_O5_tags_are_named_after_the_orders_tag() -> None:
    tags = OrderTags("lager-nord")
    assert (tags.received, tags.failed) == ("order_received_by_lager-nord", "order_failed_by_lager-nord")


def test_O1_tags_compare_without_regard_to_case() -> None:
    assert carries(["VIP", "Straße"], "STRASSE")
    assert without(["VIP", "Wemalo"], "wemalo") == ["VIP"]
    assert missing(["VIP", "neu"], ["vip"]) == ["neu"]
