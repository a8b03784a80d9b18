"""Vendure as a source: what a merchant sells and what was ordered.

Vendure's words (variant, fulfillment, channel, custom field) stay inside this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Source, hookimpl
from connector_vendure.service import NAME
from connector_vendure.source import VendureSource

connector_api: Final = "1.0"


@hookimpl
def connector_register_sources() -> Mapping[str, type[Source]]:
    """Offers Vendure under the name `vendure`."""
    return {NAME: VendureSource}
