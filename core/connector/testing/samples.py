"""Records that the checks put into shops and warehouses; each is like none before it."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any, Final

from connector.records import Address, Order, OrderLine, Product, StockLevel

LONG_TEXT: Final = "Kaffeekanne aus Glas, mundgeblasen, mit Deckel und Filter " * 6
"""Longer than the 255 characters that many systems allow."""

_SKU: Final = "SKU-"

PRODUCT_SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "sku": {},
    "ean": {},
    "name": {},
    "weight_g": {},
    "net_weight_g": {},
    "length_cm": {},
    "width_cm": {},
    "height_cm": {},
    "manufacturer": {},
    "country_of_origin": {},
    "customs_tariff_number": {},
    "is_digital": {"is_digital": True},
    "is_active": {"is_active": False},
}
"""The fields of a product that go from a shop to a warehouse, and what makes a sample in which each can be told."""

RECEIVER: Final = Address(
    name="Erika Müller-Lüdenscheidt",
    company="Grünzeug & Söhne GmbH",
    name_addition="Hinterhaus",
    street="Große Straße",
    house_number="12a",
    addition="3. Etage",
    zip="01067",
    city="Dresden",
    state="Sachsen",
    country_code="DE",
    phone="+49 351 5550123",
    email="erika@example.com",
)


class Samples:
    """Makes records with numbers of their own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def product(self, product_id: str = "", **changes: Any) -> Product:
        """A product with all fields filled; no weight or length could be taken for one in another unit."""
        number = next(self._numbers)
        fields: dict[str, Any] = {
            "id": product_id,
            "sku": f"{_SKU}{number:04}",
            "ean": ean(number),
            "name": f"Kaffee Nr. {number}: süß & kräftig",
            "weight_g": 1499,
            "net_weight_g": 1250,
            "length_cm": 30.5,
            "width_cm": 20.0,
            "height_cm": 10.25,
            "manufacturer": "Rösterei Muster",
            "country_of_origin": "IT",
            "customs_tariff_number": "09012100",
            "tags": ("neu",),
        }
        return Product(**{**fields, **changes})

    def target_product(self, **changes: Any) -> Product:
        """A product as a shop hands it over, with its id, which its SKU tells as well (see `product_key`)."""
        product_id = str(4_711_000 + next(self._numbers))
        return self.product(product_id, **{"sku": f"{_SKU}{product_id}", **changes})

    def order(self, *products: Product, order_id: str = "", **changes: Any) -> Order:
        """An order of two pieces of each product; amounts are such that no float hits them."""
        number = next(self._numbers)
        fields: dict[str, Any] = {
            "id": order_id,
            "number": f"DE-2026-{number:04}",
            "currency": "EUR",
            "total": Decimal("39.98") * len(products),
            "receiver": RECEIVER,
            "lines": tuple(self.line(product) for product in products),
            "picking_info": "Bitte als Geschenk verpacken",
            "customer_number": f"K-{number}",
        }
        return Order(**{**fields, **changes})

    def target_order(self, *products: Product, **changes: Any) -> Order:
        """An order as a shop hands it over, with its id."""
        return self.order(*products, order_id=str(8_150_000 + next(self._numbers)), **changes)

    def line(self, product: Product, quantity: int = 2) -> OrderLine:
        """A line of an order."""
        return OrderLine(
            id=str(900_000 + next(self._numbers)),
            product_id=product.id,
            sku=product.sku,
            name=product.name,
            quantity=Decimal(quantity),
            total=Decimal("19.99") * quantity,
            tax=Decimal("3.19") * quantity,
        )

    def tracking_number(self) -> str:
        """The number of a parcel."""
        return f"00340434161{next(self._numbers):09}"


def product_key(record: Product | StockLevel) -> str:
    """Returns the id of a target's product; where the target does not tell it, by the SKU."""
    own_id = record.product_id if isinstance(record, StockLevel) else record.id
    return own_id or record.sku.removeprefix(_SKU)


def ean(number: int) -> str:
    """A valid EAN-13, of the range for use within a company."""
    digits = f"20000{number:07}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
