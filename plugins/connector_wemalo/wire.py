"""Wemalo's JSON, as far as it is used: names and types of the Wemalo Connect API documentation (v1).

In what Wemalo answers every field may be missing or null, and booleans and numbers may come as texts. In what is
sent, optional fields that are not known are left out: an empty one can make an order wait for its address.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from connector.api import Personal

Scalar = str | int | float | bool | None


class Verdict(msgspec.Struct, gc=False):
    """What every answer may say about success."""

    status: object = None
    success: object = msgspec.field(name="Success", default=None)


class KnownProduct(msgspec.Struct, rename="camel", gc=False):
    """A product as product/getAll and product/get show it; `external_id` is not in the documented example."""

    external_id: Scalar = None
    sku: Scalar = None
    ean: Scalar = None
    name: Scalar = None
    gross_weight: Scalar = None
    net_weight: Scalar = None
    producer_name: Scalar = None
    origin_country: Scalar = None
    customs_tariff_number: Scalar = None
    is_active: Scalar = None
    ignore_picking: Scalar = None


class ProductLabel(msgspec.Struct, rename="camel", gc=False):
    """What names a product in a message, whatever else is wrong with it."""

    external_id: object = None
    sku: object = None


class KnownProducts(msgspec.Struct, gc=False):
    """The answer of product/getAll; each product is read by itself."""

    products: list[msgspec.Raw] | None = None


class GoodsOrderStatus(msgspec.Struct, rename="camel", gc=False):
    """The answer of goodsOrder/getStatus."""

    id: Scalar = None
    status_name: Scalar = None
    reason_partially_reserved: Scalar = None
    block_reason: Scalar = None


class GoodsOrderAdded(msgspec.Struct, gc=False):
    """The answer of goodsOrder/add; `id` is Wemalo's own."""

    id: Scalar = None
    success: Scalar = msgspec.field(name="Success", default=None)


class PositionsAdded(msgspec.Struct, rename="camel", gc=False):
    """The answer of goodsOrder/addPosition."""

    status_name: Scalar = None
    success: Scalar = msgspec.field(name="Success", default=None)


class DispatcherProfile(msgspec.Struct, rename="camel", gc=False):
    """A way to ship; orders name it by its match id."""

    match_id: Scalar = None


class Dispatcher(msgspec.Struct, gc=False):
    """A carrier and its profiles."""

    name: Scalar = None
    profiles: list[DispatcherProfile | None] | None = None


class Profiles(msgspec.Struct, gc=False):
    """The answer of goodsOrder/profiles."""

    dispatcher: list[Dispatcher | None] | None = None


class ProductFields(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True, gc=False):
    """The body of product/add and product/update, or one entry of product/addMultiple. Weights in g, lengths in cm."""

    external_id: str | None = None
    sku: str | None = None
    product_group: str | None = None
    name: str | None = None
    ean: str | None = None
    gross_weight: int | None = None
    net_weight: int | None = None
    depth: float | None = None
    width: float | None = None
    height: float | None = None
    producer_name: str | None = None
    origin_country: str | None = None
    customs_tariff_number: str | None = None
    is_active: bool | None = None
    ignore_picking: bool | None = None


class ProductBatch(msgspec.Struct):
    """The body of product/addMultiple."""

    products: list[ProductFields]


class Receiver(Personal, rename="camel", omit_defaults=True, kw_only=True):
    """Where a goods order goes; the fields without default are required by Wemalo."""

    name1: str
    name2: str = ""
    name3: str = ""
    street: str
    street_number: str = ""
    address_addition: str = ""
    country_code_2_letter: str = msgspec.field(name="countryCode2Letter")
    zip: str
    city: str
    state_province_country: str = ""
    phone_number: str = ""
    email: str = ""
    customer_number: str = ""


class Meta(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """All of a goods order but its positions; `total` is in the order's currency. An empty text empties the field."""

    external_id: str
    order_number: str = ""
    currency: str = ""
    total: Decimal | None = None
    dispatcher_profile: str | None = None
    picking_info: str | None = None
    receiver: tuple[Receiver, ...]


class Position(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """One line of a goods order; `external_id` is the product's, `total` and `tax` are in cents."""

    external_id: str
    quantity: int
    external_position_identifier: str = ""
    total: int | None = None
    tax: int | None = None


class GoodsOrder(msgspec.Struct):
    """The body of goodsOrder/add."""

    meta: Meta
    positions: tuple[Position, ...]


class MetaChange(msgspec.Struct):
    """The body of goodsOrder/updateMeta."""

    meta: Meta


class Positions(msgspec.Struct):
    """The body of goodsOrder/addPosition."""

    positions: tuple[Position, ...]


class Cancellation(msgspec.Struct):
    """The body of goodsOrder/cancel."""

    reason: str


class BookingPage(msgspec.Struct, rename="camel", gc=False):
    """A page of goodsOrder/packages/sent; each booking is read by itself."""

    additional_page: Scalar = None
    bookings: list[msgspec.Raw] | None = None


class Booking(msgspec.Struct, rename="camel", gc=False):
    """Pieces of one line that left in one package; an order has as many of these as it has lines and packages.

    A tracking number that is not there at all may have been left out; null or empty, the package has none.
    """

    history_id: Scalar = None
    package_id: Scalar = None
    order_status_id: Scalar = None
    goods_order_id: Scalar = None
    external_goods_order_id: Scalar = None
    order_number_customer: Scalar = None
    tracking_number: Scalar | msgspec.UnsetType = msgspec.UNSET
    dispatcher_name: Scalar = None
    dispatcher_product: Scalar = None


class BookingLabel(msgspec.Struct, rename="camel", gc=False):
    """What names a booking and its order, whatever else is wrong with it."""

    history_id: object = None
    goods_order_id: object = None
    external_goods_order_id: object = None
    order_number_customer: object = None


class Package(msgspec.Struct, rename="camel", gc=False):
    """A packed parcel as goodsOrder/packages shows it."""

    id: Scalar = None
    tracking_number: Scalar = None
    profile_name: Scalar = None
    is_handed_over: Scalar = None


class Packages(msgspec.Struct, gc=False):
    """The answer of goodsOrder/packages."""

    packages: list[Package] | None = None


class QualityStock(msgspec.Struct, rename="camel", gc=False):
    """The available pieces of one quality of a product; the default one is first choice."""

    quantity: Scalar = None
    is_default: Scalar = None


class AvailableStock(msgspec.Struct, rename="camel", gc=False):
    """A product of product/availableStock."""

    external_id: Scalar = None
    sku: Scalar = None
    attributes: list[QualityStock] | None = None


class StockChanges(msgspec.Struct, gc=False):
    """The answer of product/availableStock; each product is read by itself."""

    articles: list[msgspec.Raw] | None = None
