"""What can be asked of a source: its methods that read, that list, and that write."""

from __future__ import annotations

from typing import Final

from connector.testing.contract.source_world import (
    LONG_AGO,
    add_orders,
    add_products,
    add_received,
    add_stocked,
    add_withdrawn,
    furnish,
    has_levels,
    held_order,
    is_held,
    is_received,
    is_settled,
    is_shipped,
    levels_to_set,
    offered_order,
    order_to_ship,
    set_levels,
    withdrawn_order,
)
from connector.testing.lab import all_of
from connector.testing.tables import Listing, Read, Tables, Write

READS: Final = {
    read.method: read
    for read in (
        Read("products", lambda source, _: all_of(source.products())),
        Read("product", lambda source, world: source.product(world.product_id)),
        Read("find_product", lambda source, world: source.find_product(world.sku)),
        Read("orders", lambda source, _: all_of(source.orders())),
        Read("find_order", lambda source, world: source.find_order(world.order_id)),
        Read("received_orders", lambda source, _: all_of(source.received_orders(LONG_AGO))),
        Read("withdrawn_orders", lambda source, _: all_of(source.withdrawn_orders(LONG_AGO))),
        Read("shipping_products", lambda source, _: source.shipping_products()),
        Read("stock_levels", lambda source, _: all_of(source.stock_levels())),
    )
}


LISTINGS: Final = {
    listing.method: listing
    for listing in (
        Listing("products", add_products, lambda source: source.products(), lambda each: each.id),
        Listing("orders", add_orders, lambda source: source.orders(), lambda each: each.id),
        Listing(
            "received_orders",
            add_received,
            lambda source: source.received_orders(LONG_AGO),
            lambda each: each.order.id,
            needs=("order_received",),
        ),
        Listing(
            "withdrawn_orders",
            add_withdrawn,
            lambda source: source.withdrawn_orders(LONG_AGO),
            lambda each: each.order_id,
            needs=("order_received",),
            drives=("cancel_order",),
        ),
        Listing(
            "stock_levels",
            add_stocked,
            lambda source: source.stock_levels(),
            lambda each: each.product_id,
            needs=("set_stock",),
        ),
    )
}


_MARKS: Final = ("orders", "order_received")

WRITES: Final = {
    "order_received": Write(
        "order_received",
        offered_order,
        lambda source, order, _: source.order_received(order),
        is_received,
        needs=("orders",),
    ),
    "order_held": Write(
        "order_held", offered_order, lambda source, order, _: source.order_held(order), is_held, ("orders",)
    ),
    "order_received after order_held": Write(
        "order_received",
        held_order,
        lambda source, order, _: source.order_received(order),
        is_received,
        needs=("orders", "order_held"),
    ),
    "order_change_refused": Write(
        "order_change_refused",
        offered_order,
        lambda source, order, _: source.order_change_refused(order),
        is_received,
        needs=("orders",),
    ),
    "order_cancelled": Write(
        "order_cancelled",
        withdrawn_order,
        lambda source, order, _: source.order_cancelled(order.id),
        is_settled,
        needs=(*_MARKS, "withdrawn_orders"),
        drives=("cancel_order",),
    ),
    "order_cancel_refused": Write(
        "order_cancel_refused",
        withdrawn_order,
        lambda source, order, _: source.order_cancel_refused(order.id),
        is_settled,
        needs=(*_MARKS, "withdrawn_orders"),
        drives=("cancel_order",),
    ),
    "order_shipped": Write(
        "order_shipped",
        order_to_ship,
        lambda source, shipping, _: source.order_shipped(shipping.shipment),
        is_shipped,
        needs=_MARKS,
    ),
    "set_stock": Write(
        "set_stock",
        levels_to_set,
        lambda source, levels, _: set_levels(source, levels),
        has_levels,
        drives=("stock",),
    ),
}

SOURCE: Final = Tables(furnish=furnish, reads=READS, listings=LISTINGS, writes=WRITES)
