"""The warehouse side of Tryton (version 8.0) as a target: stock, customer shipments, packages.

Tryton's words (template, party, shipment, move) stay inside this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Target, hookimpl
from connector_tryton.service import NAME
from connector_tryton.target import TrytonTarget

connector_api: Final = "1.0"


@hookimpl
def connector_register_targets() -> Mapping[str, type[Target]]:
    """Offers Tryton under the name `tryton`."""
    return {NAME: TrytonTarget}
