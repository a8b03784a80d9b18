"""A real Vendure as a shop: set up by its owner, and bought in by customers.

The owner uses the admin API, the customers the shop's own checkout. The connector gets an API key or a login of its
own, with no more rights than the plugin's README asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from connector.records import Product
from tests.real.vendure_server import PASSWORD, SUPERADMIN, default_folder, running_vendure

PERMISSIONS = [
    "ReadCatalog",
    "UpdateCatalog",
    "ReadOrder",
    "UpdateOrder",
    "ReadStockLocation",
    "ReadSettings",
]
CONNECTOR = "connector@example.com"
CONNECTOR_PASSWORD = "another-one-of-nobody"

ADDRESS = {
    "fullName": "Erika Mustermann",
    "company": "Muster GmbH",
    "streetLine1": "Hauptstraße 5",
    "streetLine2": "Hinterhaus",
    "city": "Berlin",
    "province": "Berlin",
    "postalCode": "10115",
    "countryCode": "DE",
    "phoneNumber": "+49 30 1234567",
}


class VendureShop:
    """The owner of a shop, its customers, and what can be seen there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=60)
        self._session = self._log_in(SUPERADMIN, PASSWORD)
        self._role = self._admin(
            "mutation($i: CreateRoleInput!) { result: createRole(input: $i) { id } }",
            i={"code": "connector", "description": "Connector", "permissions": PERMISSIONS},
        )["id"]
        self.location = self._admin("{ result: stockLocations { items { id } } }")["items"][0]["id"]

    # -- the owner ------------------------------------------------------------------------------------

    def create_api_key(self) -> str:
        """Makes an API key with the rights that the connector needs."""
        translation = {"languageCode": "en", "name": "connector"}
        key: str = self._admin(
            "mutation($i: CreateApiKeyInput!) { result: createApiKey(input: $i) { apiKey } }",
            i={"roleIds": [self._role], "translations": [translation]},
        )["apiKey"]
        return key

    def create_administrator(self) -> None:
        """Makes an administrator with the rights that the connector needs."""
        self._admin(
            "mutation($i: CreateAdministratorInput!) { result: createAdministrator(input: $i) { id } }",
            i={
                "firstName": "Connector",
                "lastName": "Connector",
                "emailAddress": CONNECTOR,
                "password": CONNECTOR_PASSWORD,
                "roleIds": [self._role],
            },
        )

    def set_currency(self, code: str) -> None:
        """Sells in another currency from now on."""
        result = self._admin(
            "mutation($i: UpdateChannelInput!) { result: updateChannel(input: $i) "
            "{ ... on Channel { defaultCurrencyCode } ... on ErrorResult { errorCode message } } }",
            i={"id": "1", "availableCurrencyCodes": [code], "defaultCurrencyCode": code},
        )
        assert result == {"defaultCurrencyCode": code}

    def add_product(self, product: Product, *, on_hand: int = 100, price: int = 1290) -> str:
        """Puts a product on sale and returns the id of its only variant; the price is net, in cents."""
        names = {"languageCode": "en", "name": product.name}
        text = {**names, "slug": product.sku.lower(), "description": ""}
        parent = self._admin(
            "mutation($i: CreateProductInput!) { result: createProduct(input: $i) { id } }",
            i={"translations": [text], "enabled": True},
        )["id"]
        variant = {
            "productId": parent,
            "sku": product.sku,
            "price": price,
            "stockOnHand": on_hand,
            "translations": [names],
            "customFields": _variant_fields(product),
        }
        found: str = self._admin(
            "mutation($i: [CreateProductVariantInput!]!) { result: createProductVariants(input: $i) { id } }",
            i=[variant],
        )[0]["id"]
        return found

    def change_product(self, variant_id: str, **fields: object) -> None:
        """Changes fields of a variant, named as in the admin API."""
        self._admin(
            "mutation($i: [UpdateProductVariantInput!]!) { result: updateProductVariants(input: $i) { id } }",
            i=[{"id": variant_id, **fields}],
        )

    def set_on_hand(self, variant_id: str, pieces: int) -> None:
        """Counts a product."""
        level = {"stockLocationId": self.location, "stockOnHand": pieces}
        self.change_product(variant_id, stockLevels=[level])

    def set_order_fields(self, order_id: str, **fields: object) -> None:
        """Writes custom fields of an order."""
        self._admin(
            "mutation($i: UpdateOrderInput!) { result: setOrderCustomFields(input: $i) { id } }",
            i={"id": order_id, "customFields": fields},
        )

    def cancel_order(self, order_id: str) -> None:
        """Cancels an order."""
        result = self._admin(
            "mutation($i: CancelOrderInput!) { result: cancelOrder(input: $i) "
            "{ ... on Order { state } ... on ErrorResult { errorCode } } }",
            i={"orderId": order_id, "reason": "not wanted any more", "cancelShipping": True},
        )
        assert result == {"state": "Cancelled"}

    def pack_by_hand(self, order_id: str, code: str, pieces: int) -> None:
        """Makes a fulfillment of pieces of the first line, and leaves it there."""
        arguments = [{"name": "method", "value": "by hand"}, {"name": "trackingCode", "value": code}]
        result = self._admin(
            "mutation($i: FulfillOrderInput!) { result: addFulfillmentToOrder(input: $i) "
            "{ ... on Fulfillment { state } ... on ErrorResult { errorCode } } }",
            i={
                "lines": [{"orderLineId": self.order(order_id)["lines"][0]["id"], "quantity": pieces}],
                "handler": {"code": "manual-fulfillment", "arguments": arguments},
            },
        )
        assert result == {"state": "Pending"}

    # -- the customers --------------------------------------------------------------------------------

    def paid_order(self, *lines: tuple[str, int], pays: bool = True, **address: str) -> str:
        """A customer orders so many pieces of each variant and pays; returns the order's id."""
        customer = _Customer(self._http)
        for variant_id, pieces in lines:
            customer.order(
                "mutation($v: ID!, $n: Int!) { result: addItemToOrder(productVariantId: $v, quantity: $n) %s }",
                v=variant_id,
                n=pieces,
            )
        person = {"firstName": "Erika", "lastName": "Mustermann", "emailAddress": "erika@example.com"}
        customer.order(
            "mutation($i: CreateCustomerInput!) { result: setCustomerForOrder(input: $i) %s }", i=person
        )
        for kind in ("Shipping", "Billing"):
            customer.order(
                f"mutation($i: CreateAddressInput!) {{ result: setOrder{kind}Address(input: $i) %s }}",
                i={**ADDRESS, **address},
            )
        methods = customer.ask("{ result: eligibleShippingMethods { id } }")
        customer.order(
            "mutation($i: [ID!]!) { result: setOrderShippingMethod(shippingMethodId: $i) %s }",
            i=[methods[0]["id"]],
        )
        order = customer.order('mutation { result: transitionOrderToState(state: "ArrangingPayment") %s }')
        if pays:
            payment = {"method": "prepaid", "metadata": {}}
            order = customer.order(
                "mutation($i: PaymentInput!) { result: addPaymentToOrder(input: $i) %s }", i=payment
            )
            assert order["state"] == "PaymentSettled"
        found: str = order["id"]
        return found

    # -- what can be seen -----------------------------------------------------------------------------

    def order(self, order_id: str) -> Mapping[str, Any]:
        """Shows an order: its state, its fulfillments and its custom fields."""
        found: Mapping[str, Any] = self._admin(
            "query($id: ID!) { result: order(id: $id) { id code state totalWithTax "
            "lines { id quantity } fulfillments { state method trackingCode lines { quantity } } "
            "customFields { wmsExportedAt wmsStatus } } }",
            id=order_id,
        )
        return found

    def tracking_codes(self, order_id: str) -> list[str]:
        """Returns the tracking codes of an order, with those of fulfillments that are not shipped yet."""
        return [each["trackingCode"] for each in self.order(order_id)["fulfillments"]]

    def stock(self, variant_id: str) -> tuple[int, int]:
        """Returns the pieces of a variant that are on hand, and those of them that open orders have."""
        (level,) = self._admin(
            "query($id: ID!) { result: productVariant(id: $id) { stockLevels { stockOnHand stockAllocated } } }",
            id=variant_id,
        )["stockLevels"]
        return level["stockOnHand"], level["stockAllocated"]

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _log_in(self, username: str, password: str) -> str:
        answer = self._http.post(
            "/admin-api",
            json={
                "query": "mutation($u: String!, $p: String!) { login(username: $u, password: $p) { __typename } }",
                "variables": {"u": username, "p": password},
            },
        )
        return answer.headers["vendure-auth-token"]

    def _admin(self, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {self._session}"}
        return _asked(self._http, "/admin-api", query, variables, headers).json()["data"]["result"]


class _Customer:
    """One visit to the shop; the session is the cart."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._headers: dict[str, str] = {}

    def order(self, query: str, **variables: object) -> Mapping[str, Any]:
        """Takes a step of the checkout and returns the order."""
        answer: Mapping[str, Any] = self.ask(
            query % "{ ... on Order { id code state } ... on ErrorResult { errorCode message } }", **variables
        )
        assert "errorCode" not in answer, answer
        return answer

    def ask(self, query: str, **variables: object) -> Any:
        answer = _asked(self._http, "/shop-api", query, variables, self._headers)
        if token := answer.headers.get("vendure-auth-token"):
            self._headers = {"Authorization": f"Bearer {token}"}
        return answer.json()["data"]["result"]


@contextmanager
def open_shop(folder: Path | None = None, *, api_keys: str = "sha256") -> Iterator[VendureShop]:
    """Runs an empty shop while the block lasts; its packages are kept in `folder`."""
    with running_vendure(folder or default_folder(), api_keys=api_keys) as address:
        shop = VendureShop(address)
        try:
            yield shop
        finally:
            shop.close()


def _asked(
    http: httpx.Client, path: str, query: str, variables: Mapping[str, object], headers: Mapping[str, str]
) -> httpx.Response:
    answer = http.post(path, json={"query": query, "variables": variables}, headers=dict(headers))
    said = answer.json()
    assert "errors" not in said, said["errors"]
    return answer


def _variant_fields(product: Product) -> dict[str, object]:
    return {
        "ean": product.ean or None,
        "weightGrams": product.weight_g,
        "lengthMm": _millimetres(product.length_cm),
        "widthMm": _millimetres(product.width_cm),
        "heightMm": _millimetres(product.height_cm),
        "isDigital": product.is_digital,
    }


def _millimetres(centimetres: float | None) -> int | None:
    return None if centimetres is None else int(Decimal(str(centimetres)) * 10)
