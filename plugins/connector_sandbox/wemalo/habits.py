"""What Wemalo's documentation leaves open, as switches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Where = Literal["http", "body"]


@dataclass
class WarehouseHabits:
    """How a warehouse takes in products and orders.

    `add_multiple`: what happens to a batch with one refused product. `repeated_product` and
    `repeated_order`: what adding a known external id does. `unique_ean`: whether an EAN may be given only
    once. `products_with_external_id`: whether `product/get` and `getAll` show it, which the documented
    example does not. `page_size`: how many entries of a queue stand on a page.
    """

    add_multiple: Literal["all_or_none", "others_go_through"] = "all_or_none"
    repeated_product: Literal["refused", "updated"] = "refused"
    repeated_order: Literal["second_order", "refused"] = "second_order"
    unique_ean: bool = False
    products_with_external_id: bool = True
    page_size: int = 50


@dataclass
class WemaloHabits:
    """How the service answers.

    `limited` keeps the call limit; `limit_in` and `unauthorized_in` say whether 419 and 401 are the HTTP
    status or stand in the body of an HTTP 200; `texts_only` sends booleans and numbers as texts.
    """

    limited: bool = True
    limit_in: Where = "http"
    unauthorized_in: Where = "http"
    texts_only: bool = False
