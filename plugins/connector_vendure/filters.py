"""Which orders to ask for: the filters of Vendure's lists. Pure functions.

The time of the last change alone never decides: Vendure does not move it when a parcel changes the state of an order.
What can't be seen in a filter is looked at again in each order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector_vendure.queries import order_fields
from connector_vendure.reading import filter_date
from connector_vendure.settings import VendureSettings
from connector_vendure.states import AGGREGATE, CANCELLED, SETTLED

Filter = Mapping[str, Any]

_NO_AGGREGATE: Filter = {"type": {"notEq": AGGREGATE}}


def offered(settings: VendureSettings) -> Filter:
    """Finds the orders that are offered (SPEC O1)."""
    fields = order_fields(settings)
    unmarked = {fields["exported"]: {"isNull": True}} if "exported" in fields else {}
    return {"state": {"in": settings.offered_states}, **_NO_AGGREGATE, **unmarked}


def received(settings: VendureSettings, since: datetime) -> Filter:
    """Finds the orders with the mark of a received one that changed since then, or are not shipped yet."""
    recent: Filter = {"_or": [_changed(since), {"state": {"in": settings.offered_states}}]}
    return {settings.exported_field: {"isNull": False}, **_NO_AGGREGATE, **recent}


def withdrawn(settings: VendureSettings, since: datetime | None) -> Filter | None:
    """Finds the cancelled orders that were not dealt with, None where there is nothing to go by.

    Those with the mark of a received one are found whenever they changed; the others only since then, since most of
    them never were in the target.
    """
    fields = order_fields(settings)
    wanted: list[Filter] = [{fields["exported"]: {"isNull": False}}] if "exported" in fields else []
    wanted += [_changed(since)] if since is not None else []
    if not wanted:
        return None
    conditions: list[Filter] = [{"_or": wanted}]
    if status := fields.get("status"):
        conditions.append({"_or": [{status: {"isNull": True}}, {status: {"notIn": sorted(SETTLED)}}]})
    return {"state": {"eq": CANCELLED}, **_NO_AGGREGATE, "_and": conditions}


def _changed(since: datetime) -> dict[str, Any]:
    return {"updatedAt": {"after": filter_date(since)}}
