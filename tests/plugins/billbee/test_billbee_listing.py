"""Lists move while they are read: what slid to the next page comes once."""

from collections.abc import Sequence
from operator import attrgetter

import pytest

from connector.api import Page, Product, Unreadable
from connector_billbee.listing import page_of

BROKEN = Unreadable(record_id="7", reason="no title")


@pytest.mark.parametrize(
    ("before", "ids", "kept"),
    [
        ([], ["2", "1", "3"], ["2", "1", "3"]),  # as they came
        (["1", "2"], ["3", "4"], ["3", "4"]),
        (["1", "2"], ["2", "3"], ["3"]),  # the last of the page before
        ([], ["1", "2", "1", "3", "2"], ["1", "2", "3"]),  # twice on one page
        (["1"], ["1"], []),
        (["1"], [], []),
    ],
)
def test_a_record_that_came_before_is_left_out(
    before: Sequence[str], ids: Sequence[str], kept: Sequence[str]
) -> None:
    seen = set(before)
    rows: list[Product | Unreadable] = [*(Product(id=each) for each in ids), BROKEN]
    page: Page[Product] = page_of(rows, seen, attrgetter("id"))
    assert [product.id for product in page.records] == kept
    assert (page.unreadable, seen) == ((BROKEN,), {*before, *ids})
