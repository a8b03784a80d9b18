"""Billbee as a service: its endpoints, its limits, how it says no, and how its lists are paged."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final, TypeVar

import msgspec

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Endpoint,
    Http,
    Limit,
    Query,
    Service,
    Tariff,
    TransientError,
    UnusableAnswer,
    decode_json,
)
from connector_billbee.settings import BillbeeSettings
from connector_billbee.wire import ArticlePage, ErrorEnvelope, PagedResult, Paging

Row = TypeVar("Row")

NAME: Final = "billbee"
"""How settings, the log and messages name the service."""

LIST_PRODUCTS: Final = Endpoint("GET", "/products", repeatable=True)
GET_PRODUCT: Final = Endpoint("GET", "/products/{id}", repeatable=True)
LIST_STORAGE_LOCATIONS: Final = Endpoint("GET", "/products/stocks", repeatable=True)
LIST_ORDERS: Final = Endpoint("GET", "/orders", repeatable=True)
GET_ORDER: Final = Endpoint("GET", "/orders/{id}", repeatable=True, limits=(Limit(6, 60.0, per="id"),))
FIND_ORDER: Final = Endpoint("GET", "/orders/findbyextref/{extRef}", repeatable=True)
ADD_TAGS: Final = Endpoint("POST", "/orders/{id}/tags", repeatable=True)
# Sent again after a pause, the same list would wipe out what somebody added meanwhile (SPEC O2): it is read anew.
REPLACE_TAGS: Final = Endpoint("PUT", "/orders/{id}/tags")
SET_ORDER_STATE: Final = Endpoint("PUT", "/orders/{id}/orderstate", repeatable=True)
# Sent again, the same tracking number would be stored twice (SPEC S5): the order is read first.
ADD_SHIPMENT: Final = Endpoint("POST", "/orders/{id}/shipment")
LIST_ORDER_STATES: Final = Endpoint("GET", "/enums/orderstates", repeatable=True)
LIST_SHIPPING_PROVIDERS: Final = Endpoint("GET", "/shipment/shippingproviders", repeatable=True)
# The quantities are absolute: set twice, they are the same.
UPDATE_STOCKS: Final = Endpoint("POST", "/products/updatestockmultiple", repeatable=True)

PAGE_SIZE: Final = 250
"""The most records that Billbee puts on one page."""

FREE_CALLS: Final = 100_000
PRICE: Final = Decimal("0.0005")
"""Euros for each call of a month beyond the free ones."""

MOST_PAGES: Final = 10_000
"""Pages of one list after which it is taken for endless; full ones hold two and a half million records."""

# Names of the codes: Billbee's own client library; the OpenAPI description has the numbers alone.
_NOT_FOUND: Final = 2
_INTERNAL_ERROR: Final = 8
_API_NOT_ACTIVATED: Final = 1
_NO_PAID_ACCOUNT: Final = 16
_API_NOT_BOOKED: Final = 17
_LOCKED: Final = frozenset({_API_NOT_ACTIVATED, _NO_PAID_ACCOUNT, _API_NOT_BOOKED})

_LONGEST_CODE: Final = 9
"""Digits; of a number with thousands of them Python makes none."""

_PER_ENDPOINT: Final = Limit(2, 1.0)

_GOOD_PAGE: Final = re.compile(rb'\{"Paging":\{[^{}]*\},"ErrorMessage":null,"ErrorCode":0,')
"""How a page of a list begins that went well; to read all of it for that would take as long as to use it."""


class Failure(msgspec.Struct, frozen=True):
    """What an envelope says went wrong: Billbee's code, 0 where it has none, and its words."""

    code: int
    words: str


def describe(settings: BillbeeSettings) -> Service:
    """Describes Billbee for one client. Billbee limits calls per API key and user, and charges for them per API key."""
    key = sha256(settings.api_key.reveal().encode()).hexdigest()[:16]
    account = sha256(f"{settings.api_key.reveal()}\n{settings.username.casefold()}".encode())
    return Service(
        name=NAME,
        base_url=settings.base_url.rstrip("/"),
        account=account.hexdigest(),
        headers={"X-Billbee-Api-Key": settings.api_key},
        basic_auth=(settings.username, settings.api_password),
        limit=_PER_ENDPOINT,
        verdict=verdict,
        tariff=Tariff(key=key, free_calls=FREE_CALLS, price=PRICE),
    )


def verdict(answer: Answer) -> ConnectorError | None:
    """Finds the error in an envelope that came with a good HTTP status; bodies without envelope are none of its."""
    if answer.status >= 300 or _GOOD_PAGE.match(answer.body):
        return None
    try:
        envelope = decode_json(answer.body, ErrorEnvelope, strict=False)
    except msgspec.DecodeError:
        return None
    failed = failure(envelope.error_code, envelope.error_message, has_data=bytes(envelope.data) != b"null")
    if failed is None:
        return None
    if failed.code in _LOCKED:
        return AuthenticationError(NAME, failed.words)
    if failed.code == _INTERNAL_ERROR:
        return TransientError(f"it answered with an error: {failed.words}")
    return CallRefused(NAME, "the call", 404 if failed.code == _NOT_FOUND else 400, failed.words)


def failure(error_code: object, error_message: object, *, has_data: bool) -> Failure | None:
    """Returns what an envelope says went wrong, None where all went well; a message beside data is a remark."""
    said = str(error_code)
    code = int(said) if said.isdecimal() and len(said) <= _LONGEST_CODE else 0
    message = error_message.strip() if isinstance(error_message, str) else ""
    if not code and (has_data or not message):
        return None
    return Failure(code, f"{message or 'no reason given'} (ErrorCode {code})")


async def pages(
    http: Http,
    endpoint: Endpoint,
    identify: Callable[[Row], str],
    filters: Query = (),
    kind: type[PagedResult | ArticlePage] = PagedResult,
) -> AsyncIterator[Sequence[Row]]:
    """Yields a list's records page by page; `identify` returns a record's id.

    They come as they are, or decoded as `kind` where all of a page can be.

    Raises UnusableAnswer where the list itself is missing, and where it would be read for ever: a page that came
    before (the service does not look at the page number, or goes round in circles), or more than `MOST_PAGES`.
    """
    number, seen = 1, dict[bytes, int]()
    while True:
        query = (*filters, ("page", number), ("pageSize", PAGE_SIZE))
        page = await http.call(endpoint, kind, otherwise=PagedResult, query=query)
        rows: Sequence[Any] | None = page.data
        paging = page.paging or Paging()
        if rows is None:
            if paging.total_rows != 0:
                raise UnusableAnswer(f"{NAME} {endpoint}: field $.Data is missing on page {number}")
            return
        if not rows:
            return
        ends = _fingerprint(identify(rows[0]), identify(rows[-1]))
        if ends in seen:
            raise UnusableAnswer(f"{NAME} {endpoint}: page {number} is the same as page {seen[ends]}")
        if max(number, paging.total_pages or 0) > MOST_PAGES:
            raise UnusableAnswer(f"{NAME} {endpoint}: the list has more than {MOST_PAGES} pages")
        yield rows
        if is_last(number, len(rows), paging):
            return
        del page, rows  # while the next page is waited for, this one takes no memory
        seen[ends] = number
        number += 1


def is_last(number: int, rows: int, paging: Paging) -> bool:
    """Tells whether a page is the last one; without a total that makes sense, a page that is not full is."""
    if paging.total_pages is not None and paging.total_pages > 0:
        return number >= paging.total_pages
    return rows < min(paging.page_size or PAGE_SIZE, PAGE_SIZE)


def _fingerprint(*ids: str) -> bytes:
    """Stands for a page by the ids at its ends; an id may be as long as the service likes."""
    return sha256("\n".join(ids).encode()).digest()
