"""Notices whatever blocks the event loop, waits by itself, or goes past the HTTP client.

It looks at what Python's audit events tell, not at times measured, so that it finds the same on every machine. What it
notices is stopped at once: no test waits, and nothing leaves this computer.
"""

from __future__ import annotations

import asyncio
import sys
import sysconfig
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from types import FrameType
from typing import Any, Final, TypeVarTuple

Ts = TypeVarTuple("Ts")

_FORBIDDEN: Final = {
    "time.sleep": "blocks the event loop with time.sleep",
    "socket.connect": "opens a connection of its own",
    "socket.bind": "opens a socket of its own",
    "socket.getaddrinfo": "looks up a host by itself, to connect past the HTTP client",
    "socket.gethostbyname": "looks up a host by itself, to connect past the HTTP client",
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
}

_SLEEP_IS_AUDITED: Final = sys.version_info >= (3, 13)

_FOREIGN: Final = (
    "<",
    *{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")},
    str(Path(__file__).parents[1]),
)
"""Where Python, installed libraries and the framework are; the plugin to blame may be a library, too, but seldom is."""


class Noticed(RuntimeError):
    """Stops what a plugin must not do."""


class Guard:
    """What was noticed while the guard was on, each with the place in the code."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def note(self, what: str) -> None:
        self.seen.append(f"{what}, {_place()}")


_on_duty: list[Guard] = []
_installed: list[bool] = []


@contextmanager
def guarded() -> Iterator[Guard]:
    """Notices while the block lasts; threads that are started meanwhile are seen as well."""
    if not _installed:  # an audit hook stays for good, so it has to be cheap while nobody is on duty
        sys.addaudithook(_heard)
        _installed.append(True)
    guard = Guard()
    _on_duty.append(guard)
    previous = sys.getprofile()
    if not _SLEEP_IS_AUDITED:
        sys.setprofile(_called)
    try:
        yield guard
    finally:
        if not _SLEEP_IS_AUDITED:
            sys.setprofile(previous)
        _on_duty.remove(guard)


def _heard(event: str, _: tuple[Any, ...]) -> None:
    if not _on_duty or event not in _FORBIDDEN:
        return
    _stop(event)


def _called(_: FrameType, event: str, called: object) -> None:
    if event == "c_call" and called is time.sleep:
        _stop("time.sleep")


def _stop(event: str) -> None:
    _on_duty[-1].note(_FORBIDDEN[event])
    raise Noticed(f"the plugin {_FORBIDDEN[event]}")


class WatchedLoop(asyncio.SelectorEventLoop):
    """An event loop in which nobody waits while it is `hurried`: a timer fires at once, and a guard on duty notices it.

    The framework waits on a clock that is passed in, so that a timer can only be the plugin's own.
    """

    hurried = False

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        if self.hurried and when > self.time():
            for guard in _on_duty:
                guard.note("waits by itself, as with asyncio.sleep or asyncio.timeout")
            when = self.time()
        return super().call_at(when, callback, *args, context=context)


def is_foreign(filename: str) -> bool:
    """Tells whether code belongs to Python, to the framework, or to an installed library."""
    return filename.startswith(_FOREIGN)


def _place() -> str:
    """Names the innermost line of code that is none of these; in a thread there may be none."""
    own = [frame for frame in traceback.extract_stack() if not is_foreign(frame.filename)]
    return f"at {own[-1].filename}:{own[-1].lineno} ({own[-1].name})" if own else "in a thread"
