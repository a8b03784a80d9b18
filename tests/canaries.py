"""An installation whose secrets and customers can be told from everything else, and services that echo both."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import uvicorn
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.cli import main
from connector.clock import SystemClock
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.seed import ean13
from connector_sandbox.servers import Sandbox, SandboxServers

STARTED: Final = datetime.now(UTC)

# Each has in it what some encoding writes in another way, and a word by which a part of it is found, too.
PASSWORD: Final = 'pä:s"s\\w/örd+%41&???>>><CANARYPASSWORD>'
KEY: Final = "key/+=%7E&\"'<CANARYKEY>"
TOKEN: Final = "tok/en+=.%2F&<CANARYTOKEN>"
USER: Final = "shop@example.com"
BASIC: Final = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
CREDENTIAL_HEADERS: Final = ("authorization", "x-billbee-api-key")
SECRETS: Final = ("CANARYPASSWORD", "CANARYKEY", "CANARYTOKEN", BASIC, BASIC[8:40])

CUSTOMER: Final[dict[str, str]] = {
    "FirstName": "Canaryfirst",
    "LastName": "Canarylast",
    "Street": "Canarystraße",
    "Line2": "Canaryhof",
    "Email": "canarymail@example.com",
    "Phone": "+49 555 4711471147",
}
PERSONAL: Final = ("canaryfirst", "canarylast", "canarystra", "canaryhof", "canarymail", "4711471147")

COMMAND_LINES: Final = (
    "run --once",
    "run --once --json --strict",
    "run --once --dry-run",
    "run --once --dry-run --json",
    "status",
    "status --json",
    "problems",
    "problems --json",
    "problems --closed",
    "problems retry {problem}",
    "problems ignore {problem} --why known",
    "explain order 1001",
    "explain order 1002 --json",
    "explain product SKU-3",
    "explain product SKU-1 --json",
    "reconcile",
    "reconcile --fix --json",
    "stock confirm --client acme",
    "state migrate",
    "state copy files {folder}/copy",
    "check",
    "clients",
    "clients show acme",
    "clients show acme --json",
    "plugins",
    "plugins --json",
    "init",
    "webhooks install",
    "webhooks remove",
    "plugins check wemalo",
    "new source my_shop --directory {folder}",
)
"""Every command but the sandbox's own two, which know no credentials but those of the sandbox."""

WITH_ANSWERS: Final = tuple(
    line for line in COMMAND_LINES if line.split()[0] not in {"clients", "plugins", "init", "new", "state"}
)
"""Those that ask a service, or show what became of asking."""


def echoed(request: Request, body: bytes) -> dict[str, str]:
    """All that a careless service may show of a request."""
    ours_first = sorted(request.headers.items(), key=lambda header: header[0] not in CREDENTIAL_HEADERS)
    return {"body": body.decode()} | dict(ours_first) if body else dict(ours_first)


def _lines(said: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in said.items())


ANSWERS: Final[Mapping[str, Callable[[dict[str, str]], Response]]] = {
    "401 with a message": lambda said: JSONResponse({"Message": f"unknown {_lines(said)}"}, 401),
    "401 with a page": lambda said: HTMLResponse(f"<html><title>{escape(_lines(said))}</title></html>", 401),
    "400 with an object": lambda said: JSONResponse({"headers": said}, 400),
    "400 with escaped slashes": lambda said: Response(json.dumps({"got": said}).replace("/", "\\/"), 400),
    "400 with escaped HTML": lambda said: PlainTextResponse(escape(_lines(said)), 400),
    "400 with an address": lambda said: JSONResponse({"message": f"/callback?{urlencode(said)}"}, 400),
    "400 with an object in a text": lambda said: JSONResponse({"message": json.dumps(said)}, 400),
    "404 with a page": lambda said: HTMLResponse(f"<html><title>{_lines(said)}</title></html>", 404),
    "500 with a text": lambda said: PlainTextResponse(_lines(said), 500),
    "500 with a page": lambda said: HTMLResponse(
        f"<!doctype html><title>{escape(_lines(said))}</title>", 500
    ),
    "200 with a page": lambda said: HTMLResponse(f"<!doctype html><title>{escape(_lines(said))}</title>"),
    "200 cut off": lambda said: Response(json.dumps({"Data": [said], "message": said})[:-9]),
    "200 with an error in it": lambda said: JSONResponse(
        {"ErrorCode": 1, "ErrorMessage": _lines(said), "status": 400, "message": _lines(said)}
    ),
    "a redirect": lambda said: RedirectResponse(f"https://{USER}:CANARYPASSWORD@example.com/?{_lines(said)}"),
}


class EchoingSandbox(Sandbox):
    """A sandbox whose services, once `answer` is set, do nothing but show what they were sent."""

    answer: Callable[[dict[str, str]], Response] | None = None
    only: str = ""
    """The calls that are answered so: those whose method and path hold this."""

    def billbee_app(self) -> Starlette:
        return Starlette(routes=[Mount("/", self._around(super().billbee_app()))])

    def wemalo_app(self) -> Starlette:
        return Starlette(routes=[Mount("/", self._around(super().wemalo_app()))])

    def _around(self, app: ASGIApp) -> ASGIApp:
        async def echoing(scope: Scope, receive: Receive, send: Send) -> None:
            if self.answer is None or self.only not in f"{scope['method']} {scope['path']}":
                await app(scope, receive, send)
                return
            request = Request(scope, receive)
            await self.answer(echoed(request, await request.body()))(scope, receive, send)

        return echoing


class Stage(Sandbox):
    """Keeps both servers up while one sandbox after the other plays on them: to stop and start them takes a while."""

    def play(self, sandbox: Sandbox) -> None:
        """Lets this sandbox answer from now on."""
        self._playing: dict[str, ASGIApp] = {
            "billbee": sandbox.billbee_app(),
            "wemalo": sandbox.wemalo_app(),
        }

    def billbee_app(self) -> Starlette:
        return Starlette(routes=[Mount("/", self._part("billbee"))])

    def wemalo_app(self) -> Starlette:
        return Starlette(routes=[Mount("/", self._part("wemalo"))])

    def _part(self, name: str) -> ASGIApp:
        async def part(scope: Scope, receive: Receive, send: Send) -> None:
            await self._playing[name](scope, receive, send)

        return part


class QuickClock(SystemClock):
    """The real time, two hundred times as fast: pauses between retries are short.

    Deadlines of minutes are not, so that an answer comes in time however busy the computer is.
    """

    def now(self) -> datetime:
        return STARTED + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return 200 * super().monotonic()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / (200 if seconds < 100 else 10))


class Installation:
    """A client between two servers; `run` runs one command line and keeps all that it left behind."""

    def __init__(self, sandbox: EchoingSandbox, servers: SandboxServers, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        write_config(folder / "config", servers)

    def run(self, line: str) -> Result:
        config = str(self.folder / "config")
        line = line.replace("{problem}", self._a_problem() if "{problem}" in line else "")
        words = line.replace("{folder}", str(self.folder)).split()
        return CliRunner().invoke(main, ["--config", config, "--log-level", "debug", *words])

    def left(self, result: Result) -> str:
        """Returns all that a command said, logged (to standard error), raised and wrote."""
        raised = "".join(traceback.format_exception(result.exception)) if result.exception else ""
        return f"{result.stdout}\n{result.stderr}\n{raised}\n{self.state()}"

    def state(self) -> str:
        files = sorted((self.folder / "state").rglob("*")) if (self.folder / "state").exists() else []
        return "\n".join(file.read_bytes().decode("utf-8", "replace") for file in files if file.is_file())

    def _a_problem(self) -> str:
        found = CliRunner().invoke(main, ["--config", str(self.folder / "config"), "problems", "--json"])
        clients = json.loads(found.stdout)["clients"]
        return next((problem["id"] for client in clients for problem in client["problems"]), "none")


def write_config(config: Path, servers: SandboxServers) -> None:
    """Writes the settings of the client `acme`, whose secrets stand in the secrets file."""
    (config / "clients").mkdir(parents=True)
    secrets = config / ".secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(
        f"[plugins.billbee]\napi_key = {json.dumps(KEY)}\n"
        f"[clients.acme.source]\napi_password = {json.dumps(PASSWORD, ensure_ascii=False)}\n"
        f"[clients.acme.target]\ntoken = {json.dumps(TOKEN)}\n",
        encoding="utf-8",
    )
    (config / "settings.toml").write_text(
        f'[plugins.billbee]\nbase_url = "{servers.billbee_url}"\n[plugins.wemalo]\nbase_url = "{servers.wemalo_url}"\n',
        encoding="utf-8",
    )
    (config / "clients" / "acme.toml").write_text(
        f'language = "en"\n[source]\nplugin = "billbee"\nusername = "{USER}"\n[target]\nplugin = "wemalo"\n',
        encoding="utf-8",
    )


def fill(shop: Shop) -> None:
    """An order that goes through, and one for each reason for which an order is held."""
    cup = shop.add_product(SKU="SKU-1", EAN=ean13(1), Title="Tasse")
    bare = shop.add_product(SKU="SKU-3", Title="ohne EAN")
    shop.add_order([(cup, 1)], to=CUSTOMER, OrderNumber="1001")
    shop.add_order([(cup, 1)], to={**CUSTOMER, "Zip": ""}, OrderNumber="1002")
    shop.add_order([(cup, 1)], to={**CUSTOMER, "CountryISO2": "Absurdistan"}, OrderNumber="1003")
    shop.add_order([(cup, 1)], to={**CUSTOMER, "Street": "Canarystraße " * 40}, OrderNumber="1004")
    shop.add_order([(cup, 0.5)], to=CUSTOMER, OrderNumber="1005")
    shop.add_order([(bare, 1)], to=CUSTOMER, OrderNumber="1006")


@contextmanager
def listening(heard: list[Request], **options: Any) -> Iterator[int]:
    """Serves on a free port of this computer in a thread, as long as the `with` block lasts; notes every request."""

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(Request(scope))
        await PlainTextResponse("{}")(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(note, lifespan="off", log_config=None, **options))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])), daemon=True)
        thread.start()
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=10)


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def personal_in(text: str) -> list[str]:
    return [line[:300] for line in text.splitlines() if any(word in line.casefold() for word in PERSONAL)]
