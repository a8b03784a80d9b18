"""What a client sets for Sampleshop.

Each field is a setting: its type, its default and its description are checked and shown by the framework.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from connector.api import Secret
from msgspec import Meta


class SampleshopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the source `sampleshop`."""

    # A Secret is never shown, logged or stored. Without a default, the setting is required.
    token: Annotated[
        Secret,
        Meta(description="Access token from Sampleshop: Settings > API."),
    ]
    order_status: Annotated[
        str,
        Meta(
            min_length=1,
            description="Orders with this status in Sampleshop are sent to the warehouse.",
        ),
    ] = "paid"
    base_url: Annotated[
        str,
        Meta(
            min_length=1,
            description="Address of Sampleshop's API; another one only for tests.",
        ),
    ] = "https://sampleshop.example.com/api"
