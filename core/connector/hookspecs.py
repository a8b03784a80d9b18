"""The hooks of the framework. A plugin package names its module in the entry point group `connector`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pluggy

from connector.contracts import Source, Target

GROUP: Final = "connector"

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
