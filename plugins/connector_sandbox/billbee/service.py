"""Billbee over HTTP: who may call, how often, and which endpoints there are."""

from __future__ import annotations

import asyncio
import base64
import binascii
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector_sandbox.billbee import order_calls, other_calls, product_calls
from connector_sandbox.billbee.envelope import refusal
from connector_sandbox.billbee.pages import shop_page
from connector_sandbox.billbee.shop import Shop
from connector_sandbox.delivery import Sleep
from connector_sandbox.exchange import TEXT, Answer, Call, Refusal
from connector_sandbox.service import Service
from connector_sandbox.throttle import SlidingWindow


@dataclass
class BillbeeHabits:
    """Switches: `throttled` keeps the limits; `retry_after` sends that header with a 429 (Billbee often does not)."""

    throttled: bool = True
    retry_after: bool = False


@dataclass(frozen=True)
class BillbeeAccount:
    """A user's API access to one shop; the key identifies the calling application."""

    username: str
    api_password: str
    api_key: str
    shop: Shop


DRIVES: Mapping[str, Callable[..., Any]] = {
    verb.__name__: verb
    for verb in (
        Shop.add_product,
        Shop.change_product,
        Shop.remove_product,
        Shop.set_stock,
        Shop.add_order,
        Shop.change_order,
        Shop.set_tags,
        Shop.add_tags,
        Shop.remove_tags,
        Shop.set_state,
        Shop.add_shipment,
        Shop.cancel_order,
        Shop.cancel_with_storno,
        Shop.archive_order,
        Shop.delete_order,
    )
}


class BillbeeService(Service[Shop]):
    """Billbee with any number of accounts, each of them a shop of its own."""

    name = "billbee"
    prefix = "/api/v1"
    endpoints = (*product_calls.ENDPOINTS, *order_calls.ENDPOINTS, *other_calls.ENDPOINTS)
    drives = DRIVES

    def __init__(
        self,
        habits: BillbeeHabits | None = None,
        now: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(now, sleep)
        self._habits = habits or BillbeeHabits()
        self._accounts: dict[str, BillbeeAccount] = {}
        self.per_endpoint = SlidingWindow(2, 1.0, now)
        self.per_order = SlidingWindow(6, 60.0, now)

    @property
    def habits(self) -> BillbeeHabits:
        return self._habits

    def open_account(self, username: str, api_password: str, api_key: str, shop: Shop) -> BillbeeAccount:
        """Give a user access to a shop."""
        account = BillbeeAccount(username, api_password, api_key, shop)
        self._accounts[username] = account
        return account

    def accounts(self) -> Mapping[str, Shop]:
        return {name: account.shop for name, account in self._accounts.items()}

    @property
    def violations(self) -> int:
        """How many requests were refused because they came too early."""
        return self.per_endpoint.violations.total() + self.per_order.violations.total()

    def account_of(self, call: Call) -> str:
        username, password = _basic_credentials(call.headers.get("authorization", ""))
        account = self._accounts.get(username)
        given = (password, call.headers.get("x-billbee-api-key"))
        if account is None or given != (account.api_password, account.api_key):
            raise Refusal(401, "Authorization has been denied for this request.")
        return username

    def limit(self, call: Call, account: str) -> Answer | None:
        if not self._habits.throttled:
            return None
        wait_s = self.per_endpoint.admit((call.name, account))
        if not wait_s and call.name == "GET /orders/{id}":
            wait_s = self.per_order.admit((call.params["id"], account))
        return self._too_many(wait_s) if wait_s else None

    def refuse(self, call: Call, refused: Refusal) -> Answer:
        return refusal(refused)

    def finish(self, answer: Answer, account: str) -> Answer:
        return answer

    def dump(self, state: Shop) -> dict[str, Any]:
        products = [state.product(product_id) for product_id in state.assortment.ids]
        return {"products": products, "orders": list(state.orders.values())}

    def page(self) -> str:
        return shop_page(self.accounts(), self.audit)

    def _too_many(self, wait_s: float) -> Answer:
        headers: dict[str, Any] = {"Retry-After": str(math.ceil(wait_s))} if self._habits.retry_after else {}
        return Answer("API calls quota exceeded", 429, TEXT, headers)


def _basic_credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return username, password
