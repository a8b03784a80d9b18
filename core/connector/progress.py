"""Tells an observer how far the runs of a process are, while they run: for a terminal, a page, or the log."""

from __future__ import annotations

import logging
from typing import Final, Protocol

from connector.report import FlowCounts, counts_in_words

log: Final = logging.getLogger("connector.run")


class Progress(Protocol):
    """Is told when a flow begins and ends; its methods return at once and raise nothing."""

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        """A flow begins; `counts` fill while it runs, so they can be looked at at any moment."""
        ...

    def expect(self, client: str, flow: str, records: int) -> None:
        """The flow has read its list and now takes so many records; one that reads page by page never knows."""
        ...

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        """The flow ended; it is complete where neither a fault nor the time stopped it."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        pass

    def expect(self, client: str, flow: str, records: int) -> None:
        pass

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        pass


SILENT: Final = Silent()


class Logged(Silent):
    """Writes a line into the log when a flow has ended."""

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        how = "" if complete else "stopped early: "
        log.info("client %s: %s: %s%s", client, flow, how, counts_in_words(counts))
