"""What the checks of a source put into a shop, and what they find there afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from connector.contracts import Source
from connector.records import Order, PackedItem, Parcel, Product, Shipment, StockLevel
from connector.testing.lab import SourceLab, all_of
from connector.testing.verdicts import Broken, expect, expect_same, raise_refusal

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
OTHER_MARK: Final = "vip"


@dataclass(frozen=True)
class SourceWorld:
    """A product, and an order of it that is offered."""

    product_id: str
    sku: str
    order_id: str
    number: str


@dataclass(frozen=True)
class Shipping:
    """An order and what is to be told of it."""

    order_id: str
    shipment: Shipment


async def furnish(lab: SourceLab) -> SourceWorld:
    """Puts one product and one order into the shop."""
    product = on_sale(lab)
    order = lab.samples.order(product)
    return SourceWorld(product.id, product.sku, lab.shop.add_order(order), order.number)


def on_sale(lab: SourceLab, **changes: Any) -> Product:
    """Puts a product on sale and returns it with its id."""
    product = lab.samples.product(**changes)
    return msgspec.structs.replace(product, id=lab.shop.add_product(product))


# -- reading --------------------------------------------------------------------------------------


async def add_products(lab: SourceLab, _: Source, number: int) -> Sequence[str]:
    """Puts products on sale."""
    return [on_sale(lab).id for _ in range(number)]


async def add_orders(lab: SourceLab, _: Source, number: int) -> Sequence[str]:
    """Adds orders that are offered, all for one product."""
    product = on_sale(lab)
    return [lab.shop.add_order(lab.samples.order(product)) for _ in range(number)]


async def add_received(lab: SourceLab, source: Source, number: int) -> Sequence[str]:
    """Adds orders and marks them as received."""
    return [(await received_order(lab, source)).id for _ in range(number)]


async def add_withdrawn(lab: SourceLab, source: Source, number: int) -> Sequence[str]:
    """Adds orders that were received, and then cancelled by the merchant."""
    ids = await add_received(lab, source, number)
    for order_id in ids:
        lab.shop.cancel_order(order_id)
    return ids


async def add_stocked(lab: SourceLab, source: Source, number: int) -> Sequence[str]:
    """Puts products on sale, and gives each a quantity."""
    ids = await add_products(lab, source, number)
    await source.set_stock([StockLevel(product_id=each, quantity=5) for each in ids])
    return ids


# -- writing --------------------------------------------------------------------------------------


async def offered_order(lab: SourceLab, source: Source) -> Order:
    """Adds an order that carries somebody else's mark, and reads it as a flow does."""
    order_id = lab.shop.add_order(lab.samples.order(on_sale(lab), tags=(OTHER_MARK,)))
    return await read_order(source, order_id)


async def read_order(source: Source, order_id: str) -> Order:
    """Finds an order among those that are offered."""
    offered = {order.id: order for order in await all_of(source.orders())}
    if order_id not in offered:
        raise Broken(f"order {order_id} among those that are offered", str(list(offered)), "orders")
    return offered[order_id]


async def received_order(lab: SourceLab, source: Source) -> Order:
    """Adds an order and marks it as received."""
    order = await offered_order(lab, source)
    await source.order_received(order)
    return order


async def held_order(lab: SourceLab, source: Source) -> Order:
    """Adds an order, marks it as held, and reads it again as the next run does."""
    order = await offered_order(lab, source)
    await source.order_held(order)
    return await read_order(source, order.id)


async def withdrawn_order(lab: SourceLab, source: Source) -> Order:
    """Adds an order that was received and is cancelled now."""
    order = await received_order(lab, source)
    lab.shop.cancel_order(order.id)
    return order


async def order_to_ship(lab: SourceLab, source: Source) -> Shipping:
    """Adds an order, and two parcels with which all of it leaves."""
    order = await received_order(lab, source)
    parcels = tuple(parcel_of(order, lab.samples.tracking_number()) for _ in range(2))
    shipment = Shipment(
        order_id=order.id, order_number=order.number, parcels=parcels, is_complete=True, receipts=("1", "2")
    )
    return Shipping(order.id, shipment)


def parcel_of(order: Order, number: str, pieces: int = 1) -> Parcel:
    """Packs so many pieces of the order's first line; there are two."""
    line = order.lines[0]
    item = PackedItem(product_id=line.product_id, sku=line.sku, quantity=Decimal(pieces))
    return Parcel(id=f"parcel-{number}", tracking_number=number, product="Paket", contents=(item,))


async def levels_to_set(lab: SourceLab, source: Source) -> Sequence[StockLevel]:
    """Puts three products on sale, and says how many there are of each; one is sold out."""
    products = [on_sale(lab) for _ in range(3)]
    return [
        StockLevel(product_id=product.id, sku=product.sku, quantity=quantity)
        for product, quantity in zip(products, (7, 0, 12), strict=True)
    ]


async def set_levels(source: Source, levels: Sequence[StockLevel]) -> None:
    """Sets the quantities; raises the first refusal."""
    outcomes = await source.set_stock(levels)
    raise_refusal(outcomes, [level.product_id for level in levels], "set_stock")


async def is_received(lab: SourceLab, order: Order) -> None:
    """The order carries the mark of a received one, that of a held one no more, and those of other people still."""
    shown = lab.shop.order(order.id)
    expect(shown.is_received, f"order {order.id} marked as received", shown, "order_received")
    expect(not shown.is_held, f"order {order.id} without the mark of a held one", shown, "order_received")
    _keeps_other_marks(lab, order)


async def is_held(lab: SourceLab, order: Order) -> None:
    """The order carries the mark of a held one, and is still offered."""
    shown = lab.shop.order(order.id)
    expect(shown.is_held and not shown.is_received, f"order {order.id} held, not received", shown)
    _keeps_other_marks(lab, order)
    await read_order(await lab.start(), order.id)


def _keeps_other_marks(lab: SourceLab, order: Order) -> None:
    if "order.tags" not in lab.shop.lacks:
        tags = lab.shop.order(order.id).order.tags
        expect(OTHER_MARK in tags, f"the mark `{OTHER_MARK}` of somebody else still there (SPEC O2)", tags)


async def is_settled(lab: SourceLab, order: Order) -> None:
    """The cancellation is not told of again."""
    source = await lab.start()
    told = [each.order_id for each in await all_of(source.withdrawn_orders(LONG_AGO))]
    expect(order.id not in told, f"the cancellation of {order.id} told of no more", told, "withdrawn_orders")


async def is_shipped(lab: SourceLab, shipping: Shipping) -> None:
    """The order has each tracking number once, and is shipped."""
    shown = lab.shop.order(shipping.order_id)
    numbers = sorted(parcel.tracking_number for parcel in shipping.shipment.parcels)
    what = f"tracking numbers of order {shipping.order_id}, each once (SPEC S1, S5)"
    expect_same(sorted(shown.tracking_numbers), numbers, what, "order_shipped")
    expect(shown.is_shipped, f"order {shipping.order_id} set to shipped (SPEC S1)", shown, "order_shipped")


async def has_levels(lab: SourceLab, levels: Sequence[StockLevel]) -> None:
    """The shop has these quantities."""
    for level in levels:
        found = lab.shop.stock(level.product_id)
        expect_same(found, level.quantity, f"stock of product {level.product_id} (SPEC K1)", "set_stock")
