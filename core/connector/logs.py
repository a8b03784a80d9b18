"""What is logged, and how it is written: one line per event with fields. The only module that knows structlog.

Everything else, plugins included, logs with the standard library, and gives what it knows as fields:

    log.info("call is repeated", extra={"endpoint": "billbee GET /products", "attempt": 2})

`bound` adds what holds for all events of a run, such as the client, without passing it on by hand. WARNING and above
is what needs a person, and nothing else.
"""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager
from typing import Any, Final, TextIO

import msgspec
import structlog

from connector.masking import without_secrets

_FIRST: Final = ("time", "level", "logger", "event", "client", "run_id", "flow", "record_id")
_EVENT_WIDTH: Final = 24


def bound(**fields: Any) -> AbstractContextManager[Any]:
    """Adds fields to every event that is logged within the block, by tasks that are started in it, too."""
    return structlog.contextvars.bound_contextvars(**fields)


def set_up_logs(level: str, form: str, stream: TextIO) -> None:
    """Lets all events of this level and above go to `stream`, as `text` or `json`; `auto`: text in a terminal."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(form, is_terminal=stream.isatty(), has_colors=_has_colors(stream)))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _has_colors(stream: TextIO) -> bool:
    """Tells whether a terminal shows colours: neither a simple one, nor one whose user wants none."""
    return stream.isatty() and os.environ.get("TERM", "") not in {"", "dumb"} and "NO_COLOR" not in os.environ


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Keeps every secret of this process out of the log, whoever wrote the line: a traceback may quote a library."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def _formatter(form: str, *, is_terminal: bool, has_colors: bool) -> logging.Formatter:
    as_text = form == "text" or (form == "auto" and is_terminal)
    return _Discreet(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _printable,
            *(_as_text(colors=has_colors) if as_text else _as_json()),
        ],
    )


def _as_text(*, colors: bool) -> list[structlog.typing.Processor]:
    """Returns what writes a line for people. A traceback stays plain: the other kinds show the values of variables."""
    return [
        _in_order,
        structlog.dev.ConsoleRenderer(
            colors=colors,
            pad_event_to=_EVENT_WIDTH,
            timestamp_key="time",
            sort_keys=False,
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _as_json() -> list[structlog.typing.Processor]:
    return [
        structlog.processors.format_exc_info,
        _in_order,
        structlog.processors.JSONRenderer(serializer=_encoded),
    ]


def _printable(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keeps what came from outside from moving a cursor or beginning a line of its own."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return event


def _in_order(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    first = {key: event[key] for key in _FIRST if key in event}
    return first | {key: value for key, value in event.items() if key not in first}


def _encoded(event: structlog.typing.EventDict, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
