"""What the checks of a target put into a warehouse, and what they find there afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connector.contracts import ProductWrite, Target
from connector.errors import OutcomeUnknown
from connector.records import Order, OrderLine, OrderStatus, Parcel, Product, Shipment
from connector.testing.lab import TargetLab, all_of
from connector.testing.samples import RECEIVER
from connector.testing.verdicts import expect, expect_ids, expect_same, raise_refusal


@dataclass(frozen=True)
class TargetWorld:
    """A product that the warehouse has, and an order of it."""

    product: Product
    order_id: str


@dataclass(frozen=True)
class Change:
    """An order as it is to become, the line that goes and the one that comes."""

    order: Order
    gone: OrderLine
    come: OrderLine


async def furnish(lab: TargetLab) -> TargetWorld:
    """Puts a product and an order into the warehouse, and ships the order where people can."""
    target = await lab.start()
    product = in_store(lab)
    if lab.warehouse.can("set_stock"):
        lab.warehouse.set_stock(product.id, 5)
    order = lab.samples.target_order(product)
    if target.has("create_order"):
        await create(target, order)
        if lab.warehouse.can("ship"):
            lab.warehouse.ship(
                order.id, [Parcel(id="1", tracking_number=lab.samples.tracking_number())], complete=True
            )
    return TargetWorld(product, order.id)


def in_store(lab: TargetLab, **changes: Any) -> Product:
    """Puts a product into the warehouse's master data."""
    product = lab.samples.target_product(**changes)
    lab.warehouse.add_product(product)
    return product


# -- reading --------------------------------------------------------------------------------------


async def add_products(lab: TargetLab, _: Target, number: int) -> Sequence[str]:
    """Puts products into the master data."""
    return [in_store(lab).id for _ in range(number)]


async def add_shipped(lab: TargetLab, target: Target, number: int) -> Sequence[str]:
    """Creates orders and hands each to the carrier in one parcel."""
    return [(await shipped_order(lab, target)).id for _ in range(number)]


async def add_stocked(lab: TargetLab, _: Target, number: int) -> Sequence[str]:
    """Puts products into the master data, and pieces of each into the store."""
    products = [in_store(lab) for _ in range(number)]
    for product in products:
        lab.warehouse.set_stock(product.id, 5)
    return [product.id for product in products]


# -- writing --------------------------------------------------------------------------------------


async def create(target: Target, order: Order) -> None:
    """Creates an order as the flow does: looks first, and again where nobody knows what became of it (SPEC O3)."""
    if await target.find_order(order.id) is not None:
        return
    try:
        await target.create_order(order)
    except OutcomeUnknown:
        if await target.find_order(order.id) is None:
            raise


async def new_order(lab: TargetLab, _: Target) -> Order:
    """Puts two products into the store, and makes an order of them."""
    return lab.samples.target_order(in_store(lab), in_store(lab))


async def waiting_order(lab: TargetLab, target: Target) -> Order:
    """Creates an order that nobody has begun to work on."""
    order = await new_order(lab, target)
    await create(target, order)
    return order


async def shipped_order(lab: TargetLab, target: Target) -> Order:
    """Creates an order that left in two parcels."""
    order = await waiting_order(lab, target)
    parcels = [Parcel(id=str(each), tracking_number=lab.samples.tracking_number()) for each in range(2)]
    lab.warehouse.ship(order.id, parcels, complete=True)
    return order


async def order_to_change(lab: TargetLab, target: Target) -> Change:
    """Creates an order; in the shop, its receiver moves and its second line becomes another one."""
    before = await waiting_order(lab, target)
    product = in_store(lab)
    come = lab.samples.line(product, quantity=3)
    kept, gone = before.lines
    receiver = msgspec.structs.replace(RECEIVER, street="Neue Gasse", zip="04109", city="Leipzig")
    return Change(msgspec.structs.replace(before, receiver=receiver, lines=(kept, come)), gone, come)


async def change(target: Target, subject: Change, again: bool) -> None:
    """Changes an order as the flow does: the lines that may have been put in go out first (SPEC O6)."""
    gone = [subject.gone.id, subject.come.id] if again else [subject.gone.id]
    await target.change_order(subject.order, gone, [subject.come])


async def new_products(lab: TargetLab, _: Target) -> Sequence[ProductWrite]:
    """Makes products that the warehouse does not have."""
    return [ProductWrite(product=lab.samples.target_product(), is_new=True) for _ in range(3)]


async def changed_products(lab: TargetLab, _: Target) -> Sequence[ProductWrite]:
    """Puts products into the warehouse, and changes them in the shop."""
    known = [in_store(lab) for _ in range(3)]
    renamed = [msgspec.structs.replace(each, name=f"{each.name} (neu)", weight_g=777) for each in known]
    return [ProductWrite(product=each, is_new=False) for each in renamed]


async def put(target: Target, writes: Sequence[ProductWrite]) -> None:
    """Sends products; raises the first refusal."""
    outcomes = await target.put_products(writes)
    raise_refusal(outcomes, [write.product.id for write in writes], "put_products")


async def take_shipment(target: Target, order: Order) -> None:
    """Acknowledges the shipment of an order, where it is still offered."""
    for shipment in await all_of(target.shipments()):
        if shipment.order_id == order.id:
            await target.shipment_taken(shipment)


async def has_order(lab: TargetLab, order: Order) -> None:
    """The warehouse has the order once, with these lines."""
    found = [each for each in lab.warehouse.orders() if each.id == order.id]
    expect(
        len(found) == 1,
        f"order {order.id} once in the warehouse (SPEC O3)",
        f"{len(found)} times",
        "create_order",
    )
    expect_same(_pieces(found[0]), _pieces(order), f"product and pieces of each line of order {order.id}")


def _pieces(order: Order) -> list[tuple[str, int]]:
    return sorted((line.product_id, int(line.quantity)) for line in order.lines)


async def is_changed(lab: TargetLab, subject: Change) -> None:
    """The order has its new lines, each once, and its new receiver."""
    await has_order(lab, subject.order)
    (found,) = [each for each in lab.warehouse.orders() if each.id == subject.order.id]
    city = found.receiver.city if found.receiver else None
    expect_same(city, "Leipzig", "city of the new receiver", "change_order")


async def is_cancelled(lab: TargetLab, order: Order) -> None:
    """The order is cancelled."""
    found = lab.warehouse.status(order.id)
    expect_same(found, OrderStatus.CANCELLED, f"status of order {order.id}", "cancel_order")


async def has_products(lab: TargetLab, writes: Sequence[ProductWrite]) -> None:
    """The warehouse has the products once, with their names."""
    there = lab.warehouse.products()
    ours = [product for product in there if product.sku in {write.product.sku for write in writes}]
    wanted = [write.product.sku for write in writes]
    expect_ids([product.sku for product in ours], wanted, "products in the warehouse", "put_products")
    names = {product.sku: product.name for product in ours}
    expect_same(names, {write.product.sku: write.product.name for write in writes}, "names", "put_products")


async def is_taken(lab: TargetLab, order: Order) -> None:
    """The shipment is offered no more."""
    left = await shipments_of(await lab.start(), order)
    expect(not left, f"the shipment of order {order.id} out of the queue", left, "shipment_taken")


async def shipments_of(target: Target, order: Order) -> list[Shipment]:
    """Returns what the queue says of an order."""
    return [each for each in await all_of(target.shipments()) if each.order_id == order.id]
