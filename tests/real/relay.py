"""Stands between the connector and a real service, notes each call, and kills a run at one of them.

A call is hit by what it does, not at a time, so that every test hits the same one on every machine.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal, NamedTuple

import httpx
import msgspec

_OF_THE_CONNECTION: Final = frozenset(
    {"connection", "content-length", "content-encoding", "host", "transfer-encoding"}
)
"""Headers that say nothing of what goes over a connection."""

_LOOKS_AT_RIGHTS: Final = "POST ir.model.access/get_access"


class Call(NamedTuple):
    """A call by what it does: an operation of GraphQL, or method and model of Tryton, without ids."""

    name: str
    writes: bool


class Strike:
    """Kills a run at its first call of a name: before the service hears of it, or when the service has done it."""

    def __init__(self, call: str, moment: Literal["before", "after"]) -> None:
        self.call = call
        self.moment = moment
        self.process: subprocess.Popen[bytes] | None = None
        self.is_done = False

    def kill(self) -> None:
        """Ends the run without a word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.is_done = True


class Relay:
    """Passes calls on to a service, and keeps their names in order."""

    def __init__(self, service: str) -> None:
        self.calls: list[Call] = []
        self.strike: Strike | None = None
        self._service = httpx.Client(base_url=service, timeout=60)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """Where the connector finds the service."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def writes(self) -> list[str]:
        """Names the calls that could change something."""
        return [call.name for call in self.calls if call.writes]

    @contextmanager
    def serving(self) -> Iterator[Relay]:
        """Passes calls on while the block lasts."""
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
            self._service.close()

    def passed_on(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> httpx.Response | None:
        """Returns what the service answered, None where nobody is there any more to hear it."""
        call = _named(method, path, body)
        self.calls.append(call)
        strike = self.strike
        is_hit = strike is not None and strike.call == call.name and not strike.is_done
        if strike and is_hit and strike.moment == "before":
            strike.kill()
            return None
        kept = {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
        answer = self._service.request(method, path, headers=kept, content=body)
        if strike and is_hit:
            strike.kill()
            return None
        return answer


def _handler(relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = relay.passed_on(self.command, self.path, dict(self.headers), body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815  (as http.server wants them)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    return Handler


def _named(method: str, path: str, body: bytes) -> Call:
    place = path.partition("?")[0]
    if place == "/admin-api":
        asked = msgspec.json.decode(body)
        return Call(asked["operationName"], asked["query"].lstrip().startswith("mutation"))
    name = f"{method} {re.sub(r'/[0-9]+', '', place.rpartition('/model/')[2])}"
    return Call(name, method != "GET" and name != _LOOKS_AT_RIGHTS)
