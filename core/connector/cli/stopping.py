"""The wish to end, as a terminal or a service manager utters it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from connector.clock import Stop

log: Final = logging.getLogger("connector.run")


@contextmanager
def stopped_by_signals(stop: Stop, said: str, tell: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Turns SIGTERM and Ctrl-C into the wish to end; a second one ends the process at once.

    The log says `said` when the wish comes, and `tell` is called.
    """
    loop = asyncio.get_running_loop()

    def end() -> None:
        log.info(said)
        stop.request()
        tell()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(signum)

    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, end)
    try:
        yield
    finally:
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(signum)
