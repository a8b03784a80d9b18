"""The service that all of them write to: it takes a record with each POST, and remembers whose it was."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from types import TracebackType
from typing import Self

import msgspec

_TAKEN = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class _Record(msgspec.Struct):
    id: str


_decode = msgspec.json.Decoder(_Record).decode


class Sink:
    """Serves on a free port of loopback, from a thread, while the block lasts.

    `taken` counts the POSTs of each path, such as `/products`, by the record's id.
    """

    def __init__(self) -> None:
        self.taken: dict[str, Counter[str]] = {}
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._started(), self._loop).result()
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _hang_up(self) -> None:
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _started(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = first.split(" ")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                record = _decode(await reader.readexactly(int(headers["content-length"])))
                if method != "POST":
                    raise ValueError(f"{method} {path}: the sink takes POST alone")
                self.taken.setdefault(path, Counter())[record.id] += 1
                writer.write(_TAKEN)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the peer has closed the connection
        finally:
            writer.close()
