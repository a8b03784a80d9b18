"""Billbee's wire habits: its enumerations, its dates, and complete objects from a few fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector_sandbox.billbee.blanks import ADDRESS, CUSTOMER, ORDER_ITEM, SELLER, SOLD_PRODUCT
from connector_sandbox.germantime import german

Wire = dict[str, Any]

ORDER_STATES: Mapping[int, str] = {
    1: "Bestellt",
    2: "Bestätigt",
    3: "Bezahlt",
    4: "Versendet",
    5: "Reklamation",
    6: "Gelöscht",
    7: "Abgeschlossen",
    8: "Storniert",
    9: "Archiviert",
    10: "Bewertet",
    11: "Mahnung",
    12: "Mahnung 2",
    13: "Gepackt",
    14: "Angeboten",
    15: "Zahlungserinnerung",
    16: "Im Fulfillment",
}
SHIPPED, CANCELLED = 4, 8

CARRIERS: Mapping[int, str] = {
    0: "Andere",
    1: "DHL",
    2: "DPD",
    3: "Hermes",
    4: "UPS",
    5: "GLS",
    6: "Deutsche Post",
}

YEAR_ONE = "0001-01-01T00:00:00"


def billbee_date(at: float) -> str:
    """A moment as Billbee writes it: German local time, no zone, seven digits of fraction (.NET ticks)."""
    moment = german(at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0"


def parse_date(text: str) -> datetime:
    """A date of a query or an answer; raises ValueError. Seven digits of fraction are cut to six."""
    head, dot, tail = text.strip().partition(".")
    if not dot:
        return datetime.fromisoformat(head)
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return datetime.fromisoformat(f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}")


def texts(value: Any) -> list[Wire]:
    """A text in several languages; a plain string is taken as German, a dict as language code to text."""
    if isinstance(value, str):
        value = {"DE": value}
    if isinstance(value, Mapping):
        return [{"Text": text, "LanguageCode": code} for code, text in value.items()]
    return list(value)


def address(**fields: Any) -> Wire:
    """A complete address: Erika Musterfrau's, except for the given fields."""
    return {**ADDRESS, **fields}


def order_item(**fields: Any) -> Wire:
    """A complete order line; `Product` may be given in part, or as None for a line without one."""
    product = fields.get("Product")
    if product is not None:
        product = {**SOLD_PRODUCT, **product}
        product["SkuOrId"] = product["SKU"] or product["Id"]
    item = {**ORDER_ITEM, **fields, "Product": product}
    item["UnrebatedTotalPrice"] = item["UnrebatedTotalPrice"] or item["TotalPrice"]
    item["InvoiceSKU"] = item["InvoiceSKU"] or (product or {}).get("SKU")
    return item


def buyer(to: Wire) -> Wire:
    """The buyer who goes with an address."""
    full_name = f"{to['FirstName'] or ''} {to['LastName'] or ''}".strip()
    names = {"FirstName": to["FirstName"], "LastName": to["LastName"], "FullName": full_name}
    return {**SELLER, **names, "Id": None, "Email": to["Email"]}


def customer(to: Wire, number: int) -> Wire:
    """The customer record that goes with an address."""
    name = to["Company"] or f"{to['FirstName'] or ''} {to['LastName'] or ''}".strip()
    person = {"Name": name, "Email": to["Email"], "Tel1": to["Phone"]}
    return {**CUSTOMER, **person, "Id": 100000000200000 + number, "Number": number}
