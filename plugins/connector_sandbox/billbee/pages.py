"""The page that shows a person what is in the shop and what was written to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from connector_sandbox.audit import Audit
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.billbee.wire import ORDER_STATES, Wire
from connector_sandbox.pages import SHOWN_ROWS, Table, audit_table, changes_table, page


def shop_page(shops: Mapping[str, Shop], audit: Audit) -> str:
    """Orders, what was written, products, requests."""
    lead = "A local stand-in for Billbee: everything here is made up, nothing leaves this machine."
    return page("Billbee sandbox", lead, [*_tables(shops), audit_table(audit)])


def _tables(shops: Mapping[str, Shop]) -> Iterator[Table]:
    for name, shop in shops.items():
        yield _orders(name, shop)
        yield changes_table(f"Written to {name} by the API", shop.written())
        yield _products(name, shop)


def _orders(name: str, shop: Shop) -> Table:
    columns = ("Order", "Id", "State", "Tags", "Receiver", "Tracking numbers", "Total")
    rows = [_order_row(order) for order in islice(reversed(shop.orders.values()), SHOWN_ROWS)]
    return Table(f"Orders of {name} ({len(shop.orders)})", columns, rows)


def _order_row(order: Wire) -> tuple[object, ...]:
    to = order["ShippingAddress"]
    state = f"{order['State']} {ORDER_STATES[order['State']]}" + (
        " (archived)" if order["ArchivedAt"] else ""
    )
    receiver = [
        to[part] for part in ("Company", "FirstName", "LastName", "Zip", "City", "CountryISO2") if to[part]
    ]
    tracking = [shipment["ShippingId"] or "without number" for shipment in order["ShippingIds"]]
    total = f"{order['TotalCost']:.2f} {order['Currency']}"
    return (
        order["OrderNumber"],
        order["BillBeeOrderId"],
        state,
        order["Tags"],
        " ".join(receiver),
        tracking,
        total,
    )


def _products(name: str, shop: Shop) -> Table:
    columns = ("Id", "SKU", "EAN", "Title", "Stock", "Kind")
    rows = [_product_row(shop.product(product_id)) for product_id in shop.assortment.ids[:SHOWN_ROWS]]
    return Table(f"Products of {name} ({len(shop.assortment.ids)})", columns, rows)


def _product_row(product: Wire) -> tuple[object, ...]:
    kinds = [
        name
        for name, applies in (
            ("set", product["BillOfMaterial"]),
            ("digital", product["IsDigital"]),
            ("deactivated", product["IsDeactivated"]),
        )
        if applies
    ]
    title = product["Title"][0]["Text"] if product["Title"] else ""
    return product["Id"], product["SKU"], product["EAN"], title, f"{product['StockCurrent']:g}", kinds
