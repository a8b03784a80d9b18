"""A web server on loopback that takes notices, as a webhook would."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "t0ken-0f-the-hook"


class Letterbox:
    """Keeps what was sent; answers with `status`."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """The Apprise address of this server, with a token as real ones have."""
        return f"json://127.0.0.1:{self._server.server_port}/{TOKEN}"

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.messages]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if box.status == 200:
                    box.messages.append(json.loads(content))
                self.send_response(box.status)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (its name in the library)
                pass

        return Handler
