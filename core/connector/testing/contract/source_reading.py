"""Which of a shop's records are read: those that are meant, and no others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from connector.contracts import Source
from connector.records import WithdrawalKind
from connector.testing.checks import check, check_each
from connector.testing.contract.source_tables import LISTINGS
from connector.testing.contract.source_world import (
    LONG_AGO,
    offered_order,
    on_sale,
    received_order,
    withdrawn_order,
)
from connector.testing.groups import Group
from connector.testing.lab import SourceLab, all_of
from connector.testing.tables import Listing
from connector.testing.verdicts import expect, expect_ids, expect_same

_NOWHERE: Final = "999999999"

READ_SINCE: Final = {
    "received_orders": lambda source, since: source.received_orders(since),
    "withdrawn_orders": lambda source, since: source.withdrawn_orders(since),
}


@check(Group.READING, "orders", drives=("add_unoffered_orders",))
async def only_offered_orders_are_read(lab: SourceLab) -> None:
    """Only orders that are ready to ship and meant for this target are read, no credit orders (SPEC O1)."""
    product = on_sale(lab)
    others = lab.shop.add_unoffered_orders(lab.samples.order(product))
    wanted = lab.shop.add_order(lab.samples.order(product))
    found = [order.id for order in await all_of((await lab.start()).orders())]
    wrong = ", ".join(f"{each} ({others[each]})" for each in found if each in others)
    expect(not wrong, f"order {wanted} alone", wrong, "orders: look again at what the service filtered")
    expect_ids(found, [wanted], "offered orders", "orders")


@check(Group.READING, "orders", "order_received")
async def a_received_order_is_offered_no_more(lab: SourceLab) -> None:
    """An order that carries the mark of a received one is not read again (SPEC O1)."""
    source = await lab.start()
    received, waiting = await received_order(lab, source), await offered_order(lab, source)
    found = [order.id for order in await all_of((await lab.start()).orders())]
    expect_ids(found, [waiting.id], f"offered orders, without {received.id}, which was received", "orders")


@check(Group.READING, "orders", drives=("cancel_order",))
async def a_cancelled_order_is_not_offered(lab: SourceLab) -> None:
    """An order that the merchant cancelled before it was received is not read (SPEC O1)."""
    order = await offered_order(lab, await lab.start())
    lab.shop.cancel_order(order.id)
    found = [each.id for each in await all_of((await lab.start()).orders())]
    expect_ids(found, [], f"offered orders, without {order.id}, which was cancelled", "orders")


@check(Group.READING, "received_orders", "orders", "order_received")
async def only_received_orders_are_told_of_as_such(lab: SourceLab) -> None:
    """`received_orders` yields the orders with the mark of a received one, and says so of each."""
    source = await lab.start()
    received, _ = await received_order(lab, source), await offered_order(lab, source)
    found = await all_of((await lab.start()).received_orders(LONG_AGO))
    expect_ids([each.order.id for each in found], [received.id], "received orders", "received_orders")
    expect(all(each.is_received for each in found), "is_received=True", found, "received_orders")


@check(Group.CANCELLATIONS, "withdrawn_orders", "orders", "order_received", drives=("cancel_order",))
async def only_withdrawn_orders_are_told_of_as_such(lab: SourceLab) -> None:
    """`withdrawn_orders` yields the orders that were cancelled, and no others (SPEC X1)."""
    source = await lab.start()
    withdrawn, _ = await withdrawn_order(lab, source), await received_order(lab, source)
    for since in (None, LONG_AGO):
        found = await all_of((await lab.start()).withdrawn_orders(since))
        expect_ids([each.order_id for each in found], [withdrawn.id], "withdrawn orders", "withdrawn_orders")
        kinds = [(each.kind, each.is_marked) for each in found]
        expect_same(kinds, [(WithdrawalKind.CANCELLED, True)], "kind and is_marked", "withdrawn_orders")


def _since_rows() -> dict[str, Listing]:
    return {name: LISTINGS[name] for name in READ_SINCE}


@check_each(Group.READING, _since_rows(), methods=lambda row: row.methods, drives=lambda row: row.drives)
async def nothing_after_the_watermark_is_left_out(lab: SourceLab, listing: Listing) -> None:
    """What changed after `since` is read, also a second after it, in whatever time zone."""
    source = await lab.start()
    await lab.clock.sleep(3600)
    since = lab.clock.now()
    await lab.clock.sleep(1)
    ids = await listing.fill(lab, source, 2)
    found = await all_of(READ_SINCE[listing.method](await lab.start(), since))
    keys = [listing.key(each) for each in found]
    what = f"records that changed a second after {since.isoformat()}"
    expect_ids(keys, ids, what, f"{listing.method}: the time zone of `since`")


@check_each(Group.READING, _since_rows(), methods=lambda row: row.methods, drives=lambda row: row.drives)
async def the_watermark_is_used(lab: SourceLab, listing: Listing) -> None:
    """What changed long before `since` is not read again and again: it is filtered, there or here."""
    source = await lab.start()
    old = await listing.fill(lab, source, lab.more_than_two_pages)
    await lab.clock.sleep(timedelta(days=30).total_seconds())
    everything = await _asked(lab, listing, LONG_AGO)
    recent = await _asked(lab, listing, lab.clock.now() - timedelta(days=1))
    found = [each for each in recent[0] if each in old]
    expect(
        not found or everything[1] != recent[1],
        f"`since` in the calls of {listing.method}, or old records left out",
        f"the same calls as ever, and {len(found)} records that changed a month before `since`",
        listing.method,
    )


async def _asked(lab: SourceLab, listing: Listing, since: Any) -> tuple[list[str], list[tuple[str, bytes]]]:
    """Returns what came, and what was asked."""
    source, mark = await lab.start(), lab.mark
    found = [listing.key(each) for each in await all_of(READ_SINCE[listing.method](source, since))]
    return found, [(call.url, call.body) for call in lab.calls_since(mark)]


@check(Group.READING, "product")
async def a_product_is_found_by_its_id(lab: SourceLab) -> None:
    """`product` reads one product, None where there is none."""
    product = on_sale(lab)
    await _finds(lab, "product", product.id)


@check(Group.READING, "find_product")
async def a_product_is_found_by_id_and_sku(lab: SourceLab) -> None:
    """`find_product` finds a product by the shop's id and by its SKU, None where there is none."""
    product = on_sale(lab)
    on_sale(lab)
    await _finds(lab, "find_product", product.id)
    found = await (await lab.start()).find_product(product.sku)
    expect(
        found is not None and found.id == product.id, f"product {product.id} by its SKU {product.sku}", found
    )


async def _finds(lab: SourceLab, method: str, product_id: str) -> None:
    source: Source = await lab.start()
    found = await getattr(source, method)(product_id)
    expect(found is not None and found.id == product_id, f"product {product_id} by its id", found, method)
    nothing = await getattr(source, method)(_NOWHERE)
    expect(nothing is None, f"None from {method} for an id that does not exist", nothing, method)


@check(Group.READING, "find_order", "orders")
async def an_order_is_found_by_id_and_number(lab: SourceLab) -> None:
    """`find_order` finds an order by the shop's id and by its number, None where there is none."""
    source = await lab.start()
    order, _ = await offered_order(lab, source), await offered_order(lab, source)
    for name in filter(None, (order.id, order.number)):
        found = await source.find_order(name)
        expect(
            found is not None and found.order.id == order.id,
            f"order {order.id} by {name}",
            found,
            "find_order",
        )
        expect(
            found is not None and found.is_offered,
            "is_offered=True for an offered order",
            found,
            "find_order",
        )
    nothing = await source.find_order(_NOWHERE)
    expect(nothing is None, "None for an order that does not exist", nothing, "find_order")
