"""Building orders: complete ones from the few fields that a test or the demo data says."""

from __future__ import annotations

from typing import Any, Literal

from connector_sandbox.billbee.blanks import ORDER, SELLER
from connector_sandbox.billbee.wire import Wire, address, buyer, customer, order_item

FIRST_ORDER_ID = 300000180937001


def new_order(order_id: int, items: list[Wire], to: Wire, moment: str, fields: Wire) -> Wire:
    """A complete order: paid, tagged `wemalo`, everything else as `fields` say; `moment` is a Billbee date."""
    number = order_id - FIRST_ORDER_ID + 1
    receiver = address(**{"BillbeeId": order_id + 1000, **to})
    total = total_of(items)
    return {
        **ORDER,
        "Id": f"ext-{number}",
        "OrderNumber": f"DE-{2026000 + number}",
        "CreatedAt": moment,
        "ConfirmedAt": moment,
        "PayedAt": moment,
        "LastModifiedAt": moment,
        "InvoiceAddress": dict(receiver),
        "ShippingAddress": receiver,
        "TotalCost": total,
        "PaidAmount": total,
        "Seller": dict(SELLER),
        "Buyer": buyer(receiver),
        "Customer": customer(receiver, number),
        "CustomerNumber": str(number),
        "Tags": ["wemalo"],
        "ShippingIds": [],
        **fields,
        "BillBeeOrderId": order_id,
        "OrderItems": items,
    }


def total_of(items: list[Wire]) -> float:
    """What an order's lines cost together."""
    return float(round(sum(item["TotalPrice"] for item in items), 2))


def item_of(product: Wire, quantity: float, item_id: int) -> Wire:
    """An order line for a product, as it was sold."""
    total = round(product["Price"] * quantity, 2)
    sold: dict[str, Any] = {
        "Id": f"ext-{product['Id']}",
        "Title": product["Title"][0]["Text"] if product["Title"] else None,
        "BillbeeId": product["Id"],
        **{name: product[name] for name in ("SKU", "EAN", "Weight", "IsDigital", "Type", "CountryOfOrigin")},
    }
    tax = round(total - total / (1 + product["Vat1Rate"] / 100), 2)
    return order_item(
        BillbeeId=item_id, Product=sold, Quantity=float(quantity), TotalPrice=total, TaxAmount=tax
    )


def credit_of(order: Wire, refers_by: Literal["external_id", "parent"]) -> tuple[list[Wire], Wire]:
    """The lines and fields of the credit order that the button "Storno" makes of an order."""
    lines = [
        {**item, "Quantity": -item["Quantity"], "TotalPrice": -item["TotalPrice"], "UnrebatedTotalPrice": 0.0}
        for item in order["OrderItems"]
    ]
    fields = {
        "Id": None,
        "OrderNumber": f"{order['OrderNumber']}-S",
        "State": order["State"],
        "Tags": list(order["Tags"]),
    }
    if refers_by == "external_id":
        return lines, {**fields, "IsCancelationFor": order["Id"]}
    return lines, {**fields, "BillBeeParentOrderId": order["BillBeeOrderId"]}


def without_doubles(tags: list[str]) -> list[str]:
    """The tags, each once; Billbee compares them without regard to case."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return list(kept.values())
