"""Billbee's endpoints below /orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connector_sandbox.billbee.envelope import fields, moment, number, paged, path_number, result
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.billbee.wire import Wire, parse_date
from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.germantime import seconds
from connector_sandbox.service import Endpoint

PATCHABLE = (
    "SellerComment",
    "CustomInvoiceNote",
    "ShippingProfileId",
    "ShippingProfileName",
    "CustomerVatId",
)

Test = Callable[[Wire], bool]


def list_orders(shop: Shop, call: Call) -> Answer:
    """GET /orders: oldest first, those that pass every filter of the query."""
    tests = list(_tests(call))
    found = [order for order in shop.orders.values() if all(test(order) for test in tests)]
    return paged(call, found, lambda order: order)


def get_order(shop: Shop, call: Call) -> Answer:
    """GET /orders/{id}."""
    return result(shop.order(path_number(call, "id")))


def find_order(shop: Shop, call: Call) -> Answer:
    """GET /orders/findbyextref/{extRef}: by the order number."""
    found = shop.orders_numbered(call.params["extRef"])
    if not found:
        raise Refusal(404, f"Order {call.params['extRef']} not found")
    return result(found[0])


def add_tags(shop: Shop, call: Call) -> Answer:
    """POST /orders/{id}/tags: adds, and leaves the others."""
    shop.add_tags(path_number(call, "id"), _tags(call), by="api")
    return result(None)


def replace_tags(shop: Shop, call: Call) -> Answer:
    """PUT /orders/{id}/tags: the given ones are the only ones afterwards."""
    shop.set_tags(path_number(call, "id"), _tags(call), by="api")
    return result(None)


def set_state(shop: Shop, call: Call) -> Answer:
    """PUT /orders/{id}/orderstate: answers 200 with an empty body."""
    state = fields(call).get("NewStateId")
    if isinstance(state, bool) or not isinstance(state, int):
        raise Refusal(400, "NewStateId must be a number")
    shop.set_state(path_number(call, "id"), state, by="api")
    return Answer()


def add_shipment(shop: Shop, call: Call) -> Answer:
    """POST /orders/{id}/shipment: answers 200 with an empty body; the same number twice is stored twice."""
    body = fields(call)
    shop.add_shipment(
        path_number(call, "id"),
        body.get("ShippingId"),
        provider_id=body.get("ShippingProviderId"),
        product_id=body.get("ShippingProviderProductId"),
        carrier_id=body.get("CarrierId"),
        shipment_type=body.get("ShipmentType") or 0,
        by="api",
    )
    return Answer()


def patch_order(shop: Shop, call: Call) -> Answer:
    """PATCH /orders/{id}, for the fields that `GET /orders/PatchableFields` names."""
    body = fields(call)
    if unknown := sorted(set(body) - set(PATCHABLE)):
        raise Refusal(400, f"These fields can't be patched: {', '.join(unknown)}")
    order_id = path_number(call, "id")
    shop.change_order(order_id, by="api", **body)
    return result(shop.order(order_id))


def patchable_fields(_shop: Shop, _call: Call) -> Answer:
    """GET /orders/PatchableFields."""
    return result(list(PATCHABLE))


def _tags(call: Call) -> list[str]:
    tags = fields(call).get("Tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise Refusal(400, "Tags must be a list of texts")
    return tags


def _tests(call: Call) -> Iterator[Test]:
    if states := {int(text) for text in call.every("orderStateId") if text.lstrip("-").isdigit()}:
        yield lambda order: order["State"] in states
    if tags := {text.casefold() for text in call.every("tag")}:
        wanted = call.first("excludeTags").lower() != "true"
        yield lambda order: any(tag.casefold() in tags for tag in order["Tags"]) is wanted
    if lowest := number(call, "minimumBillBeeOrderId"):
        yield lambda order: order["BillBeeOrderId"] >= lowest
    if shops := set(call.every("shopId")):
        yield lambda order: str((order["Seller"] or {}).get("BillbeeShopId")) in shops
    yield from _date_tests(call)


def _date_tests(call: Call) -> Iterator[Test]:
    for name, field in (("minOrderDate", "CreatedAt"), ("modifiedAtMin", "LastModifiedAt")):
        if (earliest := moment(call, name)) is not None:
            yield _between(field, earliest, float("inf"))
    for name, field in (("maxOrderDate", "CreatedAt"), ("modifiedAtMax", "LastModifiedAt")):
        if (latest := moment(call, name)) is not None:
            yield _between(field, float("-inf"), latest)


def _between(field: str, earliest: float, latest: float) -> Test:
    return lambda order: bool(order[field]) and earliest <= seconds(parse_date(order[field])) <= latest


ENDPOINTS = (
    Endpoint("GET", "/orders", list_orders),
    Endpoint("GET", "/orders/PatchableFields", patchable_fields),
    Endpoint("GET", "/orders/findbyextref/{extRef}", find_order, "/orders/findbyextref/{extRef:path}"),
    Endpoint("GET", "/orders/{id}", get_order),
    Endpoint("PATCH", "/orders/{id}", patch_order),
    Endpoint("POST", "/orders/{id}/tags", add_tags),
    Endpoint("PUT", "/orders/{id}/tags", replace_tags),
    Endpoint("PUT", "/orders/{id}/orderstate", set_state),
    Endpoint("POST", "/orders/{id}/shipment", add_shipment),
)
