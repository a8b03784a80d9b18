"""What a client's settings name in Tryton, and what Tryton knows by codes.

Units, carriers, countries and currencies hardly ever change, and a write that names one that is gone is refused: they
are read once a day. Company, warehouse and zones are read in each run: they decide which pieces are counted, and
Tryton would not refuse to count those of a zone that was given up an hour ago.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from connector.api import ConfigurationError, Context, Daily
from connector_tryton.rest import Rest
from connector_tryton.service import (
    CARRIERS,
    COMPANIES,
    COUNTRIES,
    CURRENCIES,
    LOCATIONS,
    NAME,
    UNITS,
)
from connector_tryton.settings import TrytonSettings
from connector_tryton.wire import CarrierRow, CompanyRow, CountryRow, Label, UnitRow, WarehouseRow

T = TypeVar("T")

PIECE: Final = "u"
GRAM: Final = "g"
CENTIMETRE: Final = "cm"
"""Symbols of the units that Tryton is installed with."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where the client's goods are: ids of a company, a warehouse and its zones.

    People pick from `picking`, which is the storage zone or lies within it.
    """

    company: int
    warehouse: int
    storage: int
    picking: int
    output: int


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of the units of measure that products are sent in."""

    piece: int
    gram: int
    centimetre: int


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """A way to ship. `name` is the one that no other has; `also` are others that it may be called by."""

    id: int
    name: str
    company: str
    also: frozenset[str]


class Directory:
    """Looks things up when they are needed for the first time."""

    def __init__(self, rest: Rest, settings: TrytonSettings, context: Context) -> None:
        self._rest = rest
        self._settings = settings
        self._context = context
        self._places: Places | None = None
        self._own_currency: Mapping[str, int] = {}
        self._lists: dict[str, Daily[Any]] = {}

    async def places(self) -> Places:
        """Finds company and warehouse, and lets all further calls act for that company.

        Raises ConfigurationError where the settings name none, or don't say which of several.
        """
        if self._places is None:
            company = await self.company()
            self._rest.context = {"company": company.id}
            self._own_currency = {company.currency.code or "": company.currency.id, "": company.currency.id}
            warehouse = await self.warehouse()
            storage, output = warehouse.storage_location, warehouse.output_location
            if storage is None or output is None:
                raise ConfigurationError(
                    f"{NAME}: the warehouse {warehouse.name} has no storage or no output zone; enter them in Tryton"
                )
            self._places = Places(
                company=company.id,
                warehouse=warehouse.id,
                storage=storage.id,
                picking=(warehouse.picking_location or storage).id,
                output=output.id,
            )
        return self._places

    async def company(self) -> CompanyRow:
        """Finds the company that ships."""
        found = await self._rest.search(COMPANIES, CompanyRow, [])
        names = {row.party.name: row for row in found}
        return names[_chosen("company", self._settings.company, {name: name for name in names})]

    async def warehouse(self) -> WarehouseRow:
        """Finds the warehouse that ships."""
        found = await self._rest.search(LOCATIONS, WarehouseRow, [["type", "=", "warehouse"]])
        names = {row.name: row for row in found}
        known = {name: name for name in names} | {row.code: row.name for row in found if row.code}
        return names[_chosen("warehouse", self._settings.warehouse, known)]

    async def units(self) -> Units:
        """Finds the units of measure."""
        return await self._daily("units", Units, self._read_units).get()

    async def carriers(self, *with_ids: int) -> Sequence[Carrier]:
        """Reads the ways to ship; those of today, where one of `with_ids` is not among those that are remembered."""
        carriers = self._all_carriers
        await carriers.find(lambda known: known if {each.id for each in known}.issuperset(with_ids) else None)
        return await carriers.get()

    async def carrier(self, name: str) -> int | None:
        """Finds the way to ship that this name means, None where there is none or more than one."""
        return await self._all_carriers.find(lambda known: _named(known, name)) if name else None

    async def default_carrier(self) -> int | None:
        """Finds the way to ship that the settings name; raises ConfigurationError where there is no such one."""
        name = self._settings.carrier
        found = await self.carrier(name)
        if name and found is None:
            names = ", ".join(sorted(carrier.name for carrier in await self.carriers())) or "none"
            raise ConfigurationError(
                f"{NAME}: there is no carrier {name}, or more than one; there are: {names}"
            )
        return found

    async def country(self, code: str) -> CountryRow | None:
        """Finds a country by its two letters."""

        async def read() -> CountryRow | None:
            found = await self._rest.search(COUNTRIES, CountryRow, [["code", "=", code.upper()]])
            return found[0] if found else None

        return await self._daily(f"country/{code}", CountryRow, read).get()

    async def currency(self, code: str) -> int | None:
        """Finds a currency by its three letters, that of the company by none."""

        async def read() -> int | None:
            found = await self._rest.search(CURRENCIES, Label, [["code", "=", code.upper()]])
            return found[0].id if found else None

        known = self._own_currency.get(code)
        return known if known is not None else await self._daily(f"currency/{code}", int, read).get()

    def forget(self) -> bool:
        """Forgets what this run has taken from an earlier one, since Tryton has refused a write; whether it did."""
        return any([each.forget() for each in self._lists.values()])  # noqa: C419  (all of them forget)

    @property
    def _all_carriers(self) -> Daily[list[Carrier]]:
        return self._daily("carriers", list[Carrier], self._read_carriers)

    def _daily(self, name: str, kind: Any, read: Callable[[], Awaitable[T]]) -> Daily[T]:
        return self._lists.setdefault(name, Daily(self._context, name, kind, read))

    async def _read_units(self) -> Units:
        symbols = [PIECE, GRAM, CENTIMETRE]
        found = await self._rest.search(UNITS, UnitRow, [["symbol", "in", symbols]])
        ids = {row.symbol: row.id for row in found}
        if missing := [symbol for symbol in symbols if symbol not in ids]:
            raise ConfigurationError(
                f"{NAME}: there is no unit of measure with the symbol {' or '.join(missing)}; "
                "enter it in Tryton (Products > Units of Measure)"
            )
        return Units(piece=ids[PIECE], gram=ids[GRAM], centimetre=ids[CENTIMETRE])

    async def _read_carriers(self) -> list[Carrier]:
        rows = await self._rest.search(CARRIERS, CarrierRow, [])
        products = [row.carrier_product.name for row in rows]
        return [
            Carrier(
                id=row.id,
                name=row.carrier_product.name
                if products.count(row.carrier_product.name) == 1
                else row.rec_name,
                company=row.party.name,
                also=frozenset({row.rec_name, row.carrier_product.name, row.party.name}),
            )
            for row in rows
        ]


def _named(carriers: Sequence[Carrier], name: str) -> int | None:
    """Finds the only carrier of this name, else the only one that may be called so."""
    called = name.casefold()
    exact = [carrier.id for carrier in carriers if carrier.name.casefold() == called]
    fitting = exact or [
        carrier.id for carrier in carriers if called in {other.casefold() for other in carrier.also}
    ]
    return fitting[0] if len(fitting) == 1 else None


def subdivision(country: CountryRow, name: str) -> int | None:
    """Finds a state of a country by its name or its code, with or without the country's."""
    called = name.casefold()
    for row in country.subdivisions:
        code = (row.code or "").casefold()
        if called and called in {row.name.casefold(), code, code.partition("-")[2]}:
            return row.id
    return None


def _chosen(what: str, wanted: str, known: Mapping[str, str]) -> str:
    """Returns the name that is meant; raises ConfigurationError where that is none, or not certain."""
    names = sorted(set(known.values()))
    if wanted in known:
        return known[wanted]
    if not wanted and len(names) == 1:
        return names[0]
    there = f"there are: {', '.join(names)}" if names else "the connector's user sees none"
    problem = (
        f"there is no {what} {wanted}" if wanted else f"the setting {what} has to say which one is meant"
    )
    raise ConfigurationError(f"{NAME}: {problem}; {there}")
