"""Wemalo's endpoints below /product."""

from __future__ import annotations

from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.service import Endpoint
from connector_sandbox.wemalo.envelope import PAGE_SIZE, fields, paged, success
from connector_sandbox.wemalo.model import truth
from connector_sandbox.wemalo.validation import missing
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_sandbox.wemalo.wire import (
    available_body,
    history_body,
    parse_hour,
    product_body,
    reduced_stock_body,
    stock_bodies,
)

REASONS = ("INCOMING", "RETURNSHIPMENT", "PACK_PARCEL", "SENT", "INVENTORY_IN", "INVENTORY_OUT")


def add_product(warehouse: Warehouse, call: Call) -> Answer:
    """POST /product/add."""
    warehouse.take_product(fields(call), by="api")
    return success()


def add_products(warehouse: Warehouse, call: Call) -> Answer:
    """POST /product/addMultiple."""
    batch = fields(call).get("products")
    if not isinstance(batch, list) or not batch:
        raise missing("products")
    warehouse.take_products(batch, by="api")
    return success()


def update_product(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /product/update/:externalId: what is not sent stays."""
    warehouse.change_product(call.params["externalId"], fields(call), by="api")
    return success()


def change_active_flag(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /product/changeActiveFlag/:externalId."""
    if fields(call).get("isActive") is None:
        raise missing("isActive")
    active = {"isActive": truth(fields(call)["isActive"])}
    warehouse.change_product(call.params["externalId"], active, by="api")
    return success()


def get_product(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/get/:externalId."""
    product = warehouse.products.get(call.params["externalId"])
    return success(product_body(product, warehouse.habits.products_with_external_id))


def get_products(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/getAll, those changed since `fromDate`."""
    since, with_external_id = _since(call), warehouse.habits.products_with_external_id
    shown = [product_body(each, with_external_id) for each in warehouse.products if each.changed_at >= since]
    return success({"products": shown})


def available_stock(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/availableStock/: products whose stock changed since `fromDate`, without paging."""
    since = _since(call)
    changed = [each for each in warehouse.products if (each.stock_changed_at or 0.0) >= since and each.stock]
    return success({"articles": [available_body(product) for product in changed]})


def get_stock(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/stock/:externalId."""
    return success({"articles": stock_bodies(warehouse.products.get(call.params["externalId"]))})


def get_reduced_stock(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/stock/reduced/:externalId."""
    product = warehouse.products.get(call.params["externalId"])
    return success(reduced_stock_body(product, with_details=not truth(call.first("hideDetails"))))


def list_bookings(warehouse: Warehouse, call: Call) -> Answer:
    """GET /product/bookings/flag: the bookings of one reason that were not flagged yet."""
    if call.first("reason") not in REASONS:
        raise Refusal(400, f"reason must be one of {', '.join(REASONS)}", "INVALID")
    found = warehouse.history.unflagged(call.first("reason"))
    answer = paged(call, "entries", found, history_body)
    answer.body.update(maxResults=PAGE_SIZE, numberOfBookings=len(answer.body["entries"]))
    return answer


def flag_bookings(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /product/bookings/flag: at most 50 a call; unknown ids are left out and reported."""
    ids = fields(call).get("historyIds")
    if not isinstance(ids, list):
        raise missing("historyIds")
    if len(ids) > PAGE_SIZE:
        raise Refusal(400, f"at most {PAGE_SIZE} historyIds per call, not {len(ids)}", "INVALID")
    known = [int(each) for each in ids if str(each).isdigit() and int(each) in warehouse.history]
    for booking_id in known:
        warehouse.flag(booking_id)
    return success({"updated": known, "allUpdated": len(known) == len(ids)})


def _since(call: Call) -> float:
    if not call.first("fromDate"):
        raise missing("fromDate")
    return parse_hour(call.first("fromDate"))


ENDPOINTS = (
    Endpoint("POST", "/product/add", add_product),
    Endpoint("POST", "/product/addMultiple", add_products),
    Endpoint("PUT", "/product/update/:externalId", update_product, "/product/update/{externalId}"),
    Endpoint(
        "PUT",
        "/product/changeActiveFlag/:externalId",
        change_active_flag,
        "/product/changeActiveFlag/{externalId}",
    ),
    Endpoint("GET", "/product/get/:externalId", get_product, "/product/get/{externalId}"),
    Endpoint("GET", "/product/getAll", get_products),
    Endpoint("GET", "/product/availableStock/", available_stock),
    Endpoint("GET", "/product/availableStock/", available_stock, "/product/availableStock"),
    Endpoint("GET", "/product/stock/:externalId", get_stock, "/product/stock/{externalId}"),
    Endpoint(
        "GET", "/product/stock/reduced/:externalId", get_reduced_stock, "/product/stock/reduced/{externalId}"
    ),
    Endpoint("GET", "/product/bookings/flag", list_bookings),
    Endpoint("PUT", "/product/bookings/flag", flag_bookings),
)
