"""Billbee's source, broken in what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from connector.api import Order, Outcome, RecordRefused, Shipment, StockLevel, TransientError
from connector.testing import Group
from connector_billbee import service, shipments
from connector_billbee.source import BillbeeSource
from connector_billbee.wire import TagList
from tests.contract.planted.fault import as_billbee, in_billbee

missing_parcels = shipments.missing_parcels


async def replacing(http: Any, order_id: str, *tags: str) -> None:
    await http.call(service.REPLACE_TAGS, type(None), path={"id": order_id}, body=TagList(list(tags)))


@as_billbee("swallows an error when it marks an order", Group.WRITES)
class Swallowing(BillbeeSource):
    async def order_received(self, order: Order) -> None:
        try:
            await super().order_received(order)
        except (TransientError, RecordRefused):
            return


@as_billbee("leaves the mark of a held order on a received one", Group.WRITES)
class LeavingMarks(BillbeeSource):
    async def order_received(self, order: Order) -> None:
        await super().order_received(msgspec.structs.replace(order, tags=()))


@as_billbee("sets the order to shipped before the numbers are there", Group.SHIPMENTS)
class StateFirst(BillbeeSource):
    async def order_shipped(self, shipment: Shipment) -> None:
        await super().order_shipped(msgspec.structs.replace(shipment, parcels=()))
        await super().order_shipped(shipment)


@as_billbee("sets the order to shipped with its first parcel", Group.SHIPMENTS)
class AlwaysComplete(BillbeeSource):
    async def order_shipped(self, shipment: Shipment) -> None:
        await super().order_shipped(msgspec.structs.replace(shipment, is_complete=True))


@as_billbee("takes a shipment of an unknown order for done", Group.SHIPMENTS)
class Unknown(BillbeeSource):
    async def order_shipped(self, shipment: Shipment) -> None:
        try:
            await super().order_shipped(shipment)
        except RecordRefused:
            return


@as_billbee("takes every row of a batch for accepted", Group.STOCK)
class AllAccepted(BillbeeSource):
    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        await super().set_stock(levels)
        return [Outcome(record_id=level.product_id) for level in levels]


@as_billbee("refuses a whole batch for one row", Group.STOCK)
class AllRefused(BillbeeSource):
    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        outcomes = await super().set_stock(levels)
        error = next((outcome.error for outcome in outcomes if outcome.error), None)
        return [Outcome(record_id=level.product_id, error=error) for level in levels]


@as_billbee("never tells the shop that something is sold out", Group.STOCK)
class NoZeroes(BillbeeSource):
    async def set_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        await super().set_stock([level for level in levels if level.quantity])
        return [Outcome(record_id=level.product_id) for level in levels]


REPEATED_POST = msgspec.structs.replace(service.ADD_SHIPMENT, repeatable=True)

WRITING = [
    in_billbee("loses the marks of other people", Group.WRITES, source__add_tags=replacing),
    in_billbee("retries a POST", Group.WRITES, shipments__ADD_SHIPMENT=REPEATED_POST),
    in_billbee(
        "adds a tracking number again that is there",
        Group.WRITES,
        shipments__missing_parcels=lambda parcels, _: parcels,
    ),
    in_billbee(
        "drops a parcel's second tracking number",
        Group.SHIPMENTS,
        shipments__missing_parcels=lambda parcels, order: missing_parcels(parcels[:1], order),
    ),
    in_billbee("tells of a cancellation for ever", Group.WRITES, withdrawals___is_settled=lambda *_: False),
    in_billbee(
        "tells of every order as cancelled", Group.CANCELLATIONS, withdrawals__WITHDRAWN=frozenset({3, 6, 8})
    ),
]
