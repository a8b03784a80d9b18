"""Tells an observer how far the runs of a process are, while they run: for a terminal, a page, or the log."""

from __future__ import annotations

import logging
from typing import Final, Protocol

from connector.report import ClientReport, FlowCounts, counts_in_words

log: Final = logging.getLogger("connector.run")


class Progress(Protocol):
    """Is told when flows begin and end, and when a client's run is over; returns at once and raises nothing."""

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        """A flow begins; `counts` fill while it runs, so they can be looked at at any moment."""
        ...

    def expect(self, client: str, flow: str, records: int) -> None:
        """The flow has read its list and now takes so many records; one that reads page by page never knows."""
        ...

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        """The flow ended; it is complete where neither a fault nor the time stopped it."""
        ...

    def done(self, report: ClientReport) -> None:
        """The run of a client is over, or did not begin since its settings are wrong."""
        ...


class Silent:
    """Tells nobody."""

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        pass

    def expect(self, client: str, flow: str, records: int) -> None:
        pass

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        pass

    def done(self, report: ClientReport) -> None:
        pass


SILENT: Final = Silent()


class Logged(Silent):
    """Writes a line into the log when a flow has ended."""

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        what = "flow finished" if complete else "flow stopped early"
        log.info(what, extra={"client": client, "flow": flow, "records": counts_in_words(counts)})
