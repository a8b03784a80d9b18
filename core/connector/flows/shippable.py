"""Whether an order can be shipped, and what of it (SPEC O4, O5): decisions without any call."""

from __future__ import annotations

from typing import Final

import msgspec

from connector.flows.run import Reason
from connector.records import Address, Order, OrderLine

_NEEDED: Final = ("street", "zip", "city", "country_code")


def to_ship(order: Order) -> Order:
    """Leaves out digital lines, coupons and lines with quantity 0 (SPEC O4)."""
    lines = tuple(
        line for line in order.lines if not (line.is_digital or line.is_coupon or line.quantity == 0)
    )
    return msgspec.structs.replace(order, lines=lines)


def why_not_shippable(order: Order) -> tuple[Reason, ...]:
    """Returns every reason for which the order as it stands can't be shipped (SPEC O5); none: it can."""
    return (
        *_receiver_reasons(order.receiver),
        *(reason for line in order.lines for reason in _line_reasons(line)),
    )


def _receiver_reasons(receiver: Address | None) -> tuple[Reason, ...]:
    if receiver is None:
        return (Reason("order_receiver_missing", {"what": "name, " + ", ".join(_NEEDED)}),)
    missing = [] if receiver.name or receiver.company else ["name"]
    missing += [field for field in _NEEDED if not getattr(receiver, field)]
    if missing:
        return (Reason("order_receiver_missing", {"what": ", ".join(missing)}),)
    if not (
        len(receiver.country_code) == 2
        and receiver.country_code.isascii()
        and receiver.country_code.isalpha()
    ):
        return (Reason("country_code_invalid", {"value": receiver.country_code}),)
    return ()


def _line_reasons(line: OrderLine) -> tuple[Reason, ...]:
    params = {
        "line": line.id,
        "name": line.name or line.sku or line.id,
        "quantity": f"{line.quantity.normalize():f}",
    }
    if not line.product_id:
        return (Reason("order_line_unlinked", params),)
    if line.quantity < 0:
        return (Reason("order_quantity_negative", params),)
    if line.quantity != line.quantity.to_integral_value():
        return (Reason("order_quantity_fraction", params),)
    return ()
