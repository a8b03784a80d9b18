"""What `connector check` finds out about a Tryton database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from connector.api import AuthenticationError, ConfigurationError, ConnectorError, Finding
from connector_tryton.directory import Directory
from connector_tryton.rest import Rest
from connector_tryton.service import ACCESS, COUNTRIES, NUMBERING, PRODUCTS, SHIPMENTS
from connector_tryton.settings import TrytonSettings
from connector_tryton.wire import Access, CodeRow, NumberingRow, ProductRow, SentRow

_GROUPS: Final = "put the connector's user into the groups Stock and Product Administration"
_MODULES: Final = (
    "install the modules product_measurements, stock and stock_package_shipping in this database"
)
_CREATED: Final = (
    "product.template",
    "product.product",
    "product.identifier",
    "party.party",
    "party.address",
    "party.contact_mechanism",
    "stock.shipment.out",
    "stock.move",
    "ir.note",
)
"""Models of which the connector adds and changes records."""

_NOTHING: Final = [["id", "=", -1]]
_ADVICE_KEY: Final = (
    "enter the key of a validated user application of the kind REST API that belongs to the connector's user"
)


async def findings(rest: Rest, directory: Directory, settings: TrytonSettings) -> list[Finding]:
    """Looks at everything that the connector needs, and writes nothing; ends where nothing further can be asked."""
    found: list[Finding] = []
    try:
        company = await directory.company()
    except AuthenticationError as error:
        return [Finding(what="application key", ok=False, advice=f"{error}; {_ADVICE_KEY}")]
    except ConfigurationError as error:
        return [Finding(what="company", ok=False, advice=str(error))]
    except ConnectorError as error:
        return [Finding(what=f"Tryton at base_url {settings.base_url}", ok=False, advice=str(error))]
    found.append(Finding(what=f"application key is accepted, company {company.party.name}", ok=True))
    for what, look in _LOOKS.items():
        try:
            found += [finding async for finding in look(rest, directory)]
        except ConnectorError as error:
            found.append(Finding(what=what, ok=False, advice=str(error)))
    return found


async def _warehouse(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    await directory.places()
    await directory.units()
    yield Finding(what=f"warehouse {(await directory.warehouse()).name} and its zones", ok=True)


async def _modules(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    try:
        await rest.search(PRODUCTS, ProductRow, _NOTHING)
        await rest.search(SHIPMENTS, SentRow, _NOTHING)
    except ConnectorError as error:
        yield Finding(what="modules", ok=False, advice=f"{error}; {_MODULES}")
    else:
        yield Finding(what="modules", ok=True)


async def _rights(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    allowed = await rest.ask(ACCESS, dict[str, Access], {"models": _CREATED})
    missing = [
        model for model, access in allowed.items() if not (access.read and access.write and access.create)
    ]
    what = f"rights to add and change {', '.join(missing)}" if missing else "rights"
    yield Finding(what=what, ok=not missing, advice=_GROUPS if missing else "")


async def _numbering(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    rows = await rest.search(NUMBERING, NumberingRow, [])
    if any(row.template_sequence is not None for row in rows):
        advice = (
            "take the product sequence out of Products > Configuration; with it every new product gets a code before "
            "its SKU, and takes one more call"
        )
        yield Finding(what="numbering of products", ok=False, level="warning", advice=advice)


async def _countries(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    rows = await rest.search(COUNTRIES, CodeRow, [])
    advice = "import the countries with trytond_import_countries, or enter those that you ship to"
    yield Finding(what=f"countries: {len(rows)}", ok=bool(rows), advice="" if rows else advice)


async def _carriers(rest: Rest, directory: Directory) -> AsyncIterator[Finding]:
    carriers = await directory.carriers()
    if not carriers:
        advice = "enter a carrier in Tryton; without one, nobody can pack a shipment"
        yield Finding(what="carriers", ok=False, level="warning", advice=advice)
    await directory.default_carrier()


_LOOKS: Final[dict[str, Callable[[Rest, Directory], AsyncIterator[Finding]]]] = {
    "warehouse": _warehouse,
    "modules": _modules,
    "rights": _rights,
    "numbering of products": _numbering,
    "countries": _countries,
    "carriers": _carriers,
}
