"""Sampleshop as a source of the connector framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Source, hookimpl

from connector_sampleshop.service import NAME
from connector_sampleshop.source import SampleshopSource

# For which version of the framework's plugin API this was written; a framework of another major version refuses it.
connector_api: Final = "1.0"


@hookimpl
def connector_register_sources() -> Mapping[str, type[Source]]:
    """Offers Sampleshop under this name, as in settings: `plugin = "sampleshop"`."""
    return {NAME: SampleshopSource}
