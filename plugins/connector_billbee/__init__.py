"""Billbee as a source: what a merchant sells and what was ordered.

Billbee's words (article, bill of material, order state) stay inside this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Source, hookimpl
from connector_billbee.service import NAME
from connector_billbee.source import BillbeeSource

connector_api: Final = "1.0"


@hookimpl
def connector_register_sources() -> Mapping[str, type[Source]]:
    """Offers Billbee under the name `billbee`."""
    return {NAME: BillbeeSource}
