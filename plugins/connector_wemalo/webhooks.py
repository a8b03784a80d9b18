"""Wemalo's webhooks: what it can tell of, how it proves itself, and how it is asked to call.

One webhook per event and account. A call repeats the registered token in its body, beside the event's data:
{"token": "…", "eventData": {"externalId": "4711", …}}.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType, NoneType
from typing import Final

import msgspec

from connector.api import Endpoint, Http, Secret, WebhookCall, decode_json

LIST_WEBHOOKS: Final = Endpoint("GET", "/webhook", repeatable=True)
# An event has one webhook, which a second registration replaces.
ADD_WEBHOOK: Final = Endpoint("POST", "/webhook/{event}", repeatable=True)
REMOVE_WEBHOOK: Final = Endpoint("DELETE", "/webhook/{event}", repeatable=True)

EVENTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "status_update": frozenset({"shipments"}),
        "trackingnumber_added": frozenset({"shipments"}),
        "stock_change": frozenset({"stock"}),
    }
)
"""Event → the flows that it concerns."""

_FIELDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "goodsOrderParcelId": EVENTS["trackingnumber_added"],
        "orderNumber": EVENTS["status_update"],
        "statusName": EVENTS["status_update"],
        "type": EVENTS["stock_change"],
    }
)
"""Field of an event's data → the flows: a call does not name its event."""

_ANY: Final = frozenset({"shipments", "stock"})


class Registration(msgspec.Struct):
    """A webhook as it is asked for."""

    payload: str
    token: str


class Registered(msgspec.Struct):
    """A webhook that is registered, as far as it is of interest."""

    payload: object = None
    event: str | None = None


class Hooks(msgspec.Struct):
    """The answer of GET /webhook."""

    hooks: list[Registered] | None = None


class _Told(msgspec.Struct, rename="camel"):
    token: object = None
    event_data: object = None


def flows_of(call: WebhookCall, secret: Secret) -> Collection[str] | None:
    """Tells which flows a call concerns, None where it does not repeat the token."""
    try:
        told = decode_json(call.body, _Told)
    except msgspec.DecodeError:
        return None
    if not hmac.compare_digest(str(told.token).encode(), secret.reveal().encode()):
        return None
    data = told.event_data if isinstance(told.event_data, dict) else {}
    found = (flows for name, flows in _FIELDS.items() if name in data)
    return frozenset[str]().union(*found) or _ANY


async def register(http: Http, url: str, secret: Secret) -> Sequence[str]:
    """Registers one webhook for each event."""
    for event in EVENTS:
        wanted = Registration(payload=url, token=secret.reveal())
        await http.call(ADD_WEBHOOK, NoneType, path={"event": event}, body=wanted)
    return tuple(EVENTS)


async def remove(http: Http, url: str) -> Sequence[str]:
    """Takes the webhooks for our address away; those of others stay."""
    hooks = (await http.call(LIST_WEBHOOKS, Hooks)).hooks or []
    ours = [hook.event for hook in hooks if hook.event and hook.payload == url]
    for event in ours:
        await http.call(REMOVE_WEBHOOK, NoneType, path={"event": event})
    return ours
