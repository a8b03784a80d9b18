"""Which fields of each answer decide something, for the faults `missing field` and `wrong type`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NEEDED_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {  # as `Faults.add` takes them, by the call's name in the audit
        "GET /products": ("Data", "Data.*.Id", "Data.*.SKU", "Data.*.BillOfMaterial.*.Amount"),
        "GET /orders": (
            "Data",
            "Data.*.BillBeeOrderId",
            "Data.*.State",
            "Data.*.Tags",
            "Data.*.ShippingAddress",
            "Data.*.OrderItems",
            "Data.*.OrderItems.*.BillbeeId",
            "Data.*.OrderItems.*.Quantity",
            "Data.*.OrderItems.*.Product",
        ),
        "GET /orders/{id}": ("Data", "Data.State", "Data.Tags", "Data.ShippingIds"),
        "POST /orders/{id}/tags": ("ErrorCode",),
        "PUT /orders/{id}/tags": ("ErrorCode",),
        "PUT /orders/{id}/orderstate": (),  # the answer is empty
        "POST /orders/{id}/shipment": (),  # the same
        "GET /shipment/shippingproviders": ("*.id", "*.products", "*.products.*.displayName"),
        "POST /products/updatestockmultiple": ("*.ErrorCode", "*.Data", "*.Data.SKU"),
        "GET /product/getAll": ("status", "products", "products.*.sku", "products.*.externalId"),
        "GET /product/get/:externalId": ("status", "Success"),  # what decides is that it has none
        "POST /product/add": ("status", "Success"),
        "POST /product/addMultiple": ("status", "Success"),
        "PUT /product/update/:externalId": ("status", "Success"),
        "GET /goodsOrder/getStatus/:id": ("status", "statusName", "id"),
        "POST /goodsOrder/add": ("status", "Success", "id"),
        "PUT /goodsOrder/updateMeta/:id": ("status", "Success"),
        "DELETE /goodsOrder/removePosition/:externalId/:externalpositionId": ("status", "Success"),
        "POST /goodsOrder/addPosition/:externalId": ("status", "Success", "statusName"),
        "PUT /goodsOrder/cancel/:id": ("status", "Success"),
        "GET /goodsOrder/packages/sent/": (  # without externalGoodsOrderId an order is none of the shop's
            "bookings",
            "additionalPage",
            "bookings.*.historyId",
            "bookings.*.packageId",
            "bookings.*.orderStatusId",
            "bookings.*.trackingNumber",
        ),
        "PUT /goodsOrder/packages/sent/:bookingId": ("status", "Success"),
        "GET /product/availableStock/": (
            "articles",
            "articles.*.externalId",
            "articles.*.attributes",
            "articles.*.attributes.*.quantity",
            "articles.*.attributes.*.isDefault",
        ),
    }
)
