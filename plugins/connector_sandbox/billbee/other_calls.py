"""Billbee's endpoints for enumerations, shipping providers, shipments and web hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from connector_sandbox.billbee.envelope import fields, number, paged
from connector_sandbox.billbee.shop import ShippingProvider, Shop
from connector_sandbox.billbee.wire import CARRIERS, ORDER_STATES
from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.service import Endpoint

FILTERS = ("order.created", "order.updated", "product.updated", "customer.created")
"""What a webhook can be for; that of Billbee's own client library, and three that are made up."""


def order_states(_shop: Shop, _call: Call) -> Answer:
    """GET /enums/orderstates."""
    return Answer(_named(ORDER_STATES))


def shipping_carriers(_shop: Shop, _call: Call) -> Answer:
    """GET /enums/shippingcarriers and GET /shipment/shippingcarriers."""
    return Answer(_named(CARRIERS))


def shipping_providers(shop: Shop, _call: Call) -> Answer:
    """GET /shipment/shippingproviders: a bare list, its fields in lower case."""
    return Answer([_provider(provider) for provider in shop.providers])


def list_shipments(shop: Shop, call: Call) -> Answer:
    """GET /shipment/shipments."""
    order_id, lowest = number(call, "orderId"), number(call, "minimumShipmentId")
    found = [
        shipment
        for order in shop.orders.values()
        for shipment in order["ShippingIds"]
        if order_id in (0, order["BillBeeOrderId"]) and shipment["BillbeeId"] >= lowest
    ]
    return paged(call, found, lambda shipment: shipment)


def list_webhooks(shop: Shop, _call: Call) -> Answer:
    """GET /webhooks."""
    return Answer(list(shop.webhooks.values()))


def list_filters(_shop: Shop, _call: Call) -> Answer:
    """GET /webhooks/filters."""
    return Answer([{"Name": name, "Description": None} for name in FILTERS])


def add_webhook(shop: Shop, call: Call) -> Answer:
    """POST /webhooks; the sandbox keeps hooks but never calls them."""
    body = fields(call)
    if missing := [name for name in ("WebHookUri", "Secret") if not body.get(name)]:
        raise Refusal(400, f"{' and '.join(missing)} required")
    if not 32 <= len(body["Secret"]) <= 64:
        raise Refusal(400, "Secret must have between 32 and 64 characters")
    hook_id = str(UUID(int=len(shop.webhooks) + 1))
    empty: dict[str, Any] = {
        "Description": None,
        "IsPaused": False,
        "Filters": [],
        "Headers": {},
        "Properties": {},
    }
    shop.webhooks[hook_id] = {**empty, **body, "Id": hook_id}
    return Answer(shop.webhooks[hook_id])


def remove_webhooks(shop: Shop, _call: Call) -> Answer:
    """DELETE /webhooks."""
    shop.webhooks.clear()
    return Answer()


def remove_webhook(shop: Shop, call: Call) -> Answer:
    """DELETE /webhooks/{id}."""
    if shop.webhooks.pop(call.params["id"], None) is None:
        raise Refusal(404, f"Web hook {call.params['id']} not found")
    return Answer()


def _named(names: Mapping[int, str]) -> list[dict[str, Any]]:
    return [{"Id": key, "Name": name} for key, name in names.items()]


def _provider(provider: ShippingProvider) -> dict[str, Any]:
    products = [
        {"id": key, "displayName": name, "productName": f"V{key % 100:02d}PAK"}
        for key, name in provider.products
    ]
    return {"id": provider.id, "name": provider.name, "products": products}


ENDPOINTS = (
    Endpoint("GET", "/enums/orderstates", order_states),
    Endpoint("GET", "/enums/shippingcarriers", shipping_carriers),
    Endpoint("GET", "/shipment/shippingproviders", shipping_providers),
    Endpoint("GET", "/shipment/shippingcarriers", shipping_carriers),
    Endpoint("GET", "/shipment/shipments", list_shipments),
    Endpoint("GET", "/webhooks", list_webhooks),
    Endpoint("GET", "/webhooks/filters", list_filters),
    Endpoint("POST", "/webhooks", add_webhook),
    Endpoint("DELETE", "/webhooks", remove_webhooks),
    Endpoint("DELETE", "/webhooks/{id}", remove_webhook),
)
