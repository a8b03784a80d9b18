"""Quantities in Vendure: setting them, and what is there now (SPEC K1 to K4).

Vendure keeps two numbers for each variant and location: the pieces on hand, and those of them that are allocated to
open orders. It sells the rest, and takes both numbers down by itself when a parcel is stored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from connector.api import (
    CallRefused,
    ConfigurationError,
    Context,
    Daily,
    Outcome,
    Page,
    RecordRefused,
    StockLevel,
    TransientError,
    Unreadable,
    decode_json,
)
from connector_vendure.admin import Admin
from connector_vendure.listing import page_of
from connector_vendure.mapping import record_id, unreadable
from connector_vendure.queries import LIST_LOCATIONS
from connector_vendure.reading import flaw, is_id, text
from connector_vendure.service import NAME
from connector_vendure.settings import VendureSettings
from connector_vendure.wire import Location
from connector_vendure.wire_records import VariantStock

BATCH_SIZE: Final = 100
"""Variants in one call; the shop writes all of them in one transaction."""

SPLITS: Final = 20
"""How often a batch that was refused as a whole is halved to find the row that is to blame."""


class Pieces(msgspec.Struct, frozen=True):
    """What a variant has in one location; None where it has no entry there."""

    variant_id: str
    sku: str
    on_hand: int | None = None
    allocated: int = 0


class Stockroom:
    """The stock location that this connection writes to, for one run."""

    def __init__(self, admin: Admin, context: Context) -> None:
        self._admin = admin
        self._sellable = admin.settings.stock_counts == "sellable"
        self._locations = Daily(context, _key(admin.settings), list[Location], self._read_locations)
        self._location = ""

    async def set(self, levels: Sequence[StockLevel]) -> list[Outcome]:
        """Sets the quantities, in batches; returns one outcome per level, in their order.

        A quantity that the shop has already costs no write.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(levels), BATCH_SIZE):
            batch = levels[start : start + BATCH_SIZE]
            try:
                known = await self._read(batch)
            except TransientError as error:
                outcomes += [Outcome(record_id=level.product_id, error=error) for level in batch]
            else:
                outcomes += await self._set(batch, known)
        return outcomes

    async def levels(self) -> AsyncIterator[Page[StockLevel]]:
        """Yields what the shop has of each variant, where that is a quantity from 0 up."""
        location = await self._location_id()
        seen: set[str] = set()
        async for rows, _ in self._admin.pages(self._admin.queries.list_stock, record_id, {}):
            read = (self._level(read_pieces(row, location)) for row in rows)
            yield page_of(read, seen, lambda level: level.product_id)

    async def make_room(self, pieces: Mapping[str, int]) -> None:
        """Adds pieces of variants of which fewer are on hand than a parcel holds, by variant id.

        The warehouse has sent more than the shop believes to be there: its quantity was told before its parcel, and
        Vendure will take the parcel off once more.
        """
        wanted = [StockLevel(product_id=variant_id, quantity=number) for variant_id, number in pieces.items()]
        known = await self._read(wanted)
        short = {
            key: found.on_hand or 0
            for key, number in pieces.items()
            if isinstance(found := known.get(key), Pieces) and (found.on_hand or 0) < number
        }
        if short:
            await self._write({key: on_hand + pieces[key] for key, on_hand in short.items()})

    async def _set(
        self, levels: Sequence[StockLevel], known: Mapping[str, Pieces | Unreadable]
    ) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        due: dict[int, tuple[str, int]] = {}
        for place, level in enumerate(levels):
            found = known.get(level.product_id or _by_sku(level.sku))
            if isinstance(found, Pieces):
                on_hand = level.quantity + (found.allocated if self._sellable else 0)
                if on_hand != found.on_hand:
                    due[place] = (found.variant_id, on_hand)
                else:
                    outcomes[place] = Outcome(record_id=level.product_id)
            else:
                why = f"it can't be read: {found.reason}" if found else "the shop has no such product"
                outcomes[place] = _refused(level, why)
        waiting = [list(due)] if due else []
        splits = SPLITS
        while waiting:
            places = waiting.pop(0)
            error = await self._try(dict(due[place] for place in places))
            if isinstance(error, CallRefused) and len(places) > 1 and splits > 0:
                splits -= 1
                middle = len(places) // 2
                waiting[:0] = [places[:middle], places[middle:]]
                continue
            outcomes |= {place: _outcome(levels[place], error) for place in places}
        return [outcomes[place] for place in range(len(levels))]

    async def _try(self, on_hand: Mapping[str, int]) -> CallRefused | TransientError | None:
        try:
            await self._write(on_hand)
        except (CallRefused, TransientError) as error:
            return error
        return None

    async def _write(self, on_hand: Mapping[str, int]) -> None:
        location = await self._location_id()
        rows = [
            {"id": key, "stockLevels": [{"stockLocationId": location, "stockOnHand": number}]}
            for key, number in on_hand.items()
        ]
        try:
            await self._admin.ask(self._admin.queries.set_stock, input=rows)
        except CallRefused:
            if await self._has_moved():
                raise TransientError(
                    f"{NAME}: the stock location {location} is not the one that is meant any more, that is "
                    f"{self._location} now; the next run compares what it has"
                ) from None
            raise
        except TransientError:  # a database that misses the location says no more than that it failed
            self._locations.forget()
            raise

    async def _read(self, levels: Iterable[StockLevel]) -> dict[str, Pieces | Unreadable]:
        """Reads what the shop has of these products: by their ids, and by `?<sku>` where a level has no id."""
        ids = [level.product_id for level in levels if is_id(level.product_id)]
        skus = [level.sku for level in levels if level.sku and not level.product_id]
        if not (ids or skus):
            return {}
        location = await self._location_id()
        wanted: list[dict[str, Any]] = [{"id": {"in": ids}}] if ids else []
        wanted += [{"sku": {"in": skus}}] if skus else []
        known: dict[str, Pieces | Unreadable] = {}
        options = {"filter": {"_or": wanted}}
        async for rows, _ in self._admin.pages(self._admin.queries.list_stock, record_id, options):
            for row in rows:
                found = read_pieces(row, location)
                known[found.variant_id if isinstance(found, Pieces) else found.record_id] = found
                if isinstance(found, Pieces):
                    known.setdefault(_by_sku(found.sku), found)
        return known

    async def _location_id(self) -> str:
        """Returns the location of the settings, else the only one that there is; looks twice before it finds none."""
        wanted = self._admin.settings.stock_location
        if not self._location:
            try:
                self._location = chosen_location(await self._locations.get(), wanted).id
            except ConfigurationError:
                if not self._locations.forget():
                    raise
                self._location = chosen_location(await self._locations.get(), wanted).id
        return self._location

    async def _has_moved(self) -> bool:
        """Tells whether the shop has another location now than the one that an earlier run has read."""
        before = self._location
        if not self._locations.forget():
            return False
        self._location = ""
        return await self._location_id() != before

    async def _read_locations(self) -> list[Location]:
        return (await self._admin.ask(LIST_LOCATIONS)).locations.items

    def _level(self, found: Pieces | Unreadable) -> StockLevel | Unreadable | None:
        if isinstance(found, Unreadable):
            return found
        if found.on_hand is None:
            return None
        quantity = found.on_hand - (found.allocated if self._sellable else 0)
        if quantity < 0:
            return None
        return StockLevel(product_id=found.variant_id, sku=found.sku, quantity=quantity)


def chosen_location(locations: Sequence[Location], wanted: str) -> Location:
    """Picks a location by its id or name, the only one where none is asked for; raises ConfigurationError."""
    fitting = [each for each in locations if not wanted or wanted in {each.id, each.name}]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{each.name} ({each.id})" for each in locations) or "none"
    problem = f"Vendure has no stock location {wanted!r}" if wanted else "which location is meant is not said"
    if len(fitting) > 1 and wanted:
        problem = f"{len(fitting)} locations fit {wanted!r}"
    raise ConfigurationError(f"{NAME}: {problem}; set stock_location to one of: {names}")


def read_pieces(row: msgspec.Raw, location: str) -> Pieces | Unreadable:
    """Reads what a variant has in a location."""
    try:
        variant = decode_json(row, VariantStock)
        variant_id = text(variant.id)
        if not variant_id or variant.stock_levels is None:
            raise flaw("Object missing required field", "stockLevels" if variant_id else "id")
        there = [each for each in variant.stock_levels if each and text(each.stock_location_id) == location]
        if not there:
            return Pieces(variant_id, text(variant.sku))
        if there[0].stock_on_hand is None or there[0].stock_allocated is None:
            raise flaw("Object missing required field", "stockLevels[...]")
        return Pieces(variant_id, text(variant.sku), there[0].stock_on_hand, max(there[0].stock_allocated, 0))
    except msgspec.DecodeError as error:
        return unreadable(row, error)


def _key(settings: VendureSettings) -> str:
    """Names what is remembered of one channel: each has its own locations."""
    channel = settings.channel_token.reveal() if settings.channel_token else ""
    return f"stock_locations/{sha256(channel.encode()).hexdigest()[:16]}"


def _by_sku(sku: str) -> str:
    return f"?{sku}"


def _outcome(level: StockLevel, error: CallRefused | TransientError | None) -> Outcome:
    if isinstance(error, CallRefused):
        return _refused(level, error.params["answer"])
    return Outcome(record_id=level.product_id, error=error)


def _refused(level: StockLevel, answer: str) -> Outcome:
    error = RecordRefused(
        "stock_refused", sku=level.sku or level.product_id, quantity=str(level.quantity), answer=answer
    )
    return Outcome(record_id=level.product_id, error=error)
