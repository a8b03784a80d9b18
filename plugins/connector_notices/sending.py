"""Sends one message to one address. The only module that knows Apprise.

An address holds passwords and tokens, so nothing of it leaves this module: Apprise, and the libraries that it sends
with, log addresses and answers, and their log ends here.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import Final
from urllib.parse import unquote

from apprise import Apprise, NotifyBase, NotifyFormat, NotifyType
from apprise.common import OverflowMode

from connector.api import ConfigurationError, TransientError

_SHORTEST_SECRET: Final = 4
_LONGEST: Final = 200
_TALKATIVE: Final = ("urllib3", "requests", "requests_oauthlib", "oauthlib")
_said = threading.local()


class _Ear(logging.Handler):
    """Keeps the last thing that Apprise said in this thread: it tells nowhere else why it failed."""

    def emit(self, record: logging.LogRecord) -> None:
        _said.last = record.getMessage()


def _listen() -> None:
    apprise = logging.getLogger("apprise")
    apprise.propagate = False
    apprise.setLevel(logging.WARNING)
    apprise.addHandler(_Ear())
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.ERROR)


_listen()


def send(receiver: str, address: str, title: str, body: str, *, is_bad: bool) -> None:
    """Sends a message and waits until it was taken.

    Raises ConfigurationError where the address is none, TransientError where the message was not taken.
    """
    service = understood(receiver, address)
    _said.last = ""
    messenger = Apprise()
    messenger.add(service)
    kind = NotifyType.WARNING if is_bad else NotifyType.INFO
    try:
        taken = bool(
            messenger.notify(body=body, title=title, notify_type=kind, body_format=NotifyFormat.TEXT)
        )
    except Exception as error:  # noqa: BLE001  (a hundred services, and what they raise may hold the address)
        taken, _said.last = False, f"{type(error).__name__}: {error}"
    if not taken:
        why = _without(address, _said.last) or "no reason given"
        raise TransientError(f"`{receiver}` ({service.service_name}) did not take the message: {why}")


def understood(receiver: str, address: str) -> NotifyBase:
    """Returns the service that an address means; raises ConfigurationError where it means none."""
    service = Apprise.instantiate(address)
    if not isinstance(service, NotifyBase):
        raise ConfigurationError(
            f"to.{receiver}: this is no address that Apprise understands; look it up at https://appriseit.com/services"
        )
    if service.overflow_mode is OverflowMode.UPSTREAM:  # else a service may refuse a long message each time
        service.overflow_mode = OverflowMode.SPLIT
    return service


def _without(address: str, text: str) -> str:
    """Takes every part of the address out of a text, and makes one line of it."""
    _, _, rest = address.partition("://")
    parts = {part for part in re.split(r"[/:@?&=,#]+", rest) if len(part) >= _SHORTEST_SECRET}
    for part in sorted(parts | {unquote(part) for part in parts} | {rest}, key=len, reverse=True):
        text = text.replace(part, "***") if part else text
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
