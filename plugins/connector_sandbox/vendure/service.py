"""A small Vendure in memory: its admin API as far as the plugin uses it, and what people do in the shop.

It answers as the real one was seen to answer, errors included. Those who drive it speak in the framework's records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connector.records import Order, Product, ShopOrder
from connector.testing import ShopDriver
from connector_sandbox.vendure.filters import fits
from connector_sandbox.vendure.graphql import Refused, picked, selections_of
from connector_sandbox.vendure.records import line_fields, order_fields, variant_fields
from connector_sandbox.vendure.shop import LOCATION, ORDER_FIELDS, VARIANT_FIELDS, FakeShop

API_KEY = "8de42332cedf119a95975c29:b4dd0425d56f211f"
USERNAME = "connector@example.com"
PASSWORD = "a-password-of-nobody"  # noqa: S105 - opens nothing but the sandbox

_FORBIDDEN = Refused("You are not currently authorized to perform this action", "FORBIDDEN")
_STATES = (
    "AddingItems",
    "ArrangingPayment",
    "PaymentSettled",
    "PartiallyShipped",
    "Shipped",
    "Delivered",
    "Cancelled",
)
_TYPES = {"ean": "string", "isDigital": "boolean", "wmsExportedAt": "datetime", "wmsStatus": "string"}


def _now() -> datetime:
    return datetime.now(UTC)


class FakeVendure(ShopDriver):
    """The shop and its API. `calls` holds the name and the variables of each operation that was asked for.

    A shop that does not skip gives out the first page again and again. A parrot refuses everything, and repeats what it
    was sent.
    """

    lacks = frozenset(
        {
            *(f"product.{name}" for name in ("net_weight_g", "manufacturer", "country_of_origin")),
            *(
                "product.customs_tariff_number",
                "product.parts",
                "order.picking_info",
                "order.customer_number",
            ),
            *("order.tags", "line.is_coupon", "address.name_addition", "address.house_number"),
        }
    )

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self.shop = FakeShop(now)
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.locations = [{"id": LOCATION, "name": "Default Stock Location"}]
        self.handlers = [
            {"code": "manual-fulfillment", "args": [{"name": "method"}, {"name": "trackingCode"}]}
        ]
        self.precision = 2
        self.most_records = 1000
        self.skips = True
        self.is_parrot = False
        self._sessions: set[str] = set()
        self._keys = {API_KEY}
        self._passwords = {USERNAME: PASSWORD}

    # -- what people do, in the framework's words -----------------------------------------------------

    def add_product(self, product: Product) -> str:
        """Puts a product on sale and returns its id."""
        return self.shop.add_variant(**variant_fields(product))

    def change_product(self, product: Product) -> None:
        """Gives a product, which is named by its id, other values."""
        fields = variant_fields(product)
        variant = self.shop.variants[product.id]
        variant["customFields"] |= {name: fields.pop(name) for name in VARIANT_FIELDS}
        variant |= fields

    def add_order(self, order: Order) -> str:
        """Adds an order that is paid, and so offered; returns its id."""
        fields = order_fields(order)
        return self.shop.add_order(map(line_fields, order.lines), **fields)

    def change_order(self, order: Order) -> None:
        """Gives an order, which is named by its id, another receiver and other lines, and lets it be sent again."""
        there = self.shop.orders[order.id]
        there |= order_fields(order)
        there["lines"] = [self.shop.line(line.id, line_fields(line)) for line in order.lines]
        there["customFields"]["wmsExportedAt"] = None
        there["updatedAt"] = self.shop.moment()

    def add_unoffered_orders(self, order: Order) -> Mapping[str, str]:
        """Adds an order of each kind that is none of the warehouse's business; says of each what is special."""
        kinds: dict[str, dict[str, Any]] = {
            "not paid": {"state": "ArrangingPayment"},
            "shipped": {"state": "Shipped"},
            "of several sellers": {"type": "Aggregate"},
        }
        return {
            self.shop.add_order(map(line_fields, order.lines), **own): what for what, own in kinds.items()
        }

    def pack_by_hand(self, order_id: str, *, pieces: int, code: str = "") -> str:
        """A person makes a fulfillment of pieces of the first line, and leaves it there; returns its id."""
        line = self.shop.orders[order_id]["lines"][0]
        arguments = [{"name": "method", "value": "by hand"}, {"name": "trackingCode", "value": code}]
        handler = {"code": "manual-fulfillment", "arguments": arguments}
        made = self.shop.add_fulfillment([{"orderLineId": line["id"], "quantity": pieces}], handler)
        return str(made["id"])

    def cancel_order(self, order_id: str) -> None:
        """The merchant cancels an order."""
        self.shop.cancel_order(order_id)

    def remove_order(self, order_id: str) -> None:
        """The order is gone."""
        del self.shop.orders[order_id]

    def refuse(self, record_id: str) -> None:
        """From now on each write to the order or the product with this id is refused."""
        self.shop.refusing.add(record_id)

    def revoke(self) -> None:
        """From now on the credentials are refused."""
        self._keys.clear()
        self._passwords.clear()
        self._sessions.clear()

    def end_sessions(self) -> None:
        """Everybody has to log in again."""
        self._sessions.clear()

    def order(self, order_id: str) -> ShopOrder:
        """Shows an order as it is now."""
        order = self.shop.orders[order_id]
        made = [each for each in order["fulfillments"] if each["state"] != "Cancelled"]
        status = order["customFields"]["wmsStatus"]
        return ShopOrder(
            order=Order(id=order_id, number=order["code"], tags=(status,) if status else ()),
            state_name=order["state"],
            is_offered=order["state"] == "PaymentSettled" and order["customFields"]["wmsExportedAt"] is None,
            is_received=order["customFields"]["wmsExportedAt"] is not None,
            is_held=status == "held",
            is_cancelled=order["state"] == "Cancelled",
            is_shipped=order["state"] == "Shipped",
            tracking_numbers=tuple(
                number for each in made for number in each["trackingCode"].split(", ") if number
            ),
        )

    def stock(self, product_id: str) -> int:
        """Returns the pieces that the shop has to sell."""
        level = self.shop.stock_of(product_id)
        pieces: int = level["stockOnHand"] - level["stockAllocated"]
        return pieces

    # -- the API --------------------------------------------------------------------------------------

    async def app(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """The API as an ASGI application."""
        request = Request(scope, receive)
        if (request.method, request.url.path) != ("POST", "/admin-api"):
            answer: Response = JSONResponse({"statusCode": 404, "message": "Cannot do that"}, 404)
        else:
            answer = self._answer(request, msgspec.json.decode(await request.body()))
        await answer(scope, receive, send)

    def _answer(self, request: Request, body: Mapping[str, Any]) -> Response:
        name, variables = body["operationName"], body["variables"]
        self.calls.append((name, variables))
        headers: dict[str, str] = {}
        try:
            if self.is_parrot:
                message = f"not so: {variables} {request.headers.get('vendure-api-key')}"
                raise Refused(message, "USER_INPUT_ERROR")
            wanted = selections_of(body["query"], variables)
            if not self._is_known(request) and wanted[0].name != "login":
                raise _FORBIDDEN
            data = {each.alias: self._resolved(each.name, each.arguments, headers) for each in wanted}
            shown = {each.alias: picked(data[each.alias], each.inner) for each in wanted}
        except Refused as error:
            failure = {"message": error.message, "path": [name], "extensions": {"code": error.code}}
            return JSONResponse({"errors": [failure], "data": None}, error.status)
        return JSONResponse({"data": shown}, headers=headers)

    def _is_known(self, request: Request) -> bool:
        session = request.headers.get("authorization", "").removeprefix("Bearer ")
        return request.headers.get("vendure-api-key") in self._keys or session in self._sessions

    def _resolved(self, field: str, arguments: Mapping[str, Any], headers: dict[str, str]) -> Any:
        match field:
            case "login":
                return self._log_in(headers, **arguments)
            case "globalSettings":
                return {"serverConfig": self._config()}
            case "fulfillmentHandlers":
                return self.handlers
            case "stockLocations":
                return {"items": self.locations}
            case "productVariants":
                return self._listed(self.shop.variants, arguments.get("options") or {})
            case "orders":
                return self._listed(self.shop.orders, arguments.get("options") or {})
            case "productVariant":
                return self.shop.variants.get(arguments["id"])
            case "order":
                return self.shop.orders.get(arguments["id"])
        return self._written(field, arguments)

    def _listed(self, records: Mapping[str, dict[str, Any]], options: Mapping[str, Any]) -> Mapping[str, Any]:
        take, skip = options.get("take") or self.most_records, options.get("skip", 0) if self.skips else 0
        if take > self.most_records:
            message = f"Cannot take more than {self.most_records} results from a list query"
            raise Refused(message, "USER_INPUT_ERROR")
        found = [record for record in records.values() if fits(record, options.get("filter") or {})]
        ((field, way),) = (options.get("sort") or {"id": "ASC"}).items()
        found.sort(key=lambda record: (record[field] if field != "id" else "", int(record["id"])))
        if way == "DESC":
            found.reverse()
        return {"totalItems": len(found), "items": found[skip : skip + take]}

    def _written(self, field: str, arguments: Mapping[str, Any]) -> Any:
        match field, arguments:
            case "setOrderCustomFields", {"input": wanted}:
                return self.shop.set_custom_fields(wanted["id"], wanted["customFields"])
            case "updateProductVariants", {"input": wanted}:
                return self.shop.set_stock(wanted)
            case "addFulfillmentToOrder", {"input": wanted}:
                return self.shop.add_fulfillment(wanted["lines"], wanted["handler"])
            case "transitionFulfillmentToState", {"id": key, "state": "Shipped"}:
                return self.shop.ship_fulfillment(key)
        raise Refused(f'Cannot query field "{field}" on type "Query".', "GRAPHQL_VALIDATION_FAILED", 400)

    def _log_in(self, headers: dict[str, str], username: str, password: str) -> Mapping[str, Any]:
        if self._passwords.get(username) != password:
            message = "The provided credentials are invalid"
            return {"kinds": ["ErrorResult"], "errorCode": "INVALID_CREDENTIALS_ERROR", "message": message}
        session = f"session-{len(self.calls)}"
        self._sessions.add(session)
        headers["vendure-auth-token"] = session
        return {"kinds": ["CurrentUser"], "id": "2"}

    def _config(self) -> Mapping[str, Any]:
        fields = {"ProductVariant": VARIANT_FIELDS, "Order": ORDER_FIELDS}
        return {
            "moneyStrategyPrecision": self.precision,
            "orderProcess": [{"name": state} for state in _STATES],
            "entityCustomFields": [
                {
                    "entityName": entity,
                    "customFields": [
                        {"kinds": ["CustomField"], "name": name, "type": _TYPES.get(name, "int")}
                        for name in names
                    ],
                }
                for entity, names in fields.items()
            ],
        }
