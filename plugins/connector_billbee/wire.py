"""Billbee's JSON, as far as it is used: names and types of its OpenAPI description (API v1).

Every field may be missing or null, and is then None. Numbers may come as texts. Where Billbee's answers are read
one by one, `msgspec.Raw` keeps a record as it came, so that a malformed one costs only itself (SPEC R4).
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

Text = str | int | None


class Paging(msgspec.Struct, rename="pascal", gc=False):
    """Where a page stands in its list; pages count from 1."""

    page_size: int | None = None
    total_pages: int | None = None
    total_rows: int | None = None


class PagedResult(msgspec.Struct, rename="pascal", gc=False):
    """One page of a list."""

    data: list[msgspec.Raw] | None = None
    paging: Paging | None = None


class ArticlePage(msgspec.Struct, rename="pascal", gc=False):
    """One page of articles, each of which can be read."""

    data: list[Article] | None = None
    paging: Paging | None = None


class SingleResult(msgspec.Struct, rename="pascal", gc=False):
    """The envelope around one object; an empty `data` stands for an answer that lacks it."""

    data: msgspec.Raw = msgspec.Raw(b"")


class ErrorEnvelope(msgspec.Struct, rename="pascal", gc=False):
    """What every envelope says about success; `data` is kept unread."""

    error_code: Text = None
    error_message: object = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class MultiLanguageText(msgspec.Struct, rename="pascal", gc=False):
    """A text in one language; the code has two letters in either case."""

    text: str | None = None
    language_code: str | None = None


class BillOfMaterialPart(msgspec.Struct, rename="pascal", gc=False):
    """One article of a set, and how many pieces of it are in one set."""

    article_id: Text = None
    sku: Text = msgspec.field(name="SKU", default=None)
    amount: Decimal | None = None


class ArticleLabel(msgspec.Struct, rename="pascal", gc=False):
    """What names an article in a message, whatever else is wrong with it."""

    id: object = None
    sku: object = msgspec.field(name="SKU", default=None)


class Article(msgspec.Struct, rename="pascal", gc=False):
    """ArticleApiModel. Weights in g, lengths in cm."""

    id: Text = None
    sku: Text = msgspec.field(name="SKU", default=None)
    ean: Text = msgspec.field(name="EAN", default=None)
    title: list[MultiLanguageText | None] | None = None
    tags: list[MultiLanguageText | None] | None = None
    weight: float | None = None
    weight_net: float | None = None
    length_cm: float | None = None
    width_cm: float | None = None
    height_cm: float | None = None
    manufacturer: str | None = None
    country_of_origin: str | None = None
    taric_number: Text = None
    type: int | None = None
    is_digital: bool | None = None
    is_deactivated: bool | None = None
    bill_of_material: list[BillOfMaterialPart | None] | None = None


class StoragePlace(msgspec.Struct, rename="pascal", gc=False):
    """What one storage location has of an article."""

    stock_id: int | None = None
    stock_current: Decimal | None = None


class ArticleStock(msgspec.Struct, rename="pascal", gc=False):
    """The quantities of an ArticleApiModel."""

    id: Text = None
    sku: Text = msgspec.field(name="SKU", default=None)
    stock_current: Decimal | None = None
    stocks: list[StoragePlace | None] | None = None


class OrderLabel(msgspec.Struct, rename="pascal", gc=False):
    """What names an order in a message, whatever else is wrong with it."""

    bill_bee_order_id: object = None
    order_number: object = None


TagNames = list[str | None] | msgspec.UnsetType | None


class OrderHead(msgspec.Struct, rename="pascal", gc=False):
    """The part of an order that tells whether it is meant for us.

    Dates are read loosely, since nothing but an order's archiving depends on them. A list of tags that is not there at
    all is not one without tags: what the tags decide is then unknown.
    """

    bill_bee_order_id: Text = None
    bill_bee_parent_order_id: Text = None
    is_cancelation_for: Text = None
    state: int | None = None
    tags: TagNames = msgspec.UNSET
    total_cost: Decimal | None = None
    shipping_cost: Decimal | None = None
    archived_at: object = None
    restored_at: object = None


class OrderNow(OrderHead, rename="pascal", gc=False):
    """An order as it stands, read loosely but for what decides; `id` is the one in the merchant's shop system."""

    id: object = None
    order_number: object = None
    shipped_at: object = None


class OrderShipment(msgspec.Struct, rename="pascal", gc=False):
    """A shipment of an order; type 1 is a return."""

    shipping_id: Text = None
    shipment_type: int | None = None


ShipmentList = list[OrderShipment | None] | msgspec.UnsetType | None


class OrderShipments(OrderHead, rename="pascal", gc=False):
    """What an order's shipment depends on; UNSET where the answer has no list, which is not the same as none."""

    shipping_ids: ShipmentList = msgspec.UNSET


class Address(msgspec.Struct, rename="pascal", gc=False):
    """OrderAddressApiModel."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    name_addition: Text = None
    street: str | None = None
    house_number: Text = None
    line2: Text = None
    zip: Text = None
    city: str | None = None
    state: str | None = None
    country_iso2: str | None = msgspec.field(name="CountryISO2", default=None)
    phone: Text = None
    email: str | None = None


class SoldProduct(msgspec.Struct, rename="pascal", gc=False):
    """The article as an order's line names it."""

    billbee_id: Text = None
    sku: Text = msgspec.field(name="SKU", default=None)
    title: str | None = None
    type: int | None = None
    is_digital: bool | None = None


class OrderItem(msgspec.Struct, rename="pascal", gc=False):
    """One line of an order; price and tax are those of all its pieces."""

    billbee_id: Text = None
    product: SoldProduct | None = None
    quantity: Decimal | None = None
    total_price: Decimal | None = None
    tax_amount: Decimal | None = None
    is_coupon: bool | None = None


class Order(OrderHead, rename="pascal", gc=False):
    """An order; `total_cost` is without shipping."""

    id: Text = None
    order_number: Text = None
    created_at: object = None
    currency: str | None = None
    shipping_address: Address | None = None
    order_items: list[OrderItem | None] | None = None
    shipping_profile_name: str | None = None
    seller_comment: str | None = None
    customer_number: Text = None


class NamedId(msgspec.Struct, rename="pascal", gc=False):
    """An entry of an enumeration, or a storage location."""

    id: int | None = None
    name: str | None = None


class StorageLocations(msgspec.Struct, rename="pascal", gc=False):
    """The answer of GET /products/stocks."""

    data: list[NamedId] | None = None


class ShippingProduct(msgspec.Struct, rename="camel", gc=False):
    """What a shipping provider offers; this answer alone is in camel case."""

    id: int | None = None
    display_name: str | None = None


class ShippingProvider(msgspec.Struct, rename="camel", gc=False):
    """An entry of GET /shipment/shippingproviders."""

    id: int | None = None
    name: str | None = None
    products: list[ShippingProduct | None] | None = None


class TagList(msgspec.Struct, rename="pascal", gc=False):
    """The body of POST and PUT /orders/{id}/tags."""

    tags: list[str]


class NewState(msgspec.Struct, rename="pascal", gc=False):
    """The body of PUT /orders/{id}/orderstate."""

    new_state_id: int


class NewShipment(msgspec.Struct, rename="pascal", gc=False):
    """The body of POST /orders/{id}/shipment."""

    shipping_id: str
    shipping_provider_id: int | msgspec.UnsetType = msgspec.UNSET
    shipping_provider_product_id: int | msgspec.UnsetType = msgspec.UNSET


class NewStock(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """A row of the body of POST /products/updatestockmultiple; the quantity is absolute."""

    billbee_id: int | msgspec.UnsetType = msgspec.UNSET
    sku: str | msgspec.UnsetType = msgspec.UNSET
    stock_id: int | msgspec.UnsetType = msgspec.UNSET
    new_quantity: int
    autosubtract_reserved_amount: bool
    reason: str


class StockAnswerData(msgspec.Struct, rename="pascal", gc=False):
    """What a row's answer says about its product."""

    sku: Text = msgspec.field(name="SKU", default=None)


class StockAnswer(msgspec.Struct, rename="pascal", gc=False):
    """The answer to one row; an error of one stands beside the success of the others."""

    error_code: Text = None
    error_message: object = None
    data: StockAnswerData | None = None
