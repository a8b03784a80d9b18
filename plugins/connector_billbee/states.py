"""Billbee's order states: what they are called, and which of them decide something here.

Numbers: remarks of `PUT /orders/{id}/orderstate` in the OpenAPI description; names: Billbee's German web pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SHIPPED: Final = 4
CLOSED: Final = 7
ARCHIVED: Final = 9

WITHDRAWN: Final = frozenset({6, 8})
"""Deleted and cancelled (SPEC X1)."""

NEVER_SET_TO_SHIPPED: Final = frozenset({SHIPPED, 5, CLOSED, ARCHIVED}) | WITHDRAWN
"""States that an order reaches with its shipment, after it, or instead of it.

Set back to "shipped", a complaint would look settled, a closed order would be open again, a cancelled one would be
reported to the marketplace as delivered, and one that is shipped already would be passed on a second time.
"""

_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Bestellt",
        2: "Bestätigt",
        3: "Bezahlt",
        4: "Versendet",
        5: "Reklamation",
        6: "Gelöscht",
        7: "Abgeschlossen",
        8: "Storniert",
        9: "Archiviert",
        11: "Mahnung 1",
        12: "Mahnung 2",
        13: "Gepackt",
        14: "Angeboten",
        15: "Zahlungserinnerung",
        16: "Im Fulfillment",
    }
)


def state_name(state: int) -> str:
    """Returns what the merchant reads in Billbee, the number where Billbee has a new state."""
    return _NAMES.get(state, str(state))
