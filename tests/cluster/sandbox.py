"""The sandbox as a process of its own: many shops and warehouses, and one port for each worker that calls them.

    python -m tests.cluster.sandbox CLIENTS WORKERS ANSWER_S

Prints its ports as one line of JSON, then answers each line on standard input, a command, with one of JSON, and ends
with its standard input. So it never outlives who started it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any, Final, Literal

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope
from starlette.types import Send as AsgiSend

from connector_sandbox.audit import Entry
from connector_sandbox.billbee.service import BillbeeService
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.control import build_app
from connector_sandbox.delivery import SandboxProtocol
from connector_sandbox.seed import ean13
from connector_sandbox.wemalo.service import WemaloService
from connector_sandbox.wemalo.warehouse import Warehouse
from tests.cluster.verdict import Seen, overlaps, runs

HOST: Final = "127.0.0.1"
PASSWORD: Final = "sandbox-password"
KEY: Final = "sandbox-key"
RECEIVED: Final = "order_received_by_wemalo"

_port: ContextVar[int] = ContextVar("port")


def client_name(number: int) -> str:
    return f"shop-{number:03}"


class Town:
    """All shops and their warehouses, and every call to them in the order in which it arrived."""

    def __init__(self, clients: int, answer_s: float) -> None:
        self.answer_s = answer_s
        self.billbee, self.wemalo = BillbeeService(), WemaloService()
        self.billbee.habits.throttled = False
        self.wemalo.habits.limited = False
        self.shops: dict[str, Shop] = {}
        self.warehouses: dict[str, Warehouse] = {}
        self.products: dict[str, int] = {}
        self.noted: list[tuple[float, int, Entry]] = []
        for service in (self.billbee, self.wemalo):
            service.audit.keep_bodies = False
            service.on_request = self._note
        for number in range(clients):
            self._open(client_name(number), number)

    def _open(self, name: str, number: int) -> None:
        shop, warehouse = Shop(), Warehouse(name)
        self.shops[name], self.warehouses[name] = shop, warehouse
        self.products[name] = shop.add_product(
            SKU=f"SKU-{number}", EAN=ean13(number + 1), Title=f"Tea {number}"
        )
        self.billbee.open_account(name, PASSWORD, KEY, shop)
        self.wemalo.open_account(f"token-{name}", warehouse)

    def _note(self, entry: Entry, moment: Literal["before", "after"]) -> None:
        if moment == "before":
            self.noted.append((time.monotonic(), _port.get(), entry))

    def add_orders(self, count: int) -> None:
        """Lets somebody order in every shop."""
        for name, shop in self.shops.items():
            for _ in range(count):
                shop.add_order([(self.products[name], 1)])

    def seen(self, workers: dict[int, int]) -> list[Seen]:
        """Returns the calls; an unknown account, as none of ours uses, is a client of its own."""
        return [
            Seen(at, entry.account or "?", workers[port], entry.name, _begins(entry))
            for at, port, entry in self.noted
        ]

    def faults(self) -> list[str]:
        """Says which order is doubled or strange in a warehouse."""
        found = []
        for name, shop in self.shops.items():
            arrived = Counter(order.external_id for order in self.warehouses[name].orders)
            known = {str(order_id) for order_id in shop.orders}
            found += [f"{name}: order {i} is {n} times in the warehouse" for i, n in arrived.items() if n > 1]
            found += [f"{name}: order {i} is nobody's" for i in arrived.keys() - known]
        return found

    def waiting(self) -> dict[str, int]:
        """Counts, for the clients that are behind, the orders that are not in the warehouse or not marked so."""
        behind = {name: self._waiting(name) for name in self.shops}
        return {name: count for name, count in behind.items() if count}

    def _waiting(self, name: str) -> int:
        arrived = {order.external_id for order in self.warehouses[name].orders}
        return sum(
            str(order_id) not in arrived or RECEIVED not in order["Tags"]
            for order_id, order in self.shops[name].orders.items()
        )

    def do(self, command: str, ports: dict[int, int]) -> Any:
        """Obeys one command: `orders N`, `waiting`, or `verdict`."""
        verb, *arguments = command.split()
        if verb == "orders":
            self.add_orders(int(arguments[0]))
            return None
        if verb == "waiting":
            return self.waiting()
        if verb == "answer":
            self.answer_s = float(arguments[0])
            return None
        seen = self.seen(ports)
        return {
            "calls": len(seen),
            "runs": sum(runs(seen).values()),
            "clients": len(runs(seen)),
            "overlaps": [asdict(overlap) | {"text": str(overlap)} for overlap in overlaps(seen)],
            "faults": self.faults(),
            "waiting": self.waiting(),
            "by_worker": Counter(call.worker for call in seen if call.begins),
        }


def _begins(entry: Entry) -> bool:
    """A run asks first for the shop's products; one without a memory asks for the warehouse's before."""
    if entry.name == "GET /product/getAll":
        return True
    return entry.name == "GET /products" and ("page", "1") in entry.query


def noting(app: ASGIApp, answer_s: Callable[[], float]) -> ASGIApp:
    """Remembers which port was called, and takes its time to answer."""

    async def call(scope: Scope, receive: Receive, send: AsgiSend) -> None:
        async def slowly(message: Message) -> None:
            if message["type"] == "http.response.start" and (seconds := answer_s()):
                await asyncio.sleep(seconds)
            await send(message)

        _port.set(scope["server"][1])
        await app(scope, receive, slowly)

    return call


async def serve(clients: int, workers: int, answer_s: float) -> None:
    town = Town(clients, answer_s)
    ports: dict[int, int] = {}
    told: dict[str, list[int]] = {}
    servers = []
    for service in (town.billbee, town.wemalo):
        sockets = [_bound() for _ in range(workers)]
        told[service.name] = [bound.getsockname()[1] for bound in sockets]
        ports |= {port: worker for worker, port in enumerate(told[service.name])}
        app = noting(build_app(service), lambda: town.answer_s)
        config = uvicorn.Config(
            app,
            http=SandboxProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
        )
        servers.append(asyncio.create_task(uvicorn.Server(config)._serve(sockets=sockets)))
    say(told)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        say(town.do(line.decode(), ports))
    for server in servers:
        server.cancel()


def say(value: Any) -> None:
    """Answers who started us; where nobody is there any more, standard input has ended, too."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def _bound() -> socket.socket:
    bound = socket.socket()
    bound.bind((HOST, 0))
    bound.listen(200)
    return bound


if __name__ == "__main__":
    logging.getLogger("uvicorn.error").setLevel(
        logging.CRITICAL
    )  # of workers that were killed, each call is one
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
