"""Billbee's endpoints below /products."""

from __future__ import annotations

from typing import Any, Literal

from connector_sandbox.billbee.envelope import (
    fields,
    moment,
    number,
    paged,
    path_number,
    result,
    row_error,
    row_result,
)
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.exchange import Answer, Call, Refusal
from connector_sandbox.service import Endpoint


def list_products(shop: Shop, call: Call) -> Answer:
    """GET /products, ascending by id."""
    ids = shop.assortment.ids
    if lowest := number(call, "minimumBillBeeArticleId"):
        ids = [product_id for product_id in ids if product_id >= lowest]
    if highest := number(call, "maximumBillBeeArticleId"):
        ids = [product_id for product_id in ids if product_id <= highest]
    if (earliest := moment(call, "minCreatedAt")) is not None:
        ids = [product_id for product_id in ids if shop.assortment.created_at(product_id) >= earliest]
    return paged(call, ids, shop.product)


def get_product(shop: Shop, call: Call) -> Answer:
    """GET /products/{id}, by id, SKU or EAN as `lookupBy` says."""
    lookup = call.first("lookupBy", "id").lower()
    if lookup == "id":
        return result(shop.product(path_number(call, "id")))
    if lookup not in ("sku", "ean"):
        raise Refusal(400, f"lookupBy must be id, sku or ean, not {lookup!r}")
    name: Literal["SKU", "EAN"] = "SKU" if lookup == "sku" else "EAN"
    found = shop.assortment.having(name, call.params["id"])
    if not found:
        raise Refusal(404, f"Article with {name} {call.params['id']} not found")
    return result(shop.product(found[0]))


def list_stocks(shop: Shop, _call: Call) -> Answer:
    """GET /products/stocks."""
    return result(
        [
            {
                "Id": place.id,
                "Name": place.name,
                "Description": place.description,
                "IsDefault": place.is_default,
            }
            for place in shop.locations
        ]
    )


def update_stock(shop: Shop, call: Call) -> Answer:
    """POST /products/updatestock."""
    return result(_update_row(shop, fields(call)))


def update_stocks(shop: Shop, call: Call) -> Answer:
    """POST /products/updatestockmultiple: one answer per row, a refused row does not keep back the others."""
    if not isinstance(call.body, list):
        raise Refusal(400, "The body must be a JSON list")
    return Answer([_answer_row(shop, row) for row in call.body])


def reserved_amount(shop: Shop, call: Call) -> Answer:
    """GET /products/reservedamount."""
    row = {"Sku" if call.first("lookupBy").lower() == "sku" else "BillbeeId": call.first("id")}
    return result({"ReservedAmount": shop.reserved(_product_of(shop, row))})


def _answer_row(shop: Shop, row: Any) -> dict[str, Any]:
    try:
        return row_result(_update_row(shop, row))
    except Refusal as refused:
        return row_error(refused.message)


def _update_row(shop: Shop, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Refusal(400, "A row must be a JSON object")
    product_id = _product_of(shop, row)
    quantity = row.get("NewQuantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int | float):
        raise Refusal(400, "NewQuantity must be a number")
    subtract = bool(row.get("AutosubtractReservedAmount"))
    old, new = shop.set_stock(product_id, quantity, row.get("StockId"), subtract, by="api")
    return {
        "SKU": shop.product(product_id)["SKU"],
        "OldStock": old,
        "CurrentStock": new,
        "UnfulfilledAmount": shop.reserved(product_id),
        "Message": f"The qty was successfully updated from {old:g} to {new:g}",
    }


def _product_of(shop: Shop, row: dict[str, Any]) -> int:
    """The row's product by BillbeeId, else by Sku."""
    if row.get("BillbeeId"):
        try:
            product_id = int(row["BillbeeId"])
        except (TypeError, ValueError):
            raise Refusal(400, f"{row['BillbeeId']!r} is no id") from None
        shop.assortment.created_at(product_id)
        return product_id
    return shop.product_with_sku(str(row.get("Sku") or ""))


ENDPOINTS = (
    Endpoint("GET", "/products", list_products),
    Endpoint("GET", "/products/stocks", list_stocks),
    Endpoint("GET", "/products/reservedamount", reserved_amount),
    Endpoint("GET", "/products/{id}", get_product, "/products/{id:path}"),
    Endpoint("POST", "/products/updatestock", update_stock),
    Endpoint("POST", "/products/updatestockmultiple", update_stocks),
)
