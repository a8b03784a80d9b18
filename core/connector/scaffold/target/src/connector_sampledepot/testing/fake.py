"""A small Sampledepot in memory: an ASGI application that speaks the real API as far as it is used.

Write it from the service's documentation, and from what you saw the real one answer: that a test passes here says as
much as this file is true. Time-outs, broken answers and limits are none of its business; the contract tests put those
between it and the target.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]
Message = MutableMapping[str, Any]

LONGEST_TEXT = 200


class FakeDepot:
    """What the warehouse has, as its API shows it, and the API.

    `accepts` is the key that it knows, `page_size` the most that it puts on a page.
    """

    def __init__(self, accepts: str, page_size: int) -> None:
        self.accepts = accepts
        self.page_size = page_size
        self.articles: dict[str, Json] = {}
        self.orders: list[Json] = []

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answers one request."""
        body = await _body(receive)
        if dict(scope["headers"]).get(b"x-api-key") != self.accepts.encode():
            status, answer = 401, _message("This key is not known.")
        else:
            query = dict(parse_qsl(scope["query_string"].decode()))
            path = [unquote(part) for part in scope["raw_path"].decode().split("/")[2:]]
            status, answer = self._answer(scope["method"], path, query, body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer, default=str).encode()})

    def _answer(self, method: str, path: list[str], query: Mapping[str, str], body: Json) -> tuple[int, Json]:
        match method, path:
            case "GET", ["articles"]:
                return 200, self._page(query)
            case "GET", ["articles", reference] if reference in self.articles:
                return 200, self.articles[reference]
            case "PUT", ["articles", reference]:
                return self._put(reference, body)
            case "GET", ["orders"]:
                found = [each for each in self.orders if each["reference"] == query["reference"]]
                return 200, {"orders": found}
            case "POST", ["orders"]:
                return self._order(body)
            case _:
                return 404, _message("There is no such thing.")

    def _put(self, reference: str, fields: Json) -> tuple[int, Json]:
        """Makes an article, or changes those fields of it that are named."""
        others = [each for key, each in self.articles.items() if key != reference]
        if fields["sku"] in {each["sku"] for each in others}:
            return 409, _message("Another article has this SKU.")
        if _is_too_long(fields):
            return 422, _message("A text is too long.")
        self.articles[reference] = {**self.articles.get(reference, {}), "reference": reference, **fields}
        return 200, self.articles[reference]

    def _order(self, order: Json) -> tuple[int, Json]:
        """Takes an order; it does not look whether it has the same one already."""
        if any(line["article"] not in self.articles for line in order["lines"]):
            return 422, _message("An article is not known.")
        if _is_too_long(order) or _is_too_long(order["receiver"]):
            return 422, _message("A text is too long.")
        self.orders.append({**order, "status": "new"})
        return 201, {"number": f"D-{len(self.orders)}"}

    def _page(self, query: Mapping[str, str]) -> Json:
        """A page begins behind the article that the query names, so it stays right while others come in."""
        after = query.get("after", "")
        behind = [each for each in sorted(self.articles) if each > after]
        shown = behind[: min(self.page_size, int(query["limit"]))]
        return {
            "articles": [self.articles[each] for each in shown],
            "next": shown[-1] if len(shown) < len(behind) else None,
        }


async def _body(receive: Callable[[], Awaitable[Message]]) -> Json:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    body: Json = json.loads(content, parse_float=Decimal) if content else {}
    return body


def _is_too_long(fields: Json) -> bool:
    return any(len(value) > LONGEST_TEXT for value in fields.values() if isinstance(value, str))


def _message(text: str) -> Json:
    return {"message": text}
