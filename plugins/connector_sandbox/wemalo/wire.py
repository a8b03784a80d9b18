"""Wemalo's JSON objects, with the fields that its API documentation shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connector_sandbox.exchange import Refusal
from connector_sandbox.germantime import german, seconds
from connector_sandbox.wemalo.model import (
    ATTRIBUTES,
    FIRST_CHOICE,
    STATUS_IDS,
    Booking,
    Fields,
    GoodsOrder,
    Parcel,
    Product,
)

CLIENT = {"clientId": 3, "clientName": "Demo"}

_PRODUCT: Fields = {
    "externalId": "",
    "productGroup": "",
    "depthShipping": 0,
    "height": 0,
    "originCountry": "",
    "description": "",
    "name": "",
    "volumeShipping": 0,
    "salesPrice": 0,
    "customsTariffNumber": "",
    "width": 0,
    "sku": "",
    "depth": 0,
    "heightShipping": 0,
    "grossWeight": 0,
    "isActive": True,
    "ignorePicking": False,
    "ean": "",
    "ean2": "",
    "ean3": "",
    "ean4": "",
    "widthShipping": 0,
    "netWeight": 0,
    "producerName": "",
    "volume": 0,
    "hasSerialNumber": False,
    "supplierNumber": "",
    "factoryNumber": "",
    "purchasePrice": 0,
    "externalArticleNumber": "",
}


def date(at: float | None) -> str:
    """dd.MM.yyyy HH:mm:ss, German local time; '' for none."""
    return "" if at is None else f"{german(at):%d.%m.%Y %H:%M:%S}"


def parse_date(text: str) -> float:
    """Seconds since 1970 of a dd.MM.yyyy HH:mm:ss; raises Refusal."""
    return _parse(text, "%d.%m.%Y %H:%M:%S", "dd.MM.yyyy HH:mm:ss")


def parse_hour(text: str) -> float:
    """Seconds since 1970 of a `fromDate` like 3112199923; raises Refusal."""
    return _parse(text, "%d%m%Y%H", "ddMMyyyyHH")


def product_body(product: Product, with_external_id: bool) -> Fields:
    """A product as `product/get` shows it; the documented example has no external id."""
    body = {**_PRODUCT, **product.fields, "isActive": product.active, "ignorePicking": product.ignore_picking}
    if not with_external_id:
        del body["externalId"]
    return body


def available_body(product: Product) -> Fields:
    """A product's free quantity per attribute, as `product/availableStock` shows it."""
    return {
        "ean": product.fields.get("ean") or "",
        "id": product.id,
        "attributes": [
            {
                "id": key,
                "isDefault": ATTRIBUTES[key].is_default,
                "external": ATTRIBUTES[key].external,
                "quantity": free,
            }
            for key, free in _free(product)
        ],
        "sku": product.sku,
        "externalId": product.external_id,
        "virtualQuantity": 0,
    }


def stock_bodies(product: Product) -> list[Fields]:
    """A product's pieces per attribute, reserved ones among them, as `product/stock` shows them."""
    return [
        {
            **CLIENT,
            "attributeId": key,
            "quantity": quantity,
            "ean": product.fields.get("ean") or "",
            "productId": product.id,
            "serialnumber": "",
            "attributeEnglish": ATTRIBUTES[key].english,
            "attributeGerman": ATTRIBUTES[key].german,
            "sku": product.sku,
            "barcode": f"3c{product.id}",
            "productName": product.fields.get("name") or "",
        }
        for key, quantity in product.stock.items()
    ]


def reduced_stock_body(product: Product, with_details: bool) -> Fields:
    """A product's pieces with what is reserved, as `product/stock/reduced` shows them."""
    total = sum(product.stock.values())
    body: Fields = {
        "lotStartPosition": 0,
        "lotEndPosition": 0,
        "quantity": total,
        "quantityReserved": product.reserved,
        "notReservedQuantity": total - product.reserved,
    }
    if with_details:
        body["details"] = [
            {
                "id": key * 100000 + product.id,
                "attributeEnglish": ATTRIBUTES[key].english,
                "attributeGerman": ATTRIBUTES[key].german,
                "attributeId": key,
                "quantity": quantity,
                "reserved": product.reserved if key == FIRST_CHOICE else 0,
                "isDefault": ATTRIBUTES[key].is_default,
                "serialNumber": "",
            }
            for key, quantity in product.stock.items()
        ]
    return body


def status_body(order: GoodsOrder) -> Fields:
    """An order's status, as `goodsOrder/getStatus` shows it."""
    body: Fields = {
        "statusId": str(STATUS_IDS[order.status]),
        "statusName": str(order.status),
        "id": order.id,
        "orderNumber": order.number,
        "deliveryDate": order.meta.get("expectedDeliveryDate") or "",
        "blockReason": order.block_reason,
    }
    if order.reason:
        body["reasonPartiallyReserved"] = order.reason
    return body


def parcel_body(parcel: Parcel) -> Fields:
    """A parcel, as `goodsOrder/packages` shows it."""
    handed_over = parcel.handed_over_at is not None
    return {
        "profileName": parcel.carrier_product,
        "errorMessage": "",
        "weightTotal": sum(_weight(position.product) * pieces for position, pieces in parcel.contents),
        "quantitySum": sum(pieces for _, pieces in parcel.contents),
        "quantity": sum(pieces for _, pieces in parcel.contents),
        "isHandedOver": handed_over,
        "storageCell": "" if handed_over else "WA-01-01-01",
        "id": parcel.id,
        "barcode": f"5A{parcel.id}",
        "trackingNumber": parcel.tracking_number,
        "items": [
            {
                "serialNumber": "",
                "quantity": pieces,
                "name": position.product.fields.get("name") or "",
                "sku": position.product.sku,
            }
            for position, pieces in parcel.contents
        ],
        "units": [],
    }


def sent_body(booking: Booking, with_recipient: bool) -> Fields:
    """A booking of reason SENT, as `goodsOrder/packages/sent` shows it."""
    order, parcel, product = booking.order, booking.parcel, booking.product
    if order is None or parcel is None:
        raise ValueError(f"booking {booking.id} is no sent parcel")
    body: Fields = {
        "externalProductId": product.external_id,
        "productId": product.id,
        "productName": product.fields.get("name") or "",
        "sku": product.sku,
        "historyId": booking.id,
        "packageId": parcel.id,
        "orderStatusId": STATUS_IDS[order.status],
        "goodsOrderId": order.id,
        "orderNumberCustomer": order.number,
        "externalGoodsOrderId": order.external_id,
        "handoverDate": date(parcel.handed_over_at),
        "bookingDate": date(booking.booked_at),
        "trackingNumber": parcel.tracking_number,
        "count": booking.count,
        "serialNumber": "",
        "dispatcherName": parcel.carrier,
        "dispatcherProduct": parcel.carrier_product,
        "orderInfo": {
            name: order.meta.get(name) or ""
            for name in ("departmentNumber", "extraInfo", "extraInfo2", "extraInfo3", "extraInfo4")
        },
    }
    return {**body, "recipient": _recipient(order.receiver)} if with_recipient else body


def history_body(booking: Booking) -> Fields:
    """A booking, as `product/bookings/flag` shows it."""
    order, position = booking.order, booking.position
    return {
        "quantity": booking.count,
        "shop": "",
        "productId": booking.product.id,
        "stockOrderId": 0,
        "extStockOrderId": "",
        "externalIds": [{"value": "sandbox", "key": booking.product.external_id}],
        "bookingHistoryEntries": [
            {"extPositionReference": position.identifier if position else "", "historyId": booking.id}
        ],
        "transmitData": True,
        "parcelId": booking.parcel.id if booking.parcel else 0,
        "goodsOrderId": order.id if order else 0,
        "extGoodsOrderId": order.external_id if order else "",
        "additionalInfo": "",
        "position": 0,
        "sku": booking.product.sku,
    }


def as_text(body: Any) -> Any:
    """The same body with booleans and numbers as texts, as some answers have them; `status` stays a number."""
    if isinstance(body, dict):
        return {key: value if key == "status" else as_text(value) for key, value in body.items()}
    if isinstance(body, list):
        return [as_text(item) for item in body]
    if isinstance(body, bool):
        return "true" if body else "false"
    return str(body) if isinstance(body, int | float) else body


def _free(product: Product) -> Iterable[tuple[int, int]]:
    for key, quantity in product.stock.items():
        yield key, product.pickable if key == FIRST_CHOICE else quantity


def _weight(product: Product) -> float:
    return float(product.fields.get("grossWeight") or 0)


def _recipient(receiver: Fields) -> Fields:
    same = (
        "name1",
        "name2",
        "name3",
        "street",
        "addressAddition",
        "stateProvinceCountry",
        "zip",
        "city",
        "email",
    )
    renamed = {"houseNumber": "streetNumber", "countryCode": "countryCode2Letter", "phone": "phoneNumber"}
    names = {**{name: name for name in same}, **renamed, "customerNumber": "customerNumber"}
    return {ours: receiver.get(theirs) or "" for ours, theirs in names.items()}


def _parse(text: str, form: str, shown: str) -> float:
    try:
        return seconds(datetime.strptime(text, form))  # noqa: DTZ007 - Wemalo's dates have no zone
    except ValueError:
        raise Refusal(400, f"a date must have the form {shown}, not {text!r}", "INVALID") from None
