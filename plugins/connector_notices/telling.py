"""Tells each receiver what is new to it, and remembers that.

The memory holds under `told`, by receiver, what it knows: problem id → the line by which it was told. What could not
be sent stays news, for that receiver alone.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any, Final

from connector.api import ClientNews, ConfigurationError, ConnectorError, TransientError
from connector_notices.news import News, news
from connector_notices.settings import NoticesSettings
from connector_notices.wording import body, title

_TOLD: Final = "told"


async def tell(client: ClientNews) -> None:
    """Sends one message to each receiver for which something is new.

    Raises TransientError naming the receivers that could not be reached; the next run tries them again.
    """
    settings = client.settings(NoticesSettings)
    if not (settings.enabled and settings.to):
        return
    before: dict[str, dict[str, str]] = client.memory.get(_TOLD) or {}
    told = {receiver: before.get(receiver, {}) for receiver in settings.to}
    failed = []
    for receiver, address in settings.to.items():
        found = news(client.problems, told[receiver], settings)
        try:
            if not found.is_empty:
                await _send(client, receiver, address.reveal(), found)
        except ConnectorError as error:
            failed.append(str(error))
        else:
            told[receiver] = dict(found.known)
            _remember(client, before, told)
    if failed:
        raise TransientError("; ".join(failed))


async def _send(client: ClientNews, receiver: str, address: str, found: News) -> None:
    """Sends in a thread, since the library waits for each answer; runs of other clients go on meanwhile."""
    language = client.language
    is_bad = any(problem.level == "error" for problem in found.opened)
    words = (title(client.client, found, language), body(client.client, found, language))
    await asyncio.to_thread(sender().send, receiver, address, *words, is_bad=is_bad)


def sender() -> Any:
    """Returns the module that knows Apprise, which is an extra; raises ConfigurationError where it is missing."""
    try:
        return import_module("connector_notices.sending")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"notices need the package {error.name}; install it with: pip install 'connector-framework[notices]'"
        ) from None


def _remember(client: ClientNews, before: dict[str, dict[str, str]], told: dict[str, dict[str, str]]) -> None:
    if told != before:
        client.memory.put(_TOLD, {receiver: dict(known) for receiver, known in told.items()})
