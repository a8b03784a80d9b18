"""What a client sets for Vendure.

Vendure itself has no EANs, weights and dimensions, and no mark for orders that were exported. Shops add them as custom
fields under names of their own, so the names are settings; each may be left out.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from connector.api import Secret

# A name of GraphQL, so that it can stand in a query as it is.
_FIELD: Final = r"^([_A-Za-z][_0-9A-Za-z]*)?$"
_STATES: Final = r"^\s*[A-Za-z]+\s*(,\s*[A-Za-z]+\s*)*$"
_A_FIELD: Final = "the name of a custom field"


class VendureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the source `vendure`."""

    base_url: Annotated[
        str,
        Meta(
            min_length=1,
            description="Address of the Vendure server, without `/admin-api`.",
            examples=["https://shop.example.com"],
        ),
    ]
    api_key: Annotated[
        Secret | None,
        Meta(
            description="API key with a role for this connection. Either this, or username and password. Vendure takes "
            "long to check a key (0.4 s for each call), unless the shop chose another way to hash them."
        ),
    ] = None
    username: Annotated[
        str,
        Meta(description="E-mail address of an administrator, where no api_key is used."),
    ] = ""
    password: Annotated[
        Secret | None,
        Meta(description="Password of this administrator."),
    ] = None
    channel_token: Annotated[
        Secret | None,
        Meta(description="Token of the channel that is connected. Not set: the default channel."),
    ] = None
    order_states: Annotated[
        str,
        Meta(
            pattern=_STATES,
            title="names of order states, separated by commas",
            description="Orders in these states are imported; shops with an order process of their own have others.",
        ),
    ] = "PaymentSettled, PartiallyShipped"
    exported_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["wmsExportedAt"],
            description="Custom field of orders (datetime) that is set once the warehouse has an order; who empties it "
            "sends a changed order again. Not set: an order still arrives once, but each order is looked up in the "
            "warehouse in every run until it is shipped (a call per open order), changes are sent by themselves, and "
            "an order of which a person has packed a part is not sent.",
        ),
    ] = ""
    status_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["wmsStatus"],
            description="Custom field of orders (string) that says what became of an order: `held`, `change_refused`, "
            "`cancelled` or `cancel_refused`. Not set: only the list of problems says so. A cancelled order then loses "
            "exported_field instead; with neither, the warehouse is asked about it for some hours.",
        ),
    ] = ""
    ean_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["ean"],
            description="Custom field of product variants that holds the EAN. Not set: products go by their SKU "
            "alone, and the warehouse decides whether it takes them.",
        ),
    ] = ""
    weight_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["weightGrams"],
            description="Custom field of product variants that holds the weight in grams.",
        ),
    ] = ""
    length_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["lengthMm"],
            description="Custom field of product variants that holds the length in millimetres.",
        ),
    ] = ""
    width_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["widthMm"],
            description="Custom field of product variants that holds the width in millimetres.",
        ),
    ] = ""
    height_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["heightMm"],
            description="Custom field of product variants that holds the height in millimetres.",
        ),
    ] = ""
    digital_field: Annotated[
        str,
        Meta(
            pattern=_FIELD,
            title=_A_FIELD,
            examples=["isDigital"],
            description="Custom field of product variants (boolean) that is set for goods which are not shipped.",
        ),
    ] = ""
    stock_location: Annotated[
        str,
        Meta(
            description="Name or id of the stock location that stock is written to, where there are several."
        ),
    ] = ""
    stock_counts: Annotated[
        Literal["sellable", "on_hand"],
        Meta(
            description="What the warehouse's quantities count. `sellable`: pieces of open orders are taken off in "
            "them; so they are added again, since Vendure takes them off itself. `on_hand`: all pieces on the shelf."
        ),
    ] = "sellable"
    fulfillment_handler: Annotated[
        str,
        Meta(
            min_length=1,
            description="Code of the fulfillment handler that stores a parcel; it takes the arguments `method` and "
            "`trackingCode`.",
        ),
    ] = "manual-fulfillment"
    page_size: Annotated[
        int,
        Meta(ge=1, le=1000, description="Records that are read with one call; the shop may allow fewer."),
    ] = 250

    def __post_init__(self) -> None:
        """Raises ValueError unless there is exactly one way in."""
        has_login = bool(self.username) or self.password is not None
        if (self.api_key is not None) == has_login:
            raise ValueError("set either api_key, or username and password")
        if has_login and not (self.username and self.password is not None):
            raise ValueError("username and password belong together; one of them is missing")

    @property
    def offered_states(self) -> tuple[str, ...]:
        """The states of `order_states`."""
        return tuple(state.strip() for state in self.order_states.split(","))
