"""Order numbers, SKUs and ids stay what they are wherever they enter an address: they never lead a call elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from connector.api import ConnectorError, Order, Product, ProductWrite, Shipment
from tests.hostile.asking import Ask, use
from tests.plugins.bench import Bench

IDS = (
    "../products",
    "../../v1/orders/1",
    "..",
    ".",
    "",
    "1/tags",
    "1/../2",
    "..%2f..%2fadmin",
    "%2e%2e/",
    "%",
    "%00",
    "1?excludeTags=true",
    "1#x",
    "1;a=b",
    "1&page=2",
    "//evil.example.com/x",
    "http://evil.example.com/",
    "@evil.example.com",
    ":8080",
    "\\..\\..",
    "1\r\nHost: evil.example.com",
    "1\nX-Api: 1",
    "\t1 ",
    "\x00",
    "Größe ÄÖÜ",
    "日本語",
    "\u202e1\u202d",
    "😀",
    "{id}",
    "a" * 3000,
)

BILLBEE: Mapping[str, Callable[[str], Ask]] = {
    "product": lambda hostile: lambda source: source.product(hostile),
    "find_product": lambda hostile: lambda source: source.find_product(hostile),
    "find_order": lambda hostile: lambda source: source.find_order(hostile),
    "order_received": lambda hostile: lambda source: source.order_received(Order(id=hostile)),
    "order_held": lambda hostile: lambda source: source.order_held(Order(id=hostile)),
    "order_cancelled": lambda hostile: lambda source: source.order_cancelled(hostile),
    "order_shipped": lambda hostile: lambda source: source.order_shipped(Shipment(order_id=hostile)),
}
WEMALO: Mapping[str, Callable[[str], Ask]] = {
    "has_product": lambda hostile: lambda target: target.has_product(hostile, ""),
    "find_product": lambda hostile: lambda target: target.find_product(hostile, ""),
    "put_products": lambda hostile: (
        lambda target: target.put_products([ProductWrite(product=Product(id=hostile), is_new=False)])
    ),
    "find_order": lambda hostile: lambda target: target.find_order(hostile),
    "change_order": lambda hostile: lambda target: target.change_order(Order(id=hostile), [hostile], ()),
    "change_order, line": lambda hostile: lambda target: target.change_order(Order(id="1"), [hostile], ()),
    "cancel_order": lambda hostile: lambda target: target.cancel_order(hostile),
    "shipment_taken": lambda hostile: (
        lambda target: target.shipment_taken(Shipment(order_id="1", receipts=(hostile,)))
    ),
    "parcels": lambda hostile: lambda target: target.parcels(hostile),
}
CALLS = [("billbee", name) for name in BILLBEE] + [("wemalo", name) for name in WEMALO]
MAKE = {"billbee": BILLBEE, "wemalo": WEMALO}
PREFIX = {"billbee": ["", "api", "v1"], "wemalo": ["", "v1"]}

# The path of each call that takes an id, whose place is None.
KNOWN: Mapping[str, list[list[str | None]]] = {
    "billbee": [
        ["products", None],
        ["orders", None],
        ["orders", "findbyextref", None],
        ["orders", None, "tags"],
        ["orders", None, "orderstate"],
        ["orders", None, "shipment"],
    ],
    "wemalo": [
        ["product", "get", None],
        ["product", "update", None],
        ["product", "add"],
        ["goodsOrder", "getStatus", None],
        ["goodsOrder", "updateMeta", None],
        ["goodsOrder", "removePosition", None, None],
        ["goodsOrder", "cancel", None],
        ["goodsOrder", "packages", "sent", None],
        ["goodsOrder", "packages"],
    ],
}


class Listener:
    """Answers everything with an empty success, and keeps each address exactly as it came over the wire."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"].decode()
        self.heard.append((host, scope["raw_path"].decode("ascii"), scope["query_string"].decode("ascii")))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"Success": true, "statusName": "OPEN"}'})


def is_filled_in(path: list[str], pattern: list[str | None], hostile: str) -> bool:
    """Tells whether a path is the pattern with this id (or our own `1`) in each free place, encoded to one segment."""
    return len(path) == len(pattern) and all(
        part == known if known is not None else unquote(part) in {hostile, "1"}
        for part, known in zip(path, pattern, strict=True)
    )


@pytest.mark.parametrize(("plugin", "name"), CALLS)
@given(hostile=st.sampled_from(IDS) | st.text(max_size=12))
def test_an_id_of_any_text_reaches_only_the_intended_endpoint(plugin: str, name: str, hostile: str) -> None:
    service = Listener()
    with suppress(ConnectorError):  # an id that can't stand in an address is refused, and not sent
        use(plugin, service, MAKE[plugin][name](hostile))
    for host, raw_path, query in service.heard:
        assert host == f"{plugin}.example.com"
        path = raw_path.partition("?")[0].split("/")
        assert path[: len(PREFIX[plugin])] == PREFIX[plugin]
        own = path[len(PREFIX[plugin]) :]
        assert any(is_filled_in(own, pattern, hostile) for pattern in KNOWN[plugin]), raw_path
        assert {key for key, _ in parse_qsl(query)} <= {"lookupBy", "externalOrderId"}
        assert {value for _, value in parse_qsl(query)} <= {"id", "sku", hostile}


WAYS_IN = (
    "../{}",
    "{}/tags",
    "{}?x=",
    "{}#x",
    "{}%00",
    "{}\x00",
    "{}/../{}",
    "./{}",
    "%2e/{}",
    "{};x",
    "{}%2f",
)


@pytest.mark.parametrize(("plugin", "name"), CALLS)
def test_an_id_with_somebody_elses_id_in_it_changes_nothing_of_theirs(plugin: str, name: str) -> None:
    bench = Bench()
    bench.sandbox.billbee.habits.throttled = False
    order = bench.shop.add_order([(bench.shop.add_product(SKU="1"), 1)], OrderNumber="1")
    bench.warehouse.add_product(externalId="1", sku="1", name="Kaffee", productGroup="default")
    side: Any = bench.source if plugin == "billbee" else bench.target
    for theirs in ("1", str(order)):
        for way in (
            "../{}",
            "{}/tags",
            "{}?x=",
            "{}#x",
            "{}%00",
            "{}\x00",
            "{}/../{}",
            "./{}",
            "%2e/{}",
            "{};x",
            "{}%2f",
        ):
            with suppress(ConnectorError):
                side(MAKE[plugin][name](way.format(theirs, theirs)))
    audits = (bench.sandbox.billbee.audit, bench.sandbox.wemalo.audit)
    made = {f"product {product.external_id}" for product in bench.warehouse.products} - {"product 1"}
    changes = [change for audit in audits for entry in audit.writes() for change in entry.changed]
    assert len(changes) == len(made)  # products of their own names, and nothing else


def test_an_id_that_means_here_or_one_up_is_never_sent() -> None:
    for plugin, name in CALLS:
        for hostile in ("", ".", ".."):
            service = Listener()
            with suppress(ConnectorError):
                use(plugin, service, MAKE[plugin][name](hostile))
            paths = [raw_path.partition("?")[0].split("/") for _, raw_path, _ in service.heard]
            assert not [path for path in paths if {"", ".", ".."} & set(path[1:])], (plugin, name)
