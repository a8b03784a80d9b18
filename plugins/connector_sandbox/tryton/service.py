"""A small fake of Tryton's REST API, in memory: it answers as the real one was seen to.

`tests/real` tries the plugin against the real one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connector_sandbox.tryton.records import Now, Records
from connector_sandbox.tryton.rules import Refused, Rules
from connector_sandbox.tryton.schema import SCHEMA
from connector_sandbox.tryton.staff import Staff

KEY = "0a99808b87604fc982c27e165e2e6c9d-of-nobody"
DATABASE = "wms"

_WORDS = {
    401: ("Unauthorized", "The server could not verify that you are authorized to access the URL requested."),
    403: (
        "Forbidden",
        "You don&#39;t have the permission to access the requested resource. It is either read-protected or not "
        "readable by the server.",
    ),
    404: ("Not Found", "The requested URL was not found on the server."),
}


class FakeTryton(Staff):
    """A database with one company and one warehouse, as the API shows it to the connector."""

    def __init__(self, now: Now, shop: str = "acme") -> None:
        records = Records(now)
        super().__init__(records, Rules(records), shop)
        self.keys = {KEY}
        self.rights = {"read": 1, "write": 1, "create": 1, "delete": 0}
        self.calls: list[tuple[str, str, Any]] = []
        self._furnish()

    def app(self) -> Starlette:
        """The fake as an ASGI application."""
        one, many = "/{database}/rest/model/{model}/{id:int}", "/{database}/rest/model/{model}"
        return Starlette(
            routes=[
                Route(f"{one}/{{action}}", self._served, methods=["POST"]),
                Route(one, self._served, methods=["PUT", "DELETE"]),
                Route(f"{many}/{{action}}", self._served, methods=["POST"]),
                Route(many, self._served, methods=["GET", "POST"]),
            ]
        )

    def writes(self) -> list[str]:
        """Names the calls that may have changed something, such as `POST party.party`."""
        return [f"{method} {path}" for method, path, _ in self.calls if method != "GET"]

    async def _served(self, request: Request) -> Response:
        path = request.path_params
        if path["database"] != DATABASE:
            return _page(404)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.keys:
            return _page(401)
        body = await request.json() if request.method in {"POST", "PUT"} else None
        name = "/".join(str(path[part]) for part in ("model", "id", "action") if part in path)
        self.calls.append((request.method, name, body))
        try:
            if request.method == "GET":
                return self._answer(request, path, body)
            return self.rules.atomically(lambda: self._answer(request, path, body))  # type: ignore[no-any-return]
        except Refused as refused:
            words = {"status": 400, "message": str(refused), "description": ""}
            return JSONResponse(words, status_code=400)
        except KeyError as unknown:
            return _page(500, f"&#39;{unknown.args[0]}&#39;")

    def _answer(self, request: Request, path: Mapping[str, Any], body: Any) -> Response:
        model, record_id = path["model"], int(path.get("id", 0))
        if path.get("action") == "get_access":
            return JSONResponse(dict.fromkeys(body["models"], self.rights))
        known = SCHEMA[model]
        context = _unpacked(request.headers.get("x-tryton-context"), {})
        fields = request.query_params.getlist("f")
        if record_id and not self._is_there(model, record_id, context):
            return _page(404)
        match request.method:
            case "GET":
                return JSONResponse(self._listed(request, model, fields, context))
            case "DELETE":
                self.rules.delete(model, record_id)
                return Response(status_code=204)
            case "PUT":
                self.rules.write(model, record_id, body, context)
            case "POST" if not record_id:
                _check_names(known, body)
                record_id = self.rules.create(model, body, context)
            case _:
                if path["action"] not in {"draft", "wait", "cancel"}:
                    return _page(403)
                self.rules.press(self.records.get(model, record_id), path["action"])
        return JSONResponse(self.records.read(model, self.records.get(model, record_id), fields, context))

    def _listed(self, request: Request, model: str, fields: list[str], context: Any) -> list[Any]:
        domain = _unpacked(request.query_params.get("d"), [])
        found = self.records.search(model, domain, context)[: int(request.query_params.get("s", 1_000_000))]
        return [self.records.read(model, record, fields, context) for record in found]

    def _is_there(self, model: str, record_id: int, context: Any) -> bool:
        return any(record["id"] == record_id for record in self.records.search(model, [], context))

    def _furnish(self) -> None:
        add = self.records.add
        euro = add("currency.currency", code="EUR")
        add("company.company", party=add("party.party", name="Lager GmbH"), currency=euro)
        for symbol, factor in (("u", 1.0), ("g", 0.001), ("kg", 1.0), ("cm", 0.01)):
            add("product.uom", symbol=symbol, factor=factor)
        for code in ("DE", "AT"):
            add("country.country", code=code, name=code)
        add("country.subdivision", country=1, code="DE-SN", name="Sachsen")
        add("product.configuration")
        warehouse = add("stock.location", name="Warehouse", code="WH", type="warehouse")
        zones = {
            name: add("stock.location", name=name, code=code, parent=warehouse)
            for name, code in (
                ("storage_location", "STO"),
                ("output_location", "OUT"),
                ("blocked", "BLOCKED"),
            )
        }
        zones.pop("blocked")
        self.records.get("stock.location", warehouse).update(zones)
        add("stock.location", name="Customers", code="CUS", type="customer")
        add("stock.location", name="Lost and Found", code="LOST", type="lost_found")
        self.add_carrier("DHL Paket", "DHL")
        self.add_carrier("DPD Classic", "DPD")


def _page(status: int, words: str = "") -> Response:
    title, said = _WORDS.get(status, ("Internal Server Error", words))
    page = (
        f"<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{said}</p>\n"
    )
    return Response(page, status_code=status, media_type="text/html")


def _unpacked(packed: str | None, default: Any) -> Any:
    return json.loads(urlsafe_b64decode(packed), object_hook=_moment) if packed else default


def _moment(value: dict[str, Any]) -> Any:
    """Reads a moment, which is in UTC."""
    if value.get("__class__") != "datetime":
        return value
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return datetime(**{part: value[part] for part in parts}, tzinfo=UTC)


def _check_names(known: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    for name in body:
        known[name]
