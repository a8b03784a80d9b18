"""What a target writes equals what it was given: units, amounts, texts; and what does not fit is refused, not cut."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from connector.contracts import ProductWrite
from connector.errors import RecordRefused
from connector.records import Address, Order, Product
from connector.testing.checks import check, check_each
from connector.testing.contract.target_world import create, has_order, in_store, put
from connector.testing.groups import Group
from connector.testing.lab import TargetLab, all_of
from connector.testing.samples import LONG_TEXT, PRODUCT_SAMPLES, RECEIVER, ean
from connector.testing.verdicts import Broken, expect, expect_same

PRODUCT_FIELDS: Final = {"id": {}, **PRODUCT_SAMPLES}
CHANGES: Final[dict[str, Any]] = {
    "name": "Anders",
    "weight_g": 2345,
    "net_weight_g": 2001,
    "manufacturer": "Andere Rösterei",
    "country_of_origin": "FR",
    "customs_tariff_number": "09011100",
    "is_active": False,
    "is_digital": True,
    "sku": "SKU-NEW",
    "ean": ean(9_999_999),
}
DIMENSIONS: Final = ("length_cm", "width_cm", "height_cm")
ORDER_FIELDS: Final = ("number", "currency", "total", "picking_info", "customer_number")
LINE_FIELDS: Final = ("product_id", "quantity", "total", "tax")
ADDRESS_FIELDS: Final = Address.__struct_fields__


@check_each(
    Group.RECORDS,
    {field: field for field in PRODUCT_FIELDS},
    methods=lambda _: ("put_products",),
    field=lambda field: f"product.{field}",
)
async def a_new_product_is_written_as_it_is(lab: TargetLab, field: str) -> None:
    """Every field of a new product arrives, in the unit that the warehouse has it in (SPEC A7)."""
    product = lab.samples.target_product(**PRODUCT_FIELDS[field])
    await put(await lab.start(), [ProductWrite(product=product, is_new=True)])
    found = _stored(lab, product.sku)
    expect_same(
        getattr(found, field), getattr(product, field), f"product.{field} in the warehouse", _where(field)
    )


@check_each(
    Group.RECORDS,
    {field: field for field in CHANGES},
    methods=lambda _: ("put_products",),
    field=lambda field: f"product.{field}",
)
async def a_change_of_a_product_is_written(lab: TargetLab, field: str) -> None:
    """A change of a product is taken over; weight is no dimension (SPEC A2, A3)."""
    changed = msgspec.structs.replace(in_store(lab), **{field: CHANGES[field]})
    await put(await lab.start(), [ProductWrite(product=changed, is_new=False)])
    found = _stored(lab, changed.sku)
    expect_same(getattr(found, field), CHANGES[field], f"product.{field} after the change", _where(field))


@check_each(
    Group.RECORDS,
    {field: field for field in DIMENSIONS},
    methods=lambda _: ("put_products",),
    field=lambda field: f"product.{field}",
)
async def a_change_of_a_dimension_is_not_written(lab: TargetLab, field: str) -> None:
    """Length, width and height go with a new product only: the warehouse measures by itself (SPEC A3)."""
    product = in_store(lab)
    changed = msgspec.structs.replace(product, name="Anders", **{field: 99.0})
    await put(await lab.start(), [ProductWrite(product=changed, is_new=False)])
    found = _stored(lab, product.sku)
    expect_same(getattr(found, field), getattr(product, field), f"product.{field} as it was", _where(field))
    expect_same(found.name, "Anders", "the other changes of the product taken over", "put_products")


@check(Group.RECORDS, "put_products")
async def a_long_name_is_never_cut(lab: TargetLab) -> None:
    """A name that is too long is refused, or stored whole; it is not cut silently (SPEC O8)."""
    product = lab.samples.target_product(name=LONG_TEXT.strip())
    target, mark = await lab.start(), lab.mark
    (outcome,) = await target.put_products([ProductWrite(product=product, is_new=True)])
    if outcome.error is None:
        name = _stored(lab, product.sku).name
        found = f"{len(name)}: …{name[-20:]!r}"
        expect(
            name == product.name, f"all {len(product.name)} characters, or a refusal", found, _where("name")
        )
        return
    expect(isinstance(outcome.error, RecordRefused), "RecordRefused", outcome.error, "put_products")
    there = [each.sku for each in lab.warehouse.products() if each.sku == product.sku]
    expect(not there, "no product that was refused in the warehouse", there, "put_products")
    if lab.mark == mark:
        told = target.refusal(product)
        what = "refusal() to tell what put_products refuses without a call (SPEC R6)"
        expect(told is not None, what, "None", "refusal")


@check(Group.RECORDS, "create_order", "find_order")
async def a_long_address_is_never_cut(lab: TargetLab) -> None:
    """A street that is too long is refused, or stored whole: a parcel must not go astray (SPEC O8)."""
    street = LONG_TEXT.strip()
    receiver = msgspec.structs.replace(RECEIVER, street=street)
    order = lab.samples.target_order(in_store(lab), receiver=receiver)
    try:
        await create(await lab.start(), order)
    except RecordRefused:
        expect(
            order.id not in {each.id for each in lab.warehouse.orders()}, "no refused order there", order.id
        )
        return
    found = _order(lab, order)
    texts = _texts(found)
    expect(
        street in texts, f"all {len(street)} characters of the street, or a refusal", texts, "create_order"
    )


@check_each(
    Group.RECORDS,
    {field: field for field in ORDER_FIELDS},
    methods=lambda _: ("create_order", "find_order"),
    field=lambda field: f"order.{field}",
)
async def an_order_is_written_as_it_is(lab: TargetLab, field: str) -> None:
    """Every field of an order arrives (SPEC O8)."""
    order, found = await _created(lab)
    expect_same(
        getattr(found, field), getattr(order, field), f"order.{field} in the warehouse", _where(field)
    )


@check_each(
    Group.RECORDS,
    {field: field for field in LINE_FIELDS},
    methods=lambda _: ("create_order", "find_order"),
    field=lambda field: f"line.{field}",
)
async def a_line_is_written_as_it_is(lab: TargetLab, field: str) -> None:
    """Every field of a line arrives, amounts to the cent (SPEC O8)."""
    order, found = await _created(lab)
    wanted = sorted((getattr(line, field) for line in order.lines), key=str)
    told = sorted((getattr(line, field) for line in found.lines), key=str)
    expect_same(told, wanted, f"line.{field} of each line in the warehouse", _where(field))


@check_each(
    Group.RECORDS,
    {field: field for field in ADDRESS_FIELDS},
    methods=lambda _: ("create_order", "find_order"),
    field=lambda field: f"address.{field}",
)
async def nothing_of_an_address_is_lost(lab: TargetLab, field: str) -> None:
    """Every part of the receiver's address arrives, wherever the warehouse puts it (SPEC O8)."""
    _, found = await _created(lab)
    wanted, texts = getattr(RECEIVER, field), _texts(found)
    expect(wanted in texts, f"{wanted!r} somewhere in the receiver", texts, _where(field))


@check(Group.RECORDS, "known_products", "put_products")
async def a_product_is_read_back_as_it_was_written(lab: TargetLab) -> None:
    """`known_products` tells a product as it was written, so that lost memory makes no change of it (SPEC A2, A3)."""
    product = lab.samples.target_product()
    target = await lab.start()
    await put(target, [ProductWrite(product=product, is_new=True)])
    found = [each for each in await all_of(target.known_products()) if each.sku == product.sku]
    expect(len(found) == 1, f"product {product.sku} once", f"{len(found)} times", "known_products")
    _compare(lab, found[0], product, "known_products")


@check(Group.RECORDS, "find_product")
async def a_product_is_found_as_it_is(lab: TargetLab) -> None:
    """`find_product` tells a product as the warehouse has it, None where it does not have it."""
    product, target = in_store(lab), await lab.start()
    found = await target.find_product(product.id, product.sku)
    if found is None:
        raise Broken(f"product {product.id}", "None", "find_product")
    _compare(lab, found, product, "find_product")
    nothing = await target.find_product("999999999", "SKU-UNKNOWN")
    expect(nothing is None, "None for a product that does not exist", nothing, "find_product")


def _compare(lab: TargetLab, found: Product, product: Product, method: str) -> None:
    ignored = {*DIMENSIONS, "tags", *(["id"] if not found.id else [])}
    fields = [
        each
        for each in PRODUCT_FIELDS
        if each not in ignored and f"product.{each}" not in lab.warehouse.lacks
    ]
    wrong = [
        f"{field}={getattr(found, field)!r} (written: {getattr(product, field)!r})"
        for field in fields
        if getattr(found, field) != getattr(product, field)
    ]
    expect(not wrong, f"the product from {method} as it was written", ", ".join(wrong), method)


async def _created(lab: TargetLab) -> tuple[Order, Order]:
    order = lab.samples.target_order(in_store(lab), in_store(lab), total=Decimal("79.96"))
    await create(await lab.start(), order)
    await has_order(lab, order)
    return order, _order(lab, order)


def _order(lab: TargetLab, order: Order) -> Order:
    found = [each for each in lab.warehouse.orders() if each.id == order.id]
    if len(found) != 1:
        raise Broken(f"order {order.id} once in the warehouse", f"{len(found)} times", "create_order")
    return found[0]


def _stored(lab: TargetLab, sku: str) -> Product:
    found = [product for product in lab.warehouse.products() if product.sku == sku]
    if len(found) != 1:
        raise Broken(f"product {sku} once in the warehouse", f"{len(found)} times", "put_products")
    return found[0]


def _texts(order: Order) -> str:
    receiver = order.receiver or Address()
    return " | ".join(getattr(receiver, name) for name in ADDRESS_FIELDS)


def _where(field: str) -> str:
    return f"where the request is written, its `{field}`"
