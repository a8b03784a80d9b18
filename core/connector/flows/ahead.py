"""Reading ahead: the next page is fetched while this one is being handled, so that neither side waits for the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from connector.errors import ConnectorError

T = TypeVar("T")

log: Final = logging.getLogger("connector.run")


@asynccontextmanager
async def ahead(pages: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Gives what `pages` yields, one page ahead of who takes them; what it raises is raised in the place of a page.

    At the block's end reading is given up, wherever it stands. All of `pages` runs in one task, so that a plugin may
    hold something open from one page to the next.
    """
    fetched: asyncio.Queue[T | None] = asyncio.Queue()
    told: list[bool] = []

    async def fetch() -> None:
        try:
            async for page in pages:
                fetched.put_nowait(page)
                del page  # it is the taker's now
                await fetched.join()
        finally:
            if isinstance(pages, AsyncGenerator):
                await pages.aclose()

    async def taken() -> AsyncIterator[T]:
        while (page := await fetched.get()) is not None:
            fetched.task_done()
            yield page
            del page
        told.append(True)
        await fetching

    fetching = asyncio.create_task(fetch())
    fetching.add_done_callback(lambda _: fetched.put_nowait(None))
    try:
        yield taken()
    finally:
        fetching.cancel()
        (error,) = await asyncio.gather(fetching, return_exceptions=True)
        if not told:
            _note(error)


def _note(error: BaseException | None) -> None:
    """Writes down what nobody was told, since nobody wanted the page any more."""
    match error:
        case ConnectorError():
            log.info("reading ahead was given up", extra={"reason": str(error)})
        case Exception():
            log.error("reading ahead ended with a bug", exc_info=error)
