"""Sampledepot as a target of the connector framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Target, hookimpl

from connector_sampledepot.service import NAME
from connector_sampledepot.target import SampledepotTarget

# For which version of the framework's plugin API this was written; a framework of another major version refuses it.
connector_api: Final = "1.0"


@hookimpl
def connector_register_targets() -> Mapping[str, type[Target]]:
    """Offers Sampledepot under this name, as in settings: `plugin = "sampledepot"`."""
    return {NAME: SampledepotTarget}
