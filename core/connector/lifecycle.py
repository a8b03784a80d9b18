"""What a lifecycle hook is told (`connector.hookspecs`): of which client, what is open there, how its run went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec

from connector.remembering import Memory

S = TypeVar("S", bound=msgspec.Struct)


class OpenProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem that is open now, in the words of the client's language. Times are UTC.

    `is_passing` says that nobody has to act yet: it ends by itself, or `freshness` follows. `is_ignored` says that an
    operator wants to hear no more of it.
    """

    id: str
    code: str
    level: Literal["error", "warning", "info"]
    flow: str
    record_id: str
    number: str
    reason: str
    hint: str
    first_seen: datetime
    count: int
    is_passing: bool = False
    is_ignored: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientSetup:
    """A client as it is set up. `language` has two letters."""

    client: str
    language: str
    plugin_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def settings(self, settings_type: type[S]) -> S:
        """Returns the client's settings of the class that the plugin registered (`connector_register_settings`)."""
        for settings in self.plugin_settings.values():
            if isinstance(settings, settings_type):
                return settings
        raise LookupError(f"{settings_type.__name__} is registered by no connector_register_settings")


@dataclass(frozen=True, kw_only=True)
class ClientNews(ClientSetup):
    """How a client is now; `problems` are those that are open, the oldest first."""

    now: datetime
    problems: tuple[OpenProblem, ...]
    memory: Memory


@dataclass(frozen=True, kw_only=True)
class FinishedRun(ClientNews):
    """A run that has ended. `failure` says in one line why it is not complete; empty: the time was used up.

    `flows` counts records by flow and by what became of them, `calls` by service and endpoint.
    """

    run_id: str
    started: datetime
    ended: datetime
    completed: bool
    failure: str
    flows: Mapping[str, Mapping[str, int]]
    calls: Mapping[str, int]
