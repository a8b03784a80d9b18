"""What the flows ask of a target, beyond what holds for every write."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from connector.contracts import ProductWrite
from connector.errors import RecordRefused, TransientError
from connector.records import Order, OrderStatus, Parcel
from connector.testing.checks import check, check_each
from connector.testing.contract.target_world import (
    change,
    has_order,
    has_products,
    in_store,
    new_products,
    order_to_change,
    put,
    waiting_order,
)
from connector.testing.faults import OUTAGES, UNREADABLE, Fault
from connector.testing.groups import Group
from connector.testing.lab import TargetLab
from connector.testing.verdicts import expect, expect_same, raised

_CREATES: Final = ("find_order", "create_order")


# -- products -------------------------------------------------------------------------------------


@check(Group.PRODUCTS, "put_products", drives=("refuse",))
async def a_refused_product_keeps_no_other_back(lab: TargetLab) -> None:
    """A product that the warehouse refuses is told of in its own outcome, and all others arrive (SPEC R1)."""
    writes = await new_products(lab, await lab.start())
    bad = writes[1].product
    lab.warehouse.refuse(bad)
    outcomes = await (await lab.start()).put_products(writes)
    ids = [write.product.id for write in writes]
    expect_same(
        [outcome.record_id for outcome in outcomes], ids, "one outcome for each write", "put_products"
    )
    told = [each.record_id for each in outcomes if isinstance(each.error, RecordRefused)]
    expect_same(told, [bad.id], "ids of the products that were refused", "put_products, service(): `verdict`")
    await has_products(lab, [writes[0], writes[2]])


@check(Group.PRODUCTS, "put_products")
async def a_new_product_that_is_there_already_is_updated(lab: TargetLab) -> None:
    """A product that is sent as new although the warehouse has it makes no second one (SPEC O3 for products)."""
    known = in_store(lab)
    renamed = msgspec.structs.replace(known, name="Anders")
    write = ProductWrite(product=renamed, is_new=True)
    await put(await lab.start(), [write])
    await has_products(lab, [write])


@check(Group.PRODUCTS, "put_products")
async def nothing_to_put_is_no_error(lab: TargetLab) -> None:
    """No products make no outcomes and no calls."""
    target, mark = await lab.start(), lab.mark
    outcomes = await target.put_products([])
    expect_same(list(outcomes), [], "no outcome", "put_products")
    expect(lab.mark == mark, "no call", lab.calls_since(mark), "put_products")


@check(Group.PRODUCTS, "has_product")
async def a_product_is_known_or_not(lab: TargetLab) -> None:
    """`has_product` tells whether the warehouse has a product (SPEC O5)."""
    product, target = in_store(lab), await lab.start()
    there = await target.has_product(product.id, product.sku)
    expect(there is True, f"True for product {product.id}, which is there", there, "has_product")
    missing = await target.has_product("999999999", "SKU-UNKNOWN")
    expect(missing is False, "False for a product that is not there", missing, "has_product")


# -- orders ---------------------------------------------------------------------------------------


@check(Group.ORDERS, *_CREATES)
async def an_order_is_found_by_the_shops_id(lab: TargetLab) -> None:
    """`find_order` finds an order by the shop's id, None where there is none (SPEC O3)."""
    target = await lab.start()
    nothing = await target.find_order("999999999")
    expect(nothing is None, "None for an order that does not exist", nothing, "find_order")
    order = await waiting_order(lab, target)
    found = await (await lab.start()).find_order(order.id)
    waits = found is not None and found.status is OrderStatus.WAITING
    expect(waits, f"order {order.id}, waiting", found, "find_order")


@check_each(
    Group.ORDERS, {fault.name: fault for fault in (*OUTAGES, *UNREADABLE)}, methods=lambda _: ("find_order",)
)
async def an_outage_is_never_taken_for_no_order(lab: TargetLab, fault: Fault) -> None:
    """While the service fails, `find_order` says neither yes nor no: a wrong no sends the order twice (SPEC O3)."""
    target = await lab.start()
    lab.network.fail(fault)
    when = f"every call of find_order {fault.name}"
    await raised(TransientError, target.find_order("999999999"), when, "find_order")


@check(Group.ORDERS, *_CREATES)
async def an_order_of_an_unknown_product_is_refused(lab: TargetLab) -> None:
    """An order that the warehouse does not take raises RecordRefused, and is not there afterwards (SPEC O5)."""
    order = lab.samples.target_order(lab.samples.target_product())
    target = await lab.start()
    await raised(
        RecordRefused,
        target.create_order(order),
        "the warehouse lacks the product",
        "create_order, `verdict`",
    )
    there = [each.id for each in lab.warehouse.orders()]
    expect(order.id not in there, f"no order {order.id}", there, "create_order")


@check(Group.ORDERS, *_CREATES, drives=("start",))
async def an_order_in_process_is_seen_as_such(lab: TargetLab) -> None:
    """An order that people work on is in process, so that nothing of it is changed (SPEC O7)."""
    await _has_status(lab, lambda order: lab.warehouse.start(order.id), OrderStatus.IN_PROCESS)


@check(Group.ORDERS, *_CREATES, drives=("ship",))
async def a_shipped_order_is_seen_as_such(lab: TargetLab) -> None:
    """An order that left is shipped (SPEC O7)."""
    parcel = Parcel(id="1", tracking_number=lab.samples.tracking_number())
    await _has_status(
        lab, lambda order: lab.warehouse.ship(order.id, [parcel], complete=True), OrderStatus.SHIPPED
    )


@check(Group.ORDERS, *_CREATES, "cancel_order")
async def a_cancelled_order_is_seen_as_such(lab: TargetLab) -> None:
    """An order that was cancelled is told as cancelled, not as missing (SPEC O3)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    await target.cancel_order(order.id)
    found = await (await lab.start()).find_order(order.id)
    expect(
        found is not None and found.status is OrderStatus.CANCELLED, "status cancelled", found, "find_order"
    )


async def _has_status(lab: TargetLab, happens: Any, status: OrderStatus) -> None:
    order = await waiting_order(lab, await lab.start())
    happens(order)
    found = await (await lab.start()).find_order(order.id)
    expect(found is not None and found.status is status, f"status {status}", found, "find_order")


@check(Group.ORDERS, "change_order", *_CREATES, drives=("start",))
async def a_change_that_comes_too_late_changes_nothing(lab: TargetLab) -> None:
    """A change of an order in process is refused with `order_in_process`, and nothing of it is done (SPEC O7)."""
    target = await lab.start()
    subject = await order_to_change(lab, target)
    before = _stored(lab, subject.order.id)
    lab.warehouse.start(subject.order.id)
    when = "people work on the order already"
    error = await raised(RecordRefused, change(target, subject, False), when, "change_order")
    expect_same(error.code, "order_in_process", "code of the refusal", "change_order")
    expect_same(_stored(lab, subject.order.id), before, "the order as it was", "change_order")


@check(Group.ORDERS, "change_order", *_CREATES)
async def a_change_of_the_receiver_alone_leaves_the_lines(lab: TargetLab) -> None:
    """A change without lines to remove or add brings the receiver up to date, and touches no line (SPEC O6)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    receiver = msgspec.structs.replace(order.receiver, city="Leipzig") if order.receiver else None
    moved = msgspec.structs.replace(order, receiver=receiver)
    await target.change_order(moved, [], [])
    await has_order(lab, moved)
    found = _stored(lab, order.id).receiver
    expect(found is not None and found.city == "Leipzig", "the new city", found, "change_order")


@check(Group.ORDERS, "change_order", *_CREATES)
async def a_line_that_is_not_there_does_no_harm(lab: TargetLab) -> None:
    """A line to remove that is not in the order is left out: an earlier attempt may have removed it (SPEC O6)."""
    target = await lab.start()
    subject = await order_to_change(lab, target)
    await target.change_order(subject.order, ["999999999", subject.gone.id], [subject.come])
    await has_order(lab, subject.order)


def _stored(lab: TargetLab, order_id: str) -> Order:
    (found,) = [each for each in lab.warehouse.orders() if each.id == order_id]
    return found


# -- cancellations --------------------------------------------------------------------------------


@check(Group.CANCELLATIONS, "cancel_order", *_CREATES, drives=("start", "status"))
async def a_cancellation_that_comes_too_late_is_refused(lab: TargetLab) -> None:
    """An order in process is not cancelled: `order_cancel_refused` tells it (SPEC X2)."""
    target = await lab.start()
    order = await waiting_order(lab, target)
    lab.warehouse.start(order.id)
    when = "people work on the order already"
    error = await raised(RecordRefused, target.cancel_order(order.id), when, "cancel_order, `verdict`")
    expect_same(error.code, "order_cancel_refused", "code of the refusal", "cancel_order")
    status = lab.warehouse.status(order.id)
    expect(status is not OrderStatus.CANCELLED, "an order that is not cancelled", status, "cancel_order")


@check(Group.CANCELLATIONS, "cancel_order", "find_order")
async def a_cancellation_of_an_order_that_is_not_there_does_no_harm(lab: TargetLab) -> None:
    """An order that the warehouse does not have is as good as cancelled (SPEC X1)."""
    await (await lab.start()).cancel_order("999999999")


@check(Group.CANCELLATIONS, "cancel_order", *_CREATES, drives=("status",))
async def a_cancellation_touches_its_own_order_alone(lab: TargetLab) -> None:
    """Cancelling an order cancels no other one (SPEC X1)."""
    target = await lab.start()
    order, other = await waiting_order(lab, target), await waiting_order(lab, target)
    await target.cancel_order(order.id)
    expect_same(
        lab.warehouse.status(other.id), OrderStatus.WAITING, "status of the other order", "cancel_order"
    )
