"""What a source reads equals what the shop has: units, amounts, texts, times."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from connector.records import Address, Order, Product, SetPart
from connector.testing.checks import check, check_each
from connector.testing.contract.source_world import on_sale, read_order
from connector.testing.groups import Group
from connector.testing.lab import SourceLab, all_of
from connector.testing.samples import LONG_TEXT, PRODUCT_SAMPLES, RECEIVER
from connector.testing.verdicts import Broken, expect, expect_same

PRODUCT_FIELDS: Final = {**PRODUCT_SAMPLES, "tags": {}}
ORDER_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "number": {},
    "currency": {},
    "total": {},
    "picking_info": {},
    "customer_number": {},
    "shipping_profile": {"shipping_profile": "DHL Paket"},
    "tags": {"tags": ("vip",)},
}
LINE_FIELDS: Final = ("product_id", "sku", "name", "quantity", "total", "tax")
ADDRESS_FIELDS: Final = Address.__struct_fields__

_UNITS: Final = {"weight_g": "in grams", "net_weight_g": "in grams", "length_cm": "in centimetres"}


@check_each(
    Group.RECORDS,
    {field: field for field in PRODUCT_FIELDS},
    methods=lambda _: ("products",),
    field=lambda field: f"product.{field}",
)
async def a_product_is_read_as_it_is(lab: SourceLab, field: str) -> None:
    """Every field of a product comes as the shop has it, in the unit that its name says (SPEC A7)."""
    product = on_sale(lab, **PRODUCT_FIELDS[field])
    found = await _product(lab, product.id)
    unit = _UNITS.get(field, "")
    what = f"product.{field} {unit}".rstrip()
    expect_same(
        getattr(found, field), getattr(product, field), what, f"where the Product is made, its `{field}`"
    )


@check(Group.RECORDS, "products")
async def whether_there_are_eans_is_told(lab: SourceLab) -> None:
    """`has_eans` tells whether the shop has a place for EANs; without one no product is reported for it (SPEC A1)."""
    has_place = "product.ean" not in lab.shop.lacks
    expect_same((await lab.start()).has_eans, has_place, "has_eans", "has_eans, or `lacks` of the driver")


@check(Group.RECORDS, "products")
async def what_the_shop_does_not_know_is_not_made_up(lab: SourceLab) -> None:
    """A field that the shop has nothing in is None or empty, never 0 or a text such as `None`."""
    bare = Product(id="", sku="BARE-1", name="Bare")
    found = await _product(lab, lab.shop.add_product(bare))
    wanted = msgspec.structs.replace(bare, id=found.id)
    given = {
        field: getattr(found, field)
        for field in Product.__struct_fields__
        if f"product.{field}" not in lab.shop.lacks
    }
    wrong = [f"{field}={value!r}" for field, value in given.items() if value != getattr(wanted, field)]
    expect(not wrong, "a product with id, sku and name alone", ", ".join(wrong), "where the Product is made")


@check(Group.RECORDS, "products", field="product.name")
async def a_long_name_is_not_cut(lab: SourceLab) -> None:
    """A name comes whole, however long it is (SPEC O8: nothing is cut silently)."""
    product = on_sale(lab, name=LONG_TEXT.strip())
    found = await _product(lab, product.id)
    what = f"{len(product.name)} characters of the name"
    expect(
        found.name == product.name,
        what,
        f"{len(found.name)}: …{found.name[-20:]!r}",
        "where the Product is made",
    )


@check(Group.RECORDS, "products", field="product.parts")
async def a_set_tells_its_parts(lab: SourceLab) -> None:
    """A set tells of which products it consists, and how many of each (SPEC A5)."""
    cup, plate = on_sale(lab), on_sale(lab)
    parts = (
        SetPart(product_id=cup.id, sku=cup.sku, quantity=Decimal(2)),
        SetPart(product_id=plate.id, sku=plate.sku, quantity=Decimal(1)),
    )
    found = await _product(lab, on_sale(lab, is_set=True, parts=parts).id)
    expect(found.is_set, "is_set=True", "False", "where the Product is made")
    told = sorted((part.product_id, part.quantity) for part in found.parts)
    wanted = sorted((part.product_id, part.quantity) for part in parts)
    expect_same(told, wanted, "product id and quantity of each part", "where the Product is made")


@check_each(
    Group.RECORDS,
    {field: field for field in ORDER_FIELDS},
    methods=lambda _: ("orders",),
    field=lambda field: f"order.{field}",
)
async def an_order_is_read_as_it_is(lab: SourceLab, field: str) -> None:
    """Every field of an order comes as the shop has it; an amount is an exact Decimal (SPEC O8)."""
    order, found = await _read(lab, **ORDER_FIELDS[field])
    value, wanted = getattr(found, field), getattr(order, field)
    if field == "tags":
        value = tuple(tag for tag in value if tag in wanted)  # the shop may have marks of its own
    _expect_exact(value, wanted, f"order.{field}")


@check(Group.RECORDS, "orders", field="order.created_at")
async def an_order_tells_when_it_was_made(lab: SourceLab) -> None:
    """`created_at` is the moment at which the order was made, with its time zone."""
    _, found = await _read(lab)
    now, told = lab.clock.now(), found.created_at
    expect(told is not None and told.tzinfo is not None, "a time with its time zone", told, "created_at")
    near = told is not None and abs(told - now) < timedelta(minutes=5)
    expect(
        near, f"about {now.isoformat()}, when it was added", told, "created_at: the time zone of the service"
    )


@check_each(
    Group.RECORDS,
    {field: field for field in LINE_FIELDS},
    methods=lambda _: ("orders",),
    field=lambda field: f"line.{field}",
)
async def a_line_is_read_as_it_is(lab: SourceLab, field: str) -> None:
    """Every field of an order's line comes as the shop has it; total and tax are those of all its pieces."""
    order, found = await _read(lab)
    expect_same(len(found.lines), len(order.lines), "number of lines", "where the OrderLine is made")
    wanted = sorted(getattr(line, field) for line in order.lines)
    told = sorted(getattr(line, field) for line in found.lines)
    for value, other in zip(told, wanted, strict=True):
        _expect_exact(value, other, f"line.{field}")


@check(Group.RECORDS, "orders")
async def lines_have_ids_of_their_own(lab: SourceLab) -> None:
    """Every line has an id, and no two the same one: changes name lines by it (SPEC O6)."""
    _, found = await _read(lab)
    ids = [line.id for line in found.lines]
    expect(all(ids) and len(set(ids)) == len(ids), "an id of its own for each line", ids, "OrderLine.id")
    again = await read_order(await lab.start(), found.id)
    expect_same(
        [line.id for line in again.lines], ids, "the same ids when the order is read again", "OrderLine.id"
    )


@check_each(
    Group.RECORDS,
    {field: field for field in ADDRESS_FIELDS},
    methods=lambda _: ("orders",),
    field=lambda field: f"address.{field}",
)
async def nothing_of_an_address_is_lost(lab: SourceLab, field: str) -> None:
    """Every part of the receiver's address is read; zip, city and country in their own fields (SPEC O8)."""
    _, found = await _read(lab)
    if found.receiver is None:
        raise Broken("a receiver", "None", "Order.receiver")
    wanted = getattr(RECEIVER, field)
    if field in ("zip", "city", "country_code"):
        expect_same(getattr(found.receiver, field), wanted, f"receiver.{field}", "where the Address is made")
    texts = " | ".join(getattr(found.receiver, name) for name in ADDRESS_FIELDS)
    expect(
        wanted in texts,
        f"{wanted!r} somewhere in the receiver",
        texts,
        f"where the Address is made, its `{field}`",
    )


async def _product(lab: SourceLab, product_id: str) -> Product:
    source = await lab.start()
    found = [product for product in await all_of(source.products()) if product.id == product_id]
    if len(found) != 1:
        raise Broken(f"product {product_id} once", f"{len(found)} times", "products")
    return found[0]


async def _read(lab: SourceLab, **changes: Any) -> tuple[Order, Order]:
    """Adds an order of two products; returns it as it was added and as it is read."""
    order = lab.samples.order(on_sale(lab), on_sale(lab), **changes)
    order_id = lab.shop.add_order(order)
    return order, await read_order(await lab.start(), order_id)


def _expect_exact(value: Any, wanted: Any, what: str) -> None:
    expect(
        type(value) is type(wanted),
        f"{what}: a {type(wanted).__name__}",
        f"{value!r}, a {type(value).__name__}",
    )
    expect_same(value, wanted, what, f"where the record is made, its `{what.partition('.')[2]}`")
