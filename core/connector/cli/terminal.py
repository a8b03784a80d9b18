"""What a terminal gets that a file does not: a picture that is drawn anew in its place, instead of line after line."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TextIO

import click

from connector.progress import Logged, Progress


def can_redraw(stream: TextIO) -> bool:
    """Tells whether a person looks at this stream, through a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb", "unknown"}


class Shown(Progress, Protocol):
    """Shows people how far the runs are."""

    def ending(self) -> None:
        """Somebody asked the runs to end."""
        ...


class LoggedRuns(Logged):
    """Leaves it to the log, which tells of the end by itself."""

    def ending(self) -> None:
        pass


@contextmanager
def shown_progress(clients: Sequence[str], *, with_log: bool) -> Iterator[Shown]:
    """Shows on standard error how far the runs are: live in a terminal, else as lines of the log.

    The log is kept out of a live picture, but for errors, unless it is wanted there: what it says of problems stands
    in the report that follows.
    """
    if not can_redraw(sys.stderr):
        yield LoggedRuns()
        return
    from connector.cli.live import LiveRuns  # noqa: PLC0415  (draws with rich, which nobody else needs)

    root = logging.getLogger()
    level = root.level
    root.setLevel(level if with_log else logging.ERROR)
    try:
        with LiveRuns(clients) as live:
            yield live
    finally:
        root.setLevel(level)


def repeat(picture: Callable[[], Sequence[str]], seconds: float) -> None:
    """Shows lines on standard output, and again after so many seconds, until Ctrl-C ends it."""
    try:
        if can_redraw(sys.stdout):
            from connector.cli.live import redraw  # noqa: PLC0415  (the same)

            redraw(picture, seconds)
        while True:
            click.echo("\n".join(picture()) + "\n")
            time.sleep(seconds)
    except KeyboardInterrupt:
        return
