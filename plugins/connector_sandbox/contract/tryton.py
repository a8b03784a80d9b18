"""Drives the sandbox's Tryton for the contract tests: what a warehouse has, and what its people do."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from connector.api import Address, Order, OrderLine, OrderStatus, Parcel, Product, Secret, Target
from connector.testing import FakeClock, RealTest, TargetCase, WarehouseDriver
from connector_sandbox.tryton.records import Record
from connector_sandbox.tryton.service import DATABASE, KEY, FakeTryton

REAL_TEST = RealTest(system="Tryton 8.0.12", version="0.1.0", test="tests/real/test_real_tryton.py")

_STATUSES = {
    "draft": OrderStatus.WAITING,
    "waiting": OrderStatus.WAITING,
    "shipped": OrderStatus.SHIPPED,
    "done": OrderStatus.SHIPPED,
    "cancelled": OrderStatus.CANCELLED,
}


class TrytonDriver(WarehouseDriver):
    """Drives a fake Tryton, whose lists are as long as the setting `page_size` asks for."""

    page_size: ClassVar[int] = 3
    lacks: ClassVar[frozenset[str]] = frozenset(
        {
            "product.net_weight_g",
            "product.manufacturer",
            "product.country_of_origin",
            "product.customs_tariff_number",
            "product.tags",
            "order.customer_number",
            "order.total",
            "line.id",
            "line.tax",
        }
    )

    def __init__(self, clock: FakeClock) -> None:
        self.fake = FakeTryton(clock.now)
        self._app: Any = self.fake.app()

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)

    def revoke(self) -> None:
        """From now on the application key is refused."""
        self.fake.keys.clear()

    def add_product(self, product: Product) -> None:
        """Enters a product, as a connector did that ran earlier."""
        template = {
            "name": product.name,
            "type": "service" if product.is_digital else "goods",
            "weight": product.weight_g,
            "weight_uom": self._unit("g"),
            **{
                name: value
                for side in ("length", "width", "height")
                for name, value in ((side, getattr(product, f"{side}_cm")), (f"{side}_uom", self._unit("cm")))
            },
        }
        keys = [(None, f"{product.id}@{self.fake.shop}")] + ([("ean", product.ean)] if product.ean else [])
        added = self.fake.add_product(product.sku, *keys, **template)
        self.fake.records.get("product.product", added)["active"] = product.is_active

    def products(self) -> Sequence[Product]:
        """Shows the products that shops have sent, each as often as it is there."""
        found = self.fake.records.search(
            "product.product", [["identifiers.code", "like", "%@%"]], {"active_test": False}
        )
        return [self._product(each) for each in found]

    def orders(self) -> Sequence[Order]:
        """Shows the orders that were handed to the warehouse, each as often as it is there."""
        handed = [
            each
            for each in self.fake.records.all("stock.shipment.out")
            if each["number"] and each["reference"]
        ]
        return [self._order(each) for each in handed]

    def status(self, order_id: str) -> OrderStatus:
        """Shows how far an order is."""
        return _STATUSES.get(self.fake.shipment(order_id)["state"], OrderStatus.IN_PROCESS)

    def start(self, order_id: str) -> None:
        """People pick the order, so that it can neither be changed nor cancelled any more."""
        self.fake.pick(order_id)

    def ship(self, order_id: str, parcels: Sequence[Parcel], *, complete: bool) -> None:
        """Hands parcels to the carrier; each but the last of a complete delivery takes one piece."""
        if not complete:
            self.fake.split(order_id, len(parcels))
        self.fake.ship(order_id, *parcels)

    def set_stock(self, product_id: str, quantity: int) -> None:
        """That many pieces can be sold now, besides those that are promised."""
        product = self._by_id(product_id)
        demand = sum(
            move["quantity"]
            for move in self.fake.records.all("stock.move")
            if move["product"] == product["id"]
            and move["state"] in {"draft", "assigned"}
            and move["from_location"] == self.fake.rules.place("STO")
        )
        self.fake.stock_in(self._sku(product), quantity + demand)

    def add_unsellable(self, product_id: str, quantity: int) -> None:
        """So many pieces lie in a zone for blocked goods."""
        self.fake.stock_in(self._sku(self._by_id(product_id)), quantity, location="BLOCKED")

    def refuse(self, product: Product) -> None:
        """From now on each write to this product is refused."""
        self.fake.rules.refuses.add(product.sku)

    def _product(self, record: Record) -> Product:
        records = self.fake.records
        template = records.get("product.template", record["template"])
        identifiers = records.linked("product.product", record, "identifiers")
        keys = [
            each["code"]
            for each in identifiers
            if each["type"] is None and each["code"].endswith(f"@{self.fake.shop}")
        ]
        eans = [each["code"] for each in identifiers if each["type"] == "ean"]
        return Product(
            id=keys[0].removesuffix(f"@{self.fake.shop}") if keys else "",
            sku=self._sku(record),
            ean=eans[0] if eans else "",
            name=template["name"],
            weight_g=int(template["weight"]) if template["weight"] else None,
            length_cm=template["length"],
            width_cm=template["width"],
            height_cm=template["height"],
            is_digital=template["type"] == "service",
            is_active=record["active"] and template["active"],
        )

    def _order(self, record: Record) -> Order:
        records = self.fake.records
        number, _, key = record["reference"].partition(" (")[0].rpartition(" ")
        moves = records.linked("stock.shipment.out", record, "outgoing_moves")
        carrier = records.get("carrier", record["carrier"]) if record["carrier"] else None
        notes = [
            each["message"].split("\n", 1)[1]
            for each in records.all("ir.note")
            if each["resource"] == f"stock.shipment.out,{record['id']}"
        ]
        return Order(
            id=key.removesuffix(f"@{self.fake.shop}"),
            number=number,
            currency=records.get("currency.currency", moves[0]["currency"])["code"] if moves else "",
            receiver=self._receiver(record),
            lines=tuple(self._line(move) for move in moves),
            shipping_profile=carrier["rec_name"].partition(" - ")[2] if carrier else "",
            picking_info="\n".join(notes),
        )

    def _receiver(self, record: Record) -> Address:
        """Shows the address; the street may be three lines, of which the first and the last are additions."""
        records = self.fake.records
        address = records.get("party.address", record["delivery_address"])
        party = records.get("party.party", record["customer"])
        own = records.linked("party.address", address, "contact_mechanisms")
        reached = own or records.linked("party.party", party, "contact_mechanisms")  # as Tryton falls back
        contacts = {each["type"]: each["value"] for each in reached}
        lines = address["street_unstructured"].split("\n")
        addition, street, more = lines if len(lines) == 3 else ("", lines[0], "\n".join(lines[1:]))
        state = address["subdivision"] and records.get("country.subdivision", address["subdivision"])["name"]
        return Address(
            name=address["attn"] or address["party_name"],
            company=address["party_name"] if address["attn"] else "",
            name_addition=addition,
            street=street,
            addition=more,
            zip=address["postal_code"],
            city=address["city"],
            state=state or "",
            country_code=records.get("country.country", address["country"])["code"],
            phone=contacts.get("phone", ""),
            email=contacts.get("email", ""),
        )

    def _line(self, move: Record) -> OrderLine:
        product = self._product(self.fake.records.get("product.product", move["product"]))
        quantity = Decimal(int(move["quantity"]))
        return OrderLine(
            id="",
            product_id=product.id,
            sku=product.sku,
            quantity=quantity,
            total=(Decimal(move["unit_price"]["decimal"]) * quantity).quantize(Decimal("0.01")),
        )

    def _by_id(self, product_id: str) -> Record:
        key = f"{product_id}@{self.fake.shop}"
        found = self.fake.records.search(
            "product.product", [["identifiers.code", "=", key]], {"active_test": False}
        )
        if not found:
            raise LookupError(product_id)
        return found[0]

    def _sku(self, record: Record) -> str:
        return str(self.fake.records.value("product.product", record, "code", {}))

    def _unit(self, symbol: str) -> int:
        return next(
            int(each["id"]) for each in self.fake.records.all("product.uom") if each["symbol"] == symbol
        )


def tryton_case(plugin: type[Target]) -> TargetCase:
    """Tryton's target, or a variant of it, before a warehouse of its own."""
    clock = FakeClock()
    warehouse = TrytonDriver(clock)
    settings = plugin.settings_type(
        base_url="https://erp.example.com",
        database=DATABASE,
        application_key=Secret(KEY),
        shop=warehouse.fake.shop,
        page_size=warehouse.page_size,
    )
    return TargetCase(plugin, settings, warehouse, clock=clock, real_test=REAL_TEST)
