"""Wemalo's target, broken in what it reads: shipments and stock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connector.api import Page, Product, Shipment, StockLevel
from connector.testing import Group
from connector_wemalo import shipments, stock
from connector_wemalo.reading import pieces
from connector_wemalo.target import WemaloTarget
from tests.contract.planted.fault import as_wemalo, in_wemalo

from_date, put_together = stock.from_date, shipments._shipment


def shipment_with(**changes: Any) -> Any:
    """Changes fields of a shipment that is read."""

    def shipment(*args: Any, **named: Any) -> Shipment:
        found = put_together(*args, **named)
        return msgspec.structs.replace(found, **{name: change(found) for name, change in changes.items()})

    return shipment


READING = [
    in_wemalo(
        "reads only the first page of the queue", Group.READING, shipments___more_follow=lambda page: False
    ),
    in_wemalo(
        "drops a parcel's second tracking number",
        Group.SHIPMENTS,
        shipments___shipment=shipment_with(parcels=lambda found: found.parcels[:1]),
    ),
    in_wemalo(
        "drops parcels without tracking number",
        Group.SHIPMENTS,
        shipments___shipment=shipment_with(
            parcels=lambda found: tuple(each for each in found.parcels if each.tracking_number)
        ),
    ),
    in_wemalo(
        "takes a partial delivery for all of it",
        Group.SHIPMENTS,
        shipments___shipment=shipment_with(is_complete=lambda _: True),
    ),
    in_wemalo(
        "tells of one number alone in place of the shipment's receipts",
        Group.WRITES,
        shipments___shipment=shipment_with(receipts=lambda found: found.receipts[:1]),
    ),
    in_wemalo(
        "counts second choice as stock",
        Group.STOCK,
        stock___first_choice=lambda found: sum(pieces(each.quantity, "") for each in found.attributes),
    ),
    in_wemalo(
        "takes German time for UTC, and leaves changes out",
        Group.STOCK,
        stock__from_date=lambda since: from_date(since and since + timedelta(hours=1)),
    ),
    in_wemalo("reads all stock in every run", Group.STOCK, stock__from_date=lambda since: from_date(None)),
]


@as_wemalo("acknowledges what it only reads", Group.READING)
class Hasty(WemaloTarget):
    async def shipments(self) -> AsyncIterator[Page[Shipment]]:
        async for page in super().shipments():
            for shipment in page.records:
                await self.shipment_taken(shipment)
            yield page


@as_wemalo("acknowledges the whole queue at once", Group.SHIPMENTS)
class Sweeping(WemaloTarget):
    async def shipment_taken(self, shipment: Shipment) -> None:
        async for page in super().shipments():
            for each in page.records:
                await super().shipment_taken(each)


@as_wemalo("acknowledges what left the warehouse meanwhile", Group.SHIPMENTS)
class ByOrder(WemaloTarget):
    async def shipment_taken(self, shipment: Shipment) -> None:
        async for page in super().shipments():
            for each in page.records:
                if each.order_id == shipment.order_id:
                    await super().shipment_taken(each)


@as_wemalo("tells of nothing that is sold out", Group.STOCK)
class NoZeroes(WemaloTarget):
    async def stock_levels(self, since: datetime | None) -> AsyncIterator[Page[StockLevel]]:
        async for page in super().stock_levels(since):
            yield Page(records=tuple(level for level in page.records if level.quantity))


@as_wemalo("reads products back without their weight", Group.RECORDS)
class Forgetful(WemaloTarget):
    async def known_products(self) -> AsyncIterator[Page[Product]]:
        async for page in super().known_products():
            yield Page(records=tuple(msgspec.structs.replace(each, weight_g=None) for each in page.records))
