"""Whom to tell, and of what."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from connector.api import Secret

NAME: Final = "notices"
"""The table of the settings: [plugins.notices]."""


class NoticesSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the plugin `notices`, common and per client."""

    to: Annotated[
        dict[str, Secret],
        Meta(
            description="Who is told: a name of your own for each, and an Apprise address, such as "
            "`mailto://user:password@example.com?to=erika@example.com` (https://appriseit.com/services). Those of the "
            "common settings are told of all clients."
        ),
    ] = {}
    enabled: Annotated[bool, Meta(description="Tell of this client at all.")] = True
    closed: Annotated[bool, Meta(description="Tell also that a problem has closed.")] = True
    passing: Annotated[
        bool,
        Meta(
            description="Tell also of what ends by itself, such as an outage of one run. Without it, people are told "
            "when it lasts: then the problem `freshness` opens."
        ),
    ] = False
