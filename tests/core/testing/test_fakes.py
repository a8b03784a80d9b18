"""What the framework gives to small fakes: a shop in memory, calls as they come in, and what a system lacks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connector.api import Answer, Order, Product
from connector.testing import FakeShop, Request, all_but


class Listening(FakeShop):
    """Keeps the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Request] = []

    def answer(self, request: Request) -> Answer:
        self.heard.append(request)
        return Answer(418, {"x-pot": "tea"}, b"no coffee")


def called(shop: FakeShop, path: str, query: bytes, *parts: bytes) -> list[Any]:
    """Sends a call whose body comes in parts; returns the answer as ASGI has it."""
    bodies = [
        {"type": "http.request", "body": part, "more_body": i < len(parts)} for i, part in enumerate(parts, 1)
    ]
    scope = {"method": "PUT", "path": path, "query_string": query, "headers": [(b"x-token", b"t")]}
    sent: list[Any] = []

    async def receive() -> Any:
        return bodies.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> None:
        await shop.app(scope, receive, send)

    asyncio.run(call())
    return sent


def test_a_call_comes_whole_and_its_answer_goes_out_as_it_was_made() -> None:
    shop = Listening()
    start, body = called(shop, "/pots/a b", b"size=2&empty=", b"be", b"ans")
    assert shop.heard == [Request("PUT", "/pots/a b", {"size": "2", "empty": ""}, {"x-token": "t"}, b"beans")]
    assert (start["status"], start["headers"], body["body"]) == (418, [(b"x-pot", b"tea")], b"no coffee")


def test_a_shop_keeps_what_is_put_into_it_under_ids_of_its_own() -> None:
    shop = Listening()
    assert (shop.add_product(Product(id="", sku="MUG")), shop.add_order(Order(id="9"))) == (
        "product-1",
        "order-1",
    )
    shop.add_order(Order(id="9"))
    shop.change("order-1", is_received=True)
    assert (shop.products, shop.order("order-1").is_received) == ([Product(id="product-1", sku="MUG")], True)
    assert [order.id for order in shop.open_orders] == ["order-2"]


def test_what_a_system_has_says_what_it_lacks() -> None:
    lacks = all_but(product="sku name", line="quantity")
    assert not {"product.sku", "product.name", "line.quantity"} & lacks
    assert {"product.ean", "order.number", "line.sku", "address.zip", "parcel.carrier"} <= lacks


@pytest.mark.parametrize("fields", [{"product": "sku nmae"}, {"produkt": "sku"}])
def test_a_field_that_no_record_has_is_a_mistake(fields: dict[str, str]) -> None:
    with pytest.raises(
        ValueError, match=r"no record has produ[ck]t\.(nmae|sku); there are address\.addition"
    ):
        all_but(**fields)
