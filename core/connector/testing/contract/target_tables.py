"""What can be asked of a target: its methods that read, that list, and that write."""

from __future__ import annotations

from typing import Final

from connector.testing.contract.target_world import (
    add_products,
    add_shipped,
    add_stocked,
    change,
    changed_products,
    create,
    furnish,
    has_order,
    has_products,
    is_cancelled,
    is_changed,
    is_taken,
    new_order,
    new_products,
    order_to_change,
    put,
    shipped_order,
    take_shipment,
    waiting_order,
)
from connector.testing.lab import all_of
from connector.testing.samples import product_key
from connector.testing.tables import Listing, Read, Tables, Write

READS: Final = {
    read.method: read
    for read in (
        Read("known_products", lambda target, _: all_of(target.known_products())),
        Read("has_product", lambda target, world: target.has_product(world.product.id, world.product.sku)),
        Read("find_product", lambda target, world: target.find_product(world.product.id, world.product.sku)),
        Read("shipping_profiles", lambda target, _: target.shipping_profiles()),
        Read("find_order", lambda target, world: target.find_order(world.order_id)),
        Read("parcels", lambda target, world: target.parcels(world.order_id)),
        Read("shipments", lambda target, _: all_of(target.shipments())),
        Read("stock_levels", lambda target, _: all_of(target.stock_levels(None))),
    )
}


LISTINGS: Final = {
    listing.method: listing
    for listing in (
        Listing("known_products", add_products, lambda target: target.known_products(), product_key),
        Listing(
            "shipments",
            add_shipped,
            lambda target: target.shipments(),
            lambda each: each.order_id,
            needs=("create_order", "find_order"),
            drives=("ship",),
        ),
        Listing(
            "stock_levels",
            add_stocked,
            lambda target: target.stock_levels(None),
            product_key,
            drives=("set_stock",),
        ),
    )
}


_CREATES: Final = ("find_order", "create_order")

WRITES: Final = {
    "put_products, new ones": Write(
        "put_products", new_products, lambda target, writes, _: put(target, writes), has_products
    ),
    "put_products, known ones": Write(
        "put_products", changed_products, lambda target, writes, _: put(target, writes), has_products
    ),
    "create_order": Write(
        "create_order", new_order, lambda target, order, _: create(target, order), has_order, ("find_order",)
    ),
    "change_order": Write("change_order", order_to_change, change, is_changed, _CREATES),
    "cancel_order": Write(
        "cancel_order",
        waiting_order,
        lambda target, order, _: target.cancel_order(order.id),
        is_cancelled,
        needs=_CREATES,
        drives=("status",),
    ),
    "shipment_taken": Write(
        "shipment_taken",
        shipped_order,
        lambda target, order, _: take_shipment(target, order),
        is_taken,
        needs=(*_CREATES, "shipments"),
        drives=("ship",),
    ),
}

TARGET: Final = Tables(furnish=furnish, reads=READS, listings=LISTINGS, writes=WRITES)
