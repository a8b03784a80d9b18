"""Pictures in a terminal that are drawn anew in their place; the only module that knows rich."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from connector.report import ClientReport, FlowCounts, amount, counts_in_words, in_words

_PER_SECOND: Final = 8
_BAR: Final = 20
_LINES_OF_A_CLIENT: Final = 6
"""Its name, and its flows."""


@dataclass
class _Flow:
    """A flow that runs, or has ended; `settled_before` is how many records were done when their number was known."""

    counts: FlowCounts
    began: float
    expected: int | None = None
    settled_before: int = 0
    complete: bool | None = None

    @property
    def done(self) -> int:
        return _settled(self.counts) - self.settled_before


@dataclass
class _Run:
    """A client's run: its flows in the order in which they began, and its report once it is over."""

    flows: dict[str, _Flow] = field(default_factory=dict)
    report: ClientReport | None = None

    @property
    def is_under_way(self) -> bool:
        return bool(self.flows) and self.report is None


class LiveRuns:
    """Shows on standard error what each client's run does now, below the log; implements Progress.

    What it shows is gone when it ends: the report follows.
    """

    def __init__(
        self,
        clients: Sequence[str],
        console: Console | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console or Console(stderr=True)
        self._now = now
        self._runs = {client: _Run() for client in clients}
        self._is_ending = False
        self._spinner = Spinner("dots" if _knows_unicode(self._console) else "line")
        self._live = Live(
            console=self._console,
            get_renderable=self.picture,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,  # the report may go to a file
        )
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        self._opened.enter_context(self._live)
        self._opened.enter_context(_log_above(self._console))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def begin(self, client: str, flow: str, counts: FlowCounts) -> None:
        self._runs[client].flows[flow] = _Flow(counts, self._now())

    def expect(self, client: str, flow: str, records: int) -> None:
        running = self._runs[client].flows[flow]
        running.expected, running.settled_before = records, _settled(running.counts)

    def end(self, client: str, flow: str, counts: FlowCounts, complete: bool) -> None:
        self._runs[client].flows[flow].complete = complete

    def done(self, report: ClientReport) -> None:
        self._runs[report.client].report = report

    def ending(self) -> None:
        self._is_ending = True

    def picture(self) -> RenderableType:
        """Draws each client with its flows where there is room for that, else a row for each that runs."""
        if len(self._runs) * _LINES_OF_A_CLIENT < self._console.height:
            parts = [part for client in self._runs for part in self._block(client)]
        else:
            parts = [self._overview(self._console.height - 3)]
        if self._is_ending:
            parts.append(Text("ending: the records under way are finished, then the state is saved"))
        return Group(*parts)

    def _block(self, client: str) -> Iterator[RenderableType]:
        run = self._runs[client]
        how = "" if run.flows else "waits for its turn"
        if run.report is not None:
            how = run.report.summary().partition("\n")[0]
        yield Text.assemble((client, "bold"), "  ", (how, "dim"), no_wrap=True, overflow="ellipsis")
        rows = _grid(indent=2)
        for name, flow in list(run.flows.items()):
            rows.add_row(self._mark(flow), Text(name), *self._cells(flow))
        yield rows

    def _overview(self, room: int) -> RenderableType:
        running = [(client, run) for client, run in self._runs.items() if run.is_under_way]
        rows = _grid()
        for client, run in running[:room]:
            name, flow = list(run.flows.items())[-1]
            rows.add_row(self._mark(flow), Text(client), Text(name), *self._cells(flow))
        over = [run.report for run in self._runs.values() if run.report is not None]
        failed = sum(not report.completed for report in over)
        said = [f"{len(over):,} of {amount(len(self._runs), 'client')} done"]
        said += [f"{failed:,} not completed"] if failed else []
        said += [f"{len(running) - room:,} more are running"] if len(running) > room else []
        return Group(rows, Text(", ".join(said), style="dim"))

    def _mark(self, flow: _Flow) -> RenderableType:
        if flow.complete is None:
            return self._spinner
        symbols = ("✓", "✗") if _knows_unicode(self._console) else ("+", "x")
        return Text(symbols[0], style="green") if flow.complete else Text(symbols[1], style="red")

    def _cells(self, flow: _Flow) -> tuple[RenderableType, ...]:
        """Says what became of the records so far, and how many there are where that is known."""
        counts = counts_in_words(flow.counts)
        if flow.complete is not None:
            return (Text(counts, style="dim"),)
        took = _seconds(self._now() - flow.began)
        if not flow.expected:
            return (Text(f"{counts}, {took}" if flow.counts.read else took),)
        bar = ProgressBar(total=flow.expected, completed=flow.done, width=_BAR)
        text = Text(f"{flow.done:,} of {flow.expected:,}, {took}")
        return (_row(bar, text),)


def redraw(picture: Callable[[], Sequence[str]], seconds: float) -> None:
    """Shows lines on standard output, and draws them anew after so many seconds, for ever; Ctrl-C leaves the last."""
    with Live(console=Console(), auto_refresh=False) as live:
        while True:
            lines = [Text(line, no_wrap=True, overflow="ellipsis") for line in picture()]
            live.update(Group(*lines), refresh=True)
            time.sleep(seconds)


@contextmanager
def _log_above(console: Console) -> Iterator[None]:
    """Lets the log write above what is drawn: its handlers know the stream of before."""
    handlers = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler) and handler.stream is console.file
    ]
    for handler in handlers:
        handler.setStream(sys.stderr)  # rich has put itself in its place
    try:
        yield
    finally:
        for handler in handlers:
            handler.setStream(console.file)


def _knows_unicode(console: Console) -> bool:
    return console.encoding.startswith("utf")


def _grid(indent: int = 0) -> Table:
    grid = Table.grid(padding=(0, 1), pad_edge=False)
    grid.add_column(width=1 + indent, justify="right")
    return grid


def _row(*cells: RenderableType) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_row(*cells)
    return row


def _seconds(span: float) -> str:
    """Says how long something has been going on, without the tenths that would flicker."""
    return f"{int(span)} s" if span < 60 else in_words(timedelta(seconds=int(span)))


def _settled(counts: FlowCounts) -> int:
    """How many records it is known of what became of them."""
    values = msgspec.structs.asdict(counts)
    return sum(values[name] for name in ("sent", "unchanged", "skipped", "refused"))
