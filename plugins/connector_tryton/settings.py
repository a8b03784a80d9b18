"""What a client sets for Tryton."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from connector.api import Secret


class TrytonSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the target `tryton`."""

    base_url: Annotated[
        str,
        Meta(
            min_length=1,
            description="Address of the Tryton server, without the database.",
            examples=["https://erp.example.com"],
        ),
    ]
    database: Annotated[
        str,
        Meta(
            min_length=1,
            description="Name of the Tryton database, as people choose it when they log in.",
            examples=["tryton"],
        ),
    ]
    application_key: Annotated[
        Secret,
        Meta(description="Key of the user application `REST API` that belongs to the connector's user."),
    ]
    shop: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Short name of this shop, by which Tryton tells its products and orders from those of other "
            "shops: order 17 is `17@acme` there. Never change it once something was sent.",
            examples=["acme"],
        ),
    ]
    company: Annotated[
        str,
        Meta(description="Name of the company that ships; only needed where the user has several."),
    ] = ""
    warehouse: Annotated[
        str,
        Meta(description="Code or name of the warehouse that ships; only needed where there are several."),
    ] = ""
    carrier: Annotated[
        str,
        Meta(
            description="Carrier for orders whose shipping profile names none of Tryton's carriers; without one, "
            "people choose the carrier in Tryton."
        ),
    ] = ""
    page_size: Annotated[
        int,
        Meta(ge=1, le=1000, description="Records of a long list that are read with one call."),
    ] = 500
