"""Wemalo's endpoints below /goodsOrder."""

from __future__ import annotations

from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.service import Endpoint
from connector_sandbox.wemalo.envelope import fields, number, paged, success
from connector_sandbox.wemalo.model import Booking, truth
from connector_sandbox.wemalo.validation import missing
from connector_sandbox.wemalo.warehouse import Warehouse
from connector_sandbox.wemalo.wire import parcel_body, parse_date, sent_body, status_body

DISPATCHERS = (
    ("DHL", (("DHL Paket", "V01PAK"), ("DHL Warenpost", "V62WP"), ("DHL Paket International", "V53WPAK"))),
    ("DPD", (("DPD Classic", "CL"),)),
)


def add_order(warehouse: Warehouse, call: Call) -> Answer:
    """POST /goodsOrder/add."""
    body = fields(call)
    order = warehouse.add_order(body.get("meta") or {}, body.get("positions") or [], by="api")
    return success({"id": order.id})


def get_status(warehouse: Warehouse, call: Call) -> Answer:
    """GET /goodsOrder/getStatus/:id, by external id; the newest where there are several."""
    return success(status_body(warehouse.order(call.params["id"])))


def update_meta(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /goodsOrder/updateMeta/:id."""
    warehouse.update_meta(call.params["id"], fields(call).get("meta") or {}, by="api")
    return success()


def add_positions(warehouse: Warehouse, call: Call) -> Answer:
    """POST /goodsOrder/addPosition/:externalId."""
    body = fields(call)
    match = str(body.get("externalIdMatch") or "externalId")
    order = warehouse.add_positions(call.params["externalId"], body.get("positions") or [], match, by="api")
    shown = status_body(order)
    return success({name: shown[name] for name in ("statusId", "statusName", "deliveryDate")})


def remove_position(warehouse: Warehouse, call: Call) -> Answer:
    """DELETE /goodsOrder/removePosition/:externalId/:externalpositionId."""
    warehouse.remove_position(call.params["externalId"], call.params["externalpositionId"], by="api")
    return success()


def cancel_order(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /goodsOrder/cancel/:id."""
    reason = str((call.body or {}).get("reason") or "") if isinstance(call.body, dict | None) else ""
    warehouse.cancel(call.params["id"], reason, by="api")
    return success()


def add_note(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /goodsOrder/note/:externalId."""
    if not fields(call).get("notices"):
        raise missing("notices")
    warehouse.add_note(call.params["externalId"], str(fields(call)["notices"]), by="api")
    return success()


def list_parcels(warehouse: Warehouse, call: Call) -> Answer:
    """GET /goodsOrder/packages, of the order with `orderId` or `externalOrderId`."""
    if call.first("orderId"):
        order = warehouse.orders.get(number(call, "orderId"))
    elif call.first("externalOrderId"):
        order = warehouse.order(call.first("externalOrderId"))
    else:
        raise missing("orderId or externalOrderId")
    return success({"packages": [parcel_body(parcel) for parcel in order.parcels]})


def list_unflagged_parcels(warehouse: Warehouse, call: Call) -> Answer:
    """GET /goodsOrder/packages/sent/: the queue of handovers that were not acknowledged."""
    found = warehouse.history.unflagged("SENT", call.first("externalId"))
    with_recipient = truth(call.first("addRecipient"))
    size = warehouse.habits.page_size
    return paged(call, "bookings", found, lambda booking: sent_body(booking, with_recipient), size)


def flag_parcel(warehouse: Warehouse, call: Call) -> Answer:
    """PUT /goodsOrder/packages/sent/:bookingId: takes an entry out of the queue."""
    if not call.params["bookingId"].isdigit():
        raise Refusal(404, f"No booking with id found: {call.params['bookingId']}", "NOT_FOUND")
    warehouse.flag(int(call.params["bookingId"]))
    return success()


def list_sent_parcels(warehouse: Warehouse, call: Call) -> Answer:
    """GET /goodsOrder/sentPackages/: handovers of a time range or an order, acknowledged or not."""
    external_id, start, end = call.first("externalId"), call.first("dateFrom"), call.first("dateTo")
    earliest = parse_date(start) if start else 0.0
    latest = parse_date(end) if end else float("inf")
    found = [
        booking
        for booking in warehouse.history
        if booking.order is not None
        and (not external_id or booking.order.external_id == external_id)
        and earliest <= _handed_over(booking) <= latest
    ]
    with_recipient = truth(call.first("addRecipient"))
    size = warehouse.habits.page_size
    return paged(call, "bookings", found, lambda booking: sent_body(booking, with_recipient), size)


def list_profiles(_warehouse: Warehouse, _call: Call) -> Answer:
    """GET /goodsOrder/profiles."""
    return success(
        {
            "dispatcher": [
                {
                    "name": carrier,
                    "profiles": [
                        {"product": code, "services": "", "field2": "", "field3": "", "matchId": name}
                        for name, code in products
                    ],
                }
                for carrier, products in DISPATCHERS
            ]
        }
    )


def _handed_over(booking: Booking) -> float:
    at = booking.parcel.handed_over_at if booking.parcel else None
    return booking.booked_at if at is None else at


ENDPOINTS = (
    Endpoint("POST", "/goodsOrder/add", add_order),
    Endpoint("GET", "/goodsOrder/getStatus/:id", get_status, "/goodsOrder/getStatus/{id}"),
    Endpoint("PUT", "/goodsOrder/updateMeta/:id", update_meta, "/goodsOrder/updateMeta/{id}"),
    Endpoint(
        "POST", "/goodsOrder/addPosition/:externalId", add_positions, "/goodsOrder/addPosition/{externalId}"
    ),
    Endpoint(
        "DELETE",
        "/goodsOrder/removePosition/:externalId/:externalpositionId",
        remove_position,
        "/goodsOrder/removePosition/{externalId}/{externalpositionId}",
    ),
    Endpoint("PUT", "/goodsOrder/cancel/:id", cancel_order, "/goodsOrder/cancel/{id}"),
    Endpoint("PUT", "/goodsOrder/note/:externalId", add_note, "/goodsOrder/note/{externalId}"),
    Endpoint("GET", "/goodsOrder/packages", list_parcels),
    Endpoint("GET", "/goodsOrder/packages/sent/", list_unflagged_parcels),
    Endpoint("GET", "/goodsOrder/packages/sent/", list_unflagged_parcels, "/goodsOrder/packages/sent"),
    Endpoint(
        "PUT", "/goodsOrder/packages/sent/:bookingId", flag_parcel, "/goodsOrder/packages/sent/{bookingId}"
    ),
    Endpoint("GET", "/goodsOrder/sentPackages/", list_sent_parcels),
    Endpoint("GET", "/goodsOrder/sentPackages/", list_sent_parcels, "/goodsOrder/sentPackages"),
    Endpoint("GET", "/goodsOrder/profiles", list_profiles),
)
