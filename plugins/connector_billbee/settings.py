"""What a client sets for Billbee (SPEC C1)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from connector.api import Secret

DEFAULT_BASE_URL: Final = "https://api.billbee.io/api/v1"

# Billbee separates tags by commas and drops the blanks around them.
_TAG: Final = r"^[^,\s]([^,]*[^,\s])?$"


class BillbeeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the source `billbee`."""

    username: Annotated[
        str,
        Meta(
            min_length=1,
            description="User name of the Billbee account, usually an e-mail address.",
            examples=["shop@example.com"],
        ),
    ]
    api_password: Annotated[
        Secret,
        Meta(
            description="API password from Billbee: Settings > Billbee API. "
            "It is not the password that you log in to Billbee with."
        ),
    ]
    api_key: Annotated[
        Secret,
        Meta(
            description="API key that Billbee's support gives out for an application. "
            "One key serves all clients, so it may stand in the common settings."
        ),
    ]
    order_state_id: Annotated[
        int,
        Meta(ge=1, description="Orders in this Billbee state are imported; 3 is paid (bezahlt)."),
    ] = 3
    storage_location_id: Annotated[
        int,
        Meta(
            ge=0,
            description="Billbee storage location that stock is written to; 0 is the standard one. "
            "Others exist only with multi-stock.",
        ),
    ] = 0
    orders_tag: Annotated[
        str,
        Meta(
            pattern=_TAG,
            title="a tag without comma and without blanks at its ends",
            description="Only orders with this tag are imported. Upper and lower case are the same.",
        ),
    ] = "wemalo"
    received_state_id: Annotated[
        int | None,
        Meta(
            description="Billbee state that an order gets once the warehouse has accepted it; "
            "16 is in fulfilment. Not set: the state stays as it is.",
            examples=[16],
        ),
    ] = None
    failed_tag: Annotated[
        bool,
        Meta(
            description="Tag orders that can't be shipped as they are with `order_failed_by_` and the orders_tag, "
            "so that they can be found in Billbee."
        ),
    ] = True
    auto_subtract_reserved: Annotated[
        bool,
        Meta(
            description="Let Billbee subtract the pieces of open orders from the stock that it is given. "
            "Leave it off where the warehouse's figure has them subtracted already."
        ),
    ] = False
    base_url: Annotated[
        str,
        Meta(min_length=1, description="Address of Billbee's API; another one only for tests."),
    ] = DEFAULT_BASE_URL
