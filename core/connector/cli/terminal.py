"""What a terminal gets that a file does not: a picture that is drawn anew in its place, instead of line after line."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click

from connector.progress import Logged, Progress


def can_redraw(stream: TextIO) -> bool:
    """Tells whether a person looks at this stream, through a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb", "unknown"}


@contextmanager
def shown_progress(clients: Sequence[str]) -> Iterator[Progress]:
    """Shows on standard error how far the runs are: live in a terminal, else as lines of the log."""
    if not can_redraw(sys.stderr):
        yield Logged()
        return
    from connector.cli.live import LiveRuns  # noqa: PLC0415  (draws with rich, which nobody else needs)

    with LiveRuns(clients) as live:
        yield live


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
