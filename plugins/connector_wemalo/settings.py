"""What a client sets for Wemalo (SPEC C2)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from connector.api import Secret

DEFAULT_BASE_URL: Final = "https://connect.wemalo.com/v1"


class WemaloSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the target `wemalo`."""

    token: Annotated[
        Secret,
        Meta(description="Token of the merchant's Wemalo Connect account, without the word JWT."),
    ]
    product_group: Annotated[
        str,
        Meta(min_length=1, description="Wemalo product group that new products are put into."),
    ] = "default"
    limit_pause_s: Annotated[
        float,
        Meta(
            gt=0,
            le=3600,
            description="Seconds to wait when Wemalo's call limit is used up. Wemalo does not document how long "
            "its limit lasts; for more than a minute nothing waits, and the rest is left to the next run.",
        ),
    ] = 60.0
    base_url: Annotated[
        str,
        Meta(min_length=1, description="Address of Wemalo's API; another one only for tests."),
    ] = DEFAULT_BASE_URL
