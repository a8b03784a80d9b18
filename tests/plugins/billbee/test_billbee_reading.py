"""Single values of Billbee's JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connector_billbee.reading import is_id, moment, query_date, record_id
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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("300000180937001", True),
        ("1", True),
        ("0", False),  # Billbee's "none"
        ("007", False),  # an order number
        ("1" * 19, False),  # may not fit into 64 bits
        ("DE-1", False),
        ("²", False),  # a digit, but no number
        ("", False),
    ],
)
def test_what_can_be_an_id_is_told_from_a_number(value: str, expected: bool) -> None:
    assert is_id(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "2026-03-01T09:30:00Z"),
        (
            datetime(2026, 3, 1, 9, 30, 5, 999999, tzinfo=UTC),
            "2026-03-01T09:30:05Z",
        ),  # too early, never too late
        (datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=2))), "2026-07-01T07:30:00Z"),
    ],
)
def test_dates_of_queries_are_sent_in_utc(value: datetime, expected: str) -> None:
    assert query_date(value) == expected


def test_O1_O2_O5_tags_are_named_after_the_orders_tag() -> None:
    tags = OrderTags("lager-nord")
    assert (tags.received, tags.failed) == ("order_received_by_lager-nord", "order_failed_by_lager-nord")


def test_O7_X1_X2_tags_are_named_after_the_orders_tag() -> None:
    tags = OrderTags("lager-nord")
    assert tags.change_refused == "order_change_refused_by_lager-nord"
    assert tags.cancelled == "order_cancelled_received_by_lager-nord"
    assert tags.cancel_refused == "order_cancel_refused_by_lager-nord"


def test_O1_tags_compare_without_regard_to_case() -> None:
    assert carries(["VIP", "Straße"], "STRASSE")
    assert without(["VIP", "Wemalo"], "wemalo") == ["VIP"]
    assert missing(["VIP", "neu"], ["vip"]) == ["neu"]
