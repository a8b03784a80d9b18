"""A way to the database that can be cut: packets vanish, and nobody is told, as when a cable is pulled."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"


class Proxy:
    """Forwards connections to a port, from a thread of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._is_cut = False
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def cut(self) -> None:
        """Lets everything vanish from now on, also new connections."""
        self._is_cut = True

    def mend(self) -> None:
        """Lets new connections through; those that lost something are broken."""

        def break_old() -> None:
            for writer in tuple(self._writers):
                writer.close()

        self._loop.call_soon_threadsafe(break_old)
        self._is_cut = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._end = asyncio.Event()
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        for pump in tuple(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self._is_cut:
            return  # it hangs, until the way is mended
        try:
            up_reader, up_writer = await asyncio.open_connection(HOST, self._to)
        except OSError:
            writer.close()
            return
        self._writers.add(up_writer)
        for source, target in ((reader, up_writer), (up_reader, writer)):
            pump = asyncio.create_task(self._pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                if not self._is_cut:
                    target.write(data)
                    await target.drain()
        if not self._is_cut:
            self._writers.discard(target)
            target.close()
