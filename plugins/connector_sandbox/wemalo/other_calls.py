"""Wemalo's endpoints for web hooks; the sandbox keeps hooks but never calls them."""

from __future__ import annotations

from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.service import Endpoint
from connector_sandbox.wemalo.envelope import fields, success
from connector_sandbox.wemalo.validation import missing
from connector_sandbox.wemalo.warehouse import Warehouse

EVENTS = ("status_update", "stock_change", "refurbishment_action", "trackingnumber_added")


def list_webhooks(warehouse: Warehouse, _call: Call) -> Answer:
    """GET /webhook."""
    return success({"hooks": list(warehouse.webhooks.values())})


def add_webhook(warehouse: Warehouse, call: Call) -> Answer:
    """POST /webhook/:event."""
    event, body = call.params["event"], fields(call)
    if event not in EVENTS:
        raise Refusal(400, f"event must be one of {', '.join(EVENTS)}", "INVALID")
    if not body.get("payload"):
        raise missing("payload")
    hook = {"payload": body["payload"], "token": body.get("token") or "", "event": event}
    warehouse.webhooks[event] = hook
    return success({"mode": "create", **hook})


def remove_webhook(warehouse: Warehouse, call: Call) -> Answer:
    """DELETE /webhook/:event."""
    if warehouse.webhooks.pop(call.params["event"], None) is None:
        raise Refusal(404, f"No web hook found: {call.params['event']}", "NOT_FOUND")
    return success()


ENDPOINTS = (
    Endpoint("GET", "/webhook", list_webhooks),
    Endpoint("POST", "/webhook/:event", add_webhook, "/webhook/{event}"),
    Endpoint("DELETE", "/webhook/:event", remove_webhook, "/webhook/{event}"),
)
