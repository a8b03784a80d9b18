"""Plays the people who work with Sampledepot, for the contract tests, in the framework's records."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from connector.api import Address, Order, OrderLine, Product, Secret, Target
from connector.testing import FakeClock, TargetCase, WarehouseDriver

from connector_sampledepot.testing.fake import FakeDepot, Json


class SampledepotDriver(WarehouseDriver):
    """A merchant's part of a Sampledepot warehouse.

    Methods of `WarehouseDriver` that are missing here are for what the target can't do yet: tests of it are skipped.
    """

    # What Sampledepot has no place for; everything else of a record has to arrive.
    lacks = frozenset(
        {
            "product.net_weight_g",
            "product.manufacturer",
            "product.country_of_origin",
            "product.customs_tariff_number",
        }
    )

    def __init__(self, api_key: str) -> None:
        self.depot = FakeDepot(api_key, self.page_size)

    @property
    def app(self) -> FakeDepot:
        return self.depot

    def add_product(self, product: Product) -> None:
        self.depot.articles[product.id] = {
            "reference": product.id,
            "sku": product.sku,
            "barcode": product.ean,
            "name": product.name,
            "weight_g": product.weight_g,
            "active": product.is_active,
            "virtual": product.is_digital,
            "length_mm": _times(product.length_cm, 10),
            "width_mm": _times(product.width_cm, 10),
            "height_mm": _times(product.height_cm, 10),
        }

    def products(self) -> Sequence[Product]:
        return [_product(each) for each in self.depot.articles.values()]

    def orders(self) -> Sequence[Order]:
        return [_order(each) for each in self.depot.orders]

    def refuse(self, product: Product) -> None:
        self.depot.articles["another"] = {"reference": "another", "sku": product.sku}

    def revoke(self) -> None:
        self.depot.accepts = "another-key"


def contract_case(plugin: type[Target]) -> TargetCase:
    """The plugin that is tried, before a warehouse of its own.

    Once it was tried on the real system, say so here: `real_test=RealTest(…)` of `connector.testing`.
    """
    api_key = "a-long-and-peculiar-key"
    settings = plugin.settings_type(api_key=Secret(api_key))
    return TargetCase(plugin, settings, SampledepotDriver(api_key), clock=FakeClock())


def _product(shown: Json) -> Product:
    return Product(
        id=shown["reference"],
        sku=shown["sku"],
        ean=shown.get("barcode", ""),
        name=shown.get("name", ""),
        weight_g=shown.get("weight_g"),
        is_active=shown.get("active", True),
        is_digital=shown.get("virtual", False),
        length_cm=_times(shown.get("length_mm"), 0.1),
        width_cm=_times(shown.get("width_mm"), 0.1),
        height_cm=_times(shown.get("height_mm"), 0.1),
    )


def _order(shown: Json) -> Order:
    to = shown["receiver"]
    return Order(
        id=shown["reference"],
        number=shown["number"],
        customer_number=shown["customer"],
        currency=shown["currency"],
        total=_amount(shown["total"]),
        picking_info=shown["note"],
        receiver=Address(
            name=to["name"],
            company=to["company"],
            street=to["street"],
            house_number=to["house_number"],
            addition=to["addition"],
            zip=to["zip"],
            city=to["city"],
            state=to["state"],
            country_code=to["country"],
            phone=to["phone"],
            email=to["email"],
        ),
        lines=tuple(
            OrderLine(
                id=line["reference"],
                product_id=line["article"],
                quantity=Decimal(line["quantity"]),
                total=_amount(line["total"]),
                tax=_amount(line["tax"]),
            )
            for line in shown["lines"]
        ),
    )


def _times(length: float | Decimal | None, factor: float) -> float | None:
    return None if length is None else round(float(length) * factor, 3)


def _amount(amount: object) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))
