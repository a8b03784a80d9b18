"""The shop's products, found by id, SKU and EAN."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from connector_sandbox.billbee.blanks import PRODUCT, SET
from connector_sandbox.billbee.wire import Wire, texts
from connector_sandbox.exchange import Refusal

_MULTI_LANGUAGE = (
    "Title",
    "InvoiceText",
    "Description",
    "ShortDescription",
    "BasicAttributes",
    "Materials",
    "Tags",
)


FIRST_PRODUCT_ID = 100000060427001


@dataclass(slots=True)
class _Product:
    """What differs from an empty product; 50,000 of them stay small that way."""

    own: Wire
    created_at: float


@dataclass
class Assortment:
    """All products of a shop; `now` gives seconds since 1970."""

    now: Callable[[], float]
    _products: dict[int, _Product] = field(default_factory=dict)
    _found_by: dict[str, dict[str, list[int]]] | None = None

    def __post_init__(self) -> None:
        self._ids = count(FIRST_PRODUCT_ID)

    @property
    def ids(self) -> list[int]:
        """All products' ids, ascending."""
        return list(self._products)

    def get(self, product_id: int) -> Wire:
        """The product without its stock; raises Refusal (404) for an unknown id."""
        return {**PRODUCT, **self._stored(product_id).own, "Id": product_id}

    def created_at(self, product_id: int) -> float:
        """Raises Refusal (404) for an unknown id."""
        return self._stored(product_id).created_at

    def add(self, fields: Wire) -> int:
        """Add a product and return its id; see `Shop.add_product` for the fields."""
        product_id = next(self._ids)
        self._products[product_id] = _Product(self._own(fields), self.now())
        self._found_by = None
        return product_id

    def change(self, product_id: int, fields: Wire) -> None:
        self._stored(product_id).own.update(self._own(fields))
        self._found_by = None

    def remove(self, product_id: int) -> None:
        self._stored(product_id)
        del self._products[product_id]
        self._found_by = None

    def having(self, name: Literal["SKU", "EAN"], value: str) -> list[int]:
        """The ids of the products that carry a SKU or EAN."""
        if self._found_by is None:
            self._found_by = self._indexed()
        return self._found_by[name].get(value, [])

    def _indexed(self) -> dict[str, dict[str, list[int]]]:
        index: dict[str, dict[str, list[int]]] = {"SKU": defaultdict(list), "EAN": defaultdict(list)}
        for product_id, product in self._products.items():
            for name, found in index.items():
                if product.own.get(name):
                    found[product.own[name]].append(product_id)
        return index

    def _stored(self, product_id: int) -> _Product:
        if product_id not in self._products:
            raise Refusal(404, f"Article {product_id} not found")
        return self._products[product_id]

    def _own(self, fields: Wire) -> Wire:
        own: Wire = {
            name: texts(value) if name in _MULTI_LANGUAGE else value for name, value in fields.items()
        }
        if "parts" in own:
            parts: Mapping[int, float] = own.pop("parts")
            own["Type"] = SET
            own["BillOfMaterial"] = self._bill_of_material(parts)
        return own

    def _bill_of_material(self, parts: Mapping[int, float]) -> list[Wire]:
        bill: list[Wire] = []
        for product_id, amount in parts.items():
            known: Any = self._products.get(int(product_id))
            sku = known.own.get("SKU") if known else None
            bill.append({"Amount": float(amount), "ArticleId": int(product_id), "SKU": sku})
        return bill
