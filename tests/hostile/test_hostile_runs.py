"""Whole runs against services that answer nonsense: no run crashes, and the next one puts everything right."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.calls import Service
from connector.http import Transport, asgi_transport
from connector.http.answers import LIMIT_STATUSES
from connector.sides import Shared
from tests.hostile.campaign import examples_each
from tests.hostile.services import nodes, parsed, with_value
from tests.hostile.values import STATUSES, hostile_json
from tests.world import World

Spoil = Callable[[str, int, bytes], tuple[int, bytes]]
"""Takes a call's name and its answer (status and body), and returns what is answered instead."""

CALLS = (
    "",  # every call
    "GET /products",
    "GET /orders",
    "GET /orders/",
    "GET /shipment/shippingproviders",
    "POST /products/updatestockmultiple",
    "POST /orders/",
    "GET /product/getAll",
    "GET /product/get/",
    "POST /product/add",
    "GET /goodsOrder/getStatus/",
    "POST /goodsOrder/add",
    "GET /goodsOrder/packages/sent/",
    "PUT /goodsOrder/",
    "GET /product/availableStock/",
)
"""How the calls begin whose answers are spoilt."""


class SpoilingWorld(World):
    """A world in which `spoil` may change every answer, after the service did what it was asked.

    A service that says that its limit is reached has done nothing: `spoil` answers in its place.
    """

    spoil: Spoil | None = None
    expected: Sequence[int] = ()
    """The orders that the warehouse has in the end."""

    def shared(self) -> Shared:
        apps = {
            "billbee": self._around(self.sandbox.billbee_app(), "/api/v1"),
            "wemalo": self._around(self.sandbox.wemalo_app(), "/v1"),
        }

        def transport(service: Service) -> Transport:
            return asgi_transport(apps[service.name])

        return replace(super().shared(), transport=transport)

    def _around(self, app: ASGIApp, prefix: str) -> ASGIApp:
        async def spoiling(scope: Scope, receive: Receive, send: Send) -> None:
            name = f"{scope['method']} {scope['path'].removeprefix(prefix)}"
            spoil = self.spoil or _unspoilt
            status, body = spoil(name, 200, b"null")
            headers: list[tuple[bytes, bytes]] = []
            if status not in LIMIT_STATUSES:
                status, headers, body = await _answered(app, scope, receive)
                status, body = spoil(name, status, body)
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return spoiling


def _unspoilt(_name: str, status: int, body: bytes) -> tuple[int, bytes]:
    return status, body


async def _answered(
    app: ASGIApp, scope: Scope, receive: Receive
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    start: Message = {}
    body = bytearray()

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, collect)
    headers = [(key, value) for key, value in start["headers"] if key != b"content-length"]
    return start["status"], headers, bytes(body)


def busy_world(folder: Path) -> SpoilingWorld:
    """A world with something to do in every flow."""
    world = SpoilingWorld(folder)
    world.sandbox.billbee.habits.throttled = False
    cup, plate = (
        world.shop.add_product(SKU=f"SKU-{n}", EAN=f"426000000000{n}", Title="Tasse") for n in (1, 2)
    )
    world.shop.add_product(SKU="SET", EAN="4260000000099", Title="Set", parts={cup: 2, plate: 1})
    shipped, cancelled = world.shop.add_order([(cup, 1)]), world.shop.add_order([(plate, 1)])
    assert world.run().completed
    world.warehouse.stock_everything(9)
    world.warehouse.ship(str(shipped))
    world.shop.cancel_order(cancelled)
    world.expected = [shipped, world.shop.add_order([(cup, 2)]), world.shop.add_order([(plate, 1)])]
    world.shop.change_product(plate, Title="Teller")
    return world


def spoiler(wanted: str, place: int, value: bytes, other_status: int | None) -> Spoil:
    """Puts a value into one place of every answer to the calls whose name begins so."""

    def spoil(name: str, status: int, body: bytes) -> tuple[int, bytes]:
        if not name.startswith(wanted):
            return status, body
        document = parsed(body)
        places = list(nodes(document))
        said = msgspec.json.encode(with_value(document, places[place % len(places)], value))
        return other_status or status, said

    return spoil


def sent_orders(world: World) -> list[Any]:
    return [order.external_id for order in world.warehouse.orders if order.status.value != "CANCELLED"]


@settings(max_examples=examples_each() * 3 // 5)  # each is three whole runs
@given(
    wanted=st.sampled_from(CALLS),
    place=st.integers(0, 400),
    value=hostile_json(),
    status=st.none() | st.sampled_from(STATUSES),
)
def test_R4_a_run_ends_with_a_report_whatever_is_answered(
    wanted: str, place: int, value: bytes, status: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = busy_world(Path(folder))
        world.spoil = spoiler(wanted, place, value, status)
        hostile = world.run()
        assert [problem.reason for problem in hostile.problems if problem.code == "run_crashed"] == []
        world.spoil = None
        world.later(hours=1)
        assert world.run().completed
        assert sorted(sent_orders(world)) == sorted(str(order) for order in world.expected)
