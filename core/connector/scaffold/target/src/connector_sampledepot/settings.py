"""What a client sets for Sampledepot.

Each field is a setting: its type, its default and its description are checked and shown by the framework.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from connector.api import Secret
from msgspec import Meta


class SampledepotSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the target `sampledepot`."""

    # A Secret is never shown, logged or stored. Without a default, the setting is required.
    api_key: Annotated[
        Secret,
        Meta(description="API key from Sampledepot: Account > Interfaces."),
    ]
    base_url: Annotated[
        str,
        Meta(
            min_length=1,
            description="Address of Sampledepot's API; another one only for tests.",
        ),
    ] = "https://sampledepot.example.com/api"
