"""What a piece of code logs, as the connector writes it: JSON, an object per line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connector.logs import set_up_logs


class Logged:
    """All that was logged, from DEBUG on."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, *loggers: str) -> list[dict[str, Any]]:
        """Returns the lines of these loggers, without their time and logger."""
        wanted = [line for line in self.lines if line["logger"] in loggers]
        return [{k: v for k, v in line.items() if k not in ("time", "logger")} for line in wanted]

    def needs_a_person(self) -> list[dict[str, Any]]:
        """Returns the lines that an operator has to see: WARNING and above."""
        return [line for line in self.lines if line["level"] not in ("debug", "info")]


@contextmanager
def logging_into_memory() -> Iterator[Logged]:
    """Puts the log into memory, and back to where it went before."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.handlers.clear()  # so that they are not closed
    stream = io.StringIO()
    set_up_logs("debug", "json", stream)
    try:
        yield Logged(stream)
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers
