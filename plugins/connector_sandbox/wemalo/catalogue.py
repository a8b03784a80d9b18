"""The warehouse's products and their stock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connector_sandbox.exchange import Refusal
from connector_sandbox.wemalo.habits import WarehouseHabits
from connector_sandbox.wemalo.model import FIRST_CHOICE, Fields, Product
from connector_sandbox.wemalo.validation import PRODUCT_REQUIRED, check_product


@dataclass
class Catalogue:
    """All products, found by external id and by SKU."""

    now: Callable[[], float]
    habits: WarehouseHabits = field(default_factory=WarehouseHabits)

    def __post_init__(self) -> None:
        self._products: dict[str, Product] = {}
        self._by_sku: dict[str, Product] = {}
        self._by_ean: dict[str, Product] = {}
        self._ids = count(45331)

    def __iter__(self) -> Iterator[Product]:
        return iter(self._products.values())

    def __len__(self) -> int:
        return len(self._products)

    def get(self, external_id: str) -> Product:
        """The product with this external id; raises Refusal (404)."""
        product = self._products.get(str(external_id))
        if product is None:
            raise Refusal(404, f"No product with externalId found: {external_id}", "NOT_FOUND")
        return product

    def find(self, value: str, match: str = "externalId") -> Product:
        """The product that a position means, by external id or by SKU."""
        if match != "sku":
            return self.get(value)
        if value not in self._by_sku:
            raise Refusal(404, f"No product with sku found: {value}", "NOT_FOUND")
        return self._by_sku[value]

    def add(self, fields: Fields) -> Product:
        """Add a product; raises Refusal for missing parameters, a used SKU, and (by habit) a used external id."""
        fields = _normal(fields)
        self._check_new(fields)
        known = self._products.get(fields["externalId"])
        if known is not None:
            return self.update(known.external_id, fields)
        product = Product(next(self._ids), fields, self.now())
        self._products[product.external_id] = product
        self._index(product)
        return product

    def add_many(self, batch: Iterable[Any]) -> list[Product]:
        """Add a batch; raises Refusal naming the refused ones, after adding none or (by habit) the others."""
        added, refused = [], []
        batch = list(batch)
        if self.habits.add_multiple == "all_or_none":
            self._check_batch(batch)
        for fields in batch:
            try:
                added.append(self.add(_product_fields(fields)))
            except Refusal as refusal:
                refused.append(f"{_name(fields)}: {refusal.message}")
        if refused:
            raise Refusal(400, "; ".join(refused), "INVALID")
        return added

    def update(self, external_id: str, fields: Fields) -> Product:
        """Change the given fields and no others."""
        product, fields = self.get(external_id), _normal(fields)
        check_product(fields, required=[name for name in PRODUCT_REQUIRED if name in fields])
        self._check_unique(fields, product)
        self._unindex(product)
        product.fields.update({name: value for name, value in fields.items() if name != "externalId"})
        product.changed_at = self.now()
        self._index(product)
        return product

    def remove(self, external_id: str) -> None:
        """Take a product out; raises Refusal (404)."""
        product = self.get(external_id)
        self._unindex(product)
        del self._products[product.external_id]

    def set_stock(self, product: Product, quantity: int, attribute: int = FIRST_CHOICE) -> int:
        """Set the pieces on the shelf and return the difference to before."""
        difference = quantity - product.stock.get(attribute, 0)
        product.stock[attribute] = quantity
        product.stock_changed_at = self.now()
        return difference

    def _check_new(self, fields: Fields) -> None:
        check_product(fields)
        known = self._products.get(fields["externalId"])
        if known is not None and self.habits.repeated_product == "refused":
            raise Refusal(400, f"externalId is already in use: {known.external_id}", "NOT_UNIQUE")
        self._check_unique(fields, known)

    def _check_batch(self, batch: list[Any]) -> None:
        seen: set[str] = set()
        for item in batch:
            fields = _normal(_product_fields(item))
            try:
                self._check_new(fields)
                if fields["sku"] in seen:
                    raise Refusal(400, f"sku is already in use: {fields['sku']}", "NOT_UNIQUE")
            except Refusal as refusal:
                message = f"No product was added. {_name(fields)}: {refusal.message}"
                raise Refusal(refusal.status, message, refusal.reason) from None
            seen.add(fields["sku"])

    def _check_unique(self, fields: Fields, itself: Product | None) -> None:
        if self._by_sku.get(fields.get("sku", ""), itself) is not itself:
            raise Refusal(400, f"sku is already in use: {fields['sku']}", "NOT_UNIQUE")
        if self.habits.unique_ean and self._by_ean.get(fields.get("ean") or "", itself) is not itself:
            raise Refusal(400, f"ean is already in use: {fields['ean']}", "NOT_UNIQUE")

    def _index(self, product: Product) -> None:
        self._by_sku[product.sku] = product
        if product.fields.get("ean"):
            self._by_ean.setdefault(product.fields["ean"], product)

    def _unindex(self, product: Product) -> None:
        del self._by_sku[product.sku]
        if self._by_ean.get(product.fields.get("ean") or "") is product:
            del self._by_ean[product.fields["ean"]]


def _product_fields(item: Any) -> Fields:
    """A product of a batch; the documentation's example writes `extId` where its text says `externalId`."""
    if not isinstance(item, dict):
        raise Refusal(400, "a product must be a JSON object", "INVALID")
    return {"externalId" if name == "extId" else name: value for name, value in item.items()}


def _normal(fields: Fields) -> Fields:
    """Identifiers may come as numbers."""
    identifiers = {
        name: str(fields[name]) for name in ("externalId", "sku", "ean") if fields.get(name) is not None
    }
    return {**fields, **identifiers}


def _name(item: Any) -> str:
    return str(item.get("externalId", "?")) if isinstance(item, dict) else "?"
