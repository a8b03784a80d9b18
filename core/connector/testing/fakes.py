"""Fakes of systems for small drivers: what is the same in all of them is here."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from connector.calls import Answer
from connector.http.wire import AsgiApp
from connector.records import Address, Order, OrderLine, Parcel, Product, ShopOrder
from connector.testing.drivers import ShopDriver

_KINDS: Final = {
    "product": Product,
    "order": Order,
    "line": OrderLine,
    "address": Address,
    "parcel": Parcel,
}


@dataclass(frozen=True)
class Request:
    """A call as a fake gets it. Names of headers are in small letters; what `path` and `query` hold is decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def all_but(**fields: str) -> frozenset[str]:
    """Returns all fields but these: what a driver `lacks` whose system has a place for them alone.

    By kind of record, with blanks between: `all_but(product="sku name weight_g", line="product_id quantity")`.
    """
    every = {f"{kind}.{name}" for kind, record in _KINDS.items() for name in record.__struct_fields__}
    named = {f"{kind}.{name}" for kind, names in fields.items() for name in names.split()}
    if unknown := sorted(named - every):
        raise ValueError(f"no record has {', '.join(unknown)}; there are {', '.join(sorted(every))}")
    return frozenset(every - named)


class FakeShop(ShopDriver):
    """A shop in memory that takes one method: `answer`, which speaks the API of the real one.

    It keeps what is put into it as records; what people do besides (see the optional methods of `ShopDriver`) is
    added by who needs it.
    """

    def __init__(self) -> None:
        self.products: list[Product] = []
        self.orders: dict[str, ShopOrder] = {}

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Answers a call as the real system does; asks for the credentials, and changes what the call changes."""

    def add_product(self, product: Product) -> str:
        product_id = f"product-{len(self.products) + 1}"
        self.products.append(msgspec.structs.replace(product, id=product_id))
        return product_id

    def add_order(self, order: Order) -> str:
        order_id = f"order-{len(self.orders) + 1}"
        added = msgspec.structs.replace(order, id=order_id)
        self.orders[order_id] = ShopOrder(order=added, is_offered=True)
        return order_id

    def order(self, order_id: str) -> ShopOrder:
        return self.orders[order_id]

    @property
    def open_orders(self) -> list[Order]:
        """The orders that were not received yet."""
        return [shown.order for shown in self.orders.values() if not shown.is_received]

    def change(self, order_id: str, **fields: Any) -> None:
        """Sets fields of an order, such as `is_received`."""
        self.orders[order_id] = msgspec.structs.replace(self.orders[order_id], **fields)

    @property
    def app(self) -> AsgiApp:
        async def served(
            scope: Any, receive: Any, send: Any
        ) -> None:  # servers know a function by what it is
            answer = self.answer(await _request(scope, receive))
            headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})

        return served


async def _request(scope: Any, receive: Any) -> Request:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )
