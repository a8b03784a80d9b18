"""What the flows ask of a source, beyond what holds for every write."""

from __future__ import annotations

import msgspec

from connector.errors import RecordRefused
from connector.records import Order, Parcel, Shipment, StockLevel
from connector.testing.checks import check
from connector.testing.contract.source_world import (
    offered_order,
    on_sale,
    order_to_ship,
    parcel_of,
    read_order,
    received_order,
)
from connector.testing.groups import Group
from connector.testing.lab import SourceLab
from connector.testing.verdicts import expect, expect_same, raised

_RECEIVED = ("orders", "order_received")


@check(Group.ORDERS, *_RECEIVED)
async def a_mark_touches_its_own_order_alone(lab: SourceLab) -> None:
    """Marking an order as received changes no other order (SPEC O2)."""
    source = await lab.start()
    first, other = await offered_order(lab, source), await offered_order(lab, source)
    await source.order_received(first)
    expect(
        not lab.shop.order(other.id).is_received, f"order {other.id} not marked", "it is", "order_received"
    )


@check(Group.ORDERS, "orders", "order_held")
async def a_held_order_stays_offered(lab: SourceLab) -> None:
    """An order that is held is offered again, and marked only once, in run after run (SPEC O5)."""
    source = await lab.start()
    order = await offered_order(lab, source)
    for _ in range(3):
        await source.order_held(await read_order(source, order.id))
    shown = lab.shop.order(order.id)
    expect(shown.is_held and not shown.is_received, "held, and not received", shown, "order_held")
    tags = [tag.casefold() for tag in shown.order.tags]
    expect(len(set(tags)) == len(tags), "no mark twice", tags, "order_held")


@check(Group.ORDERS, *_RECEIVED, drives=("refuse",))
async def a_refused_mark_is_told(lab: SourceLab) -> None:
    """A mark that the shop refuses raises RecordRefused: nobody may think that it is there."""
    source = await lab.start()
    order = await offered_order(lab, source)
    lab.shop.refuse(order.id)
    await raised(RecordRefused, source.order_received(order), "the shop refuses the mark", "order_received")


@check(Group.ORDERS, "find_order", *_RECEIVED)
async def an_order_tells_how_far_it_is(lab: SourceLab) -> None:
    """`find_order` tells which marks an order has, whether it was cancelled or shipped, and its tracking numbers."""
    source = await lab.start()
    order, other = await received_order(lab, source), await offered_order(lab, source)
    await _tells(lab, order.id, is_received=True, is_offered=False)
    if source.has("order_held"):
        await source.order_held(other)
        await _tells(lab, other.id, is_held=True, is_offered=True)
    if source.has("order_shipped"):
        shipping = await order_to_ship(lab, source)
        await source.order_shipped(shipping.shipment)
        numbers = tuple(parcel.tracking_number for parcel in shipping.shipment.parcels)
        await _tells(lab, shipping.order_id, is_shipped=True, tracking_numbers=numbers)
    if lab.shop.can("cancel_order"):
        lab.shop.cancel_order(order.id)
        await _tells(lab, order.id, is_cancelled=True)


async def _tells(lab: SourceLab, order_id: str, **wanted: object) -> None:
    found = await (await lab.start()).find_order(order_id)
    told = {name: getattr(found, name, None) for name in wanted}
    expect_same(told, wanted, f"what find_order tells of order {order_id}", "find_order")


# -- shipments ------------------------------------------------------------------------------------


@check(Group.SHIPMENTS, "order_shipped", *_RECEIVED)
async def every_tracking_number_is_there_before_the_state_changes(lab: SourceLab) -> None:
    """Tracking numbers are stored before the order is set to shipped: the shop passes them on then (SPEC S2)."""
    source = await lab.start()
    shipping = await order_to_ship(lab, source)
    wanted = {parcel.tracking_number for parcel in shipping.shipment.parcels}
    seen: list[tuple[str, ...]] = []

    def look() -> None:
        shown = lab.shop.order(shipping.order_id)
        if shown.is_shipped:
            seen.append(shown.tracking_numbers)

    lab.network.watch = look
    await source.order_shipped(shipping.shipment)
    expect(bool(seen), "the order set to shipped", "it is not", "order_shipped")
    expect(set(seen[0]) == wanted, f"{sorted(wanted)} when the state changed", seen[0], "order_shipped")


@check(Group.SHIPMENTS, "order_shipped", *_RECEIVED)
async def a_part_does_not_set_the_order_to_shipped(lab: SourceLab) -> None:
    """A partial delivery adds its tracking number; the state changes with the last one (SPEC S1)."""
    source = await lab.start()
    order = await received_order(lab, source)
    first, second = lab.samples.tracking_number(), lab.samples.tracking_number()
    await source.order_shipped(_shipment(order, parcel_of(order, first), complete=False))
    shown = lab.shop.order(order.id)
    expect_same(shown.tracking_numbers, (first,), "tracking numbers after the first part", "order_shipped")
    expect(not shown.is_shipped, "an order that is not shipped yet", shown, "order_shipped: `is_complete`")
    await source.order_shipped(_shipment(order, parcel_of(order, second), complete=True))
    shown = lab.shop.order(order.id)
    expect_same(sorted(shown.tracking_numbers), sorted((first, second)), "both numbers", "order_shipped")
    expect(shown.is_shipped, "an order that is shipped", shown, "order_shipped: `is_complete`")


@check(Group.SHIPMENTS, "order_shipped", *_RECEIVED)
async def a_parcel_without_number_ships_the_order(lab: SourceLab) -> None:
    """A parcel without tracking number still sets the order to shipped, and adds no empty number (SPEC S4)."""
    source = await lab.start()
    order = await received_order(lab, source)
    await source.order_shipped(_shipment(order, parcel_of(order, "", pieces=2), complete=True))
    shown = lab.shop.order(order.id)
    expect(shown.is_shipped, "an order that is shipped", shown, "order_shipped")
    expect_same(shown.tracking_numbers, (), "no tracking number", "order_shipped")


@check(Group.SHIPMENTS, "order_shipped", *_RECEIVED, drives=("remove_order",))
async def a_shipment_of_an_unknown_order_is_refused(lab: SourceLab) -> None:
    """A shipment of an order that the shop does not know is refused with `shipment_order_unknown` (SPEC S6)."""
    source = await lab.start()
    shipping = await order_to_ship(lab, source)
    lab.shop.remove_order(shipping.order_id)
    when = "the order was removed from the shop"
    error = await raised(RecordRefused, source.order_shipped(shipping.shipment), when, "order_shipped")
    expect_same(error.code, "shipment_order_unknown", "code of the refusal", "order_shipped")


@check(Group.SHIPMENTS, "order_shipped", *_RECEIVED, drives=("refuse",))
async def a_shipment_that_the_shop_refuses_is_told(lab: SourceLab) -> None:
    """A shipment that the shop refuses raises RecordRefused, so that it is not acknowledged (SPEC S5)."""
    source = await lab.start()
    shipping = await order_to_ship(lab, source)
    lab.shop.refuse(shipping.order_id)
    when = "the shop refuses every write to the order"
    await raised(RecordRefused, source.order_shipped(shipping.shipment), when, "order_shipped")


@check(Group.SHIPMENTS, "shipping_products")
async def shipping_products_have_names(lab: SourceLab) -> None:
    """`shipping_products` returns names, each once, and none that is empty (SPEC S3)."""
    names = list(await (await lab.start()).shipping_products())
    expect(all(names) and len(set(names)) == len(names), "names, each once", names, "shipping_products")


def _shipment(order: Order, parcel: Parcel, *, complete: bool) -> Shipment:
    receipt = f"receipt-{parcel.id}"
    return Shipment(order_id=order.id, parcels=(parcel,), is_complete=complete, receipts=(receipt,))


# -- stock ----------------------------------------------------------------------------------------


@check(Group.STOCK, "set_stock", drives=("stock", "refuse"))
async def a_refused_quantity_keeps_no_other_back(lab: SourceLab) -> None:
    """A quantity that the shop refuses is told of in its own outcome; those before and after it are set (SPEC K2)."""
    products = [on_sale(lab) for _ in range(5)]
    bad = products[2]
    lab.shop.refuse(bad.id)
    levels = [StockLevel(product_id=each.id, sku=each.sku, quantity=4) for each in products]
    outcomes = await (await lab.start()).set_stock(levels)
    expect_same(
        [each.record_id for each in outcomes], [each.id for each in products], "one outcome for each level"
    )
    told = [each.record_id for each in outcomes if isinstance(each.error, RecordRefused)]
    expect_same(
        told, [bad.id], "ids of the levels that were refused", "set_stock: what each row of the answer says"
    )
    others = {each.id: lab.shop.stock(each.id) for each in products if each is not bad}
    expect_same(others, dict.fromkeys(others, 4), "stock of the others", "set_stock")


@check(Group.STOCK, "set_stock", drives=("stock",))
async def a_quantity_is_set_not_added(lab: SourceLab) -> None:
    """A quantity replaces the one before it, also one of 0 (SPEC K1)."""
    product, source = on_sale(lab), await lab.start()
    level = StockLevel(product_id=product.id, sku=product.sku, quantity=9)
    for quantity in (9, 4, 0):
        await source.set_stock([msgspec.structs.replace(level, quantity=quantity)])
        expect_same(lab.shop.stock(product.id), quantity, "stock after it was set", "set_stock")


@check(Group.STOCK, "set_stock", "stock_levels")
async def the_quantities_that_were_set_are_read_back(lab: SourceLab) -> None:
    """`stock_levels` tells the quantities that the shop has now."""
    products, source = [on_sale(lab), on_sale(lab)], await lab.start()
    wanted = {products[0].id: 3, products[1].id: 0}
    await source.set_stock([StockLevel(product_id=key, quantity=value) for key, value in wanted.items()])
    found = {
        level.product_id: level.quantity async for page in source.stock_levels() for level in page.records
    }
    expect_same({key: found.get(key) for key in wanted}, wanted, "quantities", "stock_levels")
