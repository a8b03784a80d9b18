"""A settings folder beside the world in memory, and the web page over both."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from connector.http import NoMeter
from connector.installation import Installation, open_installation
from connector.ledgers import ProblemEntries
from connector.problems import Ledger
from connector.state import ClientState, TinyStore
from connector.web import Terms, make_app
from connector_sandbox.seed import ean13
from tests.world import World

TOKEN = "long-token-of-the-page"

_COMMON = """
[plugins.billbee]
api_key = "{api_key}"
base_url = "https://billbee.example/api/v1"
[plugins.wemalo]
base_url = "https://wemalo.example/v1"
"""
_CLIENT = """
[source]
plugin = "billbee"
username = "{username}"
api_password = "{api_password}"
[target]
plugin = "wemalo"
token = "{token}"
"""


class Browser:
    """A browser without JavaScript; it keeps cookies, and follows redirects only where it is told to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        return self.ask("POST", path, data=form or {}, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, options))

    def form_token(self, path: str = "/explain") -> str:
        """Reads what the forms of a page carry."""
        found = re.search(r'name="form" value="(\w+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Sends a form as a person does: with what the page gave it."""
        return self.post(path, {"form": self.form_token(), **fields})

    async def _ask(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8080", cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **options)
            self.cookies = client.cookies
            return answer


class Office:
    """The world's client `acme`, and further ones with the same credentials, as operators see them."""

    def __init__(self, root: Path, world: World) -> None:
        self.world = world
        self.config = root / "config"
        (self.config / "clients").mkdir(parents=True)
        self.write("settings.toml", _COMMON.format(api_key=world.sandbox.api_key))
        self.add("acme")

    def write(self, name: str, text: str) -> None:
        """Writes one settings file."""
        (self.config / name).write_text(text, encoding="utf-8")

    def add(self, client: str, more: str = "") -> None:
        """Sets up a client; `more` stands before its tables."""
        box = self.world.sandbox
        access = {"username": box.username, "api_password": box.api_password, "token": box.token}
        self.write(f"clients/{client}.toml", more + _CLIENT.format(**access))

    def installation(self) -> Installation:
        return open_installation(self.config)

    def app(self, **terms: Any) -> ASGIApp:
        """The page on these terms."""
        parts = {name: terms.pop(name) for name in ("hint", "figures", "pulse") if name in terms}
        common = replace(self.world.shared(), meter=terms.pop("meter", NoMeter()))
        return make_app(self.installation(), common, Terms(**terms), **parts)

    def page(self, **terms: Any) -> Browser:
        """The page on these terms, in a browser on this machine."""
        return Browser(self.app(**terms))

    def remember(self, change: Callable[[Ledger, ClientState], object], client: str = "acme") -> None:
        """Changes what is remembered of a client, as a run does."""

        async def run() -> None:
            store = TinyStore(self.world.state_dir, self.world.clock)
            async with await store.acquire(client) as state:
                change(Ledger(ProblemEntries(state), self.world.clock.now, client=client), state)
                await state.save()

        asyncio.run(run())

    def report(
        self, count: int = 1, code: str = "order_receiver_missing", flow: str = "orders", **more: Any
    ) -> None:
        """Opens so many problems of one kind."""
        params = more.pop("params", {"what": "zip"})

        def open_all(ledger: Ledger, _: ClientState) -> None:
            for number in range(1, count + 1):
                ledger.report(code, flow, f"{number}", f"A-{number:04}", params, **more)

        self.remember(open_all)

    def stock_the_shop(self, products: int = 3) -> list[int]:
        """Adds products that can be sent; returns their ids."""
        shop = self.world.shop
        return [
            shop.add_product(SKU=f"SKU-{n}", EAN=ean13(n), Title=f"Product {n}")
            for n in range(1, products + 1)
        ]
