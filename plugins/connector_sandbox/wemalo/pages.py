"""The page that shows a person what is in the warehouse and what was written to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from connector_sandbox.audit import Audit
from connector_sandbox.pages import SHOWN_ROWS, Table, audit_table, changes_table, page
from connector_sandbox.wemalo.model import SECOND_CHOICE, GoodsOrder, Product
from connector_sandbox.wemalo.warehouse import Warehouse


def warehouse_page(warehouses: Mapping[str, Warehouse], audit: Audit) -> str:
    """Goods orders, what was written, products, requests."""
    lead = "A local stand-in for Wemalo: everything here is made up, nothing leaves this machine."
    return page("Wemalo sandbox", lead, [*_tables(warehouses), audit_table(audit)])


def _tables(warehouses: Mapping[str, Warehouse]) -> Iterator[Table]:
    for name, warehouse in warehouses.items():
        orders = [_order_row(order) for order in islice(reversed(warehouse.orders), SHOWN_ROWS)]
        yield Table(
            f"Goods orders of {name} ({len(warehouse.orders)})",
            ("Order", "External id", "Status", "Receiver", "Positions", "Tracking numbers"),
            orders,
        )
        yield changes_table(f"Written to {name} by the API", warehouse.written())
        yield Table(
            f"Products of {name} ({len(warehouse.products)})",
            ("External id", "SKU", "EAN", "Name", "Free", "Reserved", "2nd choice", "Kind"),
            [_product_row(product) for product in islice(warehouse.products, SHOWN_ROWS)],
        )


def _order_row(order: GoodsOrder) -> tuple[object, ...]:
    to = order.receiver
    names = ("name1", "name2", "street", "streetNumber", "zip", "city", "countryCode2Letter")
    status = f"{order.status} {order.reason or order.block_reason or order.cancel_reason}".strip()
    positions = [f"{position.quantity} x {position.product.sku}" for position in order.positions]
    tracking = [parcel.tracking_number or "without number" for parcel in order.parcels]
    receiver = " ".join(str(to[name]) for name in names if to.get(name))
    return order.number, order.external_id, status, receiver, positions, tracking


def _product_row(product: Product) -> tuple[object, ...]:
    kinds = (["not picked"] if product.ignore_picking else []) + ([] if product.active else ["inactive"])
    own = product.fields
    second = product.stock.get(SECOND_CHOICE, 0)
    named = (product.external_id, product.sku, own.get("ean"), own.get("name"))
    return (*named, product.pickable, product.reserved, second, kinds)
