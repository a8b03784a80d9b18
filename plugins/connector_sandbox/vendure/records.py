"""The framework's records, as the fake shop has them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connector.records import Address, Order, OrderLine, Product


def variant_fields(product: Product) -> dict[str, Any]:
    """Returns a variant, its custom fields among the others."""
    facets = [{"code": tag} for tag in product.tags]
    return {
        "sku": product.sku,
        "name": product.name,
        "enabled": product.is_active,
        "facetValues": facets,
        "ean": product.ean or None,
        "weightGrams": product.weight_g,
        "lengthMm": _tenfold(product.length_cm),
        "widthMm": _tenfold(product.width_cm),
        "heightMm": _tenfold(product.height_cm),
        "isDigital": product.is_digital,
    }


def order_fields(order: Order) -> dict[str, Any]:
    """Returns an order without its lines; without a number, the shop gives it one."""
    profile = order.shipping_profile
    fields: dict[str, Any] = {
        "code": order.number,
        "currencyCode": order.currency,
        "totalWithTax": _cents(order.total),
        "shippingLines": [{"shippingMethod": {"code": profile.lower(), "name": profile}}] if profile else [],
        "shippingAddress": _address(order.receiver) if order.receiver else None,
        "customer": _customer(order.receiver) if order.receiver else None,
    }
    return fields if order.number else {name: fields[name] for name in fields if name != "code"}


def line_fields(line: OrderLine) -> dict[str, Any]:
    """Returns a line of an order, which names its variant."""
    pieces, total = int(line.quantity), _cents(line.total)
    tax = _cents(line.tax)
    return {
        "variant": line.product_id,
        "quantity": pieces,
        "proratedUnitPriceWithTax": total // pieces if total is not None and pieces else total,
        "proratedLinePriceWithTax": total,
        "proratedLinePrice": None if total is None or tax is None else total - tax,
    }


def _address(address: Address) -> dict[str, Any]:
    return {
        "fullName": address.name,
        "company": address.company,
        "streetLine1": address.street,
        "streetLine2": address.addition,
        "city": address.city,
        "province": address.state,
        "postalCode": address.zip,
        "countryCode": address.country_code,
        "phoneNumber": address.phone,
    }


def _customer(address: Address) -> dict[str, Any]:
    return {
        "firstName": "Erika",
        "lastName": "Mustermann",
        "emailAddress": address.email,
        "phoneNumber": None,
    }


def _cents(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _tenfold(length: float | None) -> float | None:
    return None if length is None else length * 10
