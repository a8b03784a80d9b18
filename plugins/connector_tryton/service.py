"""Tryton as a service: its endpoints, and how it says no."""

from __future__ import annotations

import html
import re
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import msgspec

from connector.api import (
    Answer,
    AuthenticationError,
    CallRefused,
    ConnectorError,
    Endpoint,
    Secret,
    Service,
    TransientError,
    UnusableAnswer,
    decode_json,
)
from connector_tryton.settings import TrytonSettings

NAME: Final = "tryton"
"""How settings, the log and messages name the service."""

COMPANIES: Final = Endpoint("GET", "/rest/model/company.company")
LOCATIONS: Final = Endpoint("GET", "/rest/model/stock.location")
UNITS: Final = Endpoint("GET", "/rest/model/product.uom")
COUNTRIES: Final = Endpoint("GET", "/rest/model/country.country")
CURRENCIES: Final = Endpoint("GET", "/rest/model/currency.currency")
CARRIERS: Final = Endpoint("GET", "/rest/model/carrier")
NUMBERING: Final = Endpoint("GET", "/rest/model/product.configuration")
ACCESS: Final = Endpoint("POST", "/rest/model/ir.model.access/get_access", reads=True)

PRODUCTS: Final = Endpoint("GET", "/rest/model/product.product")
ADD_TEMPLATE: Final = Endpoint("POST", "/rest/model/product.template")
# What it adds within a template, it would add again.
WRITE_TEMPLATE: Final = Endpoint("PUT", "/rest/model/product.template/{id}")

PARTIES: Final = Endpoint("GET", "/rest/model/party.party")
ADD_PARTY: Final = Endpoint("POST", "/rest/model/party.party")
WRITE_PARTY: Final = Endpoint("PUT", "/rest/model/party.party/{id}")
ADD_ADDRESS: Final = Endpoint("POST", "/rest/model/party.address")

SHIPMENTS: Final = Endpoint("GET", "/rest/model/stock.shipment.out")
ADD_SHIPMENT: Final = Endpoint("POST", "/rest/model/stock.shipment.out")
WRITE_SHIPMENT: Final = Endpoint("PUT", "/rest/model/stock.shipment.out/{id}")
MARK_SHIPMENT: Final = Endpoint("PUT", "/rest/model/stock.shipment.out/{id}", repeatable=True)
# Each of these is refused where it was done already, or where people went on meanwhile: the state has to be looked at.
TAKE_BACK: Final = Endpoint("POST", "/rest/model/stock.shipment.out/{id}/draft")
HAND_OVER: Final = Endpoint("POST", "/rest/model/stock.shipment.out/{id}/wait")
CANCEL_SHIPMENT: Final = Endpoint("POST", "/rest/model/stock.shipment.out/{id}/cancel")

NOTES: Final = Endpoint("GET", "/rest/model/ir.note")
ADD_NOTE: Final = Endpoint("POST", "/rest/model/ir.note")
DELETE_NOTE: Final = Endpoint("DELETE", "/rest/model/ir.note/{id}")

MOVES: Final = Endpoint("GET", "/rest/model/stock.move")

_LONGEST: Final = 300
_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_UNKNOWN_NAME: Final = re.compile(r"'[\w.]+'")
_FORBIDDEN_ACTION: Final = b"either read-protected or not readable"
"""Words of Tryton's own page for 403, which only a button answers with: all else is refused with 400."""


class Refusal(msgspec.Struct):
    """What Tryton says with status 400: a rule that was broken, a right that is missing, a warning to people."""

    message: str
    description: str = ""


def describe(settings: TrytonSettings) -> Service:
    """Describes one database of a Tryton server."""
    key = settings.application_key.reveal().strip()
    return Service(
        name=NAME,
        base_url=f"{settings.base_url.rstrip('/')}/{quote(settings.database, safe='')}",
        account=sha256(key.encode()).hexdigest(),
        headers={"Authorization": Secret(f"Bearer {key}")},
        verdict=verdict,
    )


def verdict(answer: Answer) -> ConnectorError | None:
    """Finds out what an answer means where its status alone does not tell it."""
    match answer.status:
        case 400:
            return _refusal(answer.body)
        case 401:
            return AuthenticationError(
                NAME, "the application key is unknown, was cancelled, or was not validated by its user yet"
            )
        case 403 if _FORBIDDEN_ACTION in answer.body:
            return CallRefused(NAME, "the call", 403, "Tryton does not let the connector's user do that now")
        case 404:  # never "no such order", since a list in which nothing fits is empty
            return UnusableAnswer(
                "it answered 404: the database is not there (check base_url and database), or the record "
                "was deleted just now"
            )
        case 409 | 423:
            return TransientError("somebody else is changing the same record")
        case 500:
            return _breakdown(answer.body)
        case 301 | 302 | 307 | 308:
            return UnusableAnswer(
                f"it answered {answer.status} and names another address; check base_url. Tryton 8.2 and later "
                "have moved their addresses, this plugin speaks to 8.0"
            )
    return None


def _refusal(body: bytes) -> CallRefused | None:
    try:
        said = decode_json(body, Refusal)
    except msgspec.DecodeError:
        return None
    words = " ".join(f"{said.message} {said.description}".split())
    return CallRefused(NAME, "the call", 400, words[:_LONGEST])


def _breakdown(body: bytes) -> TransientError | None:
    """Says what a name in quotes means, which is all that Tryton says where a model or a field is not there."""
    found = _PARAGRAPH.search(body[:10_000].decode("utf-8", "replace"))
    words = html.unescape(found[1]).strip() if found else ""
    if not words:
        return None
    hint = ", which Tryton does not know; is a module missing?" if _UNKNOWN_NAME.fullmatch(words) else ""
    return TransientError(f"it failed with 500: {words[:_LONGEST]}{hint}")
