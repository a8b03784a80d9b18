"""What left the warehouse, and what it can sell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from connector.contracts import Target
from connector.records import Order, Parcel
from connector.testing.checks import check
from connector.testing.contract.target_world import (
    add_stocked,
    in_store,
    shipments_of,
    shipped_order,
    waiting_order,
)
from connector.testing.groups import Group
from connector.testing.lab import TargetLab, all_of
from connector.testing.samples import product_key
from connector.testing.verdicts import Broken, NotOffered, expect, expect_ids, expect_same

_CREATES: Final = ("find_order", "create_order")
_TAKES: Final = ("shipments", "shipment_taken", *_CREATES)


@check(Group.SHIPMENTS, "shipments", *_CREATES, drives=("ship",))
async def every_tracking_number_is_told(lab: TargetLab) -> None:
    """Each parcel of an order is told of with its tracking number, and that all was sent (SPEC S1)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    numbers = [lab.samples.tracking_number() for _ in range(3)]
    lab.warehouse.ship(order.id, _parcels(numbers), complete=True)
    await _told(target, order, numbers, complete=True)


@check(Group.SHIPMENTS, "shipments", *_CREATES, drives=("ship",))
async def what_is_in_the_parcels_is_what_was_ordered(lab: TargetLab) -> None:
    """Where the contents of parcels are told, those of all parcels together are the order's pieces."""
    target = await lab.start()
    order = await shipped_order(lab, target)
    (shipment,) = await shipments_of(target, order)
    items = [item for parcel in shipment.parcels for item in parcel.contents]
    if not items:
        raise NotOffered("the plugin does not tell what is in a parcel")
    packed = dict.fromkeys((line.product_id for line in order.lines), Decimal(0))
    for item in items:
        key = item.product_id or next((line.product_id for line in order.lines if line.sku == item.sku), "")
        packed[key] = packed.get(key, Decimal(0)) + item.quantity
    wanted = {line.product_id: line.quantity for line in order.lines}
    expect_same(packed, wanted, "pieces by product", "shipments: Parcel.contents")


@check(Group.SHIPMENTS, "shipments", *_CREATES, drives=("ship",))
async def a_partial_delivery_is_told_as_one(lab: TargetLab) -> None:
    """A partial delivery is not complete; with the rest, all numbers come that nobody acknowledged (SPEC S1)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    numbers = [lab.samples.tracking_number() for _ in range(2)]
    lab.warehouse.ship(order.id, _parcels(numbers[:1]), complete=False)
    await _told(target, order, numbers[:1], complete=False)
    lab.warehouse.ship(order.id, _parcels(numbers[1:]), complete=True)
    await _told(await lab.start(), order, numbers, complete=True)


@check(Group.SHIPMENTS, "shipments", *_CREATES, drives=("ship",))
async def a_parcel_without_number_is_told(lab: TargetLab) -> None:
    """A parcel without tracking number is told of, so that its order is set to shipped (SPEC S4)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    lab.warehouse.ship(order.id, _parcels([""]), complete=True)
    await _told(target, order, [], complete=True)


@check(Group.SHIPMENTS, *_TAKES, drives=("ship",))
async def what_nobody_acknowledged_is_told_again(lab: TargetLab) -> None:
    """A shipment is offered until it was acknowledged, and acknowledging one leaves the others (SPEC S5)."""
    target = await lab.start()
    taken, left = await shipped_order(lab, target), await shipped_order(lab, target)
    (shipment,) = await shipments_of(target, taken)
    await target.shipment_taken(shipment)
    ids = [each.order_id for each in await all_of((await lab.start()).shipments())]
    expect_ids(ids, [left.id], "shipments that nobody acknowledged", "shipment_taken")


@check(Group.SHIPMENTS, *_TAKES, drives=("ship",))
async def a_parcel_that_leaves_meanwhile_is_not_acknowledged(lab: TargetLab) -> None:
    """A parcel that leaves between reading and acknowledging is offered in the next run (SPEC S5)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    numbers = [lab.samples.tracking_number() for _ in range(2)]
    lab.warehouse.ship(order.id, _parcels(numbers[:1]), complete=False)
    (shipment,) = await shipments_of(target, order)
    lab.warehouse.ship(order.id, _parcels(numbers[1:]), complete=True)
    await target.shipment_taken(shipment)
    again = await shipments_of(await lab.start(), order)
    told = [parcel.tracking_number for each in again for parcel in each.parcels]
    hint = "shipment_taken: acknowledge by `receipts`, which name what was read"
    expect(numbers[1] in told, f"the second number {numbers[1]} in the next run", told, hint)


@check(Group.SHIPMENTS, "parcels", *_CREATES, drives=("ship",))
async def the_parcels_of_an_order_are_told(lab: TargetLab) -> None:
    """`parcels` tells the parcels of an order with their numbers, none for an order that has none."""
    target = await lab.start()
    order, other = await waiting_order(lab, target), await waiting_order(lab, target)
    number = lab.samples.tracking_number()
    lab.warehouse.ship(order.id, _parcels([number]), complete=True)
    found = [(each.tracking_number, each.is_handed_over) for each in await target.parcels(order.id)]
    expect_same(found, [(number, True)], "number and is_handed_over of each parcel", "parcels")
    expect_same(list(await target.parcels(other.id)), [], "no parcel of another order", "parcels")


async def _told(target: Target, order: Order, numbers: Sequence[str], *, complete: bool) -> None:
    found = await shipments_of(target, order)
    if len(found) != 1:
        raise Broken(f"one shipment for order {order.id}", f"{len(found)}", "shipments")
    told = sorted(parcel.tracking_number for parcel in found[0].parcels if parcel.tracking_number)
    expect_same(
        told, sorted(numbers), "tracking numbers, each once", "shipments: all parcels of all its entries"
    )
    expect(bool(found[0].parcels), "a parcel at least", "none", "shipments")
    expect_same(found[0].is_complete, complete, "is_complete", "shipments")
    expect(bool(found[0].receipts), "receipts, by which it is acknowledged", "none", "shipments")


def _parcels(numbers: Sequence[str]) -> list[Parcel]:
    return [Parcel(id=str(place), tracking_number=number) for place, number in enumerate(numbers)]


# -- stock ----------------------------------------------------------------------------------------


@check(Group.STOCK, "stock_levels", drives=("set_stock",))
async def the_quantity_is_what_can_be_sold(lab: TargetLab) -> None:
    """The quantity of a product is what the warehouse can sell of it, also when that is nothing (SPEC K1, K4)."""
    product = in_store(lab)
    for quantity in (12, 0):
        lab.warehouse.set_stock(product.id, quantity)
        await _has_level(lab, product.id, quantity)


@check(Group.STOCK, "stock_levels", drives=("set_stock", "add_unsellable"))
async def pieces_that_can_not_be_sold_do_not_count(lab: TargetLab) -> None:
    """Second choice and blocked pieces don't count (SPEC K1, K4)."""
    product = in_store(lab)
    lab.warehouse.set_stock(product.id, 8)
    lab.warehouse.add_unsellable(product.id, 5)
    await _has_level(lab, product.id, 8)


async def _has_level(lab: TargetLab, product_id: str, quantity: int) -> None:
    levels = await all_of((await lab.start()).stock_levels(None))
    found = [level.quantity for level in levels if product_key(level) == product_id]
    expect_same(found, [quantity], f"quantity of product {product_id}, once", "stock_levels")


@check(Group.STOCK, "stock_levels", drives=("set_stock",))
async def no_change_after_the_watermark_is_left_out(lab: TargetLab) -> None:
    """A quantity that changed after `since` is read, also a second after it, in whatever time zone."""
    target = await lab.start()
    await lab.clock.sleep(3600)
    since = lab.clock.now()
    await lab.clock.sleep(1)
    ids = await add_stocked(lab, target, 2)
    found = [product_key(level) for level in await all_of(target.stock_levels(since))]
    what = f"products whose stock changed a second after {since.isoformat()}"
    expect_ids(found, ids, what, "stock_levels: the time zone of `since`")


@check(Group.STOCK, "stock_levels", drives=("set_stock",))
async def the_watermark_is_used(lab: TargetLab) -> None:
    """Quantities that changed long before `since` are not read again and again: they are filtered, there or here."""
    old = await add_stocked(lab, await lab.start(), 2)
    await lab.clock.sleep(timedelta(days=30).total_seconds())
    everything = await _asked(lab, first=True)
    recent = await _asked(lab, first=False)
    found = [each for each in recent[0] if each in old]
    expect(
        not found or everything[1] != recent[1],
        "`since` in the calls of stock_levels, or old quantities left out",
        f"the same calls as ever, and {len(found)} quantities that changed a month before `since`",
        "stock_levels",
    )


async def _asked(lab: TargetLab, *, first: bool) -> tuple[list[str], list[tuple[str, bytes]]]:
    """Returns what came, and what was asked."""
    target, mark = await lab.start(), lab.mark
    since = None if first else lab.clock.now() - timedelta(days=1)
    found = [product_key(level) for level in await all_of(target.stock_levels(since))]
    return found, [(call.url, call.body) for call in lab.calls_since(mark)]
