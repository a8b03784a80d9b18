"""Wemalo as a target: what a warehouse stores and ships for a merchant.

Wemalo's words (goods order, external id, dispatcher profile) stay inside this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.api import Target, hookimpl
from connector_wemalo.service import NAME
from connector_wemalo.target import WemaloTarget

connector_api: Final = "1.0"


@hookimpl
def connector_register_targets() -> Mapping[str, type[Target]]:
    """Offers Wemalo under the name `wemalo`."""
    return {NAME: WemaloTarget}
