"""Records turned into Wemalo's JSON and back. Pure functions; what does not fit is refused, not cut (SPEC O8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Final

import msgspec

from connector.api import (
    Address,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    RecordRefused,
    Unreadable,
    WarehouseOrder,
    decode_json,
)
from connector_wemalo import wire
from connector_wemalo.reading import grams, product_label, said_yes, text, truth

TEXT_LIMIT: Final = 255
"""Characters that a field of Wemalo's holds; the documentation names no figure, so this is the cautious one."""

PICKING_INFO_LIMIT: Final = 2000
COUNTRY_LIMIT: Final = 2

_STATUSES: Final[Mapping[str, OrderStatus]] = {
    "PARTIAL": OrderStatus.WAITING,
    "OPEN": OrderStatus.WAITING,
    "SHIPPED": OrderStatus.SHIPPED,
    "CANCELLED": OrderStatus.CANCELLED,
}


def new_product(product: Product, group: str) -> wire.ProductFields:
    """Writes all of a product that Wemalo does not have yet (SPEC A3, A7); raises RecordRefused."""
    _check_product(product)
    return wire.ProductFields(
        external_id=product.id,
        sku=product.sku or None,
        product_group=group,
        name=product.name or None,
        ean=product.ean or None,
        gross_weight=product.weight_g,
        net_weight=product.net_weight_g,
        depth=product.length_cm,
        width=product.width_cm,
        height=product.height_cm,
        producer_name=product.manufacturer or None,
        origin_country=product.country_of_origin or None,
        customs_tariff_number=product.customs_tariff_number or None,
        is_active=product.is_active,
        ignore_picking=product.is_digital,
    )


def changed_product(product: Product) -> wire.ProductFields:
    """Writes a product that Wemalo has: without dimensions (SPEC A3), and with what was emptied; raises RecordRefused.

    Wemalo's own answers show an empty text and the weight 0 where nothing is known.
    """
    _check_product(product)
    return wire.ProductFields(
        sku=product.sku or None,
        name=product.name,
        ean=product.ean,
        gross_weight=product.weight_g or 0,
        net_weight=product.net_weight_g or 0,
        producer_name=product.manufacturer,
        origin_country=product.country_of_origin,
        customs_tariff_number=product.customs_tariff_number,
        is_active=product.is_active,
        ignore_picking=product.is_digital,
    )


def read_product(row: msgspec.Raw) -> Product | Unreadable:
    """Reads a product back so that it equals the one that was written; dimensions are left out (SPEC A3).

    A field that the answer lacks is read as empty, so that it differs from a product that has something there.
    """
    try:
        known = decode_json(row, wire.KnownProduct)
        return Product(
            id=text(known.external_id),
            sku=text(known.sku),
            ean=text(known.ean),
            name=text(known.name),
            weight_g=grams(known.gross_weight, "grossWeight"),
            net_weight_g=grams(known.net_weight, "netWeight"),
            manufacturer=text(known.producer_name),
            country_of_origin=text(known.origin_country),
            customs_tariff_number=text(known.customs_tariff_number),
            is_active=truth(known.is_active, default=True),
            is_digital=truth(known.ignore_picking, default=False),
        )
    except msgspec.DecodeError as error:
        external_id, sku = product_label(row)
        return Unreadable(record_id=external_id or sku, number=sku, reason=str(error))


def goods_order(order: Order) -> wire.GoodsOrder:
    """Writes an order (SPEC O8). The caller has looked whether it can be shipped; raises RecordRefused."""
    receiver = order.receiver or Address()
    _check_lengths(_order_texts(order, receiver))
    return wire.GoodsOrder(
        meta=wire.Meta(
            external_id=order.id,
            order_number=order.number,
            currency=order.currency,
            total=order.total,
            dispatcher_profile=order.shipping_profile or None,
            picking_info=order.picking_info or None,
            receiver=(_receiver(receiver, order.customer_number),),
        ),
        positions=tuple(_position(line) for line in order.lines),
    )


def changed_meta(order: Order) -> wire.MetaChange:
    """Writes all of an order but its positions, for one that Wemalo has (SPEC O6); raises RecordRefused.

    What was emptied in the shop is sent as an empty text: Wemalo may keep a field that is left out, and a picking
    info that no longer holds would still be followed.
    """
    meta = goods_order(order).meta
    return wire.MetaChange(
        msgspec.structs.replace(
            meta, dispatcher_profile=order.shipping_profile, picking_info=order.picking_info
        )
    )


def new_positions(lines: Sequence[OrderLine]) -> wire.Positions | None:
    """Writes lines to add to an order that Wemalo has, None where there are none; raises RecordRefused."""
    _check_lengths(_line_texts(lines))
    return wire.Positions(tuple(_position(line) for line in lines)) if lines else None


def warehouse_order(found: wire.GoodsOrderStatus) -> WarehouseOrder | None:
    """Reads an order's status, None where the answer does not tell it: an order without one may be in any.

    A status that is not known counts as in process, so that nothing is changed that may be in somebody's hands.
    """
    name = text(found.status_name).upper()
    if not name:
        return None
    return WarehouseOrder(
        id=text(found.id),
        status=_STATUSES.get(name, OrderStatus.IN_PROCESS),
        status_name=name,
        reason=text(found.reason_partially_reserved) or text(found.block_reason),
    )


def accepted(answer: wire.GoodsOrderAdded) -> bool:
    """Tells whether Wemalo says that it took an order."""
    return bool(text(answer.id)) or said_yes(answer.success)


def positions_accepted(answer: wire.PositionsAdded) -> bool:
    """Tells whether Wemalo says that it took positions."""
    return bool(text(answer.status_name)) or said_yes(answer.success)


def profile_ids(answer: wire.Profiles) -> list[str]:
    """Returns the ids by which orders name a dispatcher profile."""
    profiles = (
        profile for carrier in answer.dispatcher or [] if carrier for profile in carrier.profiles or []
    )
    return sorted({match_id for profile in profiles if profile and (match_id := text(profile.match_id))})


def _receiver(address: Address, customer_number: str) -> wire.Receiver:
    names = [name for name in (address.name, address.company, address.name_addition) if name]
    name1, name2, name3 = (*names, "", "", "")[:3]
    return wire.Receiver(
        name1=name1,
        name2=name2,
        name3=name3,
        street=address.street,
        street_number=address.house_number,
        address_addition=address.addition,
        country_code_2_letter=address.country_code,
        zip=address.zip,
        city=address.city,
        state_province_country=address.state,
        phone_number=address.phone,
        email=address.email,
        customer_number=customer_number,
    )


def _position(line: OrderLine) -> wire.Position:
    if line.quantity != line.quantity.to_integral_value():
        raise ValueError(
            f"line {line.id} has a fraction of a piece, which is held before it comes here (SPEC O5)"
        )
    return wire.Position(
        external_id=line.product_id,
        quantity=int(line.quantity),
        external_position_identifier=line.id,
        total=_cents(line.total),
        tax=_cents(line.tax),
    )


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int((amount * 100).to_integral_value(ROUND_HALF_UP))


def _check_product(product: Product) -> None:
    """Raises RecordRefused; of nearly all products one look at the longest text is enough."""
    texts = _texts_of(product)
    if max(map(len, texts)) > TEXT_LIMIT:
        _check_lengths((name, text, TEXT_LIMIT) for name, text in zip(_PRODUCT_FIELDS, texts, strict=True))


def _order_texts(order: Order, receiver: Address) -> Iterable[tuple[str, str, int]]:
    yield from ((name, getattr(order, name), TEXT_LIMIT) for name in _ORDER_FIELDS)
    yield "picking_info", order.picking_info, PICKING_INFO_LIMIT
    yield "country_code", receiver.country_code, COUNTRY_LIMIT
    yield from ((name, getattr(receiver, name), TEXT_LIMIT) for name in Address.__struct_fields__)
    yield from _line_texts(order.lines)


def _line_texts(lines: Iterable[OrderLine]) -> Iterable[tuple[str, str, int]]:
    for line in lines:
        yield "line.id", line.id, TEXT_LIMIT
        yield "line.product_id", line.product_id, TEXT_LIMIT


_PRODUCT_FIELDS: Final = (
    "id",
    "sku",
    "ean",
    "name",
    "manufacturer",
    "country_of_origin",
    "customs_tariff_number",
)
_texts_of: Final[Callable[[Product], tuple[str, ...]]] = attrgetter(*_PRODUCT_FIELDS)
_ORDER_FIELDS: Final = ("id", "number", "currency", "shipping_profile", "customer_number")


def _check_lengths(texts: Iterable[tuple[str, str, int]]) -> None:
    for field, content, limit in texts:
        if len(content) > limit:
            raise RecordRefused("field_too_long", field=field, length=str(len(content)), limit=str(limit))
