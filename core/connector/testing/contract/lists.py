"""Lists: read to their end, each record once, and honest about what is broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec

from connector.decoding import decode_json
from connector.errors import ConnectorError, TransientError
from connector.testing.checks import Check, check_each
from connector.testing.faults import UNAVAILABLE
from connector.testing.groups import Group
from connector.testing.lab import Lab, all_of
from connector.testing.network import Exchange
from connector.testing.tables import Listing
from connector.testing.verdicts import Broken, NotOffered, brief, expect, expect_ids, raised

_SPOILT: Final = {"unexpected": True}


def list_checks(listings: Mapping[str, Listing]) -> tuple[Check, ...]:
    """Returns the checks for every list."""
    checks = (
        every_record_comes_once,
        every_record_is_valid,
        a_full_last_page_is_the_last,
        an_empty_list_is_no_error,
        a_list_that_grows_while_it_is_read_brings_nothing_twice,
        a_list_that_breaks_off_says_so,
        a_list_without_an_end_is_noticed,
        a_broken_record_costs_only_itself,
    )
    return tuple(
        each
        for function in checks
        for each in check_each(
            Group.READING, listings, methods=lambda row: row.methods, drives=lambda row: row.drives
        )(function)
    )


async def every_record_comes_once(lab: Lab[Any], listing: Listing) -> None:
    """A list is read to its last page, and no record comes twice."""
    await _reads_all(lab, listing, lab.more_than_two_pages)


async def every_record_is_valid(lab: Lab[Any], listing: Listing) -> None:
    """A record has an id, and its fields have the types that they are declared with, such as whole grams."""
    await listing.fill(lab, await lab.start(), 2)
    for record in await all_of(listing.read(await lab.start())):
        expect(bool(listing.key(record)), "an id in each record", record, listing.method)
        try:
            again = msgspec.convert(msgspec.to_builtins(record), type(record))
        except msgspec.ValidationError as error:
            look_at = f"{listing.method}: where a {type(record).__name__} is made"
            raise Broken("a record as it is declared", f"{error} in {brief(record)}", look_at) from error
        expect(again == record, "a record as it is declared", record, listing.method)


async def a_full_last_page_is_the_last(lab: Lab[Any], listing: Listing) -> None:
    """A list whose last page is full is read to its end, and no further."""
    await _reads_all(lab, listing, lab.more_than_two_pages - 1)


async def _reads_all(lab: Lab[Any], listing: Listing, number: int) -> None:
    ids = await listing.fill(lab, await lab.start(), number)
    found = await all_of(listing.read(await lab.start()))
    expect_ids([listing.key(each) for each in found], ids, f"records from {listing.method}()", listing.method)


async def an_empty_list_is_no_error(lab: Lab[Any], listing: Listing) -> None:
    """Where there is nothing, nothing comes, and no error either."""
    found = await all_of(listing.read(await lab.start()))
    expect(not found, "no record", found, listing.method)


async def a_list_that_grows_while_it_is_read_brings_nothing_twice(lab: Lab[Any], listing: Listing) -> None:
    """Records that come in while a list is read make no other one come twice, or not at all."""
    plugin = await lab.start()
    ids = await listing.fill(lab, plugin, lab.more_than_two_pages)
    found: list[str] = []
    late: list[str] = []
    async for page in listing.read(plugin):
        found += [listing.key(each) for each in page.records]
        late += await listing.fill(lab, plugin, 1) if not late else []
    wanted = [*ids, *(each for each in late if each in found)]
    expect_ids(
        found, wanted, f"records from {listing.method}()", f"{listing.method}: leave out what came before"
    )


async def a_list_that_breaks_off_says_so(lab: Lab[Any], listing: Listing) -> None:
    """A list that can't be read to its end raises an error, so that nobody takes it for complete."""
    ids = await listing.fill(lab, await lab.start(), lab.more_than_two_pages)
    mark = lab.mark
    await all_of(listing.read(await lab.start()))
    calls = lab.mark - mark
    for at in sorted({min(2, calls), calls}):
        lab.network.fail(UNAVAILABLE, at=at)
        when = f"call {at} of {calls} of {listing.method}() was answered with 503, with {len(ids)} records to read"
        look_at = f"{listing.method}: catch no TransientError"
        await raised(TransientError, all_of(listing.read(await lab.start())), when, look_at)
        lab.network.heal()


async def a_list_without_an_end_is_noticed(lab: Lab[Any], listing: Listing) -> None:
    """A service that answers with the same page again and again makes no plugin read for ever."""
    await listing.fill(lab, await lab.start(), lab.more_than_two_pages)
    mark = lab.mark
    lab.network.change = first = _FirstPages()
    await all_of(listing.read(await lab.start()))
    calls = lab.mark - mark
    if calls > 1 and calls == len(first.pages):
        raise NotOffered("no two calls of this list differ by a number alone, so it can't be made endless")
    first.frozen = True
    with suppress(ConnectorError):
        await all_of(listing.read(await lab.start()))


class _FirstPages:
    """Remembers the first answer of calls that differ by numbers alone; once frozen, it gives that again and again."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.frozen = False

    def __call__(self, call: Exchange, body: bytes) -> bytes:
        what = re.sub(r"\d+", "", f"{call.method} {call.url} {call.body.decode('utf-8', 'replace')}")
        first = self.pages.setdefault(what, body)
        return first if self.frozen else body


async def a_broken_record_costs_only_itself(lab: Lab[Any], listing: Listing) -> None:
    """A record that can't be read is told of as unreadable, and keeps no other one back (SPEC R4)."""
    ids = await listing.fill(lab, await lab.start(), 3)
    broken, others = ids[1], [ids[0], ids[2]]
    lab.network.change = spoil = _Spoil(broken)
    pages = [page async for page in listing.read(await lab.start())]
    if not spoil.happened:
        raise NotOffered(f"no answer names record {broken} by its id, so it can't be spoilt")
    found = [listing.key(each) for page in pages for each in page.records]
    expect_ids([each for each in found if each != broken], others, "the other records", listing.method)
    unreadable = [each for page in pages for each in page.unreadable]
    what = f"record {broken}, whose fields all had a wrong type, among `unreadable` of its page"
    expect(
        broken in found or bool(unreadable), what, "no word of it", f"{listing.method}: drop nothing silently"
    )


class _Spoil:
    """Gives a wrong type to every field of one record of a list, all but its id."""

    def __init__(self, record_id: str) -> None:
        self._id = record_id
        self.happened = False

    def __call__(self, _: Exchange, body: bytes) -> bytes:
        try:
            document = decode_json(body, object)
        except msgspec.DecodeError:
            return body
        return msgspec.json.encode(self._in(document))

    def _in(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._spoilt(each) if self._names(each) else each for each in value]
        if isinstance(value, dict):
            return {name: self._in(inner) for name, inner in value.items()}
        return value

    def _names(self, record: Any) -> bool:
        return isinstance(record, dict) and any(str(value) == self._id for value in record.values())

    def _spoilt(self, record: dict[str, Any]) -> dict[str, Any]:
        self.happened = True
        return {name: value if str(value) == self._id else _SPOILT for name, value in record.items()}
