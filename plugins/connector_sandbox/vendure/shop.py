"""What is in the fake shop: variants, orders, parcels, and the rules by which the real one was seen to change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from connector_sandbox.vendure.graphql import Refused

VARIANT_FIELDS = ("ean", "weightGrams", "lengthMm", "widthMm", "heightMm", "isDigital")
ORDER_FIELDS = ("wmsExportedAt", "wmsStatus")
LOCATION = "1"

_SENT = {"Shipped", "Delivered"}


class FakeShop:
    """The records as the API shows them, with whole seconds of the last change, and the writes to them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.variants: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.refusing: set[str] = set()
        self._fulfillments = 0

    # -- what people do -------------------------------------------------------------------------------

    def add_variant(self, **fields: Any) -> str:
        """Puts a variant on sale, with nothing on the shelf."""
        key = str(len(self.variants) + 1)
        custom = {name: fields.pop(name, None) for name in VARIANT_FIELDS}
        self.variants[key] = {
            "id": key,
            "sku": "",
            "name": "",
            "enabled": True,
            "facetValues": [],
            "product": {"enabled": True, "facetValues": []},
            "customFields": custom,
            "stockLevels": [self._level(LOCATION)],
            "createdAt": self.moment(),
            **fields,
        }
        return key

    def add_order(self, lines: Iterable[Mapping[str, Any]], **fields: Any) -> str:
        """Adds an order that is paid; each line names its variant and may have prices."""
        key = str(len(self.orders) + 101)
        own = [self.line(f"{key}0{place}", line) for place, line in enumerate(lines, start=1)]
        self.orders[key] = {
            "id": key,
            "code": f"CODE{key}",
            "state": "PaymentSettled",
            "type": "Regular",
            "orderPlacedAt": self.moment(),
            "createdAt": self.moment(),
            "updatedAt": self.moment(),
            "currencyCode": "EUR",
            "totalWithTax": sum(line["proratedLinePriceWithTax"] or 0 for line in own),
            "customer": None,
            "shippingAddress": None,
            "shippingLines": [],
            "lines": own,
            "fulfillments": [],
            "customFields": dict.fromkeys(ORDER_FIELDS),
            **fields,
        }
        for line in own:
            self._level_of(line)["stockAllocated"] += line["quantity"]
        return key

    def cancel_order(self, key: str) -> None:
        """Cancels all that is left of an order."""
        order = self.orders[key]
        for line in order["lines"]:
            self._level_of(line)["stockAllocated"] -= self._open(line)
            line["quantity"] = 0
        order |= {"state": "Cancelled", "updatedAt": self.moment()}

    def stock_of(self, key: str) -> dict[str, Any]:
        """Shows the stock of a variant."""
        level: dict[str, Any] = self.variants[key]["stockLevels"][0]
        return level

    def moment(self) -> str:
        """Writes the time as the database keeps it."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%S.000Z")

    # -- what the API does ----------------------------------------------------------------------------

    def set_custom_fields(self, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        order = self._found(self.orders, "Order", key)
        for name, value in values.items():
            if name not in ORDER_FIELDS:
                raise Refused(
                    f'Field "{name}" is not defined by type "UpdateOrderCustomFieldsInput".', "BAD_USER_INPUT"
                )
            order["customFields"][name] = value
        order["updatedAt"] = self.moment()
        return order

    def set_stock(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Sets the stock of all these variants, or of none."""
        found = [
            (self._found(self.variants, "ProductVariant", row["id"]), row["stockLevels"]) for row in rows
        ]
        for variant, levels in found:
            for level in levels:
                there = {each["stockLocationId"]: each for each in variant["stockLevels"]}
                place = level["stockLocationId"]
                if place not in there:
                    there[place] = self._level(place)
                    variant["stockLevels"].append(there[place])
                there[place]["stockOnHand"] = level["stockOnHand"]
        return [variant for variant, _ in found]

    def add_fulfillment(self, lines: list[Mapping[str, Any]], handler: Mapping[str, Any]) -> dict[str, Any]:
        """Packs pieces; takes them off the stock at once. The order's last change stays as it was."""
        if handler["code"] != "manual-fulfillment":
            return _error(
                "INVALID_FULFILLMENT_HANDLER_ERROR", "The specified FulfillmentHandler does not exist"
            )
        if not lines or any(each["quantity"] == 0 for each in lines):
            return _error("EMPTY_ORDER_LINE_SELECTION_ERROR", "At least one OrderLine must be specified")
        packed = [(*self._order_and_line(each["orderLineId"]), each["quantity"]) for each in lines]
        order = packed[0][0]
        self._found(self.orders, "Order", order["id"])
        if any(pieces > self._open(line) for _, line, pieces in packed):
            return _error(
                "ITEMS_ALREADY_FULFILLED_ERROR", "One or more OrderItems are already part of a Fulfillment"
            )
        for _, line, pieces in packed:
            if (level := self._level_of(line))["stockOnHand"] < pieces:
                message = (
                    f"Cannot create a Fulfillment as it has insufficient stockOnHand ({level['stockOnHand']})"
                )
                return _error("INSUFFICIENT_STOCK_ON_HAND_ERROR", message)
        self._fulfillments += 1
        values = {each["name"]: each["value"] for each in handler["arguments"]}
        made = {
            "kinds": ["Fulfillment"],
            "id": str(self._fulfillments),
            "state": "Pending",
            "method": values["method"],
            "trackingCode": values["trackingCode"],
        }
        order["fulfillments"].append(made)
        for _, line, pieces in packed:
            line["fulfillmentLines"].append({"quantity": pieces, "fulfillment": made})
            level = self._level_of(line)
            level["stockOnHand"] -= pieces
            level["stockAllocated"] -= pieces
        return made

    def ship_fulfillment(self, key: str) -> dict[str, Any]:
        """Sets a parcel to shipped, and with it the order."""
        order, made = self._order_and_fulfillment(key)
        self._found(self.orders, "Order", order["id"])
        if made["state"] != "Pending":
            words = f'Cannot transition Fulfillment from "{made["state"]}" to "Shipped"'
            error = _error(
                "FULFILLMENT_STATE_TRANSITION_ERROR", "errorResult.FULFILLMENT_STATE_TRANSITION_ERROR"
            )
            own = {"transitionError": words, "fromState": made["state"]}
            return {**error, **own, "kinds": ["FulfillmentStateTransitionError"]}
        made["state"] = "Shipped"
        all_sent = all(self._sent(line) == line["quantity"] for line in order["lines"])
        order["state"] = "Shipped" if all_sent else "PartiallyShipped"
        return made

    # -- how records hang together --------------------------------------------------------------------

    def _found(self, records: Mapping[str, dict[str, Any]], kind: str, key: str) -> dict[str, Any]:
        if key not in records:
            raise Refused(f'No {kind} with the id "{key}" could be found', "ENTITY_NOT_FOUND")
        if key in self.refusing:
            raise Refused(f'The {kind} "{key}" takes no change', "USER_INPUT_ERROR")
        return records[key]

    def line(self, key: str, line: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a line of an order of what is given of it."""
        own = {"proratedUnitPriceWithTax": 1190, "proratedLinePriceWithTax": None, "proratedLinePrice": None}
        variant = self.variants[line["variant"]]
        given = {name: value for name, value in line.items() if name != "variant"}
        return {"id": key, **own, **given, "productVariant": variant, "fulfillmentLines": []}

    def _level(self, place: str) -> dict[str, Any]:
        return {"stockLocationId": place, "stockOnHand": 0, "stockAllocated": 0}

    def _level_of(self, line: Mapping[str, Any]) -> dict[str, Any]:
        return self.stock_of(line["productVariant"]["id"])

    def _open(self, line: Mapping[str, Any]) -> int:
        active = (each for each in line["fulfillmentLines"] if each["fulfillment"]["state"] != "Cancelled")
        pieces: int = line["quantity"] - sum(each["quantity"] for each in active)
        return pieces

    def _sent(self, line: Mapping[str, Any]) -> int:
        sent = (each for each in line["fulfillmentLines"] if each["fulfillment"]["state"] in _SENT)
        return sum(each["quantity"] for each in sent)

    def _order_and_line(self, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for order in self.orders.values():
            for line in order["lines"]:
                if line["id"] == key:
                    return order, line
        raise Refused(f'No OrderLine with the id "{key}" could be found', "ENTITY_NOT_FOUND")

    def _order_and_fulfillment(self, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for order in self.orders.values():
            for made in order["fulfillments"]:
                if made["id"] == key:
                    return order, made
        raise Refused(f'No Fulfillment with the id "{key}" could be found', "ENTITY_NOT_FOUND")


def _error(code: str, message: str) -> dict[str, Any]:
    return {"kinds": ["ErrorResult"], "errorCode": code, "message": message}
