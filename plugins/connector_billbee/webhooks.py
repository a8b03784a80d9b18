"""Billbee's webhooks: what it can tell of, how it proves itself, and how it is asked to call.

They are those of Microsoft's ASP.NET WebHooks: the header `ms-signature` holds an HMAC-SHA256 of the body, in
hexadecimal digits. A registration with `?noecho` in its address is not tried out at once.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from hashlib import sha256
from types import NoneType
from typing import Final

import msgspec

from connector.api import Endpoint, Http, Secret, WebhookCall, decode_json

LIST_WEBHOOKS: Final = Endpoint("GET", "/webhooks", repeatable=True)
LIST_FILTERS: Final = Endpoint("GET", "/webhooks/filters", repeatable=True)
# Sent again, it would be registered twice; what is registered for our address is replaced each time.
ADD_WEBHOOK: Final = Endpoint("POST", "/webhooks")
REMOVE_WEBHOOK: Final = Endpoint("DELETE", "/webhooks/{id}", repeatable=True)

SIGNATURE: Final = "ms-signature"
NO_ECHO: Final = "?noecho"

_ORDER_FLOWS: Final = frozenset({"orders", "cancellations"})
_PRODUCT_FLOWS: Final = frozenset({"products", "orders"})  # a product that was completed may release an order
_KNOWN_FILTERS: Final = ("order.created",)  # of Billbee's own client library; the service lists all of them
_DESCRIPTION: Final = "connector: run at once instead of hourly"


class Registration(msgspec.Struct, rename="pascal", omit_defaults=True):
    """A webhook as it is asked for."""

    secret: str
    web_hook_uri: str
    filters: Sequence[str]
    description: str = _DESCRIPTION


class Registered(msgspec.Struct, rename="pascal"):
    """A webhook that is registered, as far as it is of interest."""

    id: str | None = None
    web_hook_uri: str | None = None
    filters: list[str] | None = None


class Filter(msgspec.Struct, rename="pascal"):
    """Something that Billbee can tell of."""

    name: str | None = None


class _Notification(msgspec.Struct, rename="pascal"):
    action: object = None


class _Told(msgspec.Struct, rename="pascal"):
    notifications: list[_Notification] = []


def flows_of(call: WebhookCall, secret: Secret) -> Collection[str] | None:
    """Tells which flows a call concerns, None where its signature is not right."""
    given = call.headers.get(SIGNATURE, "").strip().lower().removeprefix("sha256=")
    expected = hmac.new(secret.reveal().encode(), call.body, sha256).hexdigest()
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return None
    try:
        told = decode_json(call.body, _Told)
    except msgspec.DecodeError:
        return _ORDER_FLOWS  # it is Billbee that calls, whatever it says
    actions = [str(each.action).lower() for each in told.notifications]
    about_products = any(action.startswith(("product", "article", "stock")) for action in actions)
    about_orders = not about_products or any(action.startswith("order") for action in actions)
    return frozenset(
        (_PRODUCT_FLOWS if about_products else set()) | (_ORDER_FLOWS if about_orders else set())
    )


async def register(http: Http, url: str, secret: Secret) -> Sequence[str]:
    """Registers one webhook for all that Billbee tells of orders and products."""
    filters = await _filters(http)
    await remove(http, url)
    wanted = Registration(secret=secret.reveal(), web_hook_uri=url + NO_ECHO, filters=filters)
    await http.call(ADD_WEBHOOK, NoneType, body=wanted)
    return filters


async def remove(http: Http, url: str) -> Sequence[str]:
    """Takes the webhooks for our address away; those of others stay."""
    told: list[str] = []
    for hook in await http.call(LIST_WEBHOOKS, list[Registered]):
        if hook.id and (hook.web_hook_uri or "").removesuffix(NO_ECHO) == url:
            await http.call(REMOVE_WEBHOOK, NoneType, path={"id": hook.id})
            told += hook.filters or []
    return told


async def _filters(http: Http) -> list[str]:
    """Asks what Billbee can tell of, and chooses what concerns us."""
    names = [each.name or "" for each in await http.call(LIST_FILTERS, list[Filter])]
    chosen = sorted({name for name in names if name.lower().startswith(("order.", "product.", "article."))})
    return chosen or list(_KNOWN_FILTERS)
