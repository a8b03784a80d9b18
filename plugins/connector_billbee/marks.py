"""Writing the tags through which an order tells how far it is (SPEC O2, O5, O7, X1, X2)."""

from __future__ import annotations

from contextlib import suppress
from types import NoneType
from typing import Final

import msgspec

from connector.api import Http, OutcomeUnknown, TransientError, UnusableAnswer
from connector_billbee.mapping import read_tags
from connector_billbee.service import ADD_TAGS, GET_ORDER, NAME, REPLACE_TAGS
from connector_billbee.tags import carries, missing, without
from connector_billbee.wire import SingleResult, TagList

_REMOVALS: Final = 2
"""How often a tag's removal is tried; Billbee allows six looks at an order in a minute, each try takes two."""


async def add_tags(http: Http, order_id: str, *tags: str) -> None:
    """Adds tags in one call; those that are there already do no harm."""
    await http.call(ADD_TAGS, NoneType, path={"id": order_id}, body=TagList(list(tags)))


async def exchange_failed_tag(http: Http, order_id: str, failed: str, *gained: str) -> None:
    """Removes the failed tag by the only call there is for it, which replaces all tags, and adds others with it.

    One call for both, so that no order ends with either alone, whatever is cut off. The tags are read just before it
    and looked at again after it, and what was lost is put back (SPEC O5).
    """
    for _ in range(_REMOVALS):
        before = await _read_tags(http, order_id)
        if not carries(before, failed):  # somebody took it away
            await add_tags(http, order_id, *gained)
            return
        kept = without(before, failed)
        kept += missing(gained, kept)
        with suppress(OutcomeUnknown):  # the look that follows tells
            await http.call(REPLACE_TAGS, NoneType, path={"id": order_id}, body=TagList(kept))
        after = await _read_tags(http, order_id)
        if lost := missing(kept, after):
            await add_tags(http, order_id, *lost)
        if not carries(after, failed):
            return
    raise TransientError(f"{NAME} {REPLACE_TAGS}: the tag {failed} of order {order_id} could not be removed")


async def _read_tags(http: Http, order_id: str) -> list[str]:
    answer = await http.call(GET_ORDER, SingleResult, path={"id": order_id})
    try:
        return read_tags(answer.data)
    except msgspec.DecodeError as error:
        raise UnusableAnswer(f"{NAME} {GET_ORDER}: order {order_id}: {error}") from None
