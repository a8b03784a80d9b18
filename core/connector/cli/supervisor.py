"""Tells systemd how `connector run` is, over the datagram socket that it names (see sd_notify(3))."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from typing import Final

log: Final = logging.getLogger("connector.run")


class Supervisor:
    """Speaks to systemd where it wants to be told, and does nothing elsewhere.

    `beat_every_s` is how often it wants to hear that the process is alive, None where it does not.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.beat_every_s = _beat_every_s(environ)

    def ready(self) -> None:
        """Says that the start is over."""
        self._send("READY=1")

    def alive(self) -> None:
        """Says that the process does its work; systemd ends a process that has not said so for too long."""
        if self.beat_every_s is not None:
            self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Says that the process is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as outlet:
                outlet.setblocking(False)  # a run never waits for whoever watches it
                outlet.sendto(message.encode(), self._address)
        except OSError as error:
            log.warning("systemd could not be told %s: %s; it may restart this process", message, error)


def _beat_every_s(environ: Mapping[str, str]) -> float | None:
    """Returns half the time after which systemd takes the process for dead, as it advises."""
    allowed, meant = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    is_for_us = not meant or meant == str(os.getpid())
    seconds = int(allowed) / 2_000_000 if allowed.isdecimal() and is_for_us else 0
    return seconds or None
