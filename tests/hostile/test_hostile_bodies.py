"""Large answers: what fits is read, what never ends is given up, and nothing large gets into a message."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from contextlib import suppress

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from connector.api import ConnectorError, UnusableAnswer
from connector.http.wire import LARGEST_BODY
from tests.core.http.test_http_wire import real_client
from tests.core.http.world import READ, Products
from tests.hostile.asking import ASKS, assert_sound, outcome, records_in, use
from tests.hostile.services import Hostile, good_answers, parsed, with_value

MEGABYTE = 1024 * 1024
LONG = b'"' + b"x" * (10 * MEGABYTE) + b'"'

FIELDS = [
    ("billbee", "products", ("Data", 0, "Id")),
    ("billbee", "products", ("Data", 0, "SKU")),
    ("billbee", "products", ("Data", 0, "Title", 0, "Text")),
    ("billbee", "products", ("ErrorMessage",)),
    ("billbee", "products", ("ErrorCode",)),
    ("billbee", "products", ("Paging", "TotalPages")),
    ("billbee", "orders", ("Data", 0, "BillBeeOrderId")),
    ("billbee", "orders", ("Data", 0, "OrderNumber")),
    ("billbee", "orders", ("Data", 0, "State")),
    ("billbee", "orders", ("Data", 0, "Tags", 0)),
    ("billbee", "orders", ()),
    ("billbee", "find_product", ("Data", "Weight")),
    ("wemalo", "find_order", ("statusName",)),
    ("wemalo", "find_order", ("status",)),
    ("wemalo", "find_order", ("Success",)),
    ("wemalo", "shipments", ("bookings", 0, "historyId")),
    ("wemalo", "shipments", ("bookings", 0, "trackingNumber")),
    ("wemalo", "stock_levels", ("articles", 0, "attributes", 0, "quantity")),
]


@pytest.mark.parametrize(("plugin", "method", "path"), FIELDS)
def test_R4_ten_megabytes_in_one_field_are_a_text_like_any_other(
    plugin: str, method: str, path: tuple[str | int, ...]
) -> None:
    good = good_answers(plugin)[method]
    app = Hostile(good, lambda _, body: msgspec.json.encode(with_value(parsed(body), path, LONG)))
    pages, error = outcome(plugin, method, app)
    assert len(str(error)) < 3000
    for record in records_in(pages):
        assert_sound(record)


@pytest.mark.parametrize(("plugin", "method"), [("billbee", "orders"), ("wemalo", "find_order")])
def test_R4_ten_megabytes_of_reasons_are_cut_short(plugin: str, method: str) -> None:
    good = good_answers(plugin)[method]
    with pytest.raises(ConnectorError, match=r"x{100}…$") as caught:
        use(plugin, Hostile(good, lambda _key, _body: LONG, 400), ASKS[plugin][method])
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "packed",
    [
        [("Content-Encoding", "gzip, gzip")],
        [("Content-Encoding", "GZIP"), ("Content-Encoding", "gzip")],
        [("Content-Encoding", "identity, gzip, deflate")],
        [("Content-Encoding", "br")],  # nobody asked for it
    ],
)
def test_R4_a_thousand_bytes_never_unpack_to_gigabytes(packed: list[tuple[str, str]]) -> None:
    bomb = gzip.compress(gzip.compress(b" " * LARGEST_BODY))
    assert len(bomb) < 1000

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in packed]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": bomb})

    tracemalloc.start()
    with pytest.raises(UnusableAnswer, match="the answer can't be unpacked"):
        use("billbee", app, ASKS["billbee"]["orders"])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MEGABYTE


def test_R4_an_answer_that_never_ends_is_given_up() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        with suppress(ConnectionError):
            while sent < 10 * LARGEST_BODY:
                writer.write(b" " * MEGABYTE)
                await writer.drain()
                sent += MEGABYTE
        writer.close()

    async def script() -> None:
        async with (
            await asyncio.start_server(endless, "127.0.0.1", 0) as server,
            real_client(server.sockets[0].getsockname()[1]) as client,
        ):
            await client.call(READ, Products)

    tracemalloc.start()
    with pytest.raises(UnusableAnswer, match="the answer is longer than 67108864 bytes"):
        asyncio.run(script())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent < LARGEST_BODY + 16 * MEGABYTE  # what lies in the buffers of the connection
    assert most < 3 * LARGEST_BODY
