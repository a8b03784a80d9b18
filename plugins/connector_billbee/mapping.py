"""Billbee's JSON turned into records. Pure functions; a record that can't be read becomes an Unreadable (SPEC R4)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from connector.api import Address, Order, OrderLine, Product, SetPart, Unreadable, decode_json
from connector_billbee import wire
from connector_billbee.reading import centimetres, flaw, grams, moment, number, record_id, text
from connector_billbee.tags import OrderTags, carries

_SET: Final = 2

L = TypeVar("L", wire.ArticleLabel, wire.OrderLabel)


class Offer(msgspec.Struct, frozen=True):
    """Which orders are meant for this connection (SPEC O1)."""

    state_id: int
    tags: OrderTags


def listed_id(row: wire.Article | msgspec.Raw) -> str:
    """Returns the id of an article of a page that may have been decoded already."""
    if isinstance(row, wire.Article):
        return record_id(row.id) or msgspec.json.encode(row).decode()
    return article_id(row)


def article_id(row: msgspec.Raw) -> str:
    """Returns an article's id as far as it can be read, else the whole article."""
    return record_id(_label(row, wire.ArticleLabel).id) or _as_it_came(row)


def order_id(row: msgspec.Raw) -> str:
    """Returns an order's id as far as it can be read, else the whole order."""
    return record_id(_label(row, wire.OrderLabel).bill_bee_order_id) or _as_it_came(row)


def read_product(row: wire.Article | msgspec.Raw, language: str) -> Product | Unreadable:
    """Reads one article; `language` has two letters (SPEC A7)."""
    try:
        article = row if isinstance(row, wire.Article) else decode_json(row, wire.Article, strict=False)
        return _product(article, language)
    except msgspec.DecodeError as error:
        return unreadable_article(row, error)


def unreadable_article(row: wire.Article | msgspec.Raw, error: msgspec.DecodeError) -> Unreadable:
    """Names an article that can't be read, as far as it tells."""
    label = row if isinstance(row, wire.Article) else _label(row, wire.ArticleLabel)
    return Unreadable(record_id=record_id(label.id), number=record_id(label.sku), reason=str(error))


def read_order(row: msgspec.Raw, offer: Offer) -> Order | Unreadable | None:
    """Reads one order, None where it is not offered.

    Whether it is offered is found out first: what is wrong with an order that was received long ago is of no interest.
    """
    try:
        if not is_offered(decode_json(row, wire.OrderHead, strict=False), offer):
            return None
        return order_of(decode_json(row, wire.Order, strict=False))
    except msgspec.DecodeError as error:
        return unreadable_order(row, error)


def unreadable_order(row: msgspec.Raw, error: msgspec.DecodeError) -> Unreadable:
    """Names an order that can't be read, as far as it tells."""
    label = _label(row, wire.OrderLabel)
    return Unreadable(
        record_id=record_id(label.bill_bee_order_id), number=record_id(label.order_number), reason=str(error)
    )


def read_tags(row: msgspec.Raw) -> list[str]:
    """Returns the tags of an order; raises msgspec.DecodeError."""
    return present(decode_json(row, wire.OrderHead, strict=False).tags)


def is_offered(order: wire.OrderHead, offer: Offer) -> bool:
    """Tells whether an order is to be imported (SPEC O1); archived ones are not, since they refuse every change.

    Raises ValidationError where the order does not say enough.
    """
    if order.state is None:
        raise flaw("Object missing required field", "State")
    if order.state != offer.state_id:
        return False
    tags = present(order.tags)
    return (
        carries(tags, offer.tags.wanted)
        and not carries(tags, offer.tags.received)
        and not is_credit_order(order)
        and not is_archived(order)
    )


def is_credit_order(order: wire.OrderHead) -> bool:
    """Tells whether Billbee's button "Storno" made this order (SPEC O1)."""
    total = _total(order)
    return bool(record_id(order.is_cancelation_for)) or (
        bool(record_id(order.bill_bee_parent_order_id)) and total is not None and total < 0
    )


def is_archived(order: wire.OrderHead) -> bool:
    """Tells whether an order is in the archive and was not taken out again since."""
    archived, restored = moment(order.archived_at), moment(order.restored_at)
    return archived is not None and (restored is None or restored < archived)


def _product(article: wire.Article, language: str) -> Product:
    product_id = record_id(article.id)
    if not product_id:
        raise flaw("Object missing required field", "Id")
    sku, ean, manufacturer, country = (
        article.sku,
        article.ean,
        article.manufacturer,
        article.country_of_origin,
    )
    return Product(
        id=product_id,
        sku=sku.strip() if isinstance(sku, str) else text(sku),
        ean=ean.strip() if isinstance(ean, str) else text(ean),
        name=_in_language(article.title or (), language),
        weight_g=grams(article.weight, "Weight"),
        net_weight_g=grams(article.weight_net, "WeightNet") if article.weight_net else None,
        length_cm=centimetres(article.length_cm),
        width_cm=centimetres(article.width_cm),
        height_cm=centimetres(article.height_cm),
        manufacturer=manufacturer.strip() if manufacturer else "",
        country_of_origin=country.strip() if country else "",
        customs_tariff_number=text(article.taric_number) if article.taric_number is not None else "",
        is_digital=bool(article.is_digital),
        is_active=not article.is_deactivated,
        tags=_tag_texts(article.tags) if article.tags else (),
        is_set=article.type == _SET or bool(article.bill_of_material),
        parts=_parts(article.bill_of_material) if article.bill_of_material else (),
    )


def _tag_texts(tags: Iterable[wire.MultiLanguageText | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (text(tag.text) for tag in tags if tag))))


def _parts(parts: Iterable[wire.BillOfMaterialPart | None]) -> tuple[SetPart, ...]:
    return tuple(_part(part, place) for place, part in enumerate(parts))


def _part(part: wire.BillOfMaterialPart | None, place: int) -> SetPart:
    """A part that can't be told is no part to leave out: the set would be shipped without it."""
    field = f"BillOfMaterial[{place}]"
    part_id = record_id(part.article_id) if part else ""
    if part is None or not part_id:
        raise flaw("Object missing required field", f"{field}.ArticleId")
    amount = _needed(part.amount, f"{field}.Amount")
    if amount < 0:
        raise flaw("Expected a number of at least 0", f"{field}.Amount")
    return SetPart(product_id=part_id, sku=text(part.sku), quantity=amount)


def _in_language(texts: Iterable[wire.MultiLanguageText | None], language: str) -> str:
    """Picks the text in the client's language, else the first one that is not empty (SPEC A7)."""
    first, wanted = "", language.casefold()
    for entry in texts:
        if entry is None or not entry.text or not (words := entry.text.strip()):
            continue
        if entry.language_code and entry.language_code.strip()[:2].casefold() == wanted:
            return words
        first = first or words
    return first


def order_of(order: wire.Order) -> Order:
    """Turns an order that was decoded into a record; raises ValidationError where it makes no sense."""
    found_id = record_id(order.bill_bee_order_id)
    if not found_id:
        raise flaw("Object missing required field", "BillBeeOrderId")
    if (
        order.order_items is None
    ):  # an order without lines counts as done, so a lost list must not look like one
        raise flaw("Object missing required field", "OrderItems")
    return Order(
        id=found_id,
        number=text(order.order_number) or text(order.id) or found_id,
        created_at=moment(order.created_at),
        tags=tuple(present(order.tags)),
        currency=text(order.currency),
        total=_total(order),
        receiver=_address(order.shipping_address) if order.shipping_address else None,
        lines=tuple(_line(item, place) for place, item in enumerate(order.order_items)),
        shipping_profile=text(order.shipping_profile_name),
        picking_info=text(order.seller_comment),
        customer_number=text(order.customer_number),
    )


def _total(order: wire.OrderHead) -> Decimal | None:
    total = number(order.total_cost, "TotalCost")
    shipping = number(order.shipping_cost, "ShippingCost")
    return None if total is None else total + (shipping or 0)


def _address(address: wire.Address) -> Address:
    return Address(
        name=" ".join(filter(None, (text(address.first_name), text(address.last_name)))),
        company=text(address.company),
        name_addition=text(address.name_addition),
        street=text(address.street),
        house_number=text(address.house_number),
        addition=text(address.line2),
        zip=text(address.zip),
        city=text(address.city),
        state=text(address.state),
        country_code=text(address.country_iso2).upper(),
        phone=text(address.phone),
        email=text(address.email),
    )


def _line(item: wire.OrderItem | None, place: int) -> OrderLine:
    field = f"OrderItems[{place}]"
    line_id = record_id(item.billbee_id) if item else ""
    if item is None or not line_id:
        raise flaw("Object missing required field", f"{field}.BillbeeId")
    product = item.product or wire.SoldProduct()
    return OrderLine(
        id=line_id,
        product_id=record_id(product.billbee_id),
        sku=text(product.sku),
        name=text(product.title),
        quantity=_needed(item.quantity, f"{field}.Quantity"),
        total=number(item.total_price, f"{field}.TotalPrice"),
        tax=number(item.tax_amount, f"{field}.TaxAmount"),
        is_digital=bool(product.is_digital),
        is_coupon=bool(item.is_coupon),
        is_set=product.type == _SET,
    )


def _needed(value: Decimal | None, field: str) -> Decimal:
    found = number(value, field)
    if found is None:
        raise flaw("Object missing required field", field)
    return found


def present(tags: wire.TagNames) -> list[str]:
    """Returns the tags that there are; raises ValidationError where the order does not say."""
    if tags is msgspec.UNSET:
        raise flaw("Object missing required field", "Tags")
    return [tag for tag in tags or () if tag]


def _label(row: msgspec.Raw, kind: type[L]) -> L:
    try:
        return decode_json(row, kind)
    except msgspec.DecodeError:
        return kind()


def _as_it_came(row: msgspec.Raw) -> str:
    return bytes(row).decode("utf-8", "replace")
