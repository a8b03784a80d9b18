"""Orders as they stand in Billbee now, whatever their state. Pure functions."""

from __future__ import annotations

from typing import Final

import msgspec

from connector.api import Order, ShopOrder, Unreadable, decode_json
from connector_billbee import wire
from connector_billbee.mapping import (
    Offer,
    is_archived,
    is_offered,
    order_of,
    present,
    unreadable_order,
)
from connector_billbee.reading import flaw, moment, record_id, text
from connector_billbee.states import ARCHIVED, CLOSED, SHIPPED, WITHDRAWN, state_name
from connector_billbee.tags import carries

_RETURN: Final = 1


def read_shop_order(row: msgspec.Raw, offer: Offer) -> ShopOrder | Unreadable:
    """Reads an order with what its state and tags say.

    One that could not be sent as it is (lines or address make no sense) is shown without what can't be read.
    """
    try:
        now = decode_json(row, wire.OrderNow, strict=False)
        return _shop_order(row, now, offer)
    except msgspec.DecodeError as error:
        return unreadable_order(row, error)


def tracking_numbers(shipments: wire.ShipmentList) -> tuple[str, ...]:
    """Returns the tracking numbers of what was sent; labels for returns are none of them."""
    sent = (each for each in shipments or () if each and each.shipment_type != _RETURN)
    return tuple(filter(None, (text(each.shipping_id) for each in sent)))


def _shop_order(row: msgspec.Raw, now: wire.OrderNow, offer: Offer) -> ShopOrder:
    is_offer = is_offered(now, offer)
    if now.state is None:
        raise flaw("Object missing required field", "State")
    tags = present(now.tags)
    return ShopOrder(
        order=_as_far_as_it_goes(row, now, tuple(tags)),
        state_name=state_name(now.state),
        is_offered=is_offer,
        is_received=carries(tags, offer.tags.received),
        is_held=carries(tags, offer.tags.failed),
        is_cancelled=now.state in WITHDRAWN,
        # Later states hide that an order was shipped; the date of it stays.
        is_shipped=now.state in {SHIPPED, CLOSED} or moment(now.shipped_at) is not None,
        is_archived=is_archived(now) or now.state == ARCHIVED,
        tracking_numbers=_numbers(row),
    )


def _as_far_as_it_goes(row: msgspec.Raw, now: wire.OrderNow, tags: tuple[str, ...]) -> Order:
    try:
        return order_of(decode_json(row, wire.Order, strict=False))
    except msgspec.DecodeError:
        found_id = record_id(now.bill_bee_order_id)
        if not found_id:
            raise
        number = record_id(now.order_number) or record_id(now.id) or found_id
        return Order(id=found_id, number=number, tags=tags)


def _numbers(row: msgspec.Raw) -> tuple[str, ...]:
    try:
        return tracking_numbers(decode_json(row, wire.OrderShipments, strict=False).shipping_ids)
    except msgspec.DecodeError:
        return ()
