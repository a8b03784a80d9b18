"""Billbee's source, broken in what it reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connector.api import Page, TransientError, Unreadable, UnusableAnswer
from connector.testing import Group
from connector_billbee import listing, mapping, reading, service
from connector_billbee.wire import PagedResult
from tests.contract.planted.fault import in_billbee

query_date = reading.query_date
page_of, is_offered, read_product = listing.page_of, mapping.is_offered, mapping.read_product
read_address, read_line, read_article = mapping._address, mapping._line, mapping._product


# -- reading --------------------------------------------------------------------------------------


async def without_last_row(*args: Any) -> Any:
    async for rows in service.pages(*args):
        yield rows[:-1]


async def without_filters(http: Any, endpoint: Any, identify: Any, filters: Any = ()) -> Any:
    async for rows in service.pages(http, endpoint, identify):
        yield rows


async def each_page_twice(*args: Any) -> Any:
    async for rows in service.pages(*args):
        yield rows
        yield rows


async def until_it_breaks(*args: Any) -> Any:
    try:
        async for rows in service.pages(*args):
            yield rows
    except TransientError:
        return


async def for_ever(http: Any, endpoint: Any, identify: Any, filters: Any = ()) -> Any:
    number = 1
    while rows := (await http.call(endpoint, PagedResult, query=(*filters, ("page", number)))).data:
        yield rows
        number += 1


def all_as_they_come(read: Any, seen: Any, key: Any) -> Page[Any]:
    read = list(read)
    readable = tuple(each for each in read if not isinstance(each, Unreadable))
    return Page(records=readable, unreadable=tuple(each for each in read if isinstance(each, Unreadable)))


def only_readable(read: Any, seen: Any, key: Any) -> Page[Any]:
    page = page_of(read, seen, key)
    return Page(records=page.records)


def offered_unless(change: Any) -> Any:
    return lambda order, offer: is_offered(change(order), offer)


def strictly(row: msgspec.Raw, language: str) -> Any:
    found = read_product(row, language)
    if isinstance(found, Unreadable):
        raise UnusableAnswer(f"product {found.record_id}: {found.reason}")
    return found


def hours_later(since: datetime) -> str:
    return query_date(since + timedelta(hours=2))


READING = [
    in_billbee("reads only the first page", Group.READING, service__is_last=lambda *_: True),
    in_billbee("loses the last record of each page", Group.READING, source__pages=without_last_row),
    in_billbee(
        "takes the last page but one for the last",
        Group.READING,
        service__is_last=lambda number, rows, paging: number >= (paging.total_pages or 1) - 1,
    ),
    in_billbee(
        "reads each page twice",
        Group.READING,
        source__pages=each_page_twice,
        source__page_of=all_as_they_come,
    ),
    in_billbee("takes an outage for the end of the list", Group.READING, source__pages=until_it_breaks),
    in_billbee("reads an endless list for ever", Group.READING, source__pages=for_ever),
    in_billbee("drops records that can't be read", Group.READING, source__page_of=only_readable),
    in_billbee("lets a broken record stop the whole list", Group.READING, source__read_product=strictly),
    in_billbee(
        "ignores the order state",
        Group.READING,
        source__pages=without_filters,
        mapping__is_offered=offered_unless(lambda order: msgspec.structs.replace(order, state=3)),
    ),
    in_billbee(
        "ignores the orders tag",
        Group.READING,
        source__pages=without_filters,
        mapping__is_offered=offered_unless(
            lambda order: msgspec.structs.replace(order, tags=[*(order.tags or []), "wemalo"])
        ),
    ),
    in_billbee("imports credit orders", Group.READING, mapping__is_credit_order=lambda order: False),
    in_billbee("imports archived orders", Group.READING, mapping__is_archived=lambda order: False),
    in_billbee("compares tags with regard to case", Group.READING, tags___key=lambda tag: tag),
    in_billbee("never sends the watermark", Group.READING, source__pages=without_filters),
    in_billbee(
        "takes the watermark for local time, and leaves changes out",
        Group.READING,
        source__query_date=hours_later,
        withdrawals__query_date=hours_later,
    ),
]


# -- records --------------------------------------------------------------------------------------


def times(factor: Any) -> Any:
    def grams(value: Any, field: str) -> Any:
        return None if value is None else int(value * factor)

    return grams


def as_float(value: Any, field: str) -> Any:
    return None if value is None else float(value)


def address_without(field: str) -> Any:
    return lambda address: msgspec.structs.replace(read_address(address), **{field: ""})


def product_with(**changes: Any) -> Any:
    def product(article: Any, language: str) -> Any:
        found = read_article(article, language)
        return msgspec.structs.replace(found, **{name: change(found) for name, change in changes.items()})

    return product


def line_with(**changes: Any) -> Any:
    def line(item: Any, place: int) -> Any:
        found = read_line(item, place)
        return msgspec.structs.replace(found, **{name: change(found) for name, change in changes.items()})

    return line


RECORDS = [
    in_billbee("mixes grams with kilograms", Group.RECORDS, mapping__grams=times(1000)),
    in_billbee(
        "reads a weight that is not known as 0",
        Group.RECORDS,
        mapping__grams=lambda value, _: int(value or 0),
    ),
    in_billbee(
        "mixes centimetres with millimetres", Group.RECORDS, mapping__centimetres=lambda v: v and v * 10
    ),
    in_billbee(
        "reads a weight as a text",
        Group.READING,
        mapping___product=product_with(weight_g=lambda found: f"{found.weight_g} g"),
    ),
    in_billbee(
        "cuts a name", Group.RECORDS, mapping___product=product_with(name=lambda found: found.name[:80])
    ),
    in_billbee(
        "confuses SKU and EAN", Group.RECORDS, mapping___product=product_with(ean=lambda found: found.sku)
    ),
    in_billbee(
        "sells what is inactive", Group.RECORDS, mapping___product=product_with(is_active=lambda _: True)
    ),
    in_billbee("loses the parts of a set", Group.RECORDS, mapping___product=product_with(parts=lambda _: ())),
    in_billbee("reads amounts as floats", Group.RECORDS, mapping__number=as_float),
    in_billbee(
        "reads the price of a piece as that of the line",
        Group.RECORDS,
        mapping___line=line_with(total=lambda found: found.total / found.quantity),
    ),
    in_billbee("names all lines alike", Group.RECORDS, mapping___line=line_with(id=lambda _: "1")),
    in_billbee("loses the house number", Group.RECORDS, mapping___address=address_without("house_number")),
    in_billbee("loses the address addition", Group.RECORDS, mapping___address=address_without("addition")),
    in_billbee("takes local time for UTC", Group.RECORDS, reading___GERMAN_TIME=UTC),
]
