"""Vendure's JSON turned into records. Pure functions; a record that can't be read becomes an Unreadable (SPEC R4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from connector.api import Address, Order, OrderLine, Product, ShopOrder, Unreadable, decode_json
from connector_vendure import wire_records as wire
from connector_vendure.reading import centimetres, flaw, grams, moment, money, text
from connector_vendure.states import (
    AGGREGATE,
    CANCELLED,
    HELD,
    PARTIALLY_DELIVERED,
    SENT,
)


class Offer(msgspec.Struct, frozen=True):
    """Which orders are meant for this connection (SPEC O1); `has_mark` where there is a field for received ones."""

    states: tuple[str, ...]
    has_mark: bool


def record_id(row: msgspec.Raw) -> str:
    """Returns a record's id as far as it can be read, else the whole record."""
    return text(label_of(row).id) or bytes(row).decode("utf-8", "replace")


def label_of(row: msgspec.Raw) -> wire.Label:
    """Returns what names a record."""
    try:
        return decode_json(row, wire.Label)
    except msgspec.DecodeError:
        return wire.Label()


def unreadable(row: msgspec.Raw, error: Exception) -> Unreadable:
    """Names a record that can't be read, as far as it tells."""
    label = label_of(row)
    found_id = text(label.id)
    return Unreadable(
        record_id=found_id, number=text(label.code) or text(label.sku) or found_id, reason=str(error)
    )


# -- products -------------------------------------------------------------------------------------


def read_product(row: msgspec.Raw) -> Product | Unreadable:
    """Reads one product variant."""
    try:
        return _product(decode_json(row, wire.Variant))
    except msgspec.DecodeError as error:
        return unreadable(row, error)


def _product(variant: wire.Variant) -> Product:
    product = variant.product or wire.Product()
    fields = variant.custom_fields or wire.VariantFields()
    return Product(
        id=_needed_id(variant.id, "id"),
        sku=text(variant.sku),
        ean=text(fields.ean),
        name=text(variant.name),
        weight_g=grams(fields.weight, "customFields.weight"),
        length_cm=centimetres(fields.length),
        width_cm=centimetres(fields.width),
        height_cm=centimetres(fields.height),
        is_digital=bool(fields.digital),
        is_active=variant.enabled is not False and product.enabled is not False,
        tags=_tags(variant.facet_values, product.facet_values),
    )


def _tags(*lists: Iterable[wire.FacetValue | None] | None) -> tuple[str, ...]:
    """Returns the codes of the facet values of the variant and its product: these group products in Vendure."""
    codes = (text(value.code) for values in lists for value in values or () if value)
    return tuple(dict.fromkeys(filter(None, codes)))


# -- orders ---------------------------------------------------------------------------------------


def read_order(row: msgspec.Raw, offer: Offer, precision: int | None) -> Order | Unreadable | None:
    """Reads one order, None where it is not offered; with the pieces that are still to be shipped.

    Whether it is offered is found out first: what is wrong with an order that was received long ago is of no interest.
    """
    try:
        if not is_offered(decode_json(row, wire.OrderHead), offer):
            return None
        return order_of(decode_json(row, wire.Order), precision, only_open=True)
    except msgspec.DecodeError as error:
        return unreadable(row, error)


def read_shop_order(row: msgspec.Raw, offer: Offer, precision: int | None) -> ShopOrder | Unreadable:
    """Reads an order with what its state and marks say, whatever its state.

    One that could not be sent as it is (lines or address make no sense) is shown without what can't be read.
    """
    try:
        head = decode_json(row, wire.OrderHead)
        is_offer = is_offered(head, offer)
        return ShopOrder(
            order=_as_far_as_it_goes(row, head, precision, only_open=is_offer),
            state_name=text(head.state),
            is_offered=is_offer,
            is_received=is_received(head),
            is_held=status_of(head) == HELD,
            is_cancelled=head.state == CANCELLED,
            is_shipped=head.state in SENT or (head.state == PARTIALLY_DELIVERED and _is_packed(row)),
            tracking_numbers=tracking_numbers(active(head.fulfillments)),
        )
    except msgspec.DecodeError as error:
        return unreadable(row, error)


def is_offered(order: wire.OrderHead, offer: Offer) -> bool:
    """Tells whether an order is to be imported (SPEC O1); raises ValidationError where it does not say enough.

    Without a mark nobody could tell an order of which the warehouse has shipped a part from one of which a person has:
    the rest of such an order is never sent by guessing.
    """
    if not order.state or not order.type:
        raise flaw("Object missing required field", "type" if order.state else "state")
    if order.state not in offer.states or order.type == AGGREGATE or is_received(order):
        return False
    return offer.has_mark or not active(order.fulfillments)


def is_received(order: wire.OrderHead) -> bool:
    """Tells whether the order carries the mark of one that the target accepted (SPEC O2)."""
    exported = order.custom_fields.exported if order.custom_fields else None
    return exported is not None and exported != ""


def status_of(order: wire.OrderHead) -> str:
    """Returns what this connection wrote about the order, empty where it wrote nothing."""
    return text(order.custom_fields.status) if order.custom_fields else ""


def active(fulfillments: Iterable[wire.Fulfillment | None] | None) -> list[wire.Fulfillment]:
    """Returns the fulfillments that were not cancelled."""
    return [each for each in fulfillments or () if each and each.state != CANCELLED]


def tracking_numbers(fulfillments: Iterable[wire.Fulfillment]) -> tuple[str, ...]:
    """Returns the tracking numbers of fulfillments; several in one are separated by commas."""
    codes = (text(each.tracking_code) for each in fulfillments)
    numbers = (number.strip() for code in codes for number in code.split(","))
    return tuple(dict.fromkeys(filter(None, numbers)))


def open_pieces(line: wire.OrderLine, field: str) -> int:
    """Returns the pieces of a line that are in no fulfillment; raises ValidationError where that can't be told."""
    if line.quantity is None:
        raise flaw("Object missing required field", f"{field}.quantity")
    packed = 0
    for place, part in enumerate(line.fulfillment_lines or ()):
        if part is None or part.quantity is None:
            raise flaw("Object missing required field", f"{field}.fulfillmentLines[{place}].quantity")
        cancelled = part.fulfillment is not None and part.fulfillment.state == CANCELLED
        packed += 0 if cancelled else part.quantity
    return max(line.quantity - packed, 0)


def order_of(order: wire.Order, precision: int | None, *, only_open: bool) -> Order:
    """Turns an order that was decoded into a record; raises ValidationError where it makes no sense."""
    found_id = _needed_id(order.id, "id")
    if order.lines is None:  # an order without lines counts as done, so a lost list must not look like one
        raise flaw("Object missing required field", "lines")
    status = status_of(order)
    lines = (_line(line, place, precision, only_open) for place, line in enumerate(order.lines))
    return Order(
        id=found_id,
        number=text(order.code) or found_id,
        created_at=moment(order.order_placed_at),
        tags=(status,) if status else (),
        currency=text(order.currency_code),
        total=money(order.total_with_tax, precision),
        receiver=_receiver(order),
        lines=tuple(lines),
        shipping_profile=shipping_name(order.shipping_lines),
    )


def shipping_name(lines: Iterable[wire.ShippingLine | None] | None) -> str:
    """Returns the name of the way of shipping, as the merchant sees it."""
    methods = (line.shipping_method for line in lines or () if line and line.shipping_method)
    return next(filter(None, (text(method.name) or text(method.code) for method in methods)), "")


def _line(line: wire.OrderLine | None, place: int, precision: int | None, only_open: bool) -> OrderLine:
    field = f"lines[{place}]"
    if line is None:
        raise flaw("Object missing required field", field)
    left = open_pieces(line, field)
    variant = line.product_variant or wire.Variant()
    whole, quantity = line.quantity or 0, left if only_open else line.quantity or 0
    total, tax = _amounts(line, whole, quantity)
    return OrderLine(
        id=_needed_id(line.id, f"{field}.id"),
        product_id=text(variant.id),
        sku=text(variant.sku),
        name=text(variant.name),
        quantity=Decimal(quantity),
        total=money(total, precision),
        tax=money(tax, precision),
        is_digital=bool(variant.custom_fields and variant.custom_fields.digital),
    )


def _amounts(line: wire.OrderLine, whole: int, quantity: int) -> tuple[int | None, int | None]:
    """Returns price and tax of so many pieces of a line, in the smallest unit of money."""
    tax = None if line.price is None or line.net_price is None else line.price - line.net_price
    if quantity == whole:
        return line.price, tax
    part_of_tax = None if tax is None else round(tax * quantity / whole)
    return None if line.unit_price is None else line.unit_price * quantity, part_of_tax


def _receiver(order: wire.Order) -> Address | None:
    address, customer = order.shipping_address, order.customer or wire.Customer()
    if address is None:
        return None
    name = text(address.full_name)
    if not (name or text(address.company)):  # then the address is the customer's own
        name = " ".join(filter(None, (text(customer.first_name), text(customer.last_name))))
    return Address(
        name=name,
        company=text(address.company),
        street=text(address.street_line1),
        addition=text(address.street_line2),
        zip=text(address.postal_code),
        city=text(address.city),
        state=text(address.province),
        country_code=text(address.country_code).upper(),
        phone=text(address.phone_number) or text(customer.phone_number),
        email=text(customer.email_address),
    )


def _as_far_as_it_goes(
    row: msgspec.Raw, head: wire.OrderHead, precision: int | None, *, only_open: bool
) -> Order:
    try:
        return order_of(decode_json(row, wire.Order), precision, only_open=only_open)
    except msgspec.DecodeError:
        found_id = _needed_id(head.id, "id")
        return Order(
            id=found_id, number=text(head.code) or found_id, tags=tuple(filter(None, (status_of(head),)))
        )


def _is_packed(row: msgspec.Raw) -> bool:
    """Tells whether every piece of an order is in a fulfillment."""
    lines = decode_json(row, wire.Order).lines
    return lines is not None and not any(
        open_pieces(line, f"lines[{place}]") for place, line in enumerate(lines) if line
    )


def _needed_id(value: wire.Text, field: str) -> str:
    found = text(value)
    if not found:
        raise flaw("Object missing required field", field)
    return found
