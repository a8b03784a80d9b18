"""The hooks of the framework. A plugin package names its module in the entry point group `connector`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import pluggy

from connector.contracts import Finding, Source, Target
from connector.lifecycle import ClientNews, ClientSetup, FinishedRun

GROUP: Final = "connector"

API_VERSION: Final = "1.0"
"""The version of all that a plugin package is made against: these hooks, the contracts and `connector.api`.

The first number changes when packages have to be changed, the second when something is added. A package says beside its
hooks for which version it was made: `connector_api = "1.0"`. One that does not say so was made for the first.
"""

hookspec: Final = pluggy.HookspecMarker(GROUP)
hookimpl: Final = pluggy.HookimplMarker(GROUP)


@hookspec
def connector_register_sources() -> Mapping[str, type[Source]]:
    """Called once when plugins are loaded; return the sources of this package by the name that settings use."""
    raise NotImplementedError


@hookspec
def connector_register_targets() -> Mapping[str, type[Target]]:
    """Called once when plugins are loaded; return the targets of this package by the name that settings use."""
    raise NotImplementedError


@hookspec
def connector_register_mapping_steps() -> Mapping[str, Callable[..., Any]]:
    """Called once when plugins are loaded; return the mapping steps of this package by name.

    A step is a function `(record, setting, catalogue) -> record | None`; the annotation of its first parameter says
    for which records it is, that of the second which setting it takes.
    """
    raise NotImplementedError


@hookspec
def connector_register_settings() -> Mapping[str, type[msgspec.Struct]]:
    """Called once when plugins are loaded; return the settings of this package's lifecycle hooks by name.

    `notices` names the table `[plugins.notices]`, which may stand in the common settings and, on top of that, in a
    client's; a hook gets them with `settings()`.
    """
    raise NotImplementedError


@hookspec
def connector_run_finished(run: FinishedRun) -> Awaitable[None] | None:
    """Called when a run of a client has ended and its state is saved, complete or not; may be an async function.

    Not called after a rehearsal, and not where the client's state could not be read. What it raises becomes the
    problem `plugin_failed` and touches nothing else.
    """
    raise NotImplementedError


@hookspec
def connector_client_late(client: ClientNews) -> Awaitable[None] | None:
    """Called each time a client is due, can't run, and had no complete run for twice its interval.

    Its settings are wrong, or its state was not free. May be an async function; what it raises is treated likewise.
    """
    raise NotImplementedError


@hookspec
def connector_check(client: ClientSetup) -> Sequence[Finding] | Awaitable[Sequence[Finding]]:
    """Called by `connector check`; look whether the package's settings for a client will do, and change nothing."""
    raise NotImplementedError
