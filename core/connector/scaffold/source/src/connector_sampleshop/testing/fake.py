"""A small Sampleshop in memory: an ASGI application that speaks the real API as far as it is used.

Write it from the service's documentation, and from what you saw the real one answer: that a test passes here says as
much as this file is true. Time-outs, broken answers and limits are none of its business; the contract tests put those
between it and the source.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]
Message = MutableMapping[str, Any]


class FakeShop:
    """What the shop has, as its API shows it, and the API.

    `accepts` is the token that it knows, `page_size` the most that it puts on a page.
    """

    def __init__(self, accepts: str, page_size: int) -> None:
        self.accepts = accepts
        self.page_size = page_size
        self.products: dict[str, Json] = {}
        self.orders: dict[str, Json] = {}
        self.locked: set[str] = set()
        """Ids of orders that can be read, but not changed any more."""

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answers one request; none of this API has a body."""
        await receive()
        if dict(scope["headers"]).get(b"authorization") != f"Bearer {self.accepts}".encode():
            status, answer = 401, _message("This token is not known.")
        else:
            query = dict(parse_qsl(scope["query_string"].decode()))
            path = [unquote(part) for part in scope["raw_path"].decode().split("/")[2:]]
            status, answer = self._answer(scope["method"], path, query)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: list[str], query: Mapping[str, str]) -> tuple[int, Json]:
        match method, path:
            case "GET", ["products"]:
                return 200, self._page("products", self.products, query)
            case "GET", ["products", product_id] if product_id in self.products:
                return 200, self.products[product_id]
            case "GET", ["orders"]:
                wanted = {key: row for key, row in self.orders.items() if row["status"] == query["status"]}
                return 200, self._page("orders", wanted, query)
            case "PUT" | "DELETE", ["orders", order_id, "labels", label] if order_id in self.orders:
                return self._label(method, order_id, label)
            case _:
                return 404, _message("There is no such thing.")

    def _label(self, method: str, order_id: str, label: str) -> tuple[int, Json]:
        if order_id in self.locked:
            return 409, _message("This order can't be changed any more.")
        labels = [each for each in self.orders[order_id]["labels"] if each != label]
        self.orders[order_id]["labels"] = [*labels, label] if method == "PUT" else labels
        return 200, {"labels": self.orders[order_id]["labels"]}

    def _page(self, name: str, rows: Mapping[str, Json], query: Mapping[str, str]) -> Json:
        """A page begins behind the record that the query names, so it stays right while records come in."""
        ids, after = sorted(rows), query.get("after", "")
        behind = [each for each in ids if each > after]
        shown = behind[: min(self.page_size, int(query["limit"]))]
        return {
            name: [rows[each] for each in shown],
            "next": shown[-1] if len(shown) < len(behind) else None,
        }


def _message(text: str) -> Json:
    return {"message": text}
