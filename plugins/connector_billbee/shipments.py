"""Tracking numbers and the state "shipped" for an order (SPEC S1 to S6)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from types import NoneType
from typing import Final

import msgspec

from connector.api import (
    CallRefused,
    Context,
    Daily,
    Http,
    OutcomeUnknown,
    Parcel,
    RecordRefused,
    Shipment,
    UnusableAnswer,
    decode_json,
)
from connector_billbee.lookup import order_row
from connector_billbee.mapping import is_archived
from connector_billbee.reading import flaw, text
from connector_billbee.service import ADD_SHIPMENT, GET_ORDER, LIST_SHIPPING_PROVIDERS, NAME, SET_ORDER_STATE
from connector_billbee.states import NEVER_SET_TO_SHIPPED, SHIPPED
from connector_billbee.wire import NewShipment, NewState, OrderShipments, ShippingProvider

_ROUNDS: Final = 2
_NOT_FOUND: Final = 404


class ShippingProductIds(msgspec.Struct, frozen=True):
    """How Billbee names a shipping product: its provider's id and its own."""

    provider: int
    product: int


class ShippingProducts:
    """The shipping products that the shop has set up, read once a day (SPEC S3).

    A name that the shop has not set up is looked for once in each run: it may have been added a minute ago.
    """

    def __init__(self, http: Http, context: Context) -> None:
        self._http = http
        self._ids = Daily(context, "shipping_products", dict[str, ShippingProductIds], self._read)

    async def names(self) -> Sequence[str]:
        """Returns the names of all of them."""
        return list(await self._ids.get())

    async def named(self, name: str) -> ShippingProductIds | None:
        """Returns the product with exactly this name, the first where several providers have one."""
        wanted = name.strip()
        return await self._ids.find(lambda known: known.get(wanted)) if wanted else None

    def forget(self) -> bool:
        """Forgets what an earlier run has read; returns whether it did."""
        return self._ids.forget()

    async def _read(self) -> dict[str, ShippingProductIds]:
        found: dict[str, ShippingProductIds] = {}
        for row in await self._http.call(LIST_SHIPPING_PROVIDERS, list[msgspec.Raw]):
            for name, ids in _products(row).items():
                found.setdefault(name, ids)
        return found


async def ship(http: Http, products: ShippingProducts, shipment: Shipment) -> None:
    """Adds each tracking number once, then sets the order to shipped where everything was sent.

    In this order, because the change of state passes the numbers on to the marketplaces (SPEC S2). Raises
    RecordRefused with `shipment_order_unknown` or `shipment_order_archived` (SPEC S6).
    """
    try:
        order = await _add_missing(http, products, shipment, await _read_order(http, shipment))
        if shipment.is_complete and order.state not in NEVER_SET_TO_SHIPPED:
            await http.call(SET_ORDER_STATE, NoneType, path={"id": shipment.order_id}, body=NewState(SHIPPED))
    except CallRefused as error:
        if error.status == _NOT_FOUND:  # removed since it was read
            raise _refused("shipment_order_unknown", shipment) from None
        raise


def missing_parcels(parcels: Sequence[Parcel], order: OrderShipments) -> list[Parcel]:
    """Returns the parcels whose tracking number the order does not have yet, each number once (SPEC S1, S4)."""
    there = {_bare(text(each.shipping_id)) for each in order.shipping_ids or () if each}
    missing: dict[str, Parcel] = {}
    for parcel in parcels:
        number = _bare(parcel.tracking_number)
        if number and number not in there:
            missing.setdefault(number, parcel)
    return list(missing.values())


async def _add_missing(
    http: Http, products: ShippingProducts, shipment: Shipment, order: OrderShipments
) -> OrderShipments:
    """Adds what is missing; where nobody knows whether that worked, reads the order again before it goes on (SPEC S5).

    Returns the order as it was read last.
    """
    for _ in range(_ROUNDS):
        try:
            for parcel in missing_parcels(shipment.parcels, order):
                await _add(http, products, shipment.order_id, parcel)
        except OutcomeUnknown as error:
            unknown = error
            order = await _read_order(http, shipment)
        else:
            return order
    if missing_parcels(shipment.parcels, order):
        raise unknown
    return order


async def _add(http: Http, products: ShippingProducts, order_id: str, parcel: Parcel) -> None:
    """Adds one tracking number; where it is refused with a shipping product of an earlier run, with that of now."""
    body = await _new_shipment(products, parcel)
    try:
        await http.call(ADD_SHIPMENT, NoneType, path={"id": order_id}, body=body)
    except CallRefused:
        latest = await _new_shipment(products, parcel) if products.forget() else body
        if latest == body:
            raise
        await http.call(ADD_SHIPMENT, NoneType, path={"id": order_id}, body=latest)


async def _new_shipment(products: ShippingProducts, parcel: Parcel) -> NewShipment:
    ids = await products.named(parcel.product)
    number = parcel.tracking_number.strip()
    return NewShipment(number) if ids is None else NewShipment(number, ids.provider, ids.product)


async def _read_order(http: Http, shipment: Shipment) -> OrderShipments:
    """Reads state and shipments. Raises UnusableAnswer where one is missing: a lost list must not look like none."""
    row = await order_row(http, shipment.order_id)
    if row is None:
        raise _refused("shipment_order_unknown", shipment)
    try:
        order = decode_json(row, OrderShipments, strict=False)
        if order.state is None or order.shipping_ids is msgspec.UNSET:
            raise flaw("Object missing required field", "State" if order.state is None else "ShippingIds")
    except msgspec.DecodeError as error:
        raise UnusableAnswer(f"{NAME} {GET_ORDER}: order {shipment.order_id}: {error}") from None
    if is_archived(order):
        raise _refused("shipment_order_archived", shipment)
    return order


def _products(row: msgspec.Raw) -> dict[str, ShippingProductIds]:
    """Returns a provider's products by name; one that can't be read costs the carrier's name, no shipment."""
    found: dict[str, ShippingProductIds] = {}
    with suppress(msgspec.DecodeError):
        provider = decode_json(row, ShippingProvider, strict=False)
        for product in provider.products or ():
            name = text(product.display_name) if product else ""
            if name and provider.id is not None and product and product.id is not None:
                found.setdefault(name, ShippingProductIds(provider.id, product.id))
    return found


def _refused(code: str, shipment: Shipment) -> RecordRefused:
    return RecordRefused(code, order=shipment.order_number or shipment.order_id)


def _bare(number: str) -> str:
    """Billbee's web pages show numbers in groups, and people type them in either case."""
    return "".join(number.split()).casefold()
