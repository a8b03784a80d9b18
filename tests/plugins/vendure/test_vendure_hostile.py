"""Whatever the shop answers: an error that the framework knows, a sound record, or one that says it can't be read."""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connector.api import (
    ConnectorError,
    Context,
    Order,
    Parcel,
    Product,
    Shipment,
    Source,
    StockLevel,
    Unreadable,
)
from connector.clock import Stop
from connector.contracts import Plugin
from connector.http import CallLog, HttpClient, Limits, RetryPolicy, asgi_transport
from connector.testing import FakeClock
from connector_vendure.source import VendureSource
from tests.hostile.asking import assert_sound, records_in
from tests.hostile.services import nodes, parsed, with_value
from tests.hostile.values import NASTY
from tests.plugins.vendure.bench import LOGIN, Bench
from tests.plugins.vendure.test_vendure_orders import order

Ask = Callable[[Any], AsyncIterator[Any] | Awaitable[Any]]

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
KEY, ORDER = "1", "101"
_HELD = Order(id=ORDER, tags=("held",))
_SHIPMENT = Shipment(order_id=ORDER, parcels=(Parcel(id="1", tracking_number="0034"),), is_complete=True)

ASKS: Mapping[str, Ask] = {
    "check": lambda source: source.check(),
    "products": lambda source: source.products(),
    "product": lambda source: source.product(KEY),
    "find_product": lambda source: source.find_product("MUG"),
    "stock_levels": lambda source: source.stock_levels(),
    "set_stock": lambda source: source.set_stock([StockLevel(product_id=KEY, quantity=7)]),
    "orders": lambda source: source.orders(),
    "find_order": lambda source: source.find_order("A-1"),
    "received_orders": lambda source: source.received_orders(SINCE),
    "withdrawn_orders": lambda source: source.withdrawn_orders(SINCE),
    "order_held": lambda source: source.order_held(Order(id=ORDER)),
    "order_received": lambda source: source.order_received(_HELD),
    "order_change_refused": lambda source: source.order_change_refused(_HELD),
    "order_cancelled": lambda source: source.order_cancelled("103"),
    "order_cancel_refused": lambda source: source.order_cancel_refused("103"),
    "order_shipped": lambda source: source.order_shipped(_SHIPMENT),
}
LISTS = ("products", "stock_levels", "orders", "received_orders", "withdrawn_orders")
# One who has no field for them takes the mark away, and so reads the order before.
FIELDS = {"order_cancelled": {"status_field": ""}, "order_cancel_refused": {"status_field": ""}}


def test_every_method_of_the_plugin_is_asked() -> None:
    own = {name for base in (Source, Plugin) for name in vars(base) if not name.startswith("_")}
    asks_nothing = {"service", "build", "has", "has_own", "has_eans", "settings_type", "batch_size"}
    asks_nothing |= {"setup_steps"}
    has_none = {"shipping_products", "webhook_flows", "register_webhooks", "remove_webhooks"}
    assert set(ASKS) == own - asks_nothing - has_none


class Recorded:
    """Gives out the good answers of a shop in which every method finds something, after `spoil` had its way."""

    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers = answers
        self.spoil: Callable[[str, bytes], bytes] = lambda _operation, body: body

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        operation = msgspec.json.decode((await receive())["body"])["operationName"]
        body = self.spoil(operation, self._answers.get(operation, b'{"errors": [{"message": "unheard-of"}]}'))
        headers = [(b"vendure-auth-token", b"session-1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@functools.cache
def good_answers(method: str) -> Mapping[str, bytes]:
    """Returns the answers to the calls of a method, by the names of their operations."""
    bench = Bench()
    mug = bench.vendure.add_product(
        Product(id="", sku="MUG", ean="4006381333931", name="Becher", tags=("new",))
    )
    bench.vendure.shop.stock_of(mug)["stockOnHand"] = 100
    for number in ("A-1", "A-2", "A-3"):
        bench.vendure.add_order(order(mug, 3, number=number, shipping_profile="DHL"))
    bench.vendure.pack_by_hand(ORDER, pieces=1, code="0033")
    for received in ("102", "103"):
        bench.vendure.shop.orders[received]["customFields"]["wmsExportedAt"] = "2026-03-02T12:00:00.000Z"
    bench.vendure.cancel_order("103")
    if method == "withdrawn_orders":
        bench.vendure.cancel_order("102")
    answers: dict[str, bytes] = {}
    bench.heard = answers.setdefault
    bench.use(lambda source: _asked(source, ASKS[method]), **{**LOGIN, **FIELDS.get(method, {})})
    return answers


async def _asked(source: Any, ask: Ask) -> list[Any]:
    answer = ask(source)
    return [page async for page in answer] if isinstance(answer, AsyncIterator) else [await answer]


def outcomes(method: str, spoils: Iterator[Callable[[str, bytes], bytes]]) -> Iterator[tuple[list[Any], Any]]:
    """Asks once for each way of spoiling; yields what came, or why nothing did. Any other exception fails the test."""
    app, clock = Recorded(good_answers(method)), FakeClock()
    settings = Bench().settings(**{**LOGIN, **FIELDS.get(method, {})})

    async def once() -> tuple[list[Any], ConnectorError | None]:
        client = HttpClient(
            VendureSource.service(settings),
            clock=clock,
            stop=Stop(),
            random=random.Random(1),
            limits=Limits(clock),
            counts=CallLog(),
            transport=asgi_transport(app),
            policy=RetryPolicy(attempts=1, unreadable_attempts=1),
        )
        async with client as http:
            try:
                return await _asked(
                    VendureSource.build(settings, http, Context(client="acme")), ASKS[method]
                ), None
            except ConnectorError as error:
                return [], error

    with asyncio.Runner() as runner:
        for spoil in spoils:
            app.spoil = spoil
            yield runner.run(once())


def _everywhere(method: str) -> Iterator[Callable[[str, bytes], bytes]]:
    """Puts every value into every place of every answer."""
    for operation, body in good_answers(method).items():
        document = parsed(body)
        for place, path in enumerate(nodes(document)):
            for value in NASTY[
                place % 2 :: 2
            ]:  # each value meets every other place, and each place half of them
                spoilt = msgspec.json.encode(with_value(document, path, value))
                yield lambda asked, good, own=operation, bad=spoilt: bad if asked == own else good  # type: ignore[misc]


@pytest.mark.parametrize("method", ASKS)
def test_there_is_a_good_answer_for_every_method(method: str) -> None:
    ((answer, error),) = outcomes(method, iter([lambda _operation, body: body]))
    assert error is None
    assert method not in LISTS or len(records_in(answer)) >= 1


@pytest.mark.parametrize("method", ASKS)
def test_R4_whatever_is_answered_no_method_fails_in_a_way_of_its_own(method: str) -> None:
    for answer, error in outcomes(method, _everywhere(method)):
        for record in records_in(answer):
            assert_sound(record)
        assert len(str(error)) < 3000


@pytest.mark.parametrize("method", LISTS)
def test_R4_whatever_stands_in_a_field_of_a_record_costs_only_that_record(method: str) -> None:
    """The record is there twice: as it was, and spoilt, under another id."""

    def twice(value: bytes, path: tuple[str | int, ...], operation: str) -> Callable[[str, bytes], bytes]:
        def spoil(asked: str, body: bytes) -> bytes:
            if asked != operation:
                return body
            document = parsed(body)
            first = document["data"]["page"]["items"][0]
            other = with_value({**first, "id": "999"}, path, value)
            return msgspec.json.encode(
                with_value(document, ("data", "page", "items"), msgspec.json.encode([first, other]))
            )

        return spoil

    def spoils() -> Iterator[Callable[[str, bytes], bytes]]:
        operation, body = next(
            (o, b) for o, b in good_answers(method).items() if o.startswith("List") and b'"page"' in b
        )
        for path in nodes(parsed(body)["data"]["page"]["items"][0]):
            for value in (b'{"unexpected": true}', b'"unexpected"', b"-7.5", b"1e400", b"9" * 4000):
                yield twice(value, path, operation)

    for answer, error in outcomes(method, spoils()):
        assert error is None
        sound = [record for record in records_in(answer) if not isinstance(record, Unreadable)]
        assert sound


def test_R4_amounts_beyond_any_price_are_no_amounts(bench: Bench) -> None:
    mug = bench.vendure.add_product(Product(id="", sku="MUG"))
    bench.vendure.add_order(order(mug, total=Decimal("1e30")))
    pages = bench.use(lambda source: _asked(source, ASKS["orders"]))
    assert [type(record) for record in records_in(pages)] == [Unreadable]
