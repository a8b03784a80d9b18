"""Services in memory: the sandbox's own good answers, and what becomes of them in hostile hands."""

from __future__ import annotations

import copy
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector_sandbox.billbee.shop import Shop
from connector_sandbox.billbee.stockroom import Location
from connector_sandbox.servers import Sandbox
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.hostile.asking import ASKS, KEY, PASSWORD, PRODUCT, TOKEN, use

MOST_CALLS = 500
"""More than any method makes for one page; a plugin that makes them hangs."""

IDS = ("Id", "BillBeeOrderId", "externalId", "historyId", "externalGoodsOrderId", "id")

Key = tuple[str, str]
Path = tuple[str | int, ...]


@dataclass
class Hostile:
    """Answers each call with its good answer, after `spoil` had its way with it; unknown calls get a 404."""

    good: Mapping[Key, bytes]
    spoil: Callable[[Key, bytes], bytes] = lambda _key, body: body
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    calls: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        assert self.calls <= MOST_CALLS, f"the plugin hangs: {self.calls} calls"
        key = (scope["method"], scope["path"])
        body = self.spoil(key, self.good.get(key, b'{"status": 404, "Success": false}'))
        status = self.status if key in self.good else 404
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Recording:
    """Passes everything on to an application, and notes its first answer to each call."""

    def __init__(self, app: ASGIApp, answers: dict[Key, bytes]) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()

        async def note(message: Message) -> None:
            body.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, note)
        self._answers.setdefault((scope["method"], scope["path"]), bytes(body))


@functools.cache
def good_answers(plugin: str) -> Mapping[str, Mapping[Key, bytes]]:
    """Returns what the sandbox answers to each method of a plugin, by method and path of the calls it makes."""
    sandbox = _sandbox()
    answers: dict[str, dict[Key, bytes]] = {}
    for name, ask in ASKS[plugin].items():
        app = sandbox.billbee_app() if plugin == "billbee" else sandbox.wemalo_app()
        use(plugin, _Recording(app, answers.setdefault(name, {})), ask)
    return answers


def _sandbox() -> Sandbox:
    """A shop and a warehouse in which every method finds something."""
    places = (Location(0, "Standard", is_default=True), Location(5, "Wemalo", is_default=False))
    shop, warehouse = Shop(locations=places), Warehouse()
    tags = [{"Text": "neu", "LanguageCode": "DE"}]
    article = shop.add_product(stock=3, SKU="SKU-1", EAN="4260000000013", Title={"DE": "Kaffee"}, Tags=tags)
    shop.add_product(SKU="SET-1", EAN="4260000000020", Title="Set", parts={article: 2})
    shop.set_stock(article, 3, location_id=5)
    shop.add_order([(article, 1)], OrderNumber="1001", Tags=["wemalo", "order_failed_by_wemalo"])
    shop.cancel_order(shop.add_order([(article, 1)], Tags=["wemalo", "order_received_by_wemalo"]))
    shop.cancel_with_storno(shop.add_order([(article, 1)], Tags=["wemalo", "order_received_by_wemalo"]))
    warehouse.add_product(externalId=PRODUCT, sku="SKU-1", name="Kaffee", productGroup="default")
    warehouse.set_stock(PRODUCT, 9)
    meta = {"externalId": "shipped", "receiver": [_RECEIVER]}
    warehouse.add_order(meta, [{"externalId": PRODUCT, "quantity": 1}])
    warehouse.ship("shipped")
    sandbox = Sandbox(shop, warehouse, api_password=PASSWORD, api_key=KEY, token=TOKEN)
    sandbox.billbee.habits.throttled = False
    return sandbox


_RECEIVER = {
    "name1": "Erika Musterfrau",
    "street": "Musterstraße",
    "streetNumber": "1",
    "zip": "10115",
    "city": "Berlin",
    "countryCode2Letter": "DE",
}


def nodes(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yields the way to each value of a JSON document; of a list only to its first two."""
    yield path
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value[:2]):
            yield from nodes(part, (*path, name))


def with_value(document: Any, path: Path, value: bytes) -> Any:
    """Returns the document with another value at one place, whatever that value is."""
    if not path:
        return msgspec.Raw(value)
    changed = copy.copy(document)
    changed[path[0]] = with_value(document[path[0]], path[1:], value)
    return changed


def parsed(body: bytes) -> Any:
    """Returns a good answer as a document, None for an empty one."""
    return msgspec.json.decode(body) if body else None


def every_field_spoilt(body: bytes, value: bytes) -> bytes:
    """Returns a list with one more record for each field of its first, with `value` in that field's place.

    Each has an id of its own, so that none is taken for another. An answer without a list stays as it is.
    """
    document = parsed(body)
    way = next((path for path in nodes(document) if path and path[-1] == 0), None)
    if way is None or len(way) > 2:
        return body
    rows = document[way[0]] if len(way) == 2 else document
    numbers = itertools.count(1)
    spoilt = [with_value(_renamed(rows[0], next(numbers)), path, value) for path in nodes(rows[0])]
    listed = [*rows, *spoilt]
    return msgspec.json.encode({**document, way[0]: listed} if len(way) == 2 else listed)


def _renamed(record: Any, number: int) -> Any:
    return {name: str(number) if name in IDS else value for name, value in record.items()}
