"""What machines ask of the process: figures to draw, whether it lives, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from connector.errors import ConnectorError
from connector.web.site import Site


@dataclass(frozen=True)
class Vitals:
    """Answers for machines. `figures` returns the text that Prometheus reads, where figures are kept."""

    site: Site
    figures: Callable[[], Awaitable[str]] | None = None

    async def metrics(self, request: Request) -> Response:
        """The figures; whoever may see the pages may see them."""
        if self.figures is None:
            return PlainTextResponse("no figures are kept in this process\n", 404)
        return PlainTextResponse(
            await self.figures(), media_type="text/plain; version=0.0.4; charset=utf-8", headers=_NOT_KEPT
        )

    async def alive(self, request: Request) -> Response:
        """That the process answers."""
        return PlainTextResponse("ok\n", headers=_NOT_KEPT)

    async def ready(self, request: Request) -> Response:
        """Whether settings and state can be read; the log and `connector check` say what is wrong."""
        try:
            names = self.site.desk.names()
            for name in names[:1]:
                await self.site.desk.store.stamp(name)
        except ConnectorError:
            return PlainTextResponse("not ready\n", 503, headers=_NOT_KEPT)
        return PlainTextResponse("ready\n", headers=_NOT_KEPT)


_NOT_KEPT = {"Cache-Control": "no-store"}
