"""The operations of the admin API, written out for the custom fields that a shop has.

Custom fields get fixed names in the answers (`ean: theFieldOfTheShop`), so that nothing else needs to know the shop's.
A list is always called `page`, the result of a mutation `result`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from connector.api import Endpoint
from connector_vendure.settings import VendureSettings
from connector_vendure.wire import Done, Found, LocationsAnswer, Page, Reply, Shop, StockSet

T = TypeVar("T")

_PATH: Final = "/admin-api"

_MONEY: Final = "shop: globalSettings { serverConfig { moneyStrategyPrecision } }"


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One operation: how it is called, its document, and what its answer is decoded as."""

    endpoint: Endpoint
    document: str
    answer: type[Reply[T]]


def reading(name: str) -> Endpoint:
    """Names an operation that changes nothing."""
    return Endpoint("POST", _PATH, reads=True, operation=name)


def writing(name: str, *, repeatable: bool) -> Endpoint:
    """Names an operation that writes."""
    return Endpoint("POST", _PATH, repeatable=repeatable, operation=name)


# A login makes a session and changes nothing that a merchant has; a rehearsal needs one, too (SPEC R6).
LOG_IN: Final = Operation(
    reading("LogIn"),
    """
mutation LogIn($username: String!, $password: String!) {
  result: login(username: $username, password: $password) {
    ... on CurrentUser { id }
    ... on ErrorResult { errorCode message }
  }
}
""",
    Reply[Done],
)

CHECK: Final = Operation(
    reading("CheckShop"),
    """
query CheckShop {
  shop: globalSettings {
    serverConfig {
      orderProcess { name }
      entityCustomFields { entityName customFields { ... on CustomField { name type } } }
    }
  }
  handlers: fulfillmentHandlers { code args { name } }
  orders(options: { take: 1 }) { totalItems }
  variants: productVariants(options: { take: 1 }) { totalItems }
}
""",
    Reply[Shop],
)

LIST_LOCATIONS: Final = Operation(
    reading("ListStockLocations"),
    "query ListStockLocations { locations: stockLocations { items { id name } } }",
    Reply[LocationsAnswer],
)


@dataclass(frozen=True)
class Queries:
    """The operations of one shop."""

    list_products: Operation[Page]
    find_product: Operation[Found]
    list_stock: Operation[Page]
    list_orders: Operation[Page]
    list_withdrawn: Operation[Page]
    find_order: Operation[Found]
    mark_order: Operation[Done]
    add_fulfillment: Operation[Done]
    ship_fulfillment: Operation[Done]
    set_stock: Operation[StockSet]


def queries_for(settings: VendureSettings) -> Queries:
    """Writes the operations out for the fields that the settings name."""
    variant, order = _variant(settings), _order(settings)
    return Queries(
        list_products=_list("ListProducts", "productVariants", "ProductVariant", variant),
        find_product=_look_up("FindProduct", "productVariant", "ProductVariant", variant),
        list_stock=_list("ListStock", "productVariants", "ProductVariant", _STOCK),
        list_orders=_list("ListOrders", "orders", "Order", order, _MONEY),
        list_withdrawn=_list("ListWithdrawnOrders", "orders", "Order", _order_head(settings)),
        find_order=_look_up("FindOrder", "order", "Order", order, _MONEY),
        # Set twice, a field is the same; a quantity, too.
        mark_order=Operation(writing("MarkOrder", repeatable=True), _MARK_ORDER, Reply[Done]),
        # Sent again, the same parcel would be there twice (SPEC S5): the order is read first.
        add_fulfillment=Operation(writing("AddFulfillment", repeatable=False), _ADD_FULFILLMENT, Reply[Done]),
        # Sent again, it is refused and says which state the parcel is in.
        ship_fulfillment=Operation(
            writing("ShipFulfillment", repeatable=True), _SHIP_FULFILLMENT, Reply[Done]
        ),
        set_stock=Operation(writing("SetStock", repeatable=True), _SET_STOCK, Reply[StockSet]),
    )


def order_fields(settings: VendureSettings) -> Mapping[str, str]:
    """Returns the shop's names of the orders' custom fields that are set, by our names."""
    return _named(exported=settings.exported_field, status=settings.status_field)


def variant_fields(settings: VendureSettings) -> Mapping[str, str]:
    """Returns the shop's names of the variants' custom fields that are set, by our names."""
    return _named(
        ean=settings.ean_field,
        weight=settings.weight_field,
        length=settings.length_field,
        width=settings.width_field,
        height=settings.height_field,
        digital=settings.digital_field,
    )


def _named(**fields: str) -> Mapping[str, str]:
    return {name: field for name, field in fields.items() if field}


def _custom_fields(fields: Mapping[str, str]) -> str:
    """Selects custom fields; a shop without any has nothing in `customFields` that could be selected."""
    chosen = " ".join(f"{name}: {field}" for name, field in fields.items())
    return f"customFields {{ {chosen} }}" if chosen else ""


def _list(name: str, field: str, kind: str, selection: str, more: str = "") -> Operation[Page]:
    document = (
        f"query {name}($options: {kind}ListOptions) {{ "
        f"page: {field}(options: $options) {{ totalItems items {{ {selection} }} }} {more} }}"
    )
    return Operation(reading(name), document, Reply[Page])


def _look_up(name: str, field: str, kind: str, selection: str, more: str = "") -> Operation[Found]:
    """Looks a record up by its id, by the name in the filter, or by both, with one call."""
    document = (
        f"query {name}($id: ID!, $withId: Boolean!, $options: {kind}ListOptions, $withName: Boolean!) {{ "
        f"byId: {field}(id: $id) @include(if: $withId) {{ {selection} }} "
        f"byName: {field}s(options: $options) @include(if: $withName) {{ totalItems items {{ {selection} }} }} "
        f"{more} }}"
    )
    return Operation(reading(name), document, Reply[Found])


def _variant(settings: VendureSettings) -> str:
    return (
        "id sku name enabled facetValues { code } product { enabled facetValues { code } } "
        f"{_custom_fields(variant_fields(settings))}"
    )


def _order_head(settings: VendureSettings) -> str:
    return f"id code state type {_custom_fields(order_fields(settings))} fulfillments {{ id state trackingCode }}"


def _order(settings: VendureSettings) -> str:
    digital = _custom_fields(_named(digital=settings.digital_field))
    return (
        f"{_order_head(settings)} orderPlacedAt currencyCode totalWithTax "
        "customer { firstName lastName emailAddress phoneNumber } "
        "shippingAddress { fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber } "
        "shippingLines { shippingMethod { code name } } "
        "lines { id quantity proratedUnitPriceWithTax proratedLinePriceWithTax proratedLinePrice "
        f"productVariant {{ id sku name {digital} }} fulfillmentLines {{ quantity fulfillment {{ state }} }} }}"
    )


_STOCK: Final = "id sku stockLevels { stockLocationId stockOnHand stockAllocated }"

_MARK_ORDER: Final = """
mutation MarkOrder($input: UpdateOrderInput!) {
  result: setOrderCustomFields(input: $input) { id state }
}
"""

_ADD_FULFILLMENT: Final = """
mutation AddFulfillment($input: FulfillOrderInput!) {
  result: addFulfillmentToOrder(input: $input) {
    ... on Fulfillment { id state }
    ... on ErrorResult { errorCode message }
  }
}
"""

_SHIP_FULFILLMENT: Final = """
mutation ShipFulfillment($id: ID!) {
  result: transitionFulfillmentToState(id: $id, state: "Shipped") {
    ... on Fulfillment { id state }
    ... on FulfillmentStateTransitionError { errorCode message transitionError fromState }
  }
}
"""

_SET_STOCK: Final = """
mutation SetStock($input: [UpdateProductVariantInput!]!) {
  result: updateProductVariants(input: $input) { id }
}
"""
