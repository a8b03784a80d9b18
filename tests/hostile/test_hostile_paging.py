"""Lists that never end, or go round in circles, are noticed after a bounded number of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from connector.api import UnusableAnswer
from connector_billbee import service as billbee_service
from connector_wemalo import shipments as wemalo_shipments
from tests.hostile.asking import ASKS, use

FEW = 20
"""Pages after which a list is endless in these tests; the real limit takes minutes to reach."""


class Pages:
    """A service whose every list has the page that `page` makes for a page number, counted from 0; counts calls."""

    def __init__(self, page: Callable[[int], Any], first: int) -> None:
        self._page = page
        self._first = first
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        number = int(parse_qs(scope["query_string"].decode())["page"][0]) - self._first
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": msgspec.json.encode(self._page(number))})


def listed(ids: list[int], **paging: int) -> dict[str, Any]:
    """A page of Billbee's: the same rows do for articles and for orders."""
    return {"Data": [{"Id": i, "BillBeeOrderId": i, "State": 3} for i in ids], "Paging": paging}


def booked(ids: list[int], more: bool = True) -> dict[str, Any]:
    """A page of Wemalo's queue."""
    own = {"orderStatusId": "500", "trackingNumber": ""}
    rows = [{"historyId": i, "externalGoodsOrderId": i, **own} for i in ids]
    return {"additionalPage": more, "bookings": rows}


ENDLESS: list[tuple[str, Callable[[int], Any], int]] = [
    # every page full and new, with a total that grows along, or with none
    ("the list has more than 20 pages", lambda n: listed([n], PageSize=1, TotalPages=n + 2), FEW),
    ("the list has more than 20 pages", lambda n: listed([n], PageSize=1), FEW + 1),
    # A, A, A …: the page number is ignored
    ("page 2 is the same as page 1", lambda _: listed([1, 2], PageSize=2), 2),
    ("page 2 is the same as page 1", lambda _: listed([1, 2], TotalPages=9), 2),
    # A, B, A, B …
    ("page 3 is the same as page 1", lambda n: listed([n % 2 * 5, 9], PageSize=2), 3),
    # A, B, C, D, B …: in at the side of a circle
    ("page 5 is the same as page 2", lambda n: listed([min(n, (n - 1) % 3 + 1)], PageSize=1), 5),
    # a total that nobody has
    ("the list has more than 20 pages", lambda n: listed([n], TotalPages=10**9), 1),
    ("the list has more than 20 pages", lambda n: listed([n], TotalPages=FEW + 1), 1),
    # totals and sizes that make no sense count as none
    ("the list has more than 20 pages", lambda n: listed([n], TotalPages=-1, PageSize=-1), FEW + 1),
    # records without any id
    ("page 2 is the same as page 1", lambda _: {"Data": [{"X": 1}, {"X": 2}], "Paging": {"PageSize": 2}}, 2),
]


@pytest.mark.parametrize(("message", "page", "calls"), ENDLESS)
@pytest.mark.parametrize(
    "method", ["products", "stock_levels", "orders", "received_orders", "withdrawn_orders"]
)
def test_R4_an_endless_list_of_billbee_is_noticed(
    monkeypatch: pytest.MonkeyPatch, method: str, message: str, page: Callable[[int], Any], calls: int
) -> None:
    monkeypatch.setattr(billbee_service, "MOST_PAGES", FEW)
    app = Pages(page, first=1)
    path = "products" if method in {"products", "stock_levels"} else "orders"
    with pytest.raises(UnusableAnswer, match=rf"^billbee GET /{path}: {message}$"):
        use("billbee", app, ASKS["billbee"][method])
    assert app.calls == calls


QUEUES: list[tuple[str, Callable[[int], Any], int]] = [
    ("the queue has more than 20 pages", lambda n: booked([n]), FEW),  # every page new
    ("page 1 brings nothing new and says that more follow", lambda _: booked([1, 2]), 2),  # A, A …
    ("page 2 brings nothing new and says that more follow", lambda n: booked([n % 2]), 3),  # A, B, A …
    ("page 0 brings nothing new and says that more follow", lambda _: booked([]), 1),  # nothing, for ever
]


@pytest.mark.parametrize(("message", "page", "calls"), QUEUES)
def test_R4_an_endless_queue_of_wemalo_is_noticed(
    monkeypatch: pytest.MonkeyPatch, message: str, page: Callable[[int], Any], calls: int
) -> None:
    monkeypatch.setattr(wemalo_shipments, "MOST_PAGES", FEW)
    app = Pages(page, first=0)
    with pytest.raises(UnusableAnswer, match=rf"^wemalo GET /goodsOrder/packages/sent/: {message}$"):
        use("wemalo", app, ASKS["wemalo"]["shipments"])
    assert app.calls == calls


def test_lists_as_long_as_the_limit_are_read_to_their_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billbee_service, "MOST_PAGES", FEW)
    monkeypatch.setattr(wemalo_shipments, "MOST_PAGES", FEW)
    shop = Pages(lambda n: listed([n + 1], PageSize=1, TotalPages=FEW), first=1)
    queue = Pages(lambda n: booked([n], more=n < FEW - 1), first=0)
    assert len(use("billbee", shop, ASKS["billbee"]["products"])) == FEW
    assert len(use("wemalo", queue, ASKS["wemalo"]["shipments"])[0].records) == FEW


def test_a_full_last_page_without_any_total_is_followed_by_an_empty_one() -> None:
    shop = Pages(lambda n: listed([1, 2] if n == 0 else [], PageSize=2), first=1)
    assert len(use("billbee", shop, ASKS["billbee"]["products"])) == 1
    assert shop.calls == 2


@pytest.mark.parametrize("paging", [{"PageSize": 10**9}, {"TotalPages": -3}, {"TotalPages": 0}])
def test_R4_a_full_page_is_not_taken_for_the_last_one_because_of_a_number_that_makes_no_sense(
    paging: dict[str, int],
) -> None:
    rows = [list(range(1, 251)), [251]]
    shop = Pages(lambda n: listed(rows[n], **paging), first=1)
    pages = use("billbee", shop, ASKS["billbee"]["products"])
    assert sum(len(page.records) for page in pages) == 251


def test_the_real_limits_are_wider_than_any_shop() -> None:
    assert billbee_service.MOST_PAGES * billbee_service.PAGE_SIZE >= 2_000_000
    assert wemalo_shipments.MOST_PAGES >= 1_000
