"""What `connector check` finds out about a Billbee account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from connector.api import AuthenticationError, ConnectorError, Finding, Http, TransientError
from connector_billbee.service import (
    LIST_ORDER_STATES,
    LIST_ORDERS,
    LIST_STORAGE_LOCATIONS,
)
from connector_billbee.settings import BillbeeSettings
from connector_billbee.wire import NamedId, PagedResult, StorageLocations

Look = Callable[[Http, BillbeeSettings], Awaitable[list[Finding]]]


async def findings(http: Http, settings: BillbeeSettings) -> Sequence[Finding]:
    """Looks at one thing after the other; ends where the credentials are refused or Billbee can't be reached."""
    found: list[Finding] = []
    looks: tuple[tuple[str, Look], ...] = (
        ("order_state_id", _order_states),
        ("storage_location_id", _storage_location),
        ("orders_tag", _orders_tag),
    )
    for what, look in looks:
        try:
            found += await look(http, settings)
        except AuthenticationError as error:
            advice = (
                f"{error}; the API password is not the login password, see Settings > Billbee API in Billbee"
            )
            return [*found, Finding(what="username, api_password and api_key", ok=False, advice=advice)]
        except TransientError as error:
            place = f"Billbee at base_url {settings.base_url}"
            return [*found, Finding(what=place, ok=False, advice=str(error))]
        except ConnectorError as error:
            found.append(Finding(what=what, ok=False, advice=str(error)))
    return found


async def _order_states(http: Http, settings: BillbeeSettings) -> list[Finding]:
    states = await http.call(LIST_ORDER_STATES, list[NamedId])
    accepted = Finding(what="username, api_password and api_key are accepted by Billbee", ok=True)
    wanted = [("order_state_id", settings.order_state_id), ("received_state_id", settings.received_state_id)]
    return [accepted, *(_exists(key, value, states) for key, value in wanted if value is not None)]


async def _storage_location(http: Http, settings: BillbeeSettings) -> list[Finding]:
    if settings.storage_location_id == 0:
        return [Finding(what="storage_location_id 0 is the standard location", ok=True)]
    answer = await http.call(LIST_STORAGE_LOCATIONS, StorageLocations)
    return [_exists("storage_location_id", settings.storage_location_id, answer.data or [])]


async def _orders_tag(http: Http, settings: BillbeeSettings) -> list[Finding]:
    query = (("tag", settings.orders_tag), ("page", 1), ("pageSize", 1))
    answer = await http.call(LIST_ORDERS, PagedResult, query=query)
    if answer.data:
        return [Finding(what=f"orders_tag: there are orders with the tag `{settings.orders_tag}`", ok=True)]
    advice = (
        f"no order carries the tag `{settings.orders_tag}` yet: nothing is imported before one does; "
        "compare its spelling with the tag in Billbee"
    )
    return [Finding(what=f"orders_tag `{settings.orders_tag}`", ok=False, level="warning", advice=advice)]


def _exists(key: str, value: int, known: Sequence[NamedId]) -> Finding:
    names = {entry.id: entry.name or "" for entry in known}
    if value in names:
        return Finding(what=f"{key} {value} is {names[value]!r} in Billbee", ok=True)
    choices = ", ".join(f"{number} ({name})" for number, name in names.items()) or "none"
    return Finding(what=f"{key} {value}", ok=False, advice=f"Billbee does not have it, only {choices}")
