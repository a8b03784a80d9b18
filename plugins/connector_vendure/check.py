"""What `connector check` finds out about a Vendure shop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from connector.api import AuthenticationError, ConfigurationError, ConnectorError, Finding
from connector_vendure.admin import Admin
from connector_vendure.guidance import RIGHTS
from connector_vendure.queries import CHECK, LIST_LOCATIONS
from connector_vendure.settings import VendureSettings
from connector_vendure.stock import chosen_location
from connector_vendure.wire import EntityFields, Handler, Shop

_NUMBERS: Final = frozenset({"int", "float"})
_TEXTS: Final = frozenset({"string", "text", "localeString"})

_FIELDS: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("exported_field", "Order", frozenset({"datetime"})),
    ("status_field", "Order", _TEXTS),
    ("ean_field", "ProductVariant", _TEXTS | _NUMBERS),
    ("weight_field", "ProductVariant", _NUMBERS),
    ("length_field", "ProductVariant", _NUMBERS),
    ("width_field", "ProductVariant", _NUMBERS),
    ("height_field", "ProductVariant", _NUMBERS),
    ("digital_field", "ProductVariant", frozenset({"boolean"})),
)
"""Which setting names a field of which kind of record, and what type that field must have."""

_WITHOUT: Final = {
    "exported_field": "every order is looked up in the warehouse in each run until it is shipped, and the rest of an "
    "order that was shipped in part by hand is not sent",
    "ean_field": "products go by their SKU alone; a warehouse that wants an EAN refuses them",
}
"""What a shop has to live with that has no such field."""


async def findings(admin: Admin) -> Sequence[Finding]:
    """Looks at the shop; ends where the credentials are refused or Vendure can't be reached. Writes nothing."""
    settings = admin.settings
    way_in = "api_key" if settings.api_key is not None else "username and password"
    try:
        shop = await admin.ask(CHECK)
        location = await _location(admin)
    except AuthenticationError as error:
        advice = f"{error}; the role needs {', '.join(RIGHTS)}"
        return [Finding(what=way_in, ok=False, advice=advice)]
    except ConnectorError as error:
        return [Finding(what=f"Vendure at base_url {settings.base_url}", ok=False, advice=str(error))]
    return [
        Finding(what=f"{way_in} accepted by Vendure", ok=True),
        *_states(settings, shop),
        *_fields(settings, shop.shop.server_config.entity_custom_fields),
        _handler(settings, shop.handlers),
        location,
    ]


def _states(settings: VendureSettings, shop: Shop) -> list[Finding]:
    known = [state.name for state in shop.shop.server_config.order_process]
    return [
        _exists(f"order_states: {state}", state, known, "Vendure has no such state")
        for state in settings.offered_states
    ]


def _fields(settings: VendureSettings, entities: Iterable[EntityFields]) -> list[Finding]:
    there = {
        (entity.entity_name, field.name): field.type for entity in entities for field in entity.custom_fields
    }
    found = []
    for setting, entity, types in _FIELDS:
        name = getattr(settings, setting)
        if name:
            found.append(_field(setting, name, entity, types, there))
        elif setting in _WITHOUT:
            found.append(
                Finding(what=f"{setting} is not set", ok=False, level="warning", advice=_WITHOUT[setting])
            )
    return found


def _field(
    setting: str, name: str, entity: str, types: frozenset[str], there: dict[tuple[str, str], str]
) -> Finding:
    what = f"{setting} `{name}`"
    actual = there.get((entity, name))
    if actual is None:
        own = sorted(field for kind, field in there if kind == entity)
        return _exists(what, name, own, f"{entity} has no such custom field")
    if actual not in types:
        wanted = " or ".join(sorted(types))
        return Finding(
            what=what, ok=False, advice=f"its type is {actual}, expected {wanted}; name another field"
        )
    return Finding(what=f"{what} is a custom field of {entity} ({actual})", ok=True)


def _handler(settings: VendureSettings, handlers: Sequence[Handler]) -> Finding:
    code = settings.fulfillment_handler
    what = f"fulfillment_handler `{code}`"
    arguments = next(({arg.name for arg in each.args} for each in handlers if each.code == code), None)
    if arguments is not None and not {"method", "trackingCode"} <= arguments:
        advice = "it does not take the arguments `method` and `trackingCode`, which hold carrier and tracking number"
        return Finding(what=what, ok=False, advice=advice)
    return _exists(what, code, [each.code for each in handlers], "Vendure has no such fulfillment handler")


async def _location(admin: Admin) -> Finding:
    locations = (await admin.ask(LIST_LOCATIONS)).locations.items
    try:
        chosen = chosen_location(locations, admin.settings.stock_location)
    except ConfigurationError as error:
        return Finding(what="stock_location", ok=False, advice=str(error))
    return Finding(what=f"stock is written to the location {chosen.name!r}", ok=True)


def _exists(what: str, name: str, known: Iterable[str], problem: str) -> Finding:
    names = list(known)
    if name in names:
        return Finding(what=f"{what} is known to Vendure", ok=True)
    return Finding(what=what, ok=False, advice=f"{problem}, only {', '.join(names) or 'none at all'}")
