"""Whatever Tryton answers: an error that the framework knows, a sound record, or one that says it can't be read."""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from connector.api import ConnectorError, Context, Parcel, ProductWrite, Shipment, Target, Unreadable
from connector.clock import Stop
from connector.contracts import Plugin
from connector.http import CallLog, HttpClient, Limits, RetryPolicy, asgi_transport
from connector.testing import FakeClock
from connector_tryton.target import TrytonTarget
from tests.hostile.asking import assert_sound, records_in
from tests.hostile.services import Hostile, Key, nodes, parsed, with_value
from tests.hostile.values import NASTY
from tests.plugins.tryton.bench import ORDER, PRODUCT, Bench

Ask = Callable[[Any], AsyncIterator[Any] | Awaitable[Any]]

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
OTHER = msgspec.structs.replace(PRODUCT, id="4712", sku="MUG-2", ean="96385074")
NEW = msgspec.structs.replace(ORDER, id="9001", picking_info="Geschenk")
WRITES = [ProductWrite(product=msgspec.structs.replace(PRODUCT, name="Becher"), is_new=False)]
SENT = Shipment(order_id="8002", parcels=(Parcel(id="1"),), is_complete=True, receipts=("2",))

ASKS: Mapping[str, Ask] = {
    "check": lambda target: target.check(),
    "shipping_profiles": lambda target: target.shipping_profiles(),
    "known_products": lambda target: target.known_products(),
    "has_product": lambda target: target.has_product("4711", "MUG-1"),
    "find_product": lambda target: target.find_product("4711", "MUG-1"),
    "put_products": lambda target: target.put_products([*WRITES, ProductWrite(product=OTHER, is_new=True)]),
    "find_order": lambda target: target.find_order("8001"),
    "create_order": lambda target: target.create_order(NEW),
    "change_order": lambda target: target.change_order(
        msgspec.structs.replace(NEW, id="8001"), (), ORDER.lines
    ),
    "cancel_order": lambda target: target.cancel_order("8001"),
    "shipments": lambda target: target.shipments(),
    "shipment_taken": lambda target: target.shipment_taken(SENT),
    "parcels": lambda target: target.parcels("8002"),
    "stock_levels": lambda target: target.stock_levels(None),
    "stock_levels since": lambda target: target.stock_levels(SINCE),
}
LISTS = {
    "known_products": "product.product",
    "shipments": "stock.shipment.out",
    "stock_levels": "product.product",
}


def test_every_method_of_the_plugin_is_asked() -> None:
    own = {name for base in (Target, Plugin) for name in vars(base) if not name.startswith("_")}
    asks_nothing = {
        "service",
        "build",
        "setup_steps",
        "has",
        "has_own",
        "settings_type",
        "batch_size",
        "refusal",
        "webhook_flows",
        "register_webhooks",
        "remove_webhooks",
    }
    assert {name.partition(" ")[0] for name in ASKS} == own - asks_nothing


@functools.cache
def good_answers(method: str) -> Mapping[Key, bytes]:
    """Returns what the fake answers to the calls of a method, in a warehouse in which it finds something."""
    bench = Bench()
    bench.warehouse.add_product(PRODUCT)
    bench.warehouse.set_stock("4711", 100)
    for order_id in ("8001", "8002"):
        bench.create(id=order_id, picking_info="Geschenk")
    bench.fake.ship("8002", Parcel(id="", tracking_number="A", carrier="DHL", product="DHL Paket"))
    answers: dict[Key, bytes] = {}
    bench.around = lambda app: _noted(app, answers)
    bench.target(lambda target: _asked(target, ASKS[method]))
    return answers


def _noted(app: Any, answers: dict[Key, bytes]) -> Any:
    async def served(scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()

        async def note(message: Any) -> None:
            body.extend(message.get("body", b""))
            await send(message)

        await app(scope, receive, note)
        answers.setdefault((scope["method"], scope["path"]), bytes(body))

    return served


async def _asked(target: Any, ask: Ask) -> list[Any]:
    answer = ask(target)
    return [page async for page in answer] if isinstance(answer, AsyncIterator) else [await answer]


def outcomes(method: str, spoils: Iterator[Callable[[Key, bytes], bytes]]) -> Iterator[tuple[list[Any], Any]]:
    """Asks once for each way of spoiling; yields what came, or why nothing did. Any other exception fails the test."""
    app, clock, settings = Hostile(good_answers(method)), FakeClock(), Bench().settings(page_size=500)

    async def once() -> tuple[list[Any], ConnectorError | None]:
        client = HttpClient(
            TrytonTarget.service(settings),
            clock=clock,
            stop=Stop(),
            random=random.Random(1),
            limits=Limits(clock),
            counts=CallLog(),
            transport=asgi_transport(app),
            policy=RetryPolicy(attempts=1, unreadable_attempts=1),
        )
        async with client as http:
            target = TrytonTarget.build(settings, http, Context(client="acme"))
            try:
                return await _asked(target, ASKS[method]), None
            except ConnectorError as error:
                return [], error

    with asyncio.Runner() as runner:
        for spoil in spoils:
            app.spoil, app.calls = spoil, 0
            yield runner.run(once())


def _everywhere(method: str) -> Iterator[Callable[[Key, bytes], bytes]]:
    """Puts every value into every twelfth place of the answers, and into each place a twelfth of them."""
    for key, body in good_answers(method).items():
        document = parsed(body) if body else None
        for place, path in enumerate(nodes(document)):
            for value in NASTY[place % 12 :: 12]:
                spoilt = msgspec.json.encode(with_value(document, path, value))
                yield lambda asked, good, own=key, bad=spoilt: bad if asked == own else good  # type: ignore[misc]


@pytest.mark.parametrize("method", ASKS)
def test_there_is_a_good_answer_for_every_method(method: str) -> None:
    ((answer, error),) = outcomes(method, iter([lambda _key, body: body]))
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
    own = next(key for key in good_answers(method) if key[1].endswith(LISTS[method]))
    first = parsed(good_answers(method)[own])[-1]

    def twice(value: bytes, path: tuple[str | int, ...]) -> Callable[[Key, bytes], bytes]:
        rows = msgspec.json.encode([first, with_value({**first, "id": 999}, path, value)])
        return lambda asked, good: rows if asked == own else good

    values = (b'{"unexpected": true}', b'"unexpected"', b"-7.5", b"1e400", b"9" * 4000)
    spoils = (twice(value, path) for path in nodes(first) for value in values)
    for answer, error in outcomes(method, spoils):
        assert error is None
        assert [record for record in records_in(answer) if not isinstance(record, Unreadable)]
